package main

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/mail"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// feeds fills the calendar with two years of meetings, held, planned, moved, cancelled and other conveners', and has
// the feeds of a person, of a forum and of nothing judged.
func (b *bench) feeds(w *world) error {
	if _, err := w.Year(w.ctx, w.app.DB, w.app.Office, mail.Folder{Dir: filepath.Join(b.dir, "year")}); err != nil {
		return err
	}
	if err := w.follows(); err != nil {
		return err
	}
	var forbidden []string
	urls := map[string]string{}
	err := w.write(func(tx *store.Tx) error {
		var err error
		if forbidden, err = names(tx); err != nil {
			return err
		}
		for name, what := range map[string]access.Contents{"all": {}, "forum": {ForumID: id(w, "polis-avstamning")}, "empty": {ForumID: id(w, "brottsforebyggande")}} {
			_, token, err := access.Subscribe(tx, w.by, name, access.Full, what)
			if err != nil {
				return err
			}
			urls[name] = w.url + "/calendar/" + token + ".ics"
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, feed := range []struct{ name, url string }{{"everything a member sees", urls["all"]}, {"one forum", urls["forum"]}, {"empty", urls["empty"]}} {
		b.check("feed: "+feed.name, "verify-feed", append([]string{feed.url}, forbidden...)...)
	}
	if !b.thunderbird {
		return nil
	}
	n, err := events(urls["all"])
	if err != nil {
		return err
	}
	year := w.now.Year()
	b.check(fmt.Sprintf("Thunderbird: the feed's %d meetings", n), "verify-thunderbird", "feed", urls["all"], "--expect", strconv.Itoa(n),
		"--from", fmt.Sprintf("%d0101T000000Z", year-1), "--to", fmt.Sprintf("%d0101T000000Z", year+4))
	return nil
}

// follows registers a series that another convener calls, of which one meeting has moved and one is cancelled.
func (w *world) follows() error {
	first := w.now.AddDate(0, 0, 21).Truncate(24 * time.Hour).Add(9 * time.Hour)
	at := func(weeks int) string { return first.AddDate(0, 0, 7*weeks).Format("20060102T150405Z") }
	says := func(method string, sequence int, lines ...string) (in *mail.Incoming, err error) {
		const county = "samordning@lanet.example"
		w.now = w.now.Add(time.Minute)
		head := []string{"Message-ID: <" + store.NewID().String() + "@lanet.example>", "Authentication-Results: " + authserv + "; dmarc=pass header.from=lanet.example",
			"From: " + county, "To: " + service, "Subject: Samverkan", "MIME-Version: 1.0", "Content-Type: text/calendar; method=" + method + "; charset=utf-8", "",
			"BEGIN:VCALENDAR", "METHOD:" + method, "BEGIN:VEVENT", "UID:lanet-serie", "ORGANIZER:mailto:" + county, fmt.Sprint("SEQUENCE:", sequence), "DTSTAMP:" + w.now.Format("20060102T150405Z")}
		return mail.Read([]byte(strings.Join(append(append(head, lines...), "END:VEVENT", "END:VCALENDAR", ""), "\r\n")), authserv)
	}
	for n, lines := range [][]string{
		{"DTSTART:" + at(0), "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=6"},
		{"RECURRENCE-ID:" + at(1), "DTSTART:" + first.AddDate(0, 0, 8).Format("20060102T150405Z"), "DURATION:PT1H"},
		{"RECURRENCE-ID:" + at(2)},
	} {
		in, err := says([]string{"REQUEST", "REQUEST", "CANCEL"}[n], n, lines...)
		if err != nil {
			return err
		}
		if err := w.write(func(tx *store.Tx) error {
			outcome, err := secretariat.TakeReply(tx, w.office(), in)
			if err != nil || n > 0 && outcome == "followed" {
				return err
			}
			all, _, err := post.Parked(tx, w.by, w.office().Key, 1, 0)
			if err != nil || n > 0 || len(all) == 0 {
				return fmt.Errorf("%s: %w", outcome, err)
			}
			_, err = secretariat.Import(tx, w.by, w.office(), all[0].ID, w.Forums["lanssamverkan"])
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func id(w *world, forum string) *uuid.UUID {
	found := w.Forums[forum]
	return &found
}

// names are expressions for everybody's name, address and number, and for personal numbers.
func names(tx *store.Tx) (arguments []string, err error) {
	var contacts []partner.Contact
	var people []access.Identity
	if err := tx.DB.Find(&contacts).Error; err != nil {
		return nil, err
	}
	if err := tx.DB.Find(&people).Error; err != nil {
		return nil, err
	}
	words := map[string]bool{}
	for _, c := range contacts {
		words[c.Name], words[c.Email], words[c.Phone] = true, true, true
	}
	for _, p := range people {
		words[p.Name], words[p.Email] = true, true
	}
	delete(words, "")
	for word := range words {
		arguments = append(arguments, "--forbid", `(?i)`+regexp.QuoteMeta(word))
	}
	return append(arguments, "--forbid", `(?<![0-9a-f-])(\d{8}|\d{6})-\d{4}(?![0-9a-f-])`), nil
}

// events counts the meetings in a feed.
func events(url string) (int, error) {
	client := &http.Client{Timeout: 10 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return strings.Count(string(body), "BEGIN:VEVENT\r\n"), err
}
