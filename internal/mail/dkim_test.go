package mail_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"samverkan/internal/mail"
)

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func TestASignedLetterIsVerifiedAndAChangedOneIsNot(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	big, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&big.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for record, key := range map[string]any{
		"v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public): private,
		"v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der):        big,
	} {
		signer, err := mail.NewDKIM(pkcs8(t, key), "vingaker.example", "moten")
		if err != nil {
			t.Fatal(err)
		}
		verified := func(letter []byte) error {
			found, err := dkim.VerifyWithOptions(bytes.NewReader(letter), &dkim.VerifyOptions{LookupTXT: func(name string) ([]string, error) {
				if name != "moten._domainkey.vingaker.example" {
					return nil, errors.New(name)
				}
				return []string{record}, nil
			}})
			if err != nil || len(found) != 1 {
				t.Fatalf("%d signatures, %v", len(found), err)
			}
			return found[0].Err
		}
		for _, l := range []mail.Letter{reminder(), invitation(t)} {
			l.DKIM = signer
			letter := compose(t, l)
			if err := verified(letter); err != nil {
				t.Errorf("%s: %v", record[:20], err)
			}
			if verified(bytes.Replace(letter, []byte("\r\nSubject: "), []byte("\r\nSubject: x"), 1)) == nil {
				t.Error("another subject was verified")
			}
		}
	}
}

func TestKeysThatDoNotSign(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]func() (*mail.DKIM, error){
		"too short": func() (*mail.DKIM, error) { return mail.NewDKIM(pkcs8(t, small), "vingaker.example", "moten") },
		"no PEM":    func() (*mail.DKIM, error) { return mail.NewDKIM([]byte("x"), "vingaker.example", "moten") },
		"no selector": func() (*mail.DKIM, error) {
			return mail.NewDKIM(pkcs8(t, private), "vingaker.example", "")
		},
	} {
		if d, err := try(); err == nil || d != nil {
			t.Errorf("%s signs", name)
		}
	}
}
