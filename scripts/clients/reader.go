package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
)

// signIn gives a browser in which the coordinator has signed in.
func (p *program) signIn() (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	browser := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	email := ""
	for _, s := range sample.SignIns {
		if s.Role == access.Coordinator {
			email = s.Email
		}
	}
	signed, err := browser.PostForm(p.url+"/signin", url.Values{"email": {email}, "password": {p.password}})
	if err != nil {
		return nil, err
	}
	return browser, signed.Body.Close()
}

// parks waits until a letter lies with the coordinator for a reason, and makes sure that it answered nothing.
func (p *program) parks(meeting, reason string) error {
	browser, err := p.signIn()
	if err != nil {
		return err
	}
	if err := p.until(patience, func() error {
		list, err := body(browser, p.url+"/inbox")
		if err != nil {
			return err
		}
		return shows(browser, p.url+waiting.FindString(list), reason)
	}); err != nil {
		return err
	}
	got, err := p.answered(meeting, hans)
	if err == nil && got.partStat != "NEEDS-ACTION" {
		err = fmt.Errorf("it answered: %+v", got)
	}
	return err
}

// tells wants the meeting's page to say how an answer came.
func (p *program) tells(meeting, words string) error {
	browser, err := p.signIn()
	if err != nil {
		return err
	}
	return shows(browser, p.url+"/meetings/"+meeting, words)
}

var (
	tags    = regexp.MustCompile(`<[^>]*>`)
	waiting = regexp.MustCompile(`/inbox/[0-9a-f-]{36}`)
)

// shows wants a page to hold words for a reader.
func shows(browser *http.Client, address, words string) error {
	page, err := body(browser, address)
	seen := strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(page, " "))), " ")
	if err == nil && !strings.Contains(seen+" ", words+" ") {
		err = fmt.Errorf("no %q on %s: %.900s", words, address, seen)
	}
	return err
}

func body(browser *http.Client, address string) (string, error) {
	answer, err := browser.Get(address)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	return string(page), err
}

// mailbox counts the letters in somebody's mailbox, and gives the last one.
func (p *program) mailbox(address string) (n int, last []byte, err error) {
	client, err := imapclient.DialInsecure(fmt.Sprintf("127.0.0.1:%d", p.imap), nil)
	if err != nil {
		return 0, nil, err
	}
	defer client.Close()
	if err := client.Login(address, "test").Wait(); err != nil {
		return 0, nil, err
	}
	box, err := client.Select("INBOX", nil).Wait()
	if err != nil || box.NumMessages == 0 {
		return 0, nil, err
	}
	whole := &imap.FetchItemBodySection{Peek: true}
	found, err := client.Fetch(imap.SeqSetNum(box.NumMessages), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	if err != nil || len(found) != 1 {
		return 0, nil, fmt.Errorf("%d letters fetched: %w", len(found), err)
	}
	return int(box.NumMessages), found[0].FindBodySection(whole), nil
}

// arrives waits for one more letter in a mailbox, and keeps it as a file.
func (p *program) arrives(address string, before int) (file string, err error) {
	file = filepath.Join(p.dir, fmt.Sprintf("%s-%d.eml", address, before+1))
	return file, p.until(patience, func() error {
		n, letter, err := p.mailbox(address)
		if err != nil {
			return err
		}
		if n <= before {
			return fmt.Errorf("nothing has come to %s", address)
		}
		return os.WriteFile(file, letter, 0o600)
	})
}
