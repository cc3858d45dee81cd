package inbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"samverkan/internal/mail"
)

// Done is the folder that handled mail is moved to.
const Done = "Hanterat"

// Server is where the mailbox is.
type Server struct {
	mail.IMAP
	Roots *x509.CertPool                        // whom we believe about servers; nil: whom the system believes
	Token func(context.Context) (string, error) // access tokens in place of a password; nil: the password
}

// folder is an open folder of a mailbox.
type folder struct {
	client   *imapclient.Client
	validity uint32
	stop     func() bool // of the watch that hangs up when the time is over
	away     func(imap.UIDSet) error
	moves    bool // away takes letters out of the folder
}

// hide takes the password out of what the server says about it.
func (s *Server) hide(words string) string {
	if s.Password == "" {
		return words
	}
	return strings.ReplaceAll(words, s.Password, "***")
}

// open signs in and opens the folder. Everything ends when ctx does: the connection is then hung up.
func (s *Server) open(ctx context.Context) (*folder, error) {
	conn, err := s.dial(ctx)
	if err != nil {
		return nil, err
	}
	f := &folder{client: imapclient.New(conn, &imapclient.Options{WordDecoder: &mime.WordDecoder{CharsetReader: mail.Charset}})}
	f.stop = context.AfterFunc(ctx, func() { conn.Close() })
	if err := s.signIn(ctx, f.client); err != nil {
		f.close()
		return nil, fmt.Errorf("sign in: %w", err)
	}
	selected, err := f.client.Select(s.Folder, nil).Wait()
	if err != nil {
		f.close()
		return nil, fmt.Errorf("open the folder: %w", err)
	}
	f.validity = selected.UIDValidity
	f.prepare()
	return f, nil
}

func (s *Server) dial(ctx context.Context) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	address := net.JoinHostPort(s.Host, s.Port)
	if !s.TLS { // on this machine only: mail.ParseIMAP has refused others
		return dialer.DialContext(ctx, "tcp", address)
	}
	secure := &tls.Dialer{NetDialer: dialer, Config: &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"imap"}}}
	return secure.DialContext(ctx, "tcp", address)
}

func (s *Server) signIn(ctx context.Context, c *imapclient.Client) error {
	if s.Token == nil {
		return c.Login(s.User, s.Password).Wait()
	}
	token, err := s.Token(ctx)
	if err != nil {
		return err
	}
	if err = c.Authenticate(&xoauth2{s.User, token}); err != nil && strings.Contains(err.Error(), token) {
		err = errors.New(strings.ReplaceAll(err.Error(), token, "***"))
	}
	return err
}

// xoauth2 is the sign-in that Microsoft and Google ask for in place of a password.
type xoauth2 struct{ user, token string }

// Start gives the one message of the exchange.
func (x *xoauth2) Start() (mechanism string, first []byte, err error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the server's account of what was wrong with nothing, so that it ends with its refusal.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

// prepare finds out how handled mail is put away. The client's own fallback for MOVE is not used: it sends
// COPY, STORE and EXPUNGE at once, and deletes the letter when the copy is refused.
func (f *folder) prepare() {
	caps := f.client.Caps()
	switch {
	case caps.Has(imap.CapMove):
		f.away = func(uids imap.UIDSet) error { _, err := f.client.Move(uids, Done).Wait(); return err }
	case caps.Has(imap.CapUIDPlus):
		f.away = func(uids imap.UIDSet) error {
			if _, err := f.client.Copy(uids, Done).Wait(); err != nil {
				return err
			}
			if err := f.flag(uids, imap.FlagDeleted); err != nil {
				return err
			}
			return f.client.UIDExpunge(uids).Close()
		}
	default:
		f.away = func(uids imap.UIDSet) error { return f.flag(uids, imap.FlagSeen) }
		return
	}
	f.moves = true
	_ = f.client.Create(Done, nil).Wait() // it is there already, or moving will say why not
}

func (f *folder) flag(uids imap.UIDSet, flag imap.Flag) error {
	return f.client.Store(uids, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{flag}}, nil).Close()
}

// putAway moves a handled letter out of the way.
func (f *folder) putAway(uid imap.UID) error { return f.away(imap.UIDSetNum(uid)) }

func (f *folder) close() {
	f.stop()
	f.client.Close()
}

// list gives the letters in the folder.
func (f *folder) list() ([]imap.UID, error) {
	found, err := f.client.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("list the folder: %w", err)
	}
	return found.AllUIDs(), nil
}

// head is what the server tells of a letter that is not fetched.
type head struct {
	size      int64
	messageID string
	from      mail.Mailbox
	subject   string
}

// head asks for the size before anything is fetched. It gives nil when the letter is gone.
func (f *folder) head(uid imap.UID) (*head, error) {
	all, err := f.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, RFC822Size: true, Envelope: true}).Collect()
	if err != nil || len(all) == 0 {
		return nil, err
	}
	h := &head{size: all[0].RFC822Size}
	if e := all[0].Envelope; e != nil {
		h.messageID, h.subject = strings.Trim(e.MessageID, "<>"), e.Subject
		if len(e.From) == 1 {
			if address, err := mail.ParseAddress(e.From[0].Addr()); err == nil {
				h.from = mail.Mailbox{Name: e.From[0].Name, Address: strings.ToLower(address)}
			}
		}
	}
	return h, nil
}

// fetch gives a letter without marking it as read.
func (f *folder) fetch(uid imap.UID) ([]byte, error) {
	command := f.client.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}})
	defer command.Close()
	for data := command.Next(); data != nil; data = command.Next() {
		for item := data.Next(); item != nil; item = data.Next() {
			if body, ok := item.(imapclient.FetchItemDataBodySection); ok && body.Literal != nil {
				return io.ReadAll(io.LimitReader(body.Literal, mail.MaxIncoming+1))
			}
		}
	}
	return nil, command.Close()
}
