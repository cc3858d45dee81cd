package mail_test

import (
	"os"
	"testing"

	"samverkan/internal/mail"
	"samverkan/internal/mail/mailtest"
)

// BenchmarkCompose makes the bytes of an invitation: text, HTML and calendar part.
func BenchmarkCompose(b *testing.B) {
	l := benchLetter(b)
	for b.Loop() {
		if _, err := mail.Compose(l); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSend hands rendered invitations over to a server in this process, over one connection.
func BenchmarkSend(b *testing.B) {
	data, err := mail.Compose(benchLetter(b))
	if err != nil {
		b.Fatal(err)
	}
	smtp, err := mail.NewSMTP(mailtest.Start(b).URL(), mail.Options{})
	if err != nil {
		b.Fatal(err)
	}
	conn, err := smtp.Dial(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	for b.Loop() {
		if err := conn.Send(b.Context(), mail.Envelope{From: "moten@samverkan.example", To: "asa@skolan.example", Data: data}); err != nil {
			b.Fatal(err)
		}
	}
}

func benchLetter(b *testing.B) mail.Letter {
	b.Helper()
	data, err := os.ReadFile("testdata/invite.ics")
	if err != nil {
		b.Fatal(err)
	}
	l := reminder()
	l.Calendar = &mail.Calendar{Method: "REQUEST", Data: data}
	return l
}
