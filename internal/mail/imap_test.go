package mail

import (
	"strings"
	"testing"
)

func TestParseIMAP(t *testing.T) {
	m, err := ParseIMAP("imaps://moten%40kommun.example:l%C3%B6s%2Ford@mail.kommun.example/M%C3%B6ten/Svar", false)
	if want := (IMAP{"mail.kommun.example", "993", "moten@kommun.example", "lös/ord", "Möten/Svar", true}); err != nil || m != want {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := ParseIMAP("imap://u:p@127.0.0.1", false); err != nil || m.Port != "143" || m.Folder != "INBOX" || m.TLS {
		t.Errorf("%+v, %v", m, err)
	}
	if m, err := ParseIMAP("imaps://u@mail.kommun.example", true); err != nil || m.Name() != "mail.kommun.example/INBOX" {
		t.Errorf("with a token: %+v, %v", m, err)
	}
	for _, address := range []string{
		"", "mail.kommun.example", "https://u:p@mail.kommun.example", "imap://u:hemligt@mail.kommun.example", "imaps://u@mail.kommun.example", "imaps://:hemligt@mail.kommun.example",
		"imaps://u:hemligt@mail.kommun.example:0", "imaps://u:hemligt@mail.kommun.example:x", "imaps://u:hemligt@mail.kommun.example/INBOX?x=1", "imaps://u:hemligt@ma_il", "imaps://u:hemligt%0a@mail.kommun.example", "imaps://u:hemligt@/INBOX",
	} {
		if _, err := ParseIMAP(address, false); err == nil || strings.Contains(err.Error(), "hemligt") {
			t.Errorf("%s: %v", address, err)
		}
	}
}
