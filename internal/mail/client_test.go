package mail_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"samverkan/internal/fault"
	"samverkan/internal/mail"
	"samverkan/internal/mail/mailtest"
)

func newSMTP(t *testing.T, url string, opts mail.Options) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(url, opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func dial(t *testing.T, d mail.Dialer) mail.Conn {
	t.Helper()
	c, err := d.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func envelope(t *testing.T) mail.Envelope {
	return mail.Envelope{
		Name: "0001-inbjudan.eml", From: "studs+TOKEN@samverkan.example", To: "asa@skolan.example",
		Data: compose(t, invitation(t)),
	}
}

func wantOutcome(t *testing.T, err error, outcome mail.Outcome, code int) *mail.DeliveryError {
	t.Helper()
	var d *mail.DeliveryError
	if !errors.As(err, &d) || d.Outcome != outcome || d.Code != code {
		t.Fatalf("%v; want %s %d", err, outcome, code)
	}
	return d
}

func wantLetters(t *testing.T, s *mailtest.Server, n int) {
	t.Helper()
	if got := len(s.Letters()); got != n {
		t.Errorf("the server has %d letters, want %d", got, n)
	}
}

func TestSend(t *testing.T) {
	t.Run("two letters arrive unchanged over one connection", func(t *testing.T) {
		s := mailtest.Start(t)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{Hello: "moten.samverkan.example"}))
		first, second := envelope(t), envelope(t)
		second.To = "par@region.example"
		second.Data = []byte("Subject: punkter\r\n\r\n.\r\n..\r\nslut\r\n")
		for _, e := range []mail.Envelope{first, second} {
			if err := c.Send(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		got := s.Wait(t, 2)
		for i, e := range []mail.Envelope{first, second} {
			if got[i].From != e.From || got[i].To != e.To || !bytes.Equal(got[i].Data, e.Data) {
				t.Errorf("letter %d: %+v", i, got[i])
			}
		}
		if c.Broken() || s.Conversations() != 1 {
			t.Errorf("broken %v, %d conversations", c.Broken(), s.Conversations())
		}
		if err := c.Close(); err != nil || !c.Broken() {
			t.Errorf("close: %v, broken %v", err, c.Broken())
		}
	})
	t.Run("550 is permanent and the next letter goes", func(t *testing.T) {
		s := mailtest.Start(t)
		s.RefuseRcpt("asa@skolan.example", 550, -1)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{}))
		d := wantOutcome(t, c.Send(t.Context(), envelope(t)), mail.Permanent, 550)
		if d.Enhanced != "5.1.1" || d.Words != "Not now, or never" {
			t.Errorf("%+v", d)
		}
		other := envelope(t)
		other.To = "par@region.example"
		if err := c.Send(t.Context(), other); err != nil || c.Broken() {
			t.Errorf("%v, broken %v", err, c.Broken())
		}
		wantLetters(t, s, 1)
	})
	t.Run("451 is temporary, three times, and then it goes", func(t *testing.T) {
		s := mailtest.Start(t)
		s.RefuseRcpt("asa@skolan.example", 451, 3)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{}))
		for range 3 {
			wantOutcome(t, c.Send(t.Context(), envelope(t)), mail.Temporary, 451)
		}
		if err := c.Send(t.Context(), envelope(t)); err != nil {
			t.Error(err)
		}
		wantLetters(t, s, 1)
	})
	t.Run("451 to the dot is temporary", func(t *testing.T) {
		s := mailtest.Start(t)
		s.RefuseDot(1)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{}))
		wantOutcome(t, c.Send(t.Context(), envelope(t)), mail.Temporary, 451)
		wantLetters(t, s, 0)
	})
	t.Run("421 ends the connection", func(t *testing.T) {
		s := mailtest.Start(t)
		s.SayGoodbye(1)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{}))
		wantOutcome(t, c.Send(t.Context(), envelope(t)), mail.Temporary, 421)
		if !c.Broken() {
			t.Error("not broken")
		}
		wantOutcome(t, c.Send(t.Context(), envelope(t)), mail.Temporary, 0)
		wantLetters(t, s, 0)
	})
	t.Run("a hang-up after the dot is unknown", func(t *testing.T) {
		s := mailtest.Start(t)
		s.DropAfterDot(1)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{}))
		wantOutcome(t, c.Send(t.Context(), envelope(t)), mail.Unknown, 0)
		if !c.Broken() {
			t.Error("not broken")
		}
		wantLetters(t, s, 1)
	})
	t.Run("silence after the dot is unknown", func(t *testing.T) {
		s := mailtest.Start(t)
		s.HangAfterDot(1)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{Answer: 50 * time.Millisecond}))
		wantOutcome(t, c.Send(t.Context(), envelope(t)), mail.Unknown, 0)
		wantLetters(t, s, 1)
	})
	t.Run("so it is when the context ends the wait", func(t *testing.T) {
		s := mailtest.Start(t)
		s.HangAfterDot(1)
		ctx, cancel := context.WithCancel(t.Context())
		c := dial(t, newSMTP(t, s.URL(), mail.Options{}))
		go func() {
			for len(s.Letters()) == 0 {
				time.Sleep(5 * time.Millisecond)
			}
			cancel()
		}()
		wantOutcome(t, c.Send(ctx, envelope(t)), mail.Unknown, 0)
	})
	t.Run("silence before the dot is temporary", func(t *testing.T) {
		s := mailtest.Start(t)
		s.HangAtRcpt(1)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{Command: 50 * time.Millisecond}))
		wantOutcome(t, c.Send(t.Context(), envelope(t)), mail.Temporary, 0)
		if !c.Broken() {
			t.Error("not broken")
		}
	})
	t.Run("an ended context sends nothing", func(t *testing.T) {
		s := mailtest.Start(t)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{}))
		ctx, cancel := context.WithCancel(t.Context())
		e := envelope(t)
		e.BeforeDot = func() error { cancel(); return nil }
		if err := c.Send(ctx, e); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		wantLetters(t, s, 0)
	})
	t.Run("a hostile envelope never leaves", func(t *testing.T) {
		s := mailtest.Start(t)
		c := dial(t, newSMTP(t, s.URL(), mail.Options{}))
		for _, h := range hostile {
			for _, spoil := range []func(*mail.Envelope){
				func(e *mail.Envelope) { e.To = h.address },
				func(e *mail.Envelope) { e.From = h.address },
			} {
				e := envelope(t)
				spoil(&e)
				wantOutcome(t, c.Send(t.Context(), e), mail.Permanent, 0)
			}
		}
		for _, data := range []string{"", "a", "a\n", "a\r\nb\n.\nc\r\n", "a\r.\r\nb\r\n", "å\r\n", "\x00\r\n", strings.Repeat("a", 999) + "\r\n"} {
			e := envelope(t)
			e.Data = []byte(data)
			wantOutcome(t, c.Send(t.Context(), e), mail.Permanent, 0)
		}
		wantLetters(t, s, 0)
	})
}

// The hang-up is found by the last look, over TLS too.
func TestSendDropBeforeDot(t *testing.T) {
	for name, option := range map[string]mailtest.Option{"STARTTLS": mailtest.StartTLS(), "TLS": mailtest.ImplicitTLS()} {
		t.Run(name, func(t *testing.T) {
			s := mailtest.Start(t, option)
			s.DropBeforeDot(1)
			client := newSMTP(t, s.URL(), mail.Options{Roots: s.Roots(), DialContext: s.Dial})
			e := envelope(t)
			e.BeforeDot = func() error { time.Sleep(30 * time.Millisecond); return nil }
			c := dial(t, client)
			wantOutcome(t, c.Send(t.Context(), e), mail.Temporary, 0)
			if !c.Broken() {
				t.Error("not broken")
			}
			wantLetters(t, s, 0)
			c = dial(t, client)
			if err := c.Send(t.Context(), e); err != nil {
				t.Error(err)
			}
			wantLetters(t, s, 1)
		})
	}
}

func TestSendBeforeDot(t *testing.T) {
	s := mailtest.Start(t)
	c := dial(t, newSMTP(t, s.URL(), mail.Options{}))
	lost := errors.New("the lease is lost")
	e := envelope(t)
	e.BeforeDot = func() error { return lost }
	err := c.Send(t.Context(), e)
	wantOutcome(t, err, mail.Temporary, 0)
	if !errors.Is(err, lost) || !c.Broken() {
		t.Errorf("%v, broken %v", err, c.Broken())
	}
	time.Sleep(30 * time.Millisecond)
	wantLetters(t, s, 0)
}

func TestDial(t *testing.T) {
	t.Run("a refused connection is temporary", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		l.Close()
		_, err = newSMTP(t, "smtp://"+l.Addr().String(), mail.Options{}).Dial(t.Context())
		wantOutcome(t, err, mail.Temporary, 0)
	})
	t.Run("421 is temporary", func(t *testing.T) {
		s := mailtest.Start(t)
		s.RefuseConnections(1)
		client := newSMTP(t, s.URL(), mail.Options{})
		_, err := client.Dial(t.Context())
		d := wantOutcome(t, err, mail.Temporary, 421)
		if d.Enhanced != "4.3.2" {
			t.Errorf("%+v", d)
		}
		dial(t, client)
	})
	t.Run("a silent server is left after a while, or when the context ends", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		_, err = newSMTP(t, "smtp://"+l.Addr().String(), mail.Options{Command: 50 * time.Millisecond}).Dial(t.Context())
		wantOutcome(t, err, mail.Temporary, 0)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err = newSMTP(t, "smtp://"+l.Addr().String(), mail.Options{}).Dial(ctx)
		wantOutcome(t, err, mail.Temporary, 0)
	})
	t.Run("R8 a trickling server has one deadline for its whole answer", func(t *testing.T) {
		address := scripted(t, func(c net.Conn) {
			for range 100 {
				if _, err := io.WriteString(c, "2"); err != nil {
					return
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
		begin := time.Now()
		_, err := newSMTP(t, "smtp://"+address, mail.Options{Command: 100 * time.Millisecond}).Dial(t.Context())
		wantOutcome(t, err, mail.Temporary, 0)
		if took := time.Since(begin); took > time.Second {
			t.Errorf("it took %v", took)
		}
	})
	t.Run("R10 without STARTTLS nothing is sent", func(t *testing.T) {
		s := mailtest.Start(t)
		url := "smtp://samverkan:hemligt@" + mailtest.Host + ":" + s.Port()
		_, err := newSMTP(t, url, mail.Options{DialContext: s.Dial}).Dial(t.Context())
		wantInsecure(t, s, err)
	})
	for name, option := range map[string]mailtest.Option{"STARTTLS": mailtest.StartTLS(), "TLS": mailtest.ImplicitTLS()} {
		t.Run("R10 an untrusted certificate gets nothing by "+name, func(t *testing.T) {
			s := mailtest.Start(t, option)
			url := strings.Replace(s.URL(), "://", "://samverkan:hemligt@", 1)
			_, err := newSMTP(t, url, mail.Options{DialContext: s.Dial}).Dial(t.Context())
			wantInsecure(t, s, err)
		})
		t.Run("a certificate for another name gets nothing by "+name, func(t *testing.T) {
			s := mailtest.Start(t, option)
			url := strings.Replace(s.URL(), "://"+mailtest.Host, "://samverkan:hemligt@other.example.test", 1)
			_, err := newSMTP(t, url, mail.Options{DialContext: s.Dial, Roots: s.Roots()}).Dial(t.Context())
			wantInsecure(t, s, err)
		})
		t.Run("a trusted one gets sign-in and letter by "+name, func(t *testing.T) {
			s := mailtest.Start(t, option)
			url := strings.Replace(s.URL(), "://", "://samverkan:hem%20ligt@", 1)
			c := dial(t, newSMTP(t, url, mail.Options{DialContext: s.Dial, Roots: s.Roots()}))
			if err := c.Send(t.Context(), envelope(t)); err != nil || s.SignIns() != 1 {
				t.Errorf("%v, %d sign-ins", err, s.SignIns())
			}
			wantLetters(t, s, 1)
		})
	}
	t.Run("a refused sign-in is temporary and keeps the password to itself", func(t *testing.T) {
		s := mailtest.Start(t)
		_, err := newSMTP(t, "smtp://samverkan:fel@127.0.0.1:"+s.Port(), mail.Options{}).Dial(t.Context())
		d := wantOutcome(t, err, mail.Temporary, 535)
		if d.Words != "No such user samverkan with ***" {
			t.Error(d.Words)
		}
	})
}

func wantInsecure(t *testing.T, s *mailtest.Server, err error) {
	t.Helper()
	wantOutcome(t, err, mail.Temporary, 0)
	if !errors.Is(err, mail.ErrInsecure) || s.SignIns() != 0 || strings.Contains(err.Error(), "hemligt") {
		t.Errorf("%v, %d sign-ins", err, s.SignIns())
	}
	wantLetters(t, s, 0)
}

// scripted is a server that go-smtp would be too well behaved for.
func scripted(t *testing.T, talk func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				talk(c)
			}()
		}
	}()
	return l.Addr().String()
}

// answers speaks line by line; until the dot it keeps quiet, unless early is given.
func answers(early string, dot string) func(net.Conn) {
	return func(c net.Conn) {
		r := bufio.NewReader(c)
		io.WriteString(c, "220 hej\r\n")
		for body := false; ; {
			line, err := r.ReadString('\n')
			switch {
			case err != nil:
				return
			case body && line == ".\r\n":
				body = false
				io.WriteString(c, dot)
			case body:
			case line == "DATA\r\n":
				body = true
				io.WriteString(c, "354 go\r\n"+early)
			default:
				io.WriteString(c, "250 ok\r\n")
			}
		}
	}
}

func TestSendOddAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		early, dot string
		outcome    mail.Outcome
		code       int
		words      string
	}{
		"421 during the letter":       {early: "421 4.3.2 bye\r\n", dot: "250 ok\r\n", outcome: mail.Temporary, code: 421, words: "bye"},
		"554 during the letter":       {early: "554 5.7.1 spam\r\n", dot: "250 ok\r\n", outcome: mail.Permanent, code: 554, words: "spam"},
		"250 before the dot":          {early: "250 ok\r\n", outcome: mail.Temporary, code: 250, words: "ok"},
		"251 to the dot is a yes":     {dot: "251 ok\r\n"},
		"354 to the dot is no answer": {dot: "354 go on\r\n", outcome: mail.Unknown},
		"nonsense to the dot":         {dot: "hej\r\n", outcome: mail.Unknown},
		"many lines with controls":    {dot: "550-5.7.1 not\x1b[31m\r\n550 5.7.1 today\r\n", outcome: mail.Permanent, code: 550, words: "not [31m today"},
		"endless words":               {dot: "550 " + strings.Repeat("å", 5000) + "\r\n", outcome: mail.Permanent, code: 550, words: strings.Repeat("å", 300)},
		"a sign-in is asked for":      {dot: "530 5.7.0 sign in\r\n", outcome: mail.Temporary, code: 530, words: "sign in"},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, newSMTP(t, "smtp://"+scripted(t, answers(test.early, test.dot)), mail.Options{}))
			e := envelope(t)
			e.BeforeDot = func() error { time.Sleep(20 * time.Millisecond); return nil }
			err := c.Send(t.Context(), e)
			if test.outcome == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if d := wantOutcome(t, err, test.outcome, test.code); test.words != "" && d.Words != test.words {
				t.Errorf("%q", d.Words)
			}
		})
	}
}

func TestNewSMTPRefuses(t *testing.T) {
	for _, url := range []string{
		"", "hemligt", "http://u:hemligt@mail.example", "smtp://", "smtp://u:hemligt@:25", "smtp://u:hemligt@mail.example:0", "smtp://u:hemligt@mail.example:70000",
		"smtp://u:hemligt@mail.example:smtp", "smtp://u:hemligt@mail.example/x", "smtp://u:hemligt@mail.example?tls=no", "smtp://u:hem#ligt@mail.example",
		"smtp://u@mail.example", "smtp://:hemligt@mail.example", "smtp://u:hemligt%0d%0aMAIL@mail.example", "smtp://u:hemligt@mail.exa mple", "smtp://u:hemligt@måil.example",
	} {
		_, err := mail.NewSMTP(url, mail.Options{})
		if fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "hemligt") {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := mail.NewSMTP("smtp://mail.example", mail.Options{Hello: "a b"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("hello: %v", err)
	}
	for url, want := range map[string]string{
		"smtp://mail.example": "mail.example:587", "smtps://u:p@mail.example": "mail.example:465", "smtp://[::1]:25/": "[::1]:25",
	} {
		if s := newSMTP(t, url, mail.Options{}); s.String() != want {
			t.Errorf("%q: %v", url, s)
		}
	}
}
