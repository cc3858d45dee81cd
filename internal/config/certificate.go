package config

import (
	"crypto/tls"
	"fmt"
	"os"
	"time"
)

// LoadCertificate reads a certificate with its chain and its key, both PEM. It refuses a key that
// everybody may read, a key of another certificate, and a certificate that is not valid at now.
func LoadCertificate(certFile, keyFile string, now time.Time) (*tls.Certificate, error) {
	chain, err := os.ReadFile(certFile) // #nosec G304 -- a setting names the file
	if err != nil {
		return nil, err
	}
	key, err := readSecret(keyFile)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(chain, []byte(key))
	if err != nil {
		return nil, fmt.Errorf("%s and %s: %w", certFile, keyFile, err)
	}
	switch leaf := pair.Leaf; {
	case now.After(leaf.NotAfter):
		return nil, fmt.Errorf("%s expired on %s", certFile, leaf.NotAfter.UTC().Format(time.DateOnly))
	case now.Before(leaf.NotBefore):
		return nil, fmt.Errorf("%s is not valid before %s", certFile, leaf.NotBefore.UTC().Format(time.DateTime))
	}
	return &pair, nil
}

// TLS tells whether the program itself speaks TLS; otherwise a proxy in front of it does.
func (c *Config) TLS() bool { return c.TLSCertFile != "" }

func (c *Config) completeTLS() (mistakes []string) {
	switch {
	case c.TLSCertFile == "" && c.TLSKeyFile == "":
		return nil
	case c.TLSCertFile == "" || c.TLSKeyFile == "":
		return []string{Prefix + "TLS_CERT_FILE and " + Prefix + "TLS_KEY_FILE: set both, or neither when a proxy speaks TLS"}
	}
	if _, err := LoadCertificate(c.TLSCertFile, c.TLSKeyFile, time.Now()); err != nil {
		return []string{Prefix + "TLS_CERT_FILE: " + err.Error()}
	}
	return nil
}
