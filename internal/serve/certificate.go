package serve

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"samverkan/internal/config"
)

// lookAgain is how often the files are looked at for a new certificate.
const lookAgain = time.Minute

// Certificate is the pair of files that the program shows its certificate from. When they change it
// is read again, without a restart.
type Certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time

	mu     sync.Mutex
	pair   *tls.Certificate
	looked time.Time
	stamp  string // of the files when they were read last
}

// OpenCertificate reads the files. It refuses what config.LoadCertificate refuses.
func OpenCertificate(certFile, keyFile string, log *slog.Logger, now func() time.Time) (*Certificate, error) {
	c := &Certificate{certFile: certFile, keyFile: keyFile, log: log, now: now}
	c.stamp, c.looked = c.stampNow(), now()
	var err error
	c.pair, err = config.LoadCertificate(certFile, keyFile, now())
	return c, err
}

// Settings are those of the listener: TLS 1.2 at least; Go's own choice of ciphers is the current
// one.
func (c *Certificate) Settings() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.current(), nil }}
}

// current gives the certificate, a new one when the files hold one. Files that cannot be used leave
// the old one in place: it works until it runs out, and the log says why.
func (c *Certificate) current() *tls.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Sub(c.looked) < lookAgain {
		return c.pair
	}
	c.looked = now
	stamp := c.stampNow()
	if stamp == c.stamp {
		return c.pair
	}
	c.stamp = stamp // a broken file is told of once, and tried again when it changes
	fresh, err := config.LoadCertificate(c.certFile, c.keyFile, now)
	if err != nil {
		c.log.Error("the new certificate cannot be used; the old one stays", "error", err, "days", c.days())
		return c.pair
	}
	c.pair = fresh
	c.log.Info("new certificate", "days", c.days())
	return c.pair
}

// stampNow changes when either file does; a file that is not there has a stamp too.
func (c *Certificate) stampNow() (stamp string) {
	for _, path := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(path)
		if err != nil {
			stamp += "none;"
			continue
		}
		stamp += fmt.Sprintf("%d %d;", info.ModTime().UnixNano(), info.Size())
	}
	return stamp
}

// Days are those left until the certificate runs out; negative when it has.
func (c *Certificate) Days() int {
	c.current()
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.days()
}

func (c *Certificate) days() int {
	return int(c.pair.Leaf.NotAfter.Sub(c.now()).Hours()) / 24
}

// Covers refuses a host that is not in the certificate.
func (c *Certificate) Covers(host string) error { return c.current().Leaf.VerifyHostname(host) }
