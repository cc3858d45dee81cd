package inbox_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/inbox"
	"samverkan/internal/invite"
	"samverkan/internal/mail"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const hans = "hans.gran@omrade-vast.example"

// door is a mailbox with a desk behind it: Hans is asked to a meeting.
type door struct {
	*testing.T
	db         *store.DB
	mailbox    *mailtest.Mailbox
	poller     *inbox.Poller
	log        *bytes.Buffer
	invitation invite.Invitation
	meeting    *meeting.Meeting
}

func each(t *testing.T, body func(*door), caps ...imap.Cap) {
	t.Helper()
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		body(open(t, db, mailtest.StartMailbox(t, caps...)))
	})
}

func open(t *testing.T, db *store.DB, m *mailtest.Mailbox) *door {
	t.Helper()
	key, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	address, err := mail.ParseIMAP(m.URL(), false)
	if err != nil {
		t.Fatal(err)
	}
	d := &door{T: t, db: db, mailbox: m, log: &bytes.Buffer{}}
	office := secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: zone}
	d.poller = &inbox.Poller{DB: db, Office: office, Server: &inbox.Server{IMAP: address}, Log: slog.New(slog.NewJSONHandler(d.log, nil))}
	d.write(func(tx *store.Tx) error {
		world, err := sample.Build(tx, "hash")
		if err != nil {
			return err
		}
		at := meeting.Time{Date: almanac.Date{Year: 2027, Month: 1, Day: 21}, Starts: 13 * 60, Ends: 14 * 60}
		if d.meeting, err = meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: world.Forums["polis-avstamning"], Zone: zone, Time: at}); err != nil {
			return err
		}
		if err := secretariat.Convene(tx, access.System(), office, d.meeting.ID, 1, ""); err != nil {
			return err
		}
		all, err := invite.Of(tx, access.System(), d.meeting.ID)
		for _, i := range all {
			if i.Contact.Email == hans {
				d.invitation = i
			}
		}
		return err
	})
	return d
}

func (d *door) write(fn func(*store.Tx) error) {
	d.Helper()
	if err := d.db.Write(context.Background(), fn); err != nil {
		d.Fatal(err)
	}
}

func (d *door) poll() {
	d.Helper()
	if err := d.poller.Poll(context.Background()); err != nil {
		d.Fatal(err)
	}
}

// reply is Hans's answer, n seconds past eight.
func (d *door) reply(id, partStat string, n int, comment string) []byte {
	return []byte(strings.ReplaceAll(fmt.Sprintf("Message-ID: <%s@omrade-vast.example>\nFrom: %s\nTo: moten+%s@vingaker.example\nSubject: Svar\nMIME-Version: 1.0\nContent-Type: text/calendar; method=REPLY\n\n"+
		"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:%s\nSEQUENCE:0\nDTSTAMP:20261124T0800%02dZ\nCOMMENT:%s\nATTENDEE;PARTSTAT=%s:mailto:%s\nEND:VEVENT\nEND:VCALENDAR\n",
		id, hans, d.invitation.ReplyToken(d.poller.Office.Key), d.meeting.UID, n, comment, partStat, hans), "\n", "\r\n"))
}

// answers are Hans's, the latest first.
func (d *door) answers() []invite.Answer {
	d.Helper()
	var i *invite.Invitation
	d.write(func(tx *store.Tx) (err error) {
		i, err = invite.Find(tx, access.System(), d.invitation.ID)
		return err
	})
	return i.Answers
}

func (d *door) parked() (all []post.ParkedLetter) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		all, _, err = post.Parked(tx, access.System(), d.poller.Office.Key, 100, 0)
		return err
	})
	return all
}

func (d *door) problem() string {
	d.Helper()
	var all []post.Mailbox
	d.write(func(tx *store.Tx) (err error) {
		all, err = post.Mailboxes(tx)
		return err
	})
	if len(all) != 1 {
		d.Fatalf("%d mailboxes", len(all))
	}
	return all[0].Problem
}

// folders checks how many letters wait and how many were put away.
func (d *door) folders(waiting, done int) {
	d.Helper()
	if a, b := d.mailbox.Count("INBOX"), d.mailbox.Count(inbox.Done); a != waiting || b != done {
		d.Errorf("%d wait and %d are put away, not %d and %d", a, b, waiting, done)
	}
}

func TestPoll(t *testing.T) {
	each(t, func(d *door) {
		d.poll() // an empty mailbox
		d.mailbox.Deliver(d.reply("ett", "ACCEPTED", 1, ""))
		d.poll()
		if a := d.answers(); len(a) != 1 || a[0].PartStat != invite.Accepted || a[0].Via != "mail" {
			d.Fatalf("%+v", a)
		}
		d.folders(0, 1)
		d.Run("the same letter delivered again is one answer", func(*testing.T) {
			d.mailbox.Deliver(d.reply("ett", "ACCEPTED", 1, ""))
			d.mailbox.Deliver(d.reply("ett", "DECLINED", 2, "samma Message-ID"))
			d.poll()
			if a := d.answers(); len(a) != 1 {
				d.Errorf("%+v", a)
			}
			d.folders(0, 3)
		})
		d.Run("R19 killed after the commit and before the move", func(*testing.T) {
			letter := d.reply("två", "DECLINED", 3, "")
			in, err := mail.Read(letter, "")
			if err != nil {
				d.Fatal(err)
			}
			d.write(func(tx *store.Tx) error { _, err := secretariat.TakeReply(tx, d.poller.Office, in); return err })
			d.mailbox.Deliver(letter)
			d.poll()
			if a := d.answers(); len(a) != 2 || a[0].PartStat != invite.Declined {
				d.Errorf("%+v", a)
			}
			d.folders(0, 4)
		})
		d.Run("R19 UIDVALIDITY has changed and everything is there once more", func(*testing.T) {
			d.mailbox.Renew()
			d.mailbox.Deliver(d.reply("ett", "ACCEPTED", 1, ""))
			d.mailbox.Deliver(d.reply("två", "DECLINED", 3, ""))
			d.mailbox.Deliver(d.reply("tre", "TENTATIVE", 4, ""))
			d.poll()
			if a := d.answers(); len(a) != 3 || a[0].PartStat != invite.Tentative {
				d.Errorf("%+v", a)
			}
			d.folders(0, 7)
		})
		d.Run("R19 the server is gone, and back", func(*testing.T) {
			d.mailbox.Close()
			for range 3 {
				d.poll()
			}
			if words := d.problem(); words == "" || strings.Contains(words, "@") {
				d.Errorf("the problem is %q", words)
			}
			d.mailbox.Open()
			d.mailbox.Deliver(d.reply("fyra", "ACCEPTED", 5, ""))
			d.poll()
			if a := d.answers(); d.problem() != "" || len(a) != 4 {
				d.Errorf("%q, %d answers", d.problem(), len(a))
			}
		})
		d.Run("the password is wrong, and stands nowhere", func(*testing.T) {
			right := d.poller.Server.Password
			d.poller.Server.Password = "hemligt"
			d.poll()
			if words := d.problem(); !strings.Contains(words, "sign in") || strings.Contains(words+d.log.String(), "hemligt") {
				d.Errorf("%q", words)
			}
			d.poller.Server.Password = right
			d.poll()
		})
		if strings.Contains(d.log.String(), "@") || strings.Contains(d.log.String(), "Hans") {
			d.Errorf("the log tells who: %s", d.log)
		}
		if n := len(d.parked()); n != 0 {
			d.Errorf("%d parked", n)
		}
	})
}

// poison makes the database refuse an answer that holds a word.
func (d *door) poison() {
	d.Helper()
	statement := "CREATE TRIGGER poison BEFORE INSERT ON answers WHEN NEW.comment = 'gift' BEGIN SELECT RAISE(ABORT, 'poison'); END"
	if d.db.IsPostgres() {
		statement = "ALTER TABLE answers ADD CONSTRAINT poison CHECK (comment <> 'gift')"
	}
	d.write(func(tx *store.Tx) error { return tx.DB.Exec(statement).Error })
}

// R19: a letter that cannot be handled is parked after three attempts and blocks nobody.
func TestPoison(t *testing.T) {
	each(t, func(d *door) {
		d.poison()
		d.mailbox.Deliver(d.reply("giftig", "ACCEPTED", 1, "gift"))
		d.mailbox.Deliver(d.reply("frisk", "DECLINED", 0, ""))
		for n := range 3 {
			d.poll()
			if a := d.answers(); len(a) != 1 || a[0].PartStat != invite.Declined {
				d.Fatalf("poll %d: the poison blocks those behind it: %+v", n, a)
			}
			d.folders(1, 1)
		}
		d.poll()
		d.folders(0, 2)
		all := d.parked()
		if len(all) != 1 || all[0].Kind != post.Unread || all[0].Reason != secretariat.Unreadable || all[0].Content.From != hans || all[0].Content.Subject != "Svar" {
			d.Errorf("%+v", all)
		}
		d.poll()
		if len(d.parked()) != 1 {
			d.Error("it is parked again")
		}
	})
}

func TestTooLarge(t *testing.T) {
	each(t, func(d *door) {
		d.mailbox.Deliver(append(d.reply("stor", "ACCEPTED", 1, ""), make([]byte, mail.MaxIncoming)...))
		d.mailbox.Deliver(append([]byte("X: "+strings.Repeat("a ", 200_000)+"\r\n"), d.reply("huvud", "ACCEPTED", 1, "")...))
		d.poll()
		reasons := map[string]bool{}
		for _, p := range d.parked() {
			reasons[p.Reason] = true
		}
		if len(d.answers()) != 0 || !reasons[secretariat.TooLarge] || !reasons[secretariat.Unreadable] {
			d.Errorf("%v, %d answers", reasons, len(d.answers()))
		}
		d.folders(0, 2)
	})
}

func TestServersOfLittleMind(t *testing.T) {
	t.Run("without MOVE the letter is copied and expunged by itself", func(t *testing.T) {
		each(t, func(d *door) {
			d.mailbox.Deliver(d.reply("ett", "ACCEPTED", 1, ""))
			d.poll()
			if len(d.answers()) != 1 {
				d.Error("no answer")
			}
			d.folders(0, 1)
		}, imap.CapUIDPlus)
	})
	t.Run("without UIDPLUS it stays, is read, and is handled once", func(t *testing.T) {
		each(t, func(d *door) {
			d.mailbox.Deliver(d.reply("ett", "ACCEPTED", 1, ""))
			for range 3 {
				d.poll()
			}
			d.mailbox.Deliver(d.reply("två", "DECLINED", 2, ""))
			d.poll()
			if len(d.answers()) != 2 {
				d.Errorf("%+v", d.answers())
			}
			d.folders(2, 0)
		}, []imap.Cap{}...)
	})
}

func TestTwoPollersHandleEachLetterOnce(t *testing.T) {
	each(t, func(d *door) {
		for n := range 12 {
			d.mailbox.Deliver(d.reply(fmt.Sprint("nr", n), []string{"ACCEPTED", "DECLINED"}[n%2], n, ""))
		}
		other := &inbox.Poller{DB: d.db, Office: d.poller.Office, Server: d.poller.Server, Log: slog.New(slog.DiscardHandler)}
		done := make(chan error, 1)
		go func() { done <- other.Poll(context.Background()) }()
		d.poll()
		if err := <-done; err != nil {
			d.Fatal(err)
		}
		d.poll()
		if n := len(d.answers()); n < 1 || n > 12 || d.answers()[0].PartStat != invite.Declined {
			d.Errorf("%d answers, %+v", n, d.answers()[0])
		}
		if d.mailbox.Count("INBOX") != 0 || len(d.parked()) != 0 {
			d.Errorf("%d left, %d parked", d.mailbox.Count("INBOX"), len(d.parked()))
		}
	})
}

func TestSilentServerEndsThePoll(t *testing.T) {
	each(t, func(d *door) {
		silent := mailtest.Silent(t)
		address, err := mail.ParseIMAP("imap://a:b@"+silent, false)
		if err != nil {
			d.Fatal(err)
		}
		d.poller.Server, d.poller.Limit = &inbox.Server{IMAP: address}, 200*time.Millisecond
		begun := time.Now()
		d.poll()
		if spent := time.Since(begun); spent > 5*time.Second || d.problem() == "" {
			d.Errorf("%s, %q", spent, d.problem())
		}
	})
}

// changed is a reply with lines of it replaced.
func changed(letter []byte, pairs ...string) []byte {
	for i := 0; i < len(pairs); i += 2 {
		letter = bytes.ReplaceAll(letter, []byte(pairs[i]), []byte(pairs[i+1]))
	}
	return letter
}

// T-ITIP through the door: of twelve replies the valid ones change an answer, and the rest wait or do nothing.
func TestTwelveRepliesThroughTheDoor(t *testing.T) {
	each(t, func(d *door) {
		good := func(n int) []byte { return d.reply(fmt.Sprint("tolv", n), "ACCEPTED", n, "") }
		token := "+" + d.invitation.ReplyToken(d.poller.Office.Key)
		for _, letter := range [][]byte{
			changed(good(1), "mailto:"+hans, "mailto:okand@annan.example"), // an unknown ATTENDEE
			changed(good(2), "UID:", "UID:x"),                              // another UID
			changed(good(3), "From: "+hans, "From: chef@vingaker.example"), // From is not the ATTENDEE
			changed(good(4), "METHOD:REPLY", "METHOD:REQUEST"),             // our own
			changed(good(5), "METHOD:REPLY", "METHOD:CANCEL"),              // our own
			changed(good(6), "METHOD:REPLY", "METHOD:COUNTER"),             // a proposal
			changed(good(7), "SEQUENCE:0", "SEQUENCE:3"),                   // a version that was never sent
			changed(good(8), token, ""),                                    // no token
			changed(good(9), "DTSTAMP:20261124", "DTSTAMP:20361124"),       // the future
			changed(good(10), "PARTSTAT=ACCEPTED", "PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:petra@omrade-vast.example\""),
			changed(good(10), "tolv10", "tolv-igen", "PARTSTAT=ACCEPTED", "PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:petra@omrade-vast.example\""), // a replay
			changed(good(11), "ATTENDEE;", "ATTENDEE;PARTSTAT=DECLINED:mailto:okand@annan.example\r\nATTENDEE;"),                                  // two ATTENDEEs
		} {
			d.mailbox.Deliver(letter)
		}
		d.poll()
		a := d.answers()
		if len(a) != 2 || a[0].PartStat != invite.Accepted || a[1].PartStat != invite.Delegated || a[1].Substitute != "petra@omrade-vast.example" {
			d.Errorf("%+v", a)
		}
		reasons := map[string]int{}
		for _, p := range d.parked() {
			reasons[p.Reason]++
		}
		want := map[string]int{"party-crasher": 1, "other-uid": 1, "other-sender": 1, "proposal": 1, "ahead-of-us": 1, "no-token": 1, "from-the-future": 1}
		if fmt.Sprint(reasons) != fmt.Sprint(want) {
			d.Errorf("parked %v, not %v", reasons, want)
		}
		d.folders(0, 12)
	})
}

// T-LOOP through the door: a thousand out-of-office letters, and none leaves.
func TestAThousandOutOfOfficeThroughTheDoor(t *testing.T) {
	each(t, func(d *door) {
		d.write(func(tx *store.Tx) error { // the invitation itself
			_, err := secretariat.WriteOwed(tx, d.poller.Office, d.invitation.ID)
			return err
		})
		before := d.letters()
		for n := range 1000 {
			d.mailbox.Deliver([]byte(fmt.Sprintf("Message-ID: <borta-%d@omrade-vast.example>\r\nFrom: %s\r\nTo: moten+%s@vingaker.example\r\nAuto-Submitted: auto-replied\r\nSubject: Borta\r\n\r\nJag är borta.\r\n",
				n, hans, d.invitation.ReplyToken(d.poller.Office.Key))))
		}
		d.poll()
		if after := d.letters(); after != before || len(d.answers()) != 0 || len(d.parked()) != 0 {
			d.Errorf("%d letters more, %d answers, %d parked", after-before, len(d.answers()), len(d.parked()))
		}
		d.folders(0, 1000)
	})
}

func (d *door) letters() (n int64) {
	d.Helper()
	d.write(func(tx *store.Tx) error { return tx.DB.Model(&post.Letter{}).Count(&n).Error })
	return n
}
