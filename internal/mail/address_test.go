package mail_test

import (
	"strings"
	"testing"

	"samverkan/internal/fault"
	"samverkan/internal/mail"
)

func TestParseAddress(t *testing.T) {
	good := map[string]string{
		"asa.oberg@ekdalen.example":            "asa.oberg@ekdalen.example",
		"  Asa.Oberg@Ekdalen.EXAMPLE ":         "Asa.Oberg@ekdalen.example",
		"svar+K7_q-2=@samverkan.example":       "svar+K7_q-2=@samverkan.example",
		"o'hara@skola.ekdalen.example":         "o'hara@skola.ekdalen.example",
		"a@xn--vxj-kla0j.example":              "a@xn--vxj-kla0j.example",
		"1@2.example":                          "1@2.example",
		strings.Repeat("a", 64) + "@b.example": strings.Repeat("a", 64) + "@b.example",
	}
	for text, want := range good {
		if got, err := mail.ParseAddress(text); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

// T-ADDR: what reached a server as a command, or another mailbox than it seemed, somewhere else.
var hostile = []struct{ address, says string }{
	{"", "Skriv en e-postadress."},
	{"   ", "Skriv en e-postadress."},
	{"a@b.example\r\n", "radbrytning"},
	{"\na@b.example", "radbrytning"},
	{"a@b.example\r\nBcc: x@y.example", "radbrytning"},
	{"a@b.example\nRCPT TO:<x@y.example>", "radbrytning"},
	{"a\rb@c.example", "radbrytning"},
	{"a@b.example\x00.evil.example", "osynligt"},
	{"a\tb@c.example", "osynligt"},
	{"a\x7f@b.example", "osynligt"},
	{"a@b.example> SIZE=1", "< och >"},
	{"<a@b.example>", "< och >"},
	{"Åsa Öberg <a@b.example>", "< och >"},
	{"<@relay.example:a@b.example>", "< och >"},
	{`"victim@x"@y.example`, "citattecken"},
	{`"a b"@c.example`, "citattecken"},
	{`"a"@c.example`, "citattecken"},
	{`a\@b@c.example`, "snedstreck"},
	{"a(comment)@b.example", "parenteserna"},
	{"a@b.example(evil.example)", "parenteserna"},
	{"a@b.example,c@d.example", "en e-postadress"},
	{"a@b.example;c@d.example", "en e-postadress"},
	{"a@b.example c@d.example", "en e-postadress"},
	{"a@b@c.example", "en e-postadress"},
	{"@relay.example:a@b.example", "en e-postadress"},
	{"a @b.example", "mellanslagen"},
	{"a\u00a0b@c.example", "mellanslagen"},
	{"a.b.example", "saknar @"},
	{"@b.example", "före @"},
	{"a@", "efter @"},
	{"victim%y.example@relay.example", "tecken som inte går"},
	{"relay.example!victim@y.example", "tecken som inte går"},
	{"|sh@b.example", "tecken som inte går"},
	{"`id`@b.example", "tecken som inte går"},
	{"-oQ/tmp@b.example", "tecken som inte går"},
	{"a:b@c.example", "tecken som inte går"},
	{".a@b.example", "punkt"},
	{"a.@b.example", "punkt"},
	{"a..b@c.example", "punkt"},
	{"åsa@b.example", "å, ä, ö"},
	{"a\u202eb@c.example", "å, ä, ö"},
	{"\xffa@b.example", "å, ä, ö"},
	{"a@bücher.example", "xn--"},
	{"a@ekdаlen.example", "xn--"}, // a Cyrillic а
	{"a@[127.0.0.1]", "nummer"},
	{"a@[IPv6:::1]", "nummer"},
	{"a@127.0.0.1", "nummer"},
	{"a@b.example:25", "nummer"},
	{"a@localhost", "saknar punkt"},
	{"a@b.example.", "domännamn"},
	{"a@.example", "domännamn"},
	{"a@b..example", "domännamn"},
	{"a@-b.example", "domännamn"},
	{"a@b-.example", "domännamn"},
	{"a@b_c.example", "domännamn"},
	{"a@" + strings.Repeat("b", 64) + ".example", "domännamn"},
	{strings.Repeat("a", 65) + "@b.example", "64"},
	{"a@" + strings.Repeat("b.", 130) + "example", "254"},
}

func TestParseAddressRefuses(t *testing.T) {
	for _, h := range hostile {
		got, err := mail.ParseAddress(h.address)
		if err == nil {
			t.Errorf("%q was taken as %q", h.address, got)
			continue
		}
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), h.says) {
			t.Errorf("%q: %v; want a sentence about %q", h.address, err, h.says)
		}
	}
}
