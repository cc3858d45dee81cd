package mail_test

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"samverkan/internal/mail"
	"samverkan/internal/mail/mailtest"
)

var update = flag.Bool("update", false, "rewrite testdata")

func readInvite(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/invite.ics")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func reminder() mail.Letter {
	return mail.Letter{
		MessageID:    "0198-1.17@samverkan.example",
		Date:         time.Date(2026, 9, 1, 10, 0, 0, 0, time.FixedZone("", 2*60*60)),
		From:         mail.Mailbox{Name: "Ekdalens kommun, samverkan", Address: "moten@samverkan.example"},
		To:           mail.Mailbox{Name: "Åsa Öberg", Address: "asa@skolan.example"},
		EnvelopeFrom: "studs+TOKEN@samverkan.example",
		ReplyTo:      "svar+TOKEN@samverkan.example",
		Subject:      "Samverkansmöte i Ekdalen den 7 oktober",
		Text:         "Hej Åsa!\n\nSvara på https://samverkan.example/s/abc\n",
		HTML:         "<p>Hej Åsa!</p>\n<p><a href=\"https://samverkan.example/s/abc\">Svara</a></p>\n",
	}
}

func invitation(t *testing.T) mail.Letter {
	l := reminder()
	l.Calendar = &mail.Calendar{Method: "REQUEST", Data: readInvite(t)}
	l.InReplyTo = "0198-1.1@samverkan.example"
	l.References = []string{"0198-1.1@samverkan.example"}
	return l
}

func compose(t *testing.T, l mail.Letter) []byte {
	t.Helper()
	data, err := mail.Compose(l)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestCompose(t *testing.T) {
	t.Run("an invitation is the golden one", func(t *testing.T) {
		got := compose(t, invitation(t))
		if *update {
			if err := os.WriteFile("testdata/invite.eml", got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile("testdata/invite.eml")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("run with -update and read the difference; got\n%s", got)
		}
	})
	t.Run("an invitation has the tree that calendar programs need", func(t *testing.T) {
		m := mailtest.Parse(t, compose(t, invitation(t)))
		want := []string{"multipart/mixed", "  multipart/alternative", "    text/plain", "    text/html", "    text/calendar", "  application/ics"}
		if !slices.Equal(m.Tree, want) {
			t.Errorf("%q", m.Tree)
		}
		if invite := readInvite(t); !bytes.Equal(m.Calendar, invite) || !bytes.Equal(m.Attachment, invite) || m.Method != "REQUEST" {
			t.Errorf("method %q, calendar %q, attachment %q", m.Method, m.Calendar, m.Attachment)
		}
		if m.Header.Get("In-Reply-To") != "<0198-1.1@samverkan.example>" || m.Header.Get("References") != "<0198-1.1@samverkan.example>" {
			t.Errorf("%v", m.Header)
		}
	})
	t.Run("a reminder is an alternative only", func(t *testing.T) {
		l := reminder()
		l.ListUnsubscribe = "https://samverkan.example/av/abc"
		m := mailtest.Parse(t, compose(t, l))
		if want := []string{"multipart/alternative", "  text/plain", "  text/html"}; !slices.Equal(m.Tree, want) {
			t.Errorf("%q", m.Tree)
		}
		if m.Subject != l.Subject || m.Text != l.Text || m.HTML != l.HTML || m.From.Name != l.From.Name || m.To.Name != l.To.Name {
			t.Errorf("%+v", m)
		}
		for name, want := range map[string]string{
			"Message-Id":               "<0198-1.17@samverkan.example>",
			"Date":                     "Tue, 01 Sep 2026 10:00:00 +0200",
			"Reply-To":                 "<svar+TOKEN@samverkan.example>",
			"Auto-Submitted":           "auto-generated",
			"X-Auto-Response-Suppress": "OOF, AutoReply",
			"List-Unsubscribe":         "<https://samverkan.example/av/abc>",
			"List-Unsubscribe-Post":    "List-Unsubscribe=One-Click",
			"User-Agent":               "",
			"X-Mailer":                 "",
			"In-Reply-To":              "",
			"References":               "",
		} {
			if got := m.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	})
	t.Run("the same letter gives the same bytes", func(t *testing.T) {
		if l := invitation(t); !bytes.Equal(compose(t, l), compose(t, l)) {
			t.Error("they differ")
		}
	})
}

func TestComposeLongWords(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("å", 2000), strings.Repeat("å ", 500) + "å", strings.Repeat("x", 3000), strings.Repeat("möte om samverkan, ", 60) + "slut",
		strings.Repeat("kort ord ", 200) + "slut", "👩‍👧 " + strings.Repeat("日本", 300), `a "quoted" \ name`, "=?utf-8?q?hej?=",
	} {
		l := reminder()
		l.Subject, l.To.Name, l.From.Name = text, text, text
		l.Text = text + "\n.\n..\nFrom " + text
		for range 30 {
			l.References = append(l.References, l.MessageID)
		}
		data := compose(t, l)
		m := mailtest.Parse(t, data)
		if m.Subject != text || m.To.Name != text || m.From.Name != text || m.Text != l.Text {
			t.Errorf("%.40q became subject %.80q and name %.80q", text, m.Subject, m.To.Name)
		}
		head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
		for line := range bytes.SplitSeq(head, []byte("\r\n")) {
			if len(line) > 78 || len(bytes.TrimSpace(line)) == 0 {
				t.Errorf("%.40q: line %q", text, line)
			}
		}
	}
}

// T-HDR: every field that a person, a database or a mistake can fill.
func TestComposeHeaderInjection(t *testing.T) {
	fields := map[string]func(*mail.Letter, string){
		"From.Name":          func(l *mail.Letter, s string) { l.From.Name = s },
		"From.Address":       func(l *mail.Letter, s string) { l.From.Address = s },
		"To.Name":            func(l *mail.Letter, s string) { l.To.Name = s },
		"To.Address":         func(l *mail.Letter, s string) { l.To.Address = s },
		"EnvelopeFrom":       func(l *mail.Letter, s string) { l.EnvelopeFrom = s },
		"ReplyTo":            func(l *mail.Letter, s string) { l.ReplyTo = s },
		"Subject":            func(l *mail.Letter, s string) { l.Subject = s },
		"Text":               func(l *mail.Letter, s string) { l.Text = s },
		"HTML":               func(l *mail.Letter, s string) { l.HTML = s },
		"MessageID":          func(l *mail.Letter, s string) { l.MessageID = s },
		"InReplyTo":          func(l *mail.Letter, s string) { l.InReplyTo = s },
		"References":         func(l *mail.Letter, s string) { l.References = []string{s} },
		"Calendar.Method":    func(l *mail.Letter, s string) { l.Calendar.Method = s },
		"Calendar.Data":      func(l *mail.Letter, s string) { l.Calendar.Data = []byte("X\r\nMETHOD:REQUEST\r\nX:" + s + "\r\n") },
		"ListUnsubscribe":    func(l *mail.Letter, s string) { l.Calendar, l.ListUnsubscribe = nil, s },
		"ListUnsubscribeURL": func(l *mail.Letter, s string) { l.Calendar, l.ListUnsubscribe = nil, "https://a.example/"+s },
	}
	payloads := []string{
		"a@b.example\r\nBcc: x@y.example", "a\nBcc: x@y.example", "a\rBcc: x@y.example", "å\r\nBcc: x@y.example", "\r\n\r\n<b>", "a\x00b",
		"=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "a\u2028Bcc: x@y.example", "a\u0085Bcc: x@y.example", "a\r\n.\r\nMAIL FROM:<x@y.example>", "gnp\u202eslx", "\xff\r\nBcc: x",
		strings.Repeat("a", 70) + "\r\nBcc: x@y.example", `"\r\nBcc: x`, `x" <x@y.example>, "`, "--boundary\r\nContent-Type: text/html\r\n\r\n",
	}
	// without a calendar two headers may be added
	plain := mailtest.Parse(t, compose(t, invitation(t)))
	allowed := append(slices.Collect(maps.Keys(plain.Header)), "List-Unsubscribe", "List-Unsubscribe-Post")
	cleaned := []string{"From.Name", "To.Name", "Subject", "Text", "HTML", "Calendar.Data"}
	for name, fill := range fields {
		for _, payload := range payloads {
			l := invitation(t)
			fill(&l, payload)
			data, err := mail.Compose(l)
			if err != nil {
				if slices.Contains(cleaned, name) {
					t.Errorf("%s %q: %v", name, payload, err)
				}
				continue
			}
			m := mailtest.Parse(t, data)
			for header := range m.Header {
				if !slices.Contains(allowed, header) {
					t.Errorf("%s %q: a header %s", name, payload, header)
				}
			}
			if len(m.Tree) != len(plain.Tree) && l.Calendar != nil {
				t.Errorf("%s %q: tree %q", name, payload, m.Tree)
			}
			if m.To.Address != "asa@skolan.example" || m.From.Address != "moten@samverkan.example" {
				t.Errorf("%s %q: from %v to %v", name, payload, m.From, m.To)
			}
			if shown := m.Subject + m.From.Name + m.To.Name; strings.ContainsFunc(shown, unicode.IsControl) || strings.ContainsAny(shown, "\u2028\u202e") {
				t.Errorf("%s %q: shown as %q", name, payload, shown)
			}
		}
	}
}

func TestComposeRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*mail.Letter){
		"no message id":            func(l *mail.Letter) { l.MessageID = "" },
		"a message id in brackets": func(l *mail.Letter) { l.MessageID = "<a@b.example>" },
		"no date":                  func(l *mail.Letter) { l.Date = time.Time{} },
		"no text":                  func(l *mail.Letter) { l.Text = "" },
		"no recipient":             func(l *mail.Letter) { l.To.Address = "" },
		"two recipients":           func(l *mail.Letter) { l.To.Address = "a@b.example,c@d.example" },
		"an address not normal":    func(l *mail.Letter) { l.To.Address = "a@B.example" },
		"a method unlike the data": func(l *mail.Letter) { l.Calendar.Method = "CANCEL" },
		"PUBLISH": func(l *mail.Letter) {
			l.Calendar = &mail.Calendar{Method: "PUBLISH", Data: []byte("X\r\nMETHOD:PUBLISH\r\n")}
		},
		"unsubscribing an invitation": func(l *mail.Letter) { l.ListUnsubscribe = "https://a.example/" },
	} {
		l := invitation(t)
		spoil(&l)
		if _, err := mail.Compose(l); err == nil {
			t.Errorf("%s was composed", name)
		}
	}
}
