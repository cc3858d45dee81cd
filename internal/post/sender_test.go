package post_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/mail"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// office is a database with letters, a clock, a mail server and a sender.
type office struct {
	t      *testing.T
	db     *store.DB
	clock  *storetest.Clock
	key    *seal.Key
	server *mailtest.Server
	sender *post.Sender
}

func newKey(t *testing.T, b byte) *seal.Key {
	t.Helper()
	key, err := seal.New(bytes.Repeat([]byte{b}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func open(t *testing.T, db *store.DB, clock *storetest.Clock) *office {
	t.Helper()
	o := &office{t: t, db: db, clock: clock, key: newKey(t, 3), server: mailtest.Start(t)}
	o.sender = o.another()
	return o
}

// another is one more sender on the same database.
func (o *office) another() *post.Sender {
	o.t.Helper()
	smtp, err := mail.NewSMTP(o.server.URL(), mail.Options{Answer: 300 * time.Millisecond})
	if err != nil {
		o.t.Fatal(err)
	}
	return &post.Sender{DB: o.db, Key: o.key, Mail: smtp, Log: slog.New(slog.DiscardHandler)}
}

// each runs a story from its beginning on both databases.
func each(t *testing.T, story func(t *testing.T, o *office)) {
	t.Helper()
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { story(t, open(t, db, clock)) })
}

func (o *office) write(fn func(*store.Tx) error) {
	o.t.Helper()
	if err := o.db.Write(o.t.Context(), fn); err != nil {
		o.t.Fatal(err)
	}
}

// letter writes one letter to name@kommun.example.
func (o *office) letter(name string) (l *post.Letter) {
	o.t.Helper()
	o.write(func(tx *store.Tx) (err error) {
		l, err = post.Write(tx, o.key, draft(name, nil, tx.Now))
		return err
	})
	return l
}

func draft(name string, subject *uuid.UUID, notBefore time.Time) post.Draft {
	return post.Draft{Kind: post.MailTest, SubjectID: subject, NotBefore: notBefore, Mail: mail.Letter{
		From: mail.Mailbox{Name: "Kommunen", Address: "moten@kommun.example"}, To: mail.Mailbox{Address: name + "@kommun.example"},
		EnvelopeFrom: "moten+x@kommun.example", Subject: "Provbrev till " + name, Text: "Hemlig text till " + name + ".\n",
	}}
}

func (o *office) drain() {
	o.t.Helper()
	if err := o.sender.Drain(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// after lets time pass and a sender look.
func (o *office) after(d time.Duration) {
	o.t.Helper()
	o.clock.Move(d)
	o.drain()
}

func (o *office) find(l *post.Letter) (now *post.Letter) {
	o.t.Helper()
	now = &post.Letter{}
	o.write(func(tx *store.Tx) error { return tx.DB.First(now, "id = ?", l.ID).Error })
	return now
}

func (o *office) is(l *post.Letter, want post.State) *post.Letter {
	o.t.Helper()
	now := o.find(l)
	if now.State != want {
		o.t.Errorf("the letter to %s is %s, want %s: %s", l.Recipient, now.State, want, now.Problem)
	}
	return now
}

// copies counts what the server took for l, and checks that they are the same letter each time.
func (o *office) copies(l *post.Letter, want int) {
	o.t.Helper()
	n := 0
	var first []byte
	for _, r := range o.server.Letters() {
		if r.To != l.Recipient {
			continue
		}
		if n++; n == 1 {
			first = r.Data
		}
		if !bytes.Equal(first, r.Data) || !bytes.Contains(r.Data, []byte("Message-ID: <"+l.MessageID+">")) {
			o.t.Errorf("copy %d of the letter to %s is another one", n, l.Recipient)
		}
	}
	if n != want {
		o.t.Errorf("%d copies to %s, want %d", n, l.Recipient, want)
	}
}

func (o *office) troubled() (n int64) {
	o.t.Helper()
	o.write(func(tx *store.Tx) (err error) {
		n, err = post.Troubled(tx, access.System())
		return err
	})
	return n
}

func TestSent(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("each once, as it was written, over few connections", func(t *testing.T) {
			var all []*post.Letter
			for n := range 12 {
				all = append(all, o.letter(fmt.Sprintf("nr%d", n)))
			}
			o.drain()
			o.drain()
			for _, l := range all {
				o.copies(l, 1)
				now := o.is(l, post.Sent)
				if now.SettledAt == nil || now.Attempts != 1 || now.Lease != "" || now.LeasedUntil != nil || now.Problem != "" {
					t.Errorf("%+v", now)
				}
			}
			if n := o.server.Conversations(); n > 2 {
				t.Errorf("%d connections", n)
			}
		})
		t.Run("not before its time", func(t *testing.T) {
			var l *post.Letter
			o.write(func(tx *store.Tx) (err error) {
				l, err = post.Write(tx, o.key, draft("sen", nil, tx.Now.Add(time.Hour)))
				return err
			})
			o.after(59 * time.Minute)
			o.is(l, post.Queued)
			o.after(time.Minute)
			o.is(l, post.Sent)
		})
		t.Run("not at all when its transaction is taken back", func(t *testing.T) {
			before := len(o.server.Letters())
			if err := o.db.Rehearse(t.Context(), func(tx *store.Tx) error {
				_, err := post.Write(tx, o.key, draft("aldrig", nil, tx.Now))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			o.drain()
			if len(o.server.Letters()) != before {
				t.Error("sent")
			}
		})
		t.Run("filed, where there is no mail server", func(t *testing.T) {
			l := o.letter("mapp")
			filing := &post.Sender{DB: o.db, Key: o.key, Mail: mail.Folder{Dir: t.TempDir()}, Filing: true, Log: slog.New(slog.DiscardHandler)}
			if err := filing.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			o.is(l, post.Filed)
		})
		t.Run("Run sends at a poke and ends with its context", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { o.sender.Run(ctx); close(done) }()
			before := len(o.server.Letters())
			o.letter("knuff")
			o.sender.Poke()
			o.server.Wait(t, before+1)
			cancel()
			<-done
		})
	})
}

func TestRefused(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("R7 for good: tried once, shown, and the others are unaffected", func(t *testing.T) {
			o.server.RefuseRcpt("fel@kommun.example", 550, -1)
			bad, good, other := o.letter("fel"), o.letter("b1"), o.letter("b2")
			o.drain()
			o.after(24 * time.Hour)
			now := o.is(bad, post.Failed)
			if now.Attempts != 1 || !strings.Contains(now.Problem, "550") || now.SettledAt == nil {
				t.Errorf("%+v", now)
			}
			o.is(good, post.Sent)
			o.is(other, post.Sent)
			if n := o.troubled(); n != 1 {
				t.Errorf("%d troubled", n)
			}
		})
		t.Run("R6 for now: again after 1, 5 and 15 minutes, an hour, 3, 6 and 12, then given up", func(t *testing.T) {
			o.server.RefuseRcpt("gra@kommun.example", 451, -1)
			l := o.letter("gra")
			o.drain()
			for n, wait := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour} {
				now := o.is(l, post.Retry)
				if now.Attempts != int64(n+1) || now.NotBefore.Sub(o.db.Now()) != wait {
					t.Errorf("attempt %d, the next in %s, want %s", now.Attempts, now.NotBefore.Sub(o.db.Now()), wait)
				}
				o.after(wait - time.Second)
				if again := o.find(l); again.Attempts != now.Attempts {
					t.Errorf("tried before %s", wait)
				}
				o.after(time.Second)
			}
			o.is(l, post.Failed)
			o.copies(l, 0)
		})
		t.Run("R6 for now, three times, and then taken: all there, once", func(t *testing.T) {
			o.server.RefuseRcpt("snart@kommun.example", 451, 3)
			l := o.letter("snart")
			o.drain()
			for range 4 {
				o.after(15 * time.Minute)
			}
			o.is(l, post.Sent)
			o.copies(l, 1)
		})
		t.Run("at the final dot: nothing was taken, so it is tried again", func(t *testing.T) {
			o.server.RefuseDot(1)
			l := o.letter("punkt")
			o.drain()
			o.is(l, post.Retry)
			o.after(time.Minute)
			o.is(l, post.Sent)
			o.copies(l, 1)
		})
		t.Run("R4 cut off before the dot: lost nothing, doubled nothing", func(t *testing.T) {
			o.server.DropBeforeDot(2)
			l := o.letter("avbrott")
			o.drain()
			for range 3 {
				o.after(5 * time.Minute)
			}
			o.is(l, post.Sent)
			o.copies(l, 1)
		})
	})
}

func TestUnknown(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("R5 silence after the dot: waits a quarter, and the others go on", func(t *testing.T) {
			o.server.HangAfterDot(1)
			l, other := o.letter("tyst"), o.letter("annan")
			o.drain()
			var slow, fast *post.Letter
			for _, x := range []*post.Letter{l, other} {
				if o.find(x).State == post.Unknown {
					slow = x
				} else {
					fast = x
				}
			}
			if slow == nil || fast == nil {
				t.Fatal("neither waits")
			}
			o.is(fast, post.Sent)
			if n := o.troubled(); n != 0 {
				t.Errorf("%d troubled, though it will be asked again", n)
			}
			o.after(15*time.Minute - time.Second)
			o.copies(slow, 1)
			o.after(time.Second)
			o.is(slow, post.Sent)
			o.copies(slow, 2)
		})
		t.Run("R3 cut off after the dot, for ever: at most three more, then parked and counted", func(t *testing.T) {
			o.server.DropAfterDot(-1)
			l := o.letter("park")
			o.drain()
			for n, wait := range []time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour} {
				if now := o.is(l, post.Unknown); now.NotBefore.Sub(o.db.Now()) != wait {
					t.Errorf("waits %s, want %s", now.NotBefore.Sub(o.db.Now()), wait)
				}
				o.copies(l, n+1)
				o.after(wait)
			}
			o.copies(l, 4)
			for range 10 {
				o.after(7 * 24 * time.Hour / 10)
			}
			o.copies(l, 4)
			if now := o.is(l, post.Unknown); now.SettledAt == nil || o.troubled() != 1 {
				t.Errorf("%d troubled, %+v", o.troubled(), now)
			}
			o.server.DropAfterDot(0)
		})
		t.Run("what may have arrived stays so when the next try is refused", func(t *testing.T) {
			o.server.DropAfterDot(1)
			l := o.letter("tvek")
			o.drain()
			o.is(l, post.Unknown)
			o.server.RefuseRcpt("tvek@kommun.example", 451, 1)
			o.after(15 * time.Minute)
			o.is(l, post.Unknown)
			o.server.RefuseConnections(-1)
			o.after(5 * time.Minute)
			o.is(l, post.Unknown)
			o.server.RefuseConnections(0)
			o.server.RefuseRcpt("tvek@kommun.example", 550, 1)
			o.after(time.Minute)
			if now := o.is(l, post.Unknown); now.SettledAt == nil {
				t.Errorf("%+v", now)
			}
			o.copies(l, 1)
		})
		t.Run("what may have arrived is not asked about when a newer letter says it better", func(t *testing.T) {
			subject := uuid.New()
			o.server.DropAfterDot(1)
			var l *post.Letter
			o.write(func(tx *store.Tx) (err error) {
				d := draft("gammal", &subject, tx.Now)
				l, err = post.Write(tx, o.key, calendar(d))
				return err
			})
			o.drain()
			o.clock.Move(time.Second)
			o.write(func(tx *store.Tx) error {
				if err := post.Supersede(tx, subject); err != nil {
					return err
				}
				d := draft("gammal", &subject, tx.Now)
				d.Mail.Subject = "Nyare"
				_, err := post.Write(tx, o.key, calendar(d))
				return err
			})
			o.after(16 * time.Minute)
			n := 0
			for _, r := range o.server.Letters() {
				if bytes.Contains(r.Data, []byte("Message-ID: <"+l.MessageID+">")) {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%d copies of the old one", n)
			}
			o.is(l, post.Unknown)
		})
	})
}

// calendar gives a draft a calendar part.
func calendar(d post.Draft) post.Draft {
	d.Method = "REQUEST"
	d.Mail.Calendar = &mail.Calendar{Method: "REQUEST", Data: []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n")}
	return d
}

func TestServerDown(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("R9 nothing is lost, no attempt is counted, and all is sent when it is back", func(t *testing.T) {
			o.server.RefuseConnections(-1)
			var all []*post.Letter
			for n := range 10 {
				all = append(all, o.letter(fmt.Sprintf("nere%d", n)))
			}
			o.drain()
			unreached := func() (since *time.Time) {
				o.write(func(tx *store.Tx) (err error) {
					since, err = post.Unreached(tx)
					return err
				})
				return since
			}
			for minute := range 90 {
				if told := unreached() != nil; told != (minute >= 3) {
					t.Fatalf("R10 after %d minutes: told %t", minute, told)
				}
				o.after(time.Minute)
			}
			for _, l := range all {
				now := o.find(l)
				if now.State != post.Queued && now.State != post.Retry || now.Attempts != 0 {
					t.Errorf("%s after %d attempts", now.State, now.Attempts)
				}
			}
			if o.troubled() == 0 {
				t.Error("an hour and a half, and nobody is told")
			}
			o.server.RefuseConnections(0)
			o.after(time.Minute)
			o.after(30 * time.Second)
			for _, l := range all {
				o.is(l, post.Sent)
				o.copies(l, 1)
			}
			if n := o.troubled(); n != 0 || unreached() != nil {
				t.Errorf("%d troubled still, and no server since %v", n, unreached())
			}
		})
		t.Run("R9 421 in mid-conversation is no judgement on the letter", func(t *testing.T) {
			o.server.SayGoodbye(1)
			l, other := o.letter("adjo1"), o.letter("adjo2")
			o.drain()
			o.after(time.Minute)
			for _, x := range []*post.Letter{l, other} {
				o.is(x, post.Sent)
				o.copies(x, 1)
			}
		})
	})
}

func TestTwoSenders(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("R14 on one database send each letter once", func(t *testing.T) {
			var all []*post.Letter
			for n := range 40 {
				all = append(all, o.letter(fmt.Sprintf("par%d", n)))
			}
			var group sync.WaitGroup
			for _, s := range []*post.Sender{o.sender, o.another(), o.another()} {
				group.Go(func() {
					if err := s.Drain(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			for _, l := range all {
				o.is(l, post.Sent)
				o.copies(l, 1)
			}
		})
	})
}

// atDot is a dialer whose connections do something right before the final dot of the first letter.
type atDot struct {
	mail.Dialer
	act  func()
	once *sync.Once
}

func (d atDot) Dial(ctx context.Context) (mail.Conn, error) {
	conn, err := d.Dialer.Dial(ctx)
	return dotConn{conn, d}, err
}

type dotConn struct {
	mail.Conn
	dialer atDot
}

func (c dotConn) Send(ctx context.Context, e mail.Envelope) error {
	ask := e.BeforeDot
	e.BeforeDot = func() error {
		c.dialer.once.Do(c.dialer.act)
		return ask()
	}
	return c.Conn.Send(ctx, e)
}

func TestLease(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("R2 a letter that a dead sender left is taken over, the same bytes", func(t *testing.T) {
			l := o.letter("arv")
			o.server.DropAfterDot(1)
			ctx, die := context.WithCancel(t.Context())
			dead := o.another()
			dead.Mail = atDot{dead.Mail, die, new(sync.Once)}
			_ = dead.Drain(ctx)
			// as it is when a process dies: nothing was recorded
			until := o.db.Now().Add(time.Minute)
			o.write(func(tx *store.Tx) error {
				return tx.DB.Model(&post.Letter{}).Where("id = ?", l.ID).Updates(map[string]any{"state": post.Sending, "lease": "dead", "leased_until": until}).Error
			})
			o.after(59 * time.Second)
			o.is(l, post.Sending)
			o.server.DropAfterDot(0)
			o.after(2 * time.Second)
			o.is(l, post.Sent)
			if n := len(o.server.Letters()); n > 2 {
				t.Errorf("%d letters", n)
			}
			o.copies(l, len(o.server.Letters()))
		})
		t.Run("R14 a frozen sender finds its lease gone and stops before the dot", func(t *testing.T) {
			l := o.letter("frusen")
			frozen := o.another()
			frozen.Mail = atDot{frozen.Mail, func() {
				o.clock.Move(61 * time.Second)
				o.drain()
			}, new(sync.Once)}
			if err := frozen.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			o.is(l, post.Sent)
			o.copies(l, 1)
		})
		t.Run("and when nobody has taken over, it is sent later", func(t *testing.T) {
			l := o.letter("vaken")
			slow := o.another()
			slow.Mail = atDot{slow.Mail, func() { o.clock.Move(61 * time.Second) }, new(sync.Once)}
			if err := slow.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			o.drain()
			o.is(l, post.Sent)
			o.copies(l, 1)
		})
	})
}

// R21: the program is told to end while a letter is on its way.
func TestLetterInFlightLands(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		l, waits := o.letter("flyger"), []*post.Letter{o.letter("vantar1"), o.letter("vantar2")}
		ctx, end := context.WithCancel(t.Context())
		ending := o.another()
		ending.Mail = atDot{ending.Mail, end, new(sync.Once)}
		if err := ending.Drain(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		sent := 0
		for _, x := range append(waits, l) {
			switch now := o.find(x); {
			case now.State == post.Sent:
				sent++
			case now.State != post.Queued:
				t.Errorf("%s after it was told to end: %s", now.State, now.Problem)
			}
		}
		if sent == 0 || sent == 3 {
			t.Errorf("%d of 3 letters were sent", sent)
		}
		o.drain()
		for _, x := range append(waits, l) {
			o.is(x, post.Sent)
			o.copies(x, 1)
		}
	})
}

func TestOrder(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("letters about one invitation leave in order, and reply to the first", func(t *testing.T) {
			subject := uuid.New()
			o.server.RefuseRcpt("ordning@kommun.example", 451, 2)
			var ids []string
			for n := range 4 {
				o.write(func(tx *store.Tx) error {
					d := draft("ordning", &subject, tx.Now)
					d.Mail.Subject = fmt.Sprint("Nummer ", n)
					l, err := post.Write(tx, o.key, d)
					ids = append(ids, l.MessageID)
					return err
				})
				o.clock.Move(time.Second)
			}
			o.drain()
			for range 4 {
				o.after(10 * time.Minute)
			}
			var got []string
			for _, r := range o.server.Letters() {
				got = append(got, strings.Trim(mailtest.Parse(t, r.Data).Header.Get("Message-ID"), "<>"))
			}
			if fmt.Sprint(got) != fmt.Sprint(ids) {
				t.Errorf("got %v, want %v", got, ids)
			}
			var reply *post.Letter
			o.write(func(tx *store.Tx) (err error) {
				reply, err = post.Write(tx, o.key, draft("ordning", &subject, tx.Now))
				return err
			})
			o.drain()
			all := o.server.Letters()
			if head := mailtest.Parse(t, all[len(all)-1].Data).Header; head.Get("In-Reply-To") != "<"+ids[0]+">" || !strings.Contains(head.Get("Message-ID"), reply.ID.String()) {
				t.Errorf("%v", head)
			}
		})
	})
}

func TestHold(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		l := o.letter("vila")
		coordinator := access.Actor{Roles: []access.Role{access.Coordinator}}
		t.Run("stops everything until it is released", func(t *testing.T) {
			o.write(func(tx *store.Tx) error { return post.HoldSending(tx, "Återställd säkerhetskopia") })
			for range 5 {
				o.after(24 * time.Hour)
			}
			o.is(l, post.Queued)
			o.write(func(tx *store.Tx) error {
				held, err := post.SendingHeld(tx)
				if held == nil || held.Reason != "Återställd säkerhetskopia" {
					t.Errorf("%+v", held)
				}
				return err
			})
		})
		t.Run("is not released by a member", func(t *testing.T) {
			err := o.db.Rehearse(t.Context(), func(tx *store.Tx) error {
				return post.ReleaseSending(tx, access.Actor{Roles: []access.Role{access.Member, access.Manager, access.Registrar, access.GroupLead}})
			})
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("got %v", err)
			}
		})
		t.Run("released, all goes", func(t *testing.T) {
			o.write(func(tx *store.Tx) error { return post.ReleaseSending(tx, coordinator) })
			o.drain()
			o.is(l, post.Sent)
		})
	})
}

func TestEntitled(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("a letter whose right is gone is withdrawn, the next one goes", func(t *testing.T) {
			gone, stays := o.letter("borta"), o.letter("kvar")
			o.sender.Entitled = func(_ *store.Tx, l *post.Letter) (bool, error) { return l.ID != gone.ID, nil }
			o.drain()
			now := o.is(gone, post.Withdrawn)
			if now.Sealed != nil || now.SettledAt == nil {
				t.Errorf("%+v", now)
			}
			o.copies(gone, 0)
			o.is(stays, post.Sent)
		})
		t.Run("when nobody can say, the letter waits", func(t *testing.T) {
			l := o.letter("oklart")
			o.sender.Entitled = func(*store.Tx, *post.Letter) (bool, error) { return false, errors.New("no answer") }
			if err := o.sender.Drain(t.Context()); err == nil {
				t.Error("nobody was told")
			}
			if now := o.is(l, post.Queued); now.Attempts != 0 {
				t.Errorf("%+v", now)
			}
		})
		t.Run("one that cannot be written does not stop those that are", func(t *testing.T) {
			o.sender.Entitled = nil
			l := o.letter("skriven")
			o.sender.Owed = func(context.Context) error { return errors.New("one is odd") }
			if err := o.sender.Drain(t.Context()); err == nil || !strings.Contains(err.Error(), "odd") {
				t.Errorf("got %v", err)
			}
			o.is(l, post.Sent)
		})
	})
}

func TestSealed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		l := o.letter("sluten")
		raw := func() (row map[string]any) {
			o.write(func(tx *store.Tx) error { return tx.DB.Table("letters").Where("id = ?", l.ID).Take(&row).Error })
			return row
		}
		t.Run("the row holds no readable text", func(t *testing.T) {
			sealed, ok := raw()["sealed"].([]byte)
			if !ok || len(sealed) < 100 {
				t.Fatalf("%T", raw()["sealed"])
			}
			for column, value := range raw() {
				text := fmt.Sprintf("%s", value)
				if strings.Contains(text, "Hemlig text") || column == "sealed" && (strings.Contains(text, "Subject") || strings.Contains(text, "kommun.example")) {
					t.Errorf("%s: %q", column, text)
				}
			}
		})
		t.Run("only a coordinator reads it, and the log says so", func(t *testing.T) {
			read := func(by access.Actor) (data []byte, err error) {
				err = o.db.Write(t.Context(), func(tx *store.Tx) (err error) {
					_, data, err = post.Read(tx, by, o.key, l.ID)
					return err
				})
				return data, err
			}
			if _, err := read(access.Actor{Roles: []access.Role{access.Administrator, access.Manager, access.Member}}); fault.KindOf(err) != fault.NotFound {
				t.Errorf("got %v", err)
			}
			data, err := read(access.Actor{Roles: []access.Role{access.Coordinator}})
			if err != nil || !strings.Contains(mailtest.Parse(t, data).Text, "Hemlig text till sluten.") {
				t.Errorf("%s %v", data, err)
			}
			o.write(func(tx *store.Tx) error {
				var n int64
				err := tx.DB.Model(&access.LogEntry{}).Where("action = 'read letter' AND object_id = ?", l.ID).Count(&n).Error
				if n != 1 {
					t.Errorf("%d entries", n)
				}
				return err
			})
		})
		t.Run("administrators see no recipient", func(t *testing.T) {
			o.write(func(tx *store.Tx) error {
				all, _, err := post.List(tx, access.Actor{Roles: []access.Role{access.Administrator}}, 10, 0)
				if len(all) != 1 || all[0].Recipient != "…@kommun.example" || all[0].RecipientName != "" {
					t.Errorf("%+v", all)
				}
				return err
			})
		})
		t.Run("the bytes are dropped 30 days after sending; hash and Message-ID stay", func(t *testing.T) {
			o.drain()
			forget := func(after time.Duration) *post.Letter {
				o.clock.Move(after)
				o.write(post.Forget)
				return o.find(l)
			}
			if now := forget(30*24*time.Hour - time.Minute); now.Sealed == nil {
				t.Error("dropped too early")
			}
			if now := forget(2 * time.Minute); now.Sealed != nil || now.SHA256 != l.SHA256 || now.MessageID != l.MessageID {
				t.Errorf("%+v", now)
			}
		})
		t.Run("what was never sent keeps its bytes", func(t *testing.T) {
			o.server.RefuseConnections(-1)
			waiting := o.letter("vantar")
			o.after(40 * 24 * time.Hour)
			o.write(post.Forget)
			if o.find(waiting).Sealed == nil {
				t.Error("dropped")
			}
		})
	})
}

func TestWrongKey(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		l := o.letter("nyckel")
		t.Run("fails the letter with a sentence that says so, and sends nothing", func(t *testing.T) {
			o.sender.Key = newKey(t, 4)
			o.drain()
			now := o.is(l, post.Failed)
			if !strings.Contains(now.Problem, "nyckelfilen är en annan") {
				t.Error(now.Problem)
			}
			o.copies(l, 0)
		})
	})
}
