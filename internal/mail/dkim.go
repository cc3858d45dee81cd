package mail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"

	"github.com/emersion/go-msgauth/dkim"
)

// DKIM signs letters (RFC 6376), so that receiving servers know whose they are.
type DKIM struct {
	domain, selector string
	key              crypto.Signer
}

// signed are the headers that a signature covers: those that a reader or a calendar goes by.
var signed = []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References", "MIME-Version", "Content-Type",
	"Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post"}

var dnsName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$`)

// NewDKIM reads a private key in PEM: RSA of 2048 bits or more (RFC 8301 §3.2), or Ed25519.
func NewDKIM(key []byte, domain, selector string) (*DKIM, error) {
	if !dnsName.MatchString(domain) || !dnsName.MatchString(selector) {
		return nil, fmt.Errorf("%q and %q are not a selector and a domain", selector, domain)
	}
	block, _ := pem.Decode(key)
	if block == nil {
		return nil, errors.New("the key is not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if block.Type == "RSA PRIVATE KEY" {
		parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, fmt.Errorf("the key: %w", err)
	}
	switch k := parsed.(type) {
	case ed25519.PrivateKey:
		return &DKIM{domain, selector, k}, nil
	case *rsa.PrivateKey:
		if k.N.BitLen() >= 2048 {
			return &DKIM{domain, selector, k}, nil
		}
		return nil, fmt.Errorf("the key has %d bits: 2048 or more are needed", k.N.BitLen())
	}
	return nil, errors.New("the key is neither RSA nor Ed25519")
}

// sign puts the signature first in a finished letter.
func (d *DKIM) sign(letter []byte) ([]byte, error) {
	var out bytes.Buffer
	err := dkim.Sign(&out, bytes.NewReader(letter), &dkim.SignOptions{Domain: d.domain, Selector: d.selector, Signer: d.key, HeaderKeys: signed,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed})
	return out.Bytes(), err
}
