package post_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"samverkan/internal/post"
	"samverkan/internal/store"
)

// letterTo writes a letter to an address.
func (o *office) letterTo(address string) (l *post.Letter) {
	o.t.Helper()
	o.write(func(tx *store.Tx) (err error) {
		d := draft("x", nil, tx.Now)
		d.Mail.To.Address = address
		l, err = post.Write(tx, o.key, d)
		return err
	})
	return l
}

// arrived counts the letters that the server took for a domain.
func (o *office) arrived(domain string) (n int) {
	for _, r := range o.server.Letters() {
		if strings.HasSuffix(r.To, "@"+domain) {
			n++
		}
	}
	return n
}

func TestPace(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.sender.PerMinute = 3
		arrives := func(domain string, want int) {
			t.Helper()
			if got := o.arrived(domain); got != want {
				t.Errorf("%d letters to %s, want %d", got, domain, want)
			}
		}
		t.Run("a domain gets so many a minute, and the others go on", func(t *testing.T) {
			for n := range 7 {
				o.letterTo(fmt.Sprintf("a%d@stor.example", n))
			}
			for n := range 2 {
				o.letterTo(fmt.Sprintf("b%d@liten.example", n))
			}
			o.drain()
			arrives("stor.example", 3)
			arrives("liten.example", 2)
			o.write(func(tx *store.Tx) error {
				paces, err := post.Paces(tx)
				if p, waits := paces["stor.example"]; !waits || p.Slowed || !p.NotBefore.Equal(tx.Now.Add(time.Minute)) || len(paces) != 1 {
					t.Errorf("%+v", paces)
				}
				return err
			})
			o.after(time.Minute - time.Second)
			arrives("stor.example", 3)
			o.after(time.Second)
			arrives("stor.example", 6)
			o.after(time.Minute)
			arrives("stor.example", 7)
		})
		t.Run("in no minute more, wherever it begins", func(t *testing.T) {
			o.after(time.Hour)
			before := o.arrived("jamn.example")
			var at []time.Time
			for n := range 12 {
				o.letterTo(fmt.Sprintf("c%d@jamn.example", n))
				if n%4 == 3 {
					o.clock.Move(17 * time.Second)
				}
			}
			for range 40 {
				o.after(7 * time.Second)
				for now := o.arrived("jamn.example"); before < now; before++ {
					at = append(at, o.db.Now())
				}
			}
			for n := 3; n < len(at); n++ {
				if d := at[n].Sub(at[n-3]); d < time.Minute {
					t.Errorf("letters %d to %d within %s", n-3, n, d)
				}
			}
			if len(at) != 12 {
				t.Errorf("%d letters", len(at))
			}
		})
		t.Run("several instances share it", func(t *testing.T) {
			for n := range 20 {
				o.letterTo(fmt.Sprintf("d%d@delad.example", n))
			}
			var group sync.WaitGroup
			for range 4 {
				s := o.another()
				s.PerMinute = 5
				group.Go(func() {
					if err := s.Drain(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			arrives("delad.example", 5)
		})
		t.Run("a server that is away uses nobody's turn up", func(t *testing.T) {
			o.after(time.Hour)
			o.server.RefuseConnections(-1)
			for n := range 3 {
				o.letterTo(fmt.Sprintf("e%d@borta.example", n))
			}
			for range 3 {
				o.after(10 * time.Second)
			}
			o.server.RefuseConnections(0)
			o.after(2 * time.Minute)
			arrives("borta.example", 3)
		})
	})
}

func TestServerSaysTooFast(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.sender.PerMinute = 40
		t.Run("the domain waits, no attempt is counted, and the others go on", func(t *testing.T) {
			o.server.RefuseWith("@trott.example", 450, 1, "4.7.1 Too many messages, slow down")
			slow, later, other := o.letterTo("a@trott.example"), o.letterTo("b@trott.example"), o.letter("pigg")
			o.drain()
			o.is(other, post.Sent)
			waits := 0
			for _, l := range []*post.Letter{slow, later} { // of two connections, one may have been at it already
				now := o.find(l)
				if now.State == post.Retry && now.Attempts == 0 && strings.Contains(now.Problem, "slow down") {
					waits++
				}
			}
			if waits != 1 {
				t.Errorf("%d letters wait by what the server said", waits)
			}
			o.write(func(tx *store.Tx) error {
				paces, err := post.Paces(tx)
				if p := paces["trott.example"]; !p.Slowed || p.Most(40, tx.Now) != 20 || !p.NotBefore.Equal(tx.Now.Add(time.Minute)) || !strings.Contains(p.Words, "slow down") {
					t.Errorf("%+v", p)
				}
				return err
			})
			o.after(time.Minute)
			o.is(slow, post.Sent)
			o.is(later, post.Sent)
		})
		t.Run("half the pace for an hour, then as before", func(t *testing.T) {
			for n := range 60 {
				o.letterTo(fmt.Sprintf("c%d@trott.example", n))
			}
			before := o.arrived("trott.example")
			o.after(2 * time.Minute)
			if n := o.arrived("trott.example") - before; n != 20 {
				t.Errorf("%d in the minute", n)
			}
			o.after(time.Hour)
			if n := o.arrived("trott.example") - before; n != 60 {
				t.Errorf("%d after the hour", n)
			}
		})
		t.Run("however often it says so, the letter is never given up", func(t *testing.T) {
			o.server.RefuseWith("@seg.example", 421, 20, "4.3.2 too many connections from your host")
			l := o.letterTo("a@seg.example")
			o.drain()
			last := time.Time{}
			for range 20 {
				now := o.find(l)
				if now.State != post.Retry || now.Attempts != 0 {
					t.Fatalf("%s after %d attempts: %s", now.State, now.Attempts, now.Problem)
				}
				if pause := now.NotBefore.Sub(o.db.Now()); pause < time.Minute || pause > time.Hour || now.NotBefore.Equal(last) {
					t.Fatalf("waits %s", pause)
				}
				last = now.NotBefore
				o.after(time.Hour)
			}
			o.is(l, post.Sent)
			o.copies(l, 1)
		})
		t.Run("without a limit too", func(t *testing.T) {
			o.sender.PerMinute = 0
			o.server.RefuseWith("@fri.example", 452, 1, "4.3.1 rate limit exceeded")
			l := o.letterTo("a@fri.example")
			o.drain()
			if now := o.is(l, post.Retry); now.Attempts != 0 {
				t.Errorf("%d attempts", now.Attempts)
			}
			o.after(time.Minute)
			o.is(l, post.Sent)
		})
		t.Run("a full mailbox is another thing", func(t *testing.T) {
			o.server.RefuseWith("full@fri.example", 452, 1, "4.2.2 The mailbox has exceeded its storage limit")
			l, other := o.letterTo("full@fri.example"), o.letterTo("tom@fri.example")
			o.drain()
			if now := o.is(l, post.Retry); now.Attempts != 1 {
				t.Errorf("%d attempts", now.Attempts)
			}
			o.is(other, post.Sent)
		})
	})
}

func TestAnswerIsKept(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		t.Run("the server's words when it took the letter", func(t *testing.T) {
			l := o.letter("ord")
			o.drain()
			if now := o.is(l, post.Sent); !strings.HasPrefix(now.Answer, "250 ") || len(now.Answer) < 8 {
				t.Errorf("%q", now.Answer)
			}
		})
	})
}
