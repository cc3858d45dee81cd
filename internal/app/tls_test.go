package app_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"samverkan/internal/app"
	"samverkan/internal/config"
	"samverkan/internal/store/storetest"
)

// papers are a certificate and its key as files.
type papers struct{ cert, key string }

func newPapers(t *testing.T) papers {
	dir := t.TempDir()
	return papers{filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")}
}

// issue writes a certificate for host that is valid around the given instants, and gives its serial
// number's text.
func (p papers) issue(t *testing.T, host string, from, until time.Time) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true, IsCA: true}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	p.keep(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600)
	return serial.String()
}

func (p papers) keep(t *testing.T, cert, key []byte, mode os.FileMode) {
	t.Helper()
	for path, data := range map[string][]byte{p.cert: cert, p.key: key} {
		if err := os.WriteFile(path, data, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
}

func (p papers) settings(more ...string) []string {
	return append(more, "SAMVERKAN_TLS_CERT_FILE="+p.cert, "SAMVERKAN_TLS_KEY_FILE="+p.key)
}

const tlsHost = "samverkan.kommunen.example"

// served runs the program on TLS with a clock that the test moves, and gives a way to ask it.
type served struct {
	*testing.T
	address string
	log     *logged
	clock   atomic.Int64
}

func serveTLS(t *testing.T, environ []string, now time.Time) *served {
	t.Helper()
	c, err := config.Read(environ)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &served{T: t, address: l.Addr().String(), log: &logged{}}
	s.clock.Store(now.UnixNano())
	a, err := app.New(t.Context(), c, "test", slog.New(slog.NewJSONHandler(s.log, nil)), func() time.Time { return time.Unix(0, s.clock.Load()) })
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !strings.Contains(err.Error(), "Server closed") {
			t.Error(err)
		}
		a.Close()
	})
	return s
}

// ask fetches a path over a new connection, with TLS of at most a version, and gives the serial
// number of the certificate that was shown.
func (s *served) ask(path string, version uint16) (answer *http.Response, body []byte, serial string, err error) {
	s.Helper()
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{ServerName: tlsHost, InsecureSkipVerify: true, MaxVersion: version}}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}
	if answer, err = client.Get("https://" + s.address + path); err != nil {
		return nil, nil, "", err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer, body, answer.TLS.PeerCertificates[0].SerialNumber.String(), err
}

func (s *served) serial() string {
	s.Helper()
	answer, _, serial, err := s.ask("/healthz", 0)
	if err != nil || answer.StatusCode != http.StatusOK {
		s.Fatalf("%v %v", answer, err)
	}
	return serial
}

// The program speaks TLS itself: 1.2 at least, HTTP/2, and a new certificate without a restart.
func TestTLS(t *testing.T) {
	p, now := newPapers(t), time.Now()
	first := p.issue(t, tlsHost, now.Add(-time.Hour), now.Add(60*24*time.Hour))
	s := serveTLS(t, p.settings("SAMVERKAN_DATA_DIR="+t.TempDir(), "SAMVERKAN_BASE_URL=https://"+tlsHost), now)

	answer, _, serial, err := s.ask("/signin", 0)
	if err != nil || serial != first || answer.ProtoMajor != 2 || answer.TLS.Version < tls.VersionTLS12 {
		t.Fatalf("%+v %v", answer, err)
	}
	if !strings.HasPrefix(answer.Header.Get("Strict-Transport-Security"), "max-age=31536000") {
		t.Error("no HSTS")
	}
	if _, _, _, err := s.ask("/healthz", tls.VersionTLS11); err == nil {
		t.Error("TLS 1.1 was spoken")
	}
	if plain, err := http.Get("http://" + s.address + "/healthz"); err == nil && plain.StatusCode == http.StatusOK {
		t.Error("plain HTTP was answered")
	}
	if strings.Contains(s.log.String(), "browsers will refuse") {
		t.Error("a warning about a certificate that fits")
	}

	ready := func() string {
		_, body, _, err := s.ask("/readyz", 0)
		var checks map[string]string
		if err != nil || json.Unmarshal(body, &checks) != nil {
			t.Fatalf("%s %v", body, err)
		}
		return checks["certificate"]
	}
	if state := ready(); state != "ok" {
		t.Errorf("certificate: %s", state)
	}
	s.clock.Add(int64(50 * 24 * time.Hour))
	if state := ready(); state != "runs out in 9 days" || !strings.Contains(s.log.String(), "must be renewed") {
		t.Errorf("certificate: %s", state)
	}

	// What cannot be used leaves the old one in place, and is told of once.
	later := now.Add(50 * 24 * time.Hour)
	p.keep(t, []byte("half a cert"), []byte("half a key"), 0o600)
	s.clock.Add(int64(2 * time.Minute))
	for range 3 {
		if s.serial() != first {
			t.Error("a broken file was used")
		}
		s.clock.Add(int64(2 * time.Minute))
	}
	if n := strings.Count(s.log.String(), "the new certificate cannot be used"); n != 1 {
		t.Errorf("told %d times", n)
	}
	s.serial() // looks, and not again within a minute
	second := p.issue(t, tlsHost, now.Add(-time.Hour), later.Add(90*24*time.Hour))
	if s.serial() != first {
		t.Error("the files were read again within a minute")
	}
	s.clock.Add(int64(2 * time.Minute))
	if s.serial() != second {
		t.Error("the new certificate is not used")
	}
	if state := ready(); state != "ok" {
		t.Errorf("certificate: %s", state)
	}
}

func TestTLSWarnsOfAnotherHost(t *testing.T) {
	p, now := newPapers(t), time.Now()
	p.issue(t, "annat.kommunen.example", now.Add(-time.Hour), now.Add(time.Hour))
	s := serveTLS(t, p.settings("SAMVERKAN_DATA_DIR="+t.TempDir(), "SAMVERKAN_DATABASE_URL="+storetest.Postgres(t), "SAMVERKAN_BASE_URL=https://"+tlsHost), now)
	if !strings.Contains(s.log.String(), "browsers will refuse the certificate") {
		t.Errorf("no warning: %s", s.log.String())
	}
}

func TestTLSMistakesAreRefusedTogether(t *testing.T) {
	now := time.Now()
	good, other, old, early := newPapers(t), newPapers(t), newPapers(t), newPapers(t)
	good.issue(t, tlsHost, now.Add(-time.Hour), now.Add(time.Hour))
	other.issue(t, tlsHost, now.Add(-time.Hour), now.Add(time.Hour))
	old.issue(t, tlsHost, now.Add(-48*time.Hour), now.Add(-24*time.Hour))
	early.issue(t, tlsHost, now.Add(24*time.Hour), now.Add(48*time.Hour))
	open := newPapers(t)
	open.issue(t, tlsHost, now.Add(-time.Hour), now.Add(time.Hour))
	if err := os.Chmod(open.key, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		p     papers
		base  string
		words string
	}{
		"one without the other":      {papers{good.cert, ""}, "https://" + tlsHost, "set both"},
		"files that are not there":   {papers{"/no/such.crt", good.key}, "https://" + tlsHost, "no such file"},
		"a key of another":           {papers{good.cert, other.key}, "https://" + tlsHost, "private key does not match"},
		"a key for a certificate":    {papers{good.key, good.key}, "https://" + tlsHost, "TLS_CERT_FILE"},
		"one that has run out":       {old, "https://" + tlsHost, "expired on"},
		"one that is not valid yet":  {early, "https://" + tlsHost, "not valid before"},
		"a key that everybody reads": {open, "https://" + tlsHost, "may be read by everyone"},
		"an address without TLS":     {good, "http://127.0.0.1:8080", "must begin with https://"},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			_, err := config.Read([]string{"SAMVERKAN_LANG=fi", "SAMVERKAN_BASE_URL=" + test.base, "SAMVERKAN_TLS_CERT_FILE=" + test.p.cert, "SAMVERKAN_TLS_KEY_FILE=" + test.p.key})
			if err == nil || !strings.Contains(err.Error(), test.words) || !strings.Contains(err.Error(), "SAMVERKAN_LANG") {
				t.Errorf("got %v", err)
			}
			if key, readErr := os.ReadFile(good.key); readErr != nil || err != nil && bytes.Contains([]byte(err.Error()), key[40:80]) {
				t.Error("the refusal repeats the key")
			}
		})
	}
	c, err := config.Read(good.settings())
	if err != nil || !c.TLS() || c.BaseURL != "https://127.0.0.1:8080" {
		t.Errorf("%+v %v", c, err)
	}
}
