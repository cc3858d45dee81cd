package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"samverkan/internal/config"
)

func TestRead(t *testing.T) {
	t.Run("needs nothing", func(t *testing.T) {
		c, err := config.Read([]string{"PATH=/bin", "LANG=C", "HOME=/root"})
		if err != nil {
			t.Fatal(err)
		}
		if c.BaseURL != "http://127.0.0.1:8080" || c.Zone.String() != "Europe/Stockholm" || c.SendDelay != 30*time.Second || !c.PlusAddresses || c.Lang != "sv" ||
			!strings.HasPrefix(c.DatabaseURL, "sqlite:///") || !strings.HasSuffix(c.DatabaseURL, "/samverkan-data/samverkan.db") {
			t.Errorf("%+v", c)
		}
	})
	t.Run("takes what is set", func(t *testing.T) {
		c, err := config.Read([]string{"SAMVERKAN_BASE_URL=https://samverkan.kommun.example/", "SAMVERKAN_DATABASE_URL=postgres://u:p@db/s", "SAMVERKAN_SMTP_URL=smtp://u:p@mail.kommun.example:587",
			"SAMVERKAN_MAIL_FROM=Moten@KOMMUN.example", "SAMVERKAN_LANG=en", "SAMVERKAN_SEND_DELAY=5m", "SAMVERKAN_TRUSTED_PROXIES=10.0.0.1,10.0.0.2"})
		if err != nil {
			t.Fatal(err)
		}
		if c.BaseURL != "https://samverkan.kommun.example" || c.MailFrom != "Moten@kommun.example" || c.SendDelay != 5*time.Minute || len(c.TrustedProxies) != 2 {
			t.Errorf("%+v", c)
		}
	})
	for name, test := range map[string]struct{ line, words string }{
		"a name that is none":          {"SAMVERKAN_BASEURL=https://x.example", "SAMVERKAN_BASEURL"},
		"plain http to the world":      {"SAMVERKAN_BASE_URL=http://samverkan.kommun.example", "SAMVERKAN_BASE_URL"},
		"an address with a path":       {"SAMVERKAN_BASE_URL=https://kommun.example/samverkan", "SAMVERKAN_BASE_URL"},
		"no address":                   {"SAMVERKAN_LISTEN=8080", "SAMVERKAN_LISTEN"},
		"a zone that is none":          {"SAMVERKAN_TIME_ZONE=Sverige", "SAMVERKAN_TIME_ZONE"},
		"a language that is not ours":  {"SAMVERKAN_LANG=fi", "SAMVERKAN_LANG"},
		"a delay that is none":         {"SAMVERKAN_SEND_DELAY=soon", "SendDelay"},
		"a delay over an hour":         {"SAMVERKAN_SEND_DELAY=61m", "SAMVERKAN_SEND_DELAY"},
		"a server without a sender":    {"SAMVERKAN_SMTP_URL=smtp://mail.kommun.example:25", "SAMVERKAN_MAIL_FROM"},
		"a server that is none":        {"SAMVERKAN_SMTP_URL=http://mail.kommun.example", "SAMVERKAN_SMTP_URL"},
		"a mailbox in the clear":       {"SAMVERKAN_IMAP_URL=imap://u:p@mail.kommun.example/INBOX", "SAMVERKAN_IMAP_URL"},
		"a mailbox of nobody":          {"SAMVERKAN_IMAP_URL=imaps://mail.kommun.example/INBOX", "SAMVERKAN_IMAP_URL"},
		"a mailbox without a sender":   {"SAMVERKAN_IMAP_URL=imaps://u:p@mail.kommun.example/INBOX", "SAMVERKAN_MAIL_FROM"},
		"a server name that is none":   {"SAMVERKAN_AUTHSERV_ID=mx.kommun.example; dmarc=pass", "SAMVERKAN_AUTHSERV_ID"},
		"half of a sign-in by token":   {"SAMVERKAN_OAUTH_CLIENT_ID=x", "SAMVERKAN_OAUTH_TOKEN_URL"},
		"a sender that is none":        {"SAMVERKAN_MAIL_FROM=kommunen", "SAMVERKAN_MAIL_FROM"},
		"a sender that tells":          {"SAMVERKAN_MAIL_FROM=valdsgruppen@kommun.example", "valdsgruppen"},
		"a file that is not there":     {"SAMVERKAN_SMTP_URL_FILE=/no/such/file", "SAMVERKAN_SMTP_URL_FILE"},
		"a file for what is no secret": {"SAMVERKAN_NOTHING_FILE=/etc/hostname", "SAMVERKAN_NOTHING_FILE"},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			if _, err := config.Read([]string{test.line}); err == nil || !strings.Contains(err.Error(), test.words) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("tells every mistake at once", func(t *testing.T) {
		_, err := config.Read([]string{"SAMVERKAN_LANG=fi", "SAMVERKAN_TIME_ZONE=Sverige", "SAMVERKAN_LISTEN=x", "SAMVERKAN_XYZ=1"})
		if err == nil || strings.Count(err.Error(), "\n") != 4 {
			t.Errorf("got %v", err)
		}
	})
	t.Run("repeats no password", func(t *testing.T) {
		_, err := config.Read([]string{"SAMVERKAN_SMTP_URL=smtp://user:hemligt@mail.kommun.example:0", "SAMVERKAN_IMAP_URL=imaps://user:hemligt@mail.kommun.example:0", "SAMVERKAN_DATABASE_URL=postgres://u:hemligt@x/y", "SAMVERKAN_LANG=fi"})
		if err == nil || strings.Contains(err.Error(), "hemligt") {
			t.Errorf("got %v", err)
		}
	})
}

func TestSecretInFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "smtp")
	write := func(mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte("smtp://u:p@mail.kommun.example:587\n"), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	lines := []string{"SAMVERKAN_SMTP_URL_FILE=" + path, "SAMVERKAN_MAIL_FROM=moten@kommun.example"}
	t.Run("is read, without its line end", func(t *testing.T) {
		write(0o600)
		c, err := config.Read(lines)
		if err != nil || c.SMTPURL != "smtp://u:p@mail.kommun.example:587" {
			t.Errorf("%q %v", c.SMTPURL, err)
		}
	})
	t.Run("is refused when everyone may read it", func(t *testing.T) {
		write(0o644)
		if _, err := config.Read(lines); err == nil || !strings.Contains(err.Error(), "0644") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("is refused beside the same setting, in either order", func(t *testing.T) {
		write(0o600)
		direct := "SAMVERKAN_SMTP_URL=smtp://mail.kommun.example:25"
		for _, order := range [][]string{append([]string{direct}, lines...), append(lines, direct)} {
			if _, err := config.Read(order); err == nil || !strings.Contains(err.Error(), "both set") {
				t.Errorf("got %v", err)
			}
		}
	})
}
