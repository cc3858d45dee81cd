package secretariat_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"testing"

	"github.com/emersion/go-msgauth/dkim"

	"samverkan/internal/mail"
)

func TestLettersThatArriveAreSigned(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.MarshalPKCS8PrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		if d.office.DKIM, err = mail.NewDKIM(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), "vingaker.example", "moten"); err != nil {
			t.Fatal(err)
		}
		d.server.RefuseDot(1) // one is sent again: the same bytes
		d.convene(d.book("polis-avstamning"), "")
		d.wait(d.office.Delay)
		d.wait(d.office.Delay * 100)
		arrived := d.server.Letters()
		if len(arrived) != len(police) {
			t.Fatalf("%d letters", len(arrived))
		}
		record := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
		for _, l := range arrived {
			found, err := dkim.VerifyWithOptions(bytes.NewReader(l.Data), &dkim.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{record}, nil }})
			if err != nil || len(found) != 1 || found[0].Err != nil {
				t.Errorf("%s: %v, %v", l.To, found, err)
			}
		}
	})
}
