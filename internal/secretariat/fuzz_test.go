package secretariat_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/invite"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// replied is a desk at which every letter is the first: what it does is taken back.
type replied struct {
	db      *store.DB
	office  secretariat.Office
	meeting meeting.Meeting
	asked   []invite.Invitation
	world   *sample.World
	names   *strings.Replacer // of what differs from run to run: tokens, UID, Message-ID
}

// newReplied calls the police to a meeting, registers one of the county's, and moves the clock past the hour in
// which nothing is sent twice.
func newReplied(f *testing.F) *replied {
	f.Helper()
	z := &replied{db: storetest.One(f, storetest.SQLite(f))}
	key, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		f.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		f.Fatal(err)
	}
	z.office = secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: zone}
	var w *sample.World
	z.does(f, func(tx *store.Tx) error {
		if w, err = sample.Build(tx, "hash"); err != nil {
			return err
		}
		z.world = w
		at := meeting.Time{Date: almanac.Date{Year: 2027, Month: 1, Day: 21}, Starts: 13 * 60, Ends: 14 * 60}
		m, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: w.Forums["polis-avstamning"], Zone: zone, Time: at})
		if err != nil {
			return err
		}
		z.meeting = *m
		theirs, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: w.Forums["lanssamverkan"], Zone: zone, Time: at})
		if err != nil {
			return err
		}
		if err := meeting.Adopt(tx, meeting.ForeignEvent{MeetingID: theirs.ID, Organizer: county, UID: "lanet-2027", Stamp: tx.Now.Truncate(time.Second)}); err != nil {
			return err
		}
		return secretariat.Convene(tx, access.System(), z.office, m.ID, m.Version, "")
	})
	if err := secretariat.WriteAllOwed(f.Context(), z.db, z.office); err != nil {
		f.Fatal(err)
	}
	z.does(f, func(tx *store.Tx) error {
		return tx.DB.Model(&post.Letter{}).Where("state = ?", post.Queued).Updates(map[string]any{"state": post.Sent, "settled_at": tx.Now}).Error
	})
	z.db = z.db.At(func() time.Time { return storetest.Now.Add(2 * time.Hour) })
	z.does(f, func(tx *store.Tx) error {
		if z.asked, err = invite.Of(tx, access.System(), z.meeting.ID); err != nil {
			return err
		}
		pairs := []string{"{uid}", z.meeting.UID}
		for _, i := range z.asked {
			l, err := post.LastSent(tx, i.ID)
			if err != nil || l == nil {
				return fmt.Errorf("no letter: %w", err)
			}
			local, _, _ := strings.Cut(i.Contact.Email, "@")
			pairs = append(pairs, "{"+local+"}", i.ReplyToken(key), "{id-"+local+"}", l.MessageID)
		}
		z.names = strings.NewReplacer(pairs...)
		return nil
	})
	return z
}

func (z *replied) does(f *testing.F, fn func(*store.Tx) error) {
	f.Helper()
	if err := z.db.Write(f.Context(), fn); err != nil {
		f.Fatal(err)
	}
}

// FuzzReplies lets any octets come in as a letter. It never panics, nor fails, nor takes long; and whatever it
// says, it changes no invitation but the one whose token it came to, or whose contact the receiving server
// vouches for, and no meeting of ours.
func FuzzReplies(f *testing.F) {
	z := newReplied(f)
	for _, seed := range seededReplies() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, letter []byte) {
		in, err := mail.Read([]byte(z.names.Replace(string(letter))), relay)
		if err != nil {
			return
		}
		began := time.Now()
		if err := z.db.Rehearse(t.Context(), func(tx *store.Tx) error {
			letters, err := count(tx, &post.Letter{})
			if err != nil {
				return err
			}
			outcome, err := secretariat.TakeReply(tx, z.office, in)
			if err != nil {
				return fmt.Errorf("%s: %w", outcome, err)
			}
			return z.unharmed(t, tx, in, letters)
		}); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("%s for %d octets", took, len(letter))
		}
	})
}

func count(tx *store.Tx, model any) (n int64, err error) {
	return n, tx.DB.Model(model).Count(&n).Error
}

// unharmed looks at what a letter has done.
func (z *replied) unharmed(t *testing.T, tx *store.Tx, in *mail.Incoming, letters int64) error {
	var answers []invite.Answer
	if err := tx.DB.Find(&answers).Error; err != nil {
		return err
	}
	for _, a := range answers {
		if !z.may(in, a.InvitationID, a.Unverified) {
			t.Errorf("%s answered %s by a letter to %q", in.From.Address, a.PartStat, in.To)
		}
	}
	var bounced []post.Letter
	if err := tx.DB.Where("state <> ?", post.Sent).Find(&bounced).Error; err != nil {
		return err
	}
	for _, l := range bounced {
		known := in.Bounce != nil && in.Bounce.MessageID == l.MessageID && in.Bounce.Recipient == strings.ToLower(l.Recipient)
		if l.SubjectID == nil || !known && !z.may(in, *l.SubjectID, true) {
			t.Errorf("a letter to %s is %s by a letter to %q", l.Recipient, l.State, in.To)
		}
	}
	now, err := meeting.ForLetter(tx, z.meeting.ID)
	if err != nil {
		return err
	}
	if now.Sequence != z.meeting.Sequence || now.Time() != z.meeting.Time() || now.Cancelled() || now.Version != z.meeting.Version {
		t.Errorf("the meeting is changed by %q", in.To)
	}
	all, err := invite.Of(tx, access.System(), z.meeting.ID)
	if err != nil {
		return err
	}
	more := 0
	for _, i := range all {
		if slices.ContainsFunc(z.asked, func(was invite.Invitation) bool { return was.ID == i.ID }) {
			continue
		}
		if more++; more > 1 || i.StandsForID == nil || !z.may(in, *i.StandsForID, false) { // a delegation asks whom it names
			t.Errorf("%s is asked because of a letter to %q", i.Contact.Email, in.To)
		}
	}
	if len(all) != len(z.asked)+more {
		t.Errorf("%d are asked, %d more", len(all), more)
	}
	if after, err := count(tx, &post.Letter{}); err != nil || after > letters+1 {
		return errors.Join(err, fmt.Errorf("%d letters more", after-letters))
	}
	return nil
}

// may tells whether a letter may do something with an invitation: it came to its token, or, when doubt is allowed
// for, the receiving server vouches for who was asked.
func (z *replied) may(in *mail.Incoming, id uuid.UUID, unverified bool) bool {
	for _, i := range z.asked {
		if i.ID != id {
			continue
		}
		token := slices.Contains(in.To, strings.ToLower("moten+"+i.ReplyToken(z.office.Key)+"@vingaker.example"))
		return token || unverified && in.Authentic == mail.Authentic && in.From.Address == i.Contact.Email
	}
	return false
}

// seededReplies are letters of every kind; names in braces stand for what is made anew in each run.
func seededReplies() (all [][]byte) {
	reply := func(change ...string) {
		text := "Message-ID: <svar@omrade-vast.example>\nFrom: " + hans + "\nTo: moten+{hans.gran}@vingaker.example\nSubject: Svar\nMIME-Version: 1.0\nContent-Type: text/calendar; method=REPLY; charset=utf-8\n\n" +
			"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{uid}\nSEQUENCE:0\nDTSTAMP:20261124T090000Z\nCOMMENT:Kan ej\\, åker\\nhem\nATTENDEE;PARTSTAT=ACCEPTED:mailto:" + hans + "\nEND:VEVENT\nEND:VCALENDAR\n"
		for n := 0; n < len(change); n += 2 {
			text = strings.ReplaceAll(text, change[n], change[n+1])
		}
		all = append(all, []byte(strings.ReplaceAll(text, "\n", "\r\n")))
	}
	reply()
	reply("ACCEPTED", `DELEGATED;DELEGATED-TO="mailto:petra@omrade-vast.example"`)
	reply("METHOD:REPLY", "METHOD:COUNTER", "SEQUENCE:0", "SEQUENCE:0\nDTSTART;TZID=W. Europe Standard Time:20270122T130000\nDURATION:PT1H")
	reply("METHOD:REPLY", "METHOD:REFRESH")
	reply("METHOD:REPLY", "METHOD:CANCEL")
	reply("+{hans.gran}", "", "From:", "Authentication-Results: "+relay+"; dmarc=pass header.from=omrade-vast.example\nFrom:")
	reply("+{hans.gran}", "+{chef}, moten+{gun.ronn}@vingaker.example", "mailto:"+hans, "mailto:chef@vingaker.example")
	reply("From: "+hans, "From: chef@vingaker.example", "mailto:"+hans, "mailto:chef@vingaker.example")
	reply("END:VEVENT", "RECURRENCE-ID:20270121T120000Z\nREQUEST-STATUS:3.7;x\nEND:VEVENT\nBEGIN:VEVENT\nUID:{uid}\nEND:VEVENT")
	reply("METHOD:REPLY", "METHOD:REQUEST", "{uid}", "lanet-2027", "ATTENDEE", "ORGANIZER:mailto:"+county+"\nDTSTART:20270210T090000Z\nDTEND:20270210T100000Z\nATTENDEE",
		"From: "+hans, "Authentication-Results: "+relay+"; dmarc=pass header.from=lanet.example\nFrom: "+county)
	reply("METHOD:REPLY", "METHOD:CANCEL", "{uid}", "lanet-2027", "ATTENDEE", "ORGANIZER:mailto:"+county+"\nATTENDEE", "From: "+hans, "Authentication-Results: "+relay+"; dmarc=pass header.from=lanet.example\nFrom: "+county)
	reply("text/calendar; method=REPLY", "text/plain", "Subject: Svar", "Auto-Submitted: auto-replied")
	for _, to := range []string{"moten+{hans.gran}@vingaker.example", "moten@vingaker.example"} {
		all = append(all, bounce(to, hans, "failed", "5.1.1", "{id-hans.gran}").bytes(), bounce(to, "chef@vingaker.example", "delayed", "4.4.1", "{id-chef}").bytes())
	}
	return all
}
