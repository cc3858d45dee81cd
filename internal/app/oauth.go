package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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
	s := &tokenSource{config: c, client: &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the secret goes where it was meant to, and nowhere else
	}}
	return s.token
}

// tokenSource keeps a token while it is good.
type tokenSource struct {
	config config.Config
	client *http.Client

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
	answer, err := s.client.Do(ask)
	if err != nil {
		return "", fmt.Errorf("access token: %w", err)
	}
	defer answer.Body.Close()
	return s.keep(answer)
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
