package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// A mail provider that takes no passwords: tokens are fetched once while they are good, for sending and
// for reading, and neither secret nor token is ever told.
func TestSignInByToken(t *testing.T) {
	asked, token := 0, mailtest.Token
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		user, secret := r.FormValue("client_id"), r.FormValue("client_secret")
		if r.FormValue("grant_type") != "client_credentials" || user != "samverkan" || secret != "hemlig-nyckel" || r.FormValue("scope") != "mail" {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":"invalid_client","error_description":"not %s"}`, secret)
			return
		}
		fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600,"token_type":"Bearer"}`, token)
	}))
	t.Cleanup(provider.Close)
	m := mailtest.StartMailbox(t)
	inbox, err := url.Parse(m.URL())
	if err != nil {
		t.Fatal(err)
	}
	inbox.User = url.User("moten@vingaker.example")
	open := func(secret string) *house {
		h := newHouse(t, "sqlite://"+filepath.Join(t.TempDir(), "samverkan.db"), "SAMVERKAN_IMAP_URL="+inbox.String(), "SAMVERKAN_OAUTH_TOKEN_URL="+provider.URL,
			"SAMVERKAN_OAUTH_CLIENT_ID=samverkan", "SAMVERKAN_OAUTH_CLIENT_SECRET="+secret, "SAMVERKAN_OAUTH_SCOPE=mail")
		return h
	}
	problem := func(h *house) (words string) {
		h.read(func(tx *store.Tx) error {
			all, err := post.Mailboxes(tx)
			if len(all) == 1 {
				words = all[0].Problem
			}
			return err
		})
		return words
	}
	h := open("hemlig-nyckel")
	meeting := h.scheduled("polis-avstamning", "2027-01-21")
	coordinator := h.as(access.Coordinator)
	review := h.wants(h.post(coordinator, meeting+"/review", h.fields(h.get(coordinator, meeting+"/invitation"), "/review")), 200)
	h.wants(h.post(coordinator, meeting+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
	h.pass(time.Minute)
	letter := h.letters("REQUEST", 3)["hans.gran@omrade-vast.example"]
	m.Deliver(answered(letter, "REPLY", "ACCEPTED", h.clock, ""))
	h.poll()
	if seen := text(h.get(coordinator, meeting).body); !strings.Contains(seen, "1 av 3 har svarat") || problem(h) != "" {
		t.Errorf("%s: %s", problem(h), seen)
	}
	if asked != 1 {
		t.Errorf("asked %d times for a token", asked)
	}
	t.Run("a secret that is wrong is told as a word", func(t *testing.T) {
		h := open("fel-nyckel")
		if err := h.app.Inbox.Poll(context.Background()); err != nil {
			t.Fatal(err)
		}
		if words := problem(h); !strings.Contains(words, "invalid_client") || strings.Contains(words+h.log.String(), "fel-nyckel") {
			t.Errorf("%q", words)
		}
	})
	t.Run("a token that is refused", func(t *testing.T) {
		token = "ogiltig-biljett"
		h := open("hemlig-nyckel")
		h.poll()
		if words := problem(h); !strings.Contains(words, "sign in") || strings.Contains(words+h.log.String(), token) {
			t.Errorf("%q", words)
		}
	})
}
