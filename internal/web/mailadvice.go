package web

import (
	"regexp"

	"samverkan/internal/lang"
)

// advices say what to do about what a mail server, or the way to it, says: the first that fits.
var advices = []struct {
	says *regexp.Regexp
	do   lang.Sentence
}{
	{regexp.MustCompile(`(?i)no such host|server misbehaving|name resolution`), lang.Say("Servernamnet i adressen finns inte. Rätta det i inställningen.")},
	{regexp.MustCompile(`(?i)connection refused`), lang.Say("Ingen svarar på den porten. Kontrollera servernamn och port i inställningen.")},
	{regexp.MustCompile(`(?i)no route|unreachable|i/o timeout|deadline exceeded|timed out`), lang.Say("Servern svarar inte. Kontrollera servernamn och port, och att brandväggen släpper ut trafiken.")},
	{regexp.MustCompile(`(?i)starttls`), lang.Say("Servern erbjuder ingen kryptering på den porten. Använd smtps:// och port 465, eller en server som har STARTTLS.")},
	{regexp.MustCompile(`(?i)x509|certificate|cannot be trusted|tls:`), lang.Say("Serverns certifikat går inte att lita på. Kontrollera att namnet i inställningen är det som står i certifikatet.")},
	{regexp.MustCompile(`(?i)\b53[0458]\b|auth|login|credential|password|sign in|XOAUTH2`), lang.Say("Servern godtar inte inloggningen. Kontrollera användare och lösenord i inställningen.")},
	{regexp.MustCompile(`(?i)relay|sender address|not allowed to send|send as|5\.7\.(1|60)\b`), lang.Say("Servern låter inte kontot skicka från den adressen. Kontrollera SAMVERKAN_MAIL_FROM, och att kontot får skicka med plus-adresser.")},
	{regexp.MustCompile(`(?i)open the folder|mailbox (does not|doesn't) exist|unknown mailbox`), lang.Say("Mappen i SAMVERKAN_IMAP_URL finns inte. Skriv den som den heter hos servern, till exempel INBOX.")},
	{regexp.MustCompile(`(?i)moving handled mail`), lang.Say("Brev går att läsa men inte att flytta till mappen Hanterat. Kontrollera kontots rättigheter.")},
	{regexp.MustCompile(`(?i)5\.1\.[0-9]|unknown user|no such user|user unknown|does not exist|mailbox unavailable`), lang.Say("Mottagarens adress finns inte. Kontrollera hur den är skriven.")},
}

// advice says what to do about a mail server's words.
func advice(words string) lang.Sentence {
	for _, a := range advices {
		if a.says.MatchString(words) {
			return a.do
		}
	}
	return lang.Say("Visa orden för den som sköter er e-post.")
}
