package app

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"samverkan/internal/config"
)

// tokens gives access tokens for SMTP and IMAP; nil: passwords are used.
type tokens func(context.Context) (string, error)

// tokensOf gives what fetches tokens by client credentials (RFC 6749 §4.4), for a mail provider that no
// longer takes passwords; nil when none is set.
func tokensOf(c config.Config) tokens {
	if !c.ByToken() {
		return nil
	}
	return (&tokenSource{config: c}).token
}

// tokenSource keeps a token while it is good.
type tokenSource struct {
	config config.Config

	mu    sync.Mutex
	held  string
	until time.Time
}

func (s *tokenSource) token(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.until) {
		return s.held, nil
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.config.OAuthClientID}, "client_secret": {s.config.OAuthSecret}}
	if s.config.OAuthScope != "" {
		form.Set("scope", s.config.OAuthScope)
	}
	ask, err := http.NewRequestWithContext(ctx, http.MethodPost, s.config.OAuthTokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	ask.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	ask.Header.Set("Accept", "application/json")
	answer, hangUp, err := exchange(ask)
	if err != nil {
		return "", fmt.Errorf("access token: %w", err)
	}
	defer hangUp()
	return s.keep(answer)
}

// exchange asks once, over a connection of its own. It follows no redirect and uses no proxy: the secret goes
// where it was meant to. (http.Client would do it too, and make the program half a megabyte larger.)
func exchange(ask *http.Request) (answer *http.Response, hangUp func(), err error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	ctx, cancel := context.WithTimeout(ask.Context(), 10*time.Second)
	defer cancel()
	var conn net.Conn
	if ask.URL.Scheme == "https" {
		secure := &tls.Dialer{NetDialer: dialer, Config: &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}}
		conn, err = secure.DialContext(ctx, "tcp", hostPort(ask.URL, "443"))
	} else { // on this machine only: config has refused others
		conn, err = dialer.DialContext(ctx, "tcp", hostPort(ask.URL, "80"))
	}
	if err != nil {
		return nil, nil, err
	}
	ask.Close = true
	err = errors.Join(conn.SetDeadline(time.Now().Add(10*time.Second)), ask.Write(conn))
	if err == nil {
		answer, err = http.ReadResponse(bufio.NewReader(io.LimitReader(conn, 256<<10)), ask)
	}
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return answer, func() { conn.Close() }, nil
}

func hostPort(u *url.URL, usual string) string {
	return net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), usual))
}

// keep reads RFC 6749 §5.1. What the server says about a refusal is left out but for its code: it may
// repeat what it was sent.
func (s *tokenSource) keep(answer *http.Response) (string, error) {
	var said struct {
		Token   string `json:"access_token"`
		Expires int    `json:"expires_in"` // seconds
		Problem string `json:"error"`      // §5.2: a word
	}
	err := json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(&said)
	switch {
	case answer.StatusCode != http.StatusOK && len(said.Problem) < 40:
		return "", fmt.Errorf("access token: %d %s", answer.StatusCode, said.Problem)
	case answer.StatusCode != http.StatusOK:
		return "", fmt.Errorf("access token: %d", answer.StatusCode)
	case err != nil || said.Token == "" || strings.ContainsAny(said.Token, "\x00\x01\r\n"):
		return "", errors.New("access token: the answer has none")
	}
	// A minute early: a token must not run out between the two sides of a sign-in.
	s.held, s.until = said.Token, time.Now().Add(time.Duration(said.Expires)*time.Second-time.Minute)
	return s.held, nil
}
