package mailtest

import (
	"bytes"
	"net"
	"net/url"
	"testing"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// The account of every Mailbox.
const (
	mailboxUser     = "moten@vingaker.example"
	mailboxPassword = "bok gren/sten"
)

// Mailbox is a real IMAP server in this process, with one account.
type Mailbox struct {
	t      testing.TB
	user   *imapmemserver.User
	caps   imap.CapSet
	addr   string
	server *imapserver.Server
}

// StartMailbox starts a server that knows more than IMAP4rev1 only what caps say; none: MOVE and UIDPLUS.
func StartMailbox(t testing.TB, caps ...imap.Cap) *Mailbox {
	t.Helper()
	m := &Mailbox{t: t, user: imapmemserver.NewUser(mailboxUser, mailboxPassword), caps: imap.CapSet{imap.CapIMAP4rev1: {}}, addr: "127.0.0.1:0"}
	if caps == nil {
		caps = []imap.Cap{imap.CapMove, imap.CapUIDPlus}
	}
	for _, c := range caps {
		m.caps[c] = struct{}{}
	}
	m.Renew()
	m.Open()
	t.Cleanup(m.Close)
	return m
}

// Open begins to listen, at the same address as before.
func (m *Mailbox) Open() {
	m.t.Helper()
	l, err := net.Listen("tcp", m.addr)
	if err != nil {
		m.t.Fatal(err)
	}
	m.addr = l.Addr().String()
	memory := imapmemserver.New()
	memory.AddUser(m.user)
	m.server = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return tokenSession{memory.NewSession().(imapserver.SessionIMAP4rev2)}, nil, nil
		},
		Caps: m.caps, InsecureAuth: true, Logger: quiet{},
	})
	go m.server.Serve(l)
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

// Close stops listening and hangs up.
func (m *Mailbox) Close() { m.server.Close() }

// Renew begins the folder anew, empty and with another UIDVALIDITY.
func (m *Mailbox) Renew() {
	m.t.Helper()
	_ = m.user.Delete("INBOX") // the first time there is none
	if err := m.user.Create("INBOX", nil); err != nil {
		m.t.Fatal(err)
	}
}

// URL is the setting for it.
func (m *Mailbox) URL() string {
	u := url.URL{Scheme: "imap", User: url.UserPassword(mailboxUser, mailboxPassword), Host: m.addr, Path: "/INBOX"}
	return u.String()
}

// Deliver puts a letter into the folder.
func (m *Mailbox) Deliver(letter []byte) {
	m.t.Helper()
	if _, err := m.user.Append("INBOX", literal{bytes.NewReader(letter)}, &imap.AppendOptions{}); err != nil {
		m.t.Fatal(err)
	}
}

type literal struct{ *bytes.Reader }

// Size is the letter's.
func (l literal) Size() int64 { return l.Reader.Size() }

// Count tells how many letters a folder holds; none when there is no such folder.
func (m *Mailbox) Count(folder string) int {
	status, err := m.user.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		return 0
	}
	return int(*status.NumMessages)
}

// Silent gives the address of a server that takes connections and says nothing.
func Silent(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			if _, err := l.Accept(); err != nil {
				return
			}
		}
	}()
	return l.Addr().String()
}
