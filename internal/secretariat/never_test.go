package secretariat_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/ical"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// never is domain.md §2.1: inside any compound or inflection, but "hot", "offer" and "utsatt" not in
// the middle of other words.
var never = regexp.MustCompile(`(?i)våld|vald(s|et|sgrupp)|heder|\bhot(et|ad|ade|bild|en)?\b|våldsutsatt|tvångsgift|könsstymp|utsatt|\boff(er|ret)|förövare|kvinnojour|tjejjour|relationsvåld|brottsoffer|kriminalvård|polis|miranda`)

// addresses are what stands in a letter because its reader's own address does.
var addresses = regexp.MustCompile(`[A-Za-z0-9.+_-]+@[a-z0-9.-]+`)

func TestNeverList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		key, err := seal.New(bytes.Repeat([]byte{1}, 32))
		if err != nil {
			t.Fatal(err)
		}
		zone, err := time.LoadLocation("Europe/Stockholm")
		if err != nil {
			t.Fatal(err)
		}
		office := secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: zone}
		var w *sample.World
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			w, err = sample.Build(tx, "hash")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if _, err := w.Year(t.Context(), db, office, mail.Folder{Dir: dir}); err != nil {
			t.Fatal(err)
		}
		t.Run("in no part of any letter of a year", func(t *testing.T) {
			files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
			if err != nil || len(files) < 25 {
				t.Fatalf("%d letters, %v", len(files), err)
			}
			for _, name := range files {
				data, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				l := mailtest.Parse(t, data)
				calendar := strings.ReplaceAll(string(l.Calendar)+string(l.Attachment), "\r\n ", "")
				for part, text := range map[string]string{
					"subject": l.Subject, "sender": l.From.String() + l.Header.Get("Reply-To"), "recipient": l.To.Name, "text": l.Text, "HTML": l.HTML, "calendar": calendar,
					"file name": filepath.Base(name),
				} {
					if part != "sender" {
						text = addresses.ReplaceAllString(text, "")
					}
					if word := never.FindString(text); word != "" {
						t.Errorf("%q stands in the %s of %q", word, part, l.Subject)
					}
				}
			}
		})
		t.Run("in no calendar at any level, in either language", func(t *testing.T) {
			if err := db.Read(t.Context(), func(tx *store.Tx) error {
				home, err := partner.Home(tx)
				if err != nil {
					return err
				}
				all, _, err := meeting.List(tx, access.System(), meeting.Selection{})
				if err != nil || len(all) < 50 {
					t.Fatalf("%d meetings, %v", len(all), err)
				}
				for _, level := range []access.Level{access.Protected, access.Neutral, access.Full} {
					for _, l := range []lang.Language{lang.Swedish, lang.English} {
						f := ical.Calendar{Name: "Samverkan"}
						for n := range all {
							s := secretariat.Outwardly(&all[n], home.Name, level, l)
							e, err := ical.Publish(ical.Event{UID: all[n].UID, Stamp: all[n].Stamp, Start: all[n].StartsAt, End: all[n].EndsAt, Summary: s.Title, Location: s.Place})
							if err != nil {
								return err
							}
							f.Events = append(f.Events, e)
						}
						if word := never.FindString(strings.ReplaceAll(string(ical.Feed(f)), "\r\n ", "")); word != "" {
							t.Errorf("%q at level %s", word, level)
						}
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("and the world does hold the words", func(t *testing.T) {
			if never.FindString(everything(t, db)) == "" {
				t.Error("the test looks for nothing")
			}
		})
	})
}
