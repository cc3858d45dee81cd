package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Letter is what one recipient is to read. It has no field for a copy, nor for a header of the
// caller's choice.
type Letter struct {
	MessageID       string // without < and >
	Date            time.Time
	From            Mailbox
	To              Mailbox
	EnvelopeFrom    string // where bounces go; not part of the bytes
	ReplyTo         string // empty: answers go to From
	Subject         string
	Text            string
	HTML            string    // empty: the letter is text only
	Calendar        *Calendar // nil: no invitation
	InReplyTo       string    // as MessageID; empty: none
	References      []string  // as MessageID
	ListUnsubscribe string    // a web or mailto address; empty: none
	DKIM            *DKIM     // nil: the mail server signs, or nobody
}

// Mailbox is an address with the name shown beside it.
type Mailbox struct {
	Name    string
	Address string
}

// Calendar is an iTIP message.
type Calendar struct {
	Method string // as in Data
	Data   []byte
}

// Compose gives the finished letter. The same letter gives the same bytes, but for the time in a signature. It refuses a letter that
// would not be well formed; what a person typed in Subject and in names is cleaned instead.
func Compose(l Letter) ([]byte, error) {
	if err := l.check(); err != nil {
		return nil, fmt.Errorf("compose: %w", err)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	l.writeHead(m)
	if err := l.writeBody(m); err != nil {
		return nil, fmt.Errorf("compose: %w", err)
	}
	var out bytes.Buffer
	if _, err := m.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("compose: %w", err)
	}
	letter := settle(out.Bytes())
	if err := sound(letter); err != nil {
		return nil, fmt.Errorf("compose: %w", err)
	}
	if l.DKIM == nil {
		return letter, nil
	}
	return l.DKIM.sign(letter)
}

// check looks at what comes from our own code; a mistake there must not become a strange letter.
func (l Letter) check() error {
	required := []string{l.From.Address, l.To.Address}
	for _, address := range append(required, given(l.EnvelopeFrom, l.ReplyTo)...) {
		if err := inNormalForm(address); err != nil {
			return err
		}
	}
	for _, id := range append([]string{l.MessageID}, append(given(l.InReplyTo), l.References...)...) {
		if len(id) > 250 || !messageID.MatchString(id) {
			return fmt.Errorf("message id %q", id)
		}
	}
	if l.Date.IsZero() || l.Text == "" {
		return errors.New("a letter needs its date and its text")
	}
	if l.ListUnsubscribe != "" && !unsubscribable(l.ListUnsubscribe) {
		return fmt.Errorf("list-unsubscribe %q", l.ListUnsubscribe)
	}
	if l.Calendar == nil {
		return nil
	}
	if l.ListUnsubscribe != "" {
		return errors.New("nobody unsubscribes from an invitation")
	}
	return l.Calendar.check()
}

// messageID is RFC 5322 §3.6.4 with the characters that programs agree on.
var messageID = regexp.MustCompile(`^[A-Za-z0-9.+=_-]+@[A-Za-z0-9.-]+$`)

func given(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

func unsubscribable(address string) bool {
	u, err := url.Parse(address)
	if err != nil || strings.ContainsFunc(address, notInURL) {
		return false
	}
	web := u.Scheme == "https" || u.Scheme == "http"
	return web && u.Host != "" || u.Scheme == "mailto" && u.Opaque != ""
}

func notInURL(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>",`, r) }

// check holds the method against the data: RFC 6047 §2.4 wants them equal, and Outlook shows a
// PUBLISH in a letter as raw lines.
func (c *Calendar) check() error {
	if !regexp.MustCompile("^[A-Z]+$").MatchString(c.Method) || c.Method == "PUBLISH" {
		return fmt.Errorf("calendar method %q", c.Method)
	}
	if bytes.Count(c.Data, []byte("\nMETHOD:")) != 1 || !bytes.Contains(c.Data, []byte("\nMETHOD:"+c.Method+"\r\n")) {
		return fmt.Errorf("the calendar is not a %s", c.Method)
	}
	return nil
}

// writeHead gives every value as finished ASCII, which go-mail then only folds. Its own encoding
// keeps line breaks in what the reader sees, lets a typed "=?…?=" through to be decoded, and leaves
// a word of a thousand letters on one line.
func (l Letter) writeHead(m *gomail.Msg) {
	set := func(name gomail.Header, value string) { m.SetGenHeader(name, value) }
	set("Message-ID", "<"+l.MessageID+">")
	set("Date", l.Date.Format(time.RFC1123Z))
	set("From", l.From.header())
	set("To", l.To.header())
	set("Subject", encoded(clean(l.Subject)))
	if l.ReplyTo != "" {
		set("Reply-To", Mailbox{Address: l.ReplyTo}.header())
	}
	if l.InReplyTo != "" {
		set("In-Reply-To", "<"+l.InReplyTo+">")
	}
	if len(l.References) > 0 {
		set("References", "<"+strings.Join(l.References, "> <")+">")
	}
	// RFC 3834 §5, and MS-OXCMAIL 2.1.3.2.20: no automatic answers, but bounces must come back, so
	// never "All"
	set("Auto-Submitted", "auto-generated")
	set("X-Auto-Response-Suppress", "OOF, AutoReply")
	if l.ListUnsubscribe != "" {
		set("List-Unsubscribe", "<"+l.ListUnsubscribe+">")
	}
	if strings.HasPrefix(l.ListUnsubscribe, "https:") {
		set("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // RFC 8058 §3.1
	}
}

// writeBody makes the tree that calendar programs were seen to need: the calendar last in the
// alternative (first: Thunderbird shows no buttons), and once more as an attachment of another
// type, so that exactly one part has a method.
func (l Letter) writeBody(m *gomail.Msg) error {
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	if l.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, l.HTML)
	}
	if l.Calendar == nil {
		return nil
	}
	kind := gomail.ContentType("text/calendar; method=" + l.Calendar.Method)
	m.AddAlternativeString(kind, string(l.Calendar.Data), gomail.WithPartEncoding(gomail.EncodingB64))
	return m.AttachReader("invite.ics", bytes.NewReader(l.Calendar.Data), gomail.WithFileContentType("application/ics"))
}

var boundary = regexp.MustCompile(`(?m)^Content-Type: multipart/(?:mixed|alternative);\r\n boundary=([0-9a-f]{60})\r$`)

// settle replaces go-mail's drawn boundaries by ones that follow from the letter, so that a letter
// composed twice is the same letter. They are a digest of all of it, so nobody can write one into a
// text beforehand.
func settle(letter []byte) []byte {
	drawn := boundary.FindAllSubmatch(letter, -1)
	bare := letter
	for _, found := range drawn {
		bare = bytes.ReplaceAll(bare, found[1], nil)
	}
	for i, found := range drawn {
		digest := sha256.Sum256(append([]byte{byte(i)}, bare...))
		letter = bytes.ReplaceAll(letter, found[1], []byte(hex.EncodeToString(digest[:])[:60]))
	}
	return letter
}

// sound refuses what a server may read otherwise than we do: a bare CR or LF can end the letter and
// begin another (CVE-2023-51764), and RFC 5322 §2.1.1 ends lines at 998.
func sound(letter []byte) error {
	lines, ok := bytes.CutSuffix(letter, []byte("\r\n"))
	if !ok {
		return errors.New("the letter does not end with a line break")
	}
	for line := range bytes.SplitSeq(lines, []byte("\r\n")) {
		if len(line) > 998 {
			return fmt.Errorf("the letter has a line of %d octets", len(line))
		}
		if bytes.ContainsAny(line, "\r\n\x00") || bytes.ContainsFunc(line, beyondASCII) {
			return errors.New("the letter has a bare line break, a NUL or an octet over 127")
		}
	}
	return nil
}
