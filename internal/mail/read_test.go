package mail

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

const ourServer = "mx.vingaker.example"

// crlf gives a text with the line ends of mail.
func crlf(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

func incoming(t *testing.T, letter string) *Incoming {
	t.Helper()
	in, err := Read(crlf(letter), ourServer)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

const plainReply = `Return-Path: <elin.berg@skola.example>
Delivered-To: moten+k3f5@vingaker.example
Authentication-Results: mx.vingaker.example; dmarc=pass (p=none) header.from=skola.example
Received: from mail.skola.example by mx.vingaker.example; Tue, 24 Nov 2026 09:15:03 +0100
From: =?iso-8859-1?Q?Elin_Bj=F6rk?= <Elin.Berg@Skola.example>
To: =?UTF-8?Q?Ving=C3=A5kers_kommun?= <moten+k3f5@vingaker.example>
Subject: =?utf-8?B?QWNjZXB0ZXJhdDogQXZzdMOkbW5pbmc=?=
Date: Tue, 24 Nov 2026 09:15:02 +0100
Message-ID: <abc.123@mail.skola.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=ut

--ut
Content-Type: multipart/alternative; boundary=in

--in
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

Jag kommer, men =E5ker hem tidigt.
--in
Content-Type: text/calendar; charset=UTF-8; method=REPLY
Content-Transfer-Encoding: base64

%s
--in--
--ut
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"

BEGIN:VCALENDAR
X:the attachment
END:VCALENDAR
--ut--
`

func TestRead_a_reply(t *testing.T) {
	calendar := "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"
	in := incoming(t, fmt.Sprintf(plainReply, base64.StdEncoding.EncodeToString([]byte(calendar))))
	if in.From != (Mailbox{"Elin Björk", "elin.berg@skola.example"}) || in.Subject != "Accepterat: Avstämning" || in.Key != "abc.123@mail.skola.example" {
		t.Errorf("%+v", in)
	}
	if !slices.Contains(in.To, "moten+k3f5@vingaker.example") || !in.Date.Equal(time.Date(2026, 11, 24, 8, 15, 2, 0, time.UTC)) {
		t.Errorf("%v %s", in.To, in.Date)
	}
	if string(in.Calendar) != calendar {
		t.Errorf("the calendar part is %q", in.Calendar)
	}
	if in.Text != "Jag kommer, men åker hem tidigt." || in.Bulk || in.Bounce != nil || in.Authentic != Authentic {
		t.Errorf("%q %v %v %q", in.Text, in.Bulk, in.Bounce, in.Authentic)
	}
}

func TestRead_finds_the_calendar(t *testing.T) {
	const calendar = "BEGIN:VCALENDAR\r\nEND:VCALENDAR"
	head := "From: a@b.example\nMIME-Version: 1.0\n"
	for name, letter := range map[string]string{
		"as the whole letter":                     head + "Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nEND:VCALENDAR",
		"as an attachment only":                   head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: application/octet-stream; name=\"Invite.ICS\"\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--x--\n",
		"in capitals":                             head + "Content-Type: Text/Calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR",
		"encoded in an unknown way":               head + "Content-Type: text/calendar\nContent-Transfer-Encoding: x-own\n\nBEGIN:VCALENDAR\nEND:VCALENDAR",
		"in an unknown character set":             head + "Content-Type: text/calendar; charset=x-own\n\nBEGIN:VCALENDAR\nEND:VCALENDAR",
		"in the text, after one that is attached": head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: application/ics\n\nanother\n--x\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--x--\n",
		"without a last boundary":                 head + "Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR",
	} {
		t.Run(name, func(t *testing.T) {
			if in := incoming(t, letter); strings.TrimSpace(string(in.Calendar)) != calendar {
				t.Errorf("%q", in.Calendar)
			}
		})
	}
	t.Run("but not in a letter that is forwarded whole", func(t *testing.T) {
		in := incoming(t, head+"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: message/rfc822\n\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nEND:VCALENDAR\n--x--\n")
		if in.Calendar != nil {
			t.Errorf("%q", in.Calendar)
		}
	})
}

func TestRead_authors(t *testing.T) {
	for field, want := range map[string]string{
		"From: Elin <elin@skola.example>":                          "elin@skola.example",
		"From: elin@skola.example":                                 "elin@skola.example",
		"From: \"elin@skola.example\" <ond@annan.example>":         "ond@annan.example",
		"From: a@skola.example, b@skola.example":                   "",
		"From: a@skola.example\nFrom: b@skola.example":             "",
		"From: \"elin@skola.example>\"@annan.example":              "",
		"From: =?utf-8?q?elin=40skola.example?= <x@annan.example>": "x@annan.example",
		"From: Grupp: a@skola.example, b@skola.example;":           "",
		"Subject: ingen": "",
		"From:":          "",
		"From: <>":       "",
	} {
		if in := incoming(t, field+"\n\nHej\n"); in.From.Address != want {
			t.Errorf("%s: %q", field, in.From.Address)
		}
	}
}

func TestRead_automatic_letters(t *testing.T) {
	for field, want := range map[string][2]bool{ // by a program, a reply for certain
		"Subject: Hej":                            {false, false},
		"Auto-Submitted: no":                      {false, false},
		"Auto-Submitted: auto-replied":            {true, true},
		"Auto-Submitted: auto-replied (vacation)": {true, true},
		"Auto-Submitted: auto-generated":          {true, false},
		"X-Autoreply: yes":                        {true, true},
		"Precedence: bulk":                        {true, false},
		"Precedence: auto_reply":                  {true, true},
		"Precedence: list":                        {false, false},
		"Return-Path: <>":                         {true, false},
		"Return-Path: <elin@skola.example>":       {false, false},
	} {
		in := incoming(t, field+"\nFrom: elin@skola.example\n\nJag är borta.\n")
		if in.Bulk != want[0] || in.Replied != want[1] {
			t.Errorf("%s: %v %v", field, in.Bulk, in.Replied)
		}
	}
}

func TestAuthenticity(t *testing.T) {
	const from = "elin@skola.example"
	for fields, want := range map[string]Authenticity{
		"": NotJudged,
		"mx.vingaker.example; dmarc=pass header.from=skola.example":                                   Authentic,
		"mx.vingaker.example 1; dmarc=pass (p=reject dis=none) header.from=skola.example":             Authentic,
		"MX.vingaker.example; dkim=pass header.d=skola.example; spf=pass smtp.mailfrom=skola.example": Authentic,
		"mx.vingaker.example; dkim=pass header.d=example":                                             NotJudged,
		"mx.vingaker.example; dkim=pass header.d=annan.example":                                       NotJudged,
		"mx.vingaker.example; spf=pass smtp.mailfrom=skola.example":                                   NotJudged,
		"mx.vingaker.example; dmarc=none header.from=skola.example":                                   NotJudged,
		"mx.vingaker.example; dmarc=fail header.from=skola.example; dkim=pass header.d=skola.example": Forged,
		"mx.vingaker.example; dmarc=pass header.from=annan.example":                                   NotJudged,
		"mx.annan.example; dmarc=pass header.from=skola.example":                                      NotJudged,
		"mx.vingaker.example.evil.example; dmarc=pass header.from=skola.example":                      NotJudged,
		// only the topmost of our server's: what stands below it the sender may have written
		"mx.vingaker.example; dmarc=none\nmx.vingaker.example; dmarc=pass header.from=skola.example": NotJudged,
		"mx.annan.example; dmarc=pass\nmx.vingaker.example; dmarc=pass header.from=skola.example":    Authentic,
		// what a sender may get into a comment or a quoted string is no result
		"mx.vingaker.example; spf=none (a; dmarc=pass header.from=skola.example) smtp.mailfrom=x":         NotJudged,
		"mx.vingaker.example; spf=none (a \\) ; dmarc=pass header.from=skola.example ) smtp.mailfrom=x":   NotJudged,
		"mx.vingaker.example; spf=none reason=\"; dmarc=pass header.from=skola.example\" smtp.mailfrom=x": NotJudged,
		"mx.vingaker.example; spf=none (((; dmarc=pass header.from=skola.example":                         NotJudged,
	} {
		if got := authenticity(strings.Split(fields, "\n"), ourServer, from); got != want {
			t.Errorf("%s: %q, want %q", fields, got, want)
		}
	}
	if got := authenticity([]string{"mx.vingaker.example; dmarc=pass"}, "", from); got != NotJudged {
		t.Errorf("nobody is trusted, yet %q", got)
	}
	if got := authenticity([]string{"; dmarc=pass"}, "", ""); got != NotJudged {
		t.Errorf("no author, yet %q", got)
	}
	in := incoming(t, "Authentication-Results: mx.vingaker.example;\n\tdkim=pass\n header.d=skola.example\nFrom: "+from+"\n\n")
	if in.Authentic != Authentic {
		t.Errorf("folded: %q", in.Authentic)
	}
}

const bounced = `Return-Path: <>
From: MAILER-DAEMON@mx.annan.example (Mail Delivery System)
To: moten+k3f5@vingaker.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.annan.example
Arrival-Date: Tue, 24 Nov 2026 09:00:00 +0100

Final-Recipient: rfc822; elin.berg@skola.example
Original-Recipient: rfc822;Elin.Berg@skola.example
Action: %s
Status: %s
Diagnostic-Code: smtp; 550 5.1.1 <elin.berg@skola.example>: Recipient
 address rejected: User unknown
--b
Content-Type: message/rfc822

Message-ID: <0193@vingaker.example>
Subject: Inbjudan
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
--b--
`

func TestRead_a_bounce(t *testing.T) {
	for _, row := range []struct {
		action, status string
		failed, hard   bool
	}{
		{"failed", "5.1.1", true, true}, {"Failed", "5.7.1 (refused)", true, true}, {"failed", "4.4.7", true, false}, {"failed", "5.2.2", true, false},
		{"delayed", "4.4.1", false, false}, {"delivered", "2.0.0", false, false}, {"failed", "", true, false},
	} {
		in := incoming(t, fmt.Sprintf(bounced, row.action, row.status))
		b := in.Bounce
		if b == nil {
			t.Fatal("no report")
		}
		if b.Failed() != row.failed || b.Hard() != row.hard {
			t.Errorf("%s %s: %v %v", row.action, row.status, b.Failed(), b.Hard())
		}
		if b.Recipient != "elin.berg@skola.example" || b.MessageID != "0193@vingaker.example" || !strings.Contains(b.Words, "User unknown") || strings.Contains(b.Words, "\n") {
			t.Errorf("%+v", b)
		}
		if in.Calendar != nil {
			t.Error("the invitation that came back was taken for a message")
		}
	}
}

func TestRead_survives(t *testing.T) {
	nested := "Content-Type: multipart/mixed; boundary=b0\n\n"
	for n := range 2000 {
		nested += fmt.Sprintf("--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n", n, n+1)
	}
	for name, letter := range map[string]string{
		"nothing":                  "",
		"no header":                "\n\nHej",
		"no end of header":         "From: a@b.example",
		"a header without colon":   "From a@b.example\nHej\n\n",
		"parts in parts":           nested,
		"a hundred thousand parts": "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--x\n\n", 100_000),
		"NUL":                      "From: a@b.example\nSubject: a\x00b\n\n\x00\n",
		"a broken base64":          "Content-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n=====!!!\n",
		"a boundary of nothing":    "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n--\n",
		"a type of nothing":        "Content-Type: ;;;\n\nHej\n",
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			in, err := Read(crlf(letter), ourServer)
			if err != nil && !errors.Is(err, ErrUnreadable) {
				t.Errorf("%v", err)
			}
			if err == nil && in.Key == "" {
				t.Error("no key")
			}
			if spent := time.Since(begun); spent > 2*time.Second {
				t.Errorf("took %s", spent)
			}
		})
	}
	t.Run("a header over 256 kB", func(t *testing.T) {
		if _, err := Read(crlf("X: "+strings.Repeat("a ", 200_000)+"\n\n"), ourServer); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%v", err)
		}
	})
	t.Run("more than 10 MB", func(t *testing.T) {
		if _, err := Read(make([]byte, MaxIncoming+1), ourServer); !errors.Is(err, ErrUnreadable) {
			t.Errorf("%v", err)
		}
	})
}

func TestRead_shows_text_only(t *testing.T) {
	in := incoming(t, "From: a@b.example\nContent-Type: text/html; charset=utf-8\n\n<style>p{}</style><script>alert(1)</script><p>Jag <b>kommer</b> &lt;3</p><br>Elin\u202e")
	if in.Text != "Jag kommer <3\n\nElin" {
		t.Errorf("%q", in.Text)
	}
	in = incoming(t, "From: a@b.example\n\n"+strings.Repeat("å", 4000))
	if len(in.Text) > maxText+8 || !utf8.ValidString(in.Text) {
		t.Errorf("%d octets", len(in.Text))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(crlf(fmt.Sprintf(plainReply, "QkVHSU4=")))
	f.Add(crlf(fmt.Sprintf(bounced, "failed", "5.1.1")))
	f.Add([]byte("Authentication-Results: mx.vingaker.example; (\\"))
	if seeds, _ := filepath.Glob(filepath.Join("..", "ical", "testdata", "replies", "*.ics")); len(seeds) > 0 {
		for _, name := range seeds {
			part, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(append([]byte("From: elin.berg@skola.example\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n"), part...))
		}
	}
	f.Fuzz(func(t *testing.T, letter []byte) {
		begun := time.Now()
		in, err := Read(letter, ourServer)
		if spent := time.Since(begun); spent > 2*time.Second {
			t.Errorf("%s for %d octets", spent, len(letter))
		}
		if err != nil {
			return
		}
		for _, text := range []string{in.Subject, in.From.Name, in.From.Address, in.Text} {
			if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r\u202e") {
				t.Errorf("%q", text)
			}
		}
		if strings.ContainsAny(in.Key+in.Subject+in.From.Name, "\n") || in.Key == "" || len(in.Calendar) > maxCalendar {
			t.Errorf("%+v", in)
		}
	})
}
