package config_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"samverkan/internal/config"
)

func TestDKIMSettings(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	read := func(more ...string) (config.Config, error) {
		return config.Read(append([]string{"SAMVERKAN_MAIL_FROM=moten@vingaker.example"}, more...))
	}
	t.Run("the domain is the mailbox's when nothing is said", func(t *testing.T) {
		c, err := read("SAMVERKAN_DKIM_KEY_FILE="+file, "SAMVERKAN_DKIM_SELECTOR=moten")
		if err != nil || c.DKIMDomain != "vingaker.example" {
			t.Fatalf("%q, %v", c.DKIMDomain, err)
		}
		if signer, err := c.DKIM(); err != nil || signer == nil {
			t.Errorf("%v, %v", signer, err)
		}
	})
	t.Run("without a key nothing is signed", func(t *testing.T) {
		c, err := read()
		if signer, keyErr := c.DKIM(); err != nil || keyErr != nil || signer != nil {
			t.Errorf("%v, %v, %v", signer, err, keyErr)
		}
	})
	for name, settings := range map[string][]string{
		"a key without a selector":   {"SAMVERKAN_DKIM_KEY_FILE=" + file},
		"a selector without a key":   {"SAMVERKAN_DKIM_SELECTOR=moten"},
		"a file that is not there":   {"SAMVERKAN_DKIM_KEY_FILE=" + file + "x", "SAMVERKAN_DKIM_SELECTOR=moten"},
		"a selector that is no name": {"SAMVERKAN_DKIM_KEY_FILE=" + file, "SAMVERKAN_DKIM_SELECTOR=a b"},
		"a domain that is no name":   {"SAMVERKAN_DKIM_KEY_FILE=" + file, "SAMVERKAN_DKIM_SELECTOR=a", "SAMVERKAN_DKIM_DOMAIN=a;b"},
	} {
		if _, err := read(settings...); err == nil || !strings.Contains(err.Error(), "SAMVERKAN_DKIM_") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
