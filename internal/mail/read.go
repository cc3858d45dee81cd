package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"
)

// What a stranger's letter may make us read.
const (
	MaxIncoming   = 10 << 20  // octets of a letter; a larger one is not fetched
	maxHead       = 256 << 10 // octets of its header
	maxDepth      = 10
	maxParts      = 100
	maxCalendar   = 256<<10 + 1 // one more than ical reads, so that it can see that there was more
	maxText       = 2 << 10
	maxRecipients = 200
)

// ErrUnreadable is behind the error of a letter that Read makes nothing of.
var ErrUnreadable = errors.New("mail: the letter cannot be read")

// Incoming is a letter that came in: what decides whose answer it is and whether to believe it, its
// calendar part, and a beginning of text for a person to look at. Nothing else of it is kept.
type Incoming struct {
	Key       string   // tells it from every other letter: its Message-ID, or a digest when it has none
	MessageID string   // without < and >; empty: none
	Answers   []string // the Message-IDs that it says to answer, without < and >, at most 20
	From      Mailbox
	To        []string // every address that it may have been delivered to, lower case
	Subject   string   // one line, at most 200 characters
	Date      time.Time
	Bulk      bool // written by a program: an automatic reply, a list, a machine
	Replied   bool // an automatic reply for certain (RFC 3834 §5)
	Authentic Authenticity
	Calendar  []byte  // the first calendar part, decoded but for its character set; nil: none
	Bounce    *Bounce // nil: it is no report of a delivery
	Text      string  // at most 2 kB
}

// Read reads a letter. authserv is the name by which the receiving server signs its
// Authentication-Results; empty: nobody's are believed. It refuses with ErrUnreadable, and never panics.
func Read(letter []byte, authserv string) (in *Incoming, err error) {
	defer func() {
		if p := recover(); p != nil {
			in, err = nil, fmt.Errorf("%w: %v", ErrUnreadable, p)
		}
	}()
	if len(letter) > MaxIncoming {
		return nil, fmt.Errorf("%w: %d octets", ErrUnreadable, len(letter))
	}
	letter = bytes.TrimLeft(letter, "\r\n")
	whole, err := message.ReadWithOptions(bytes.NewReader(letter), &message.ReadOptions{MaxHeaderBytes: maxHead})
	if whole == nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	in = &Incoming{}
	in.readHead(whole.Header, authserv)
	if in.Key = in.MessageID; in.Key == "" {
		sum := sha256.Sum256(letter)
		in.Key = "sha256:" + hex.EncodeToString(sum[:])
	}
	w := walker{in: in, report: reportType(whole.Header)}
	w.walk(whole, 0)
	if in.Text == "" {
		in.Text = w.html
	}
	return in, nil
}

// readHead reads the fields of the header that we act upon.
func (in *Incoming) readHead(h message.Header, authserv string) {
	in.MessageID = identifier(h.Get("Message-ID"))
	for _, text := range strings.Fields(h.Get("In-Reply-To") + " " + h.Get("References")) {
		if id := identifier(text); id != "" && len(in.Answers) < 20 {
			in.Answers = append(in.Answers, id)
		}
	}
	in.Subject = cut(clean(decodedWords(h.Get("Subject"))), 200)
	if in.Date, _ = mail.ParseDate(h.Get("Date")); in.Date.Year() < 1990 || in.Date.Year() > 2200 {
		in.Date = time.Time{}
	}
	if all := values(h, "From"); len(all) == 1 { // RFC 5322 §3.6: exactly one; more is somebody's trick
		in.From = author(all[0])
	}
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc"} {
		for _, value := range values(h, name) {
			for _, address := range addresses.FindAllString(value, maxRecipients) {
				if address = strings.ToLower(address); len(in.To) < maxRecipients && !slices.Contains(in.To, address) {
					in.To = append(in.To, address)
				}
			}
		}
	}
	in.readAutomatic(h)
	in.Authentic = authenticity(values(h, "Authentication-Results"), authserv, in.From.Address)
}

var addresses = regexp.MustCompile(`[A-Za-z0-9.!#$&'*+/=?^_{}~-]{1,64}@[A-Za-z0-9.-]{1,190}`)

// readAutomatic: nobody answers a program, and a program's "I am away" is no answer.
func (in *Incoming) readAutomatic(h message.Header) {
	submitted, _, _ := strings.Cut(strings.ToLower(h.Get("Auto-Submitted")), ";")
	submitted = strings.TrimSpace(submitted)
	in.Replied = strings.HasPrefix(submitted, "auto-replied") || h.Get("X-Autoreply") != "" || h.Get("X-Autorespond") != ""
	precedence := strings.ToLower(strings.TrimSpace(h.Get("Precedence")))
	in.Replied = in.Replied || precedence == "auto_reply"
	local, _, _ := strings.Cut(strings.ToLower(in.From.Address), "@")
	// RFC 3834 §3.3: automatic replies leave with an empty envelope sender, as bounces do
	nullSender := strings.TrimSpace(h.Get("Return-Path")) == "<>" && local != "mailer-daemon" && local != "postmaster"
	in.Bulk = in.Replied || submitted != "" && submitted != "no" || precedence == "bulk" || precedence == "junk" || nullSender
}

// values gives every value of a field, the topmost first.
func values(h message.Header, name string) (all []string) {
	for fields := h.FieldsByKey(name); fields.Next(); {
		all = append(all, fields.Value())
	}
	return all
}

// identifier takes < and > away. What no program of ours could print gives an empty one.
func identifier(text string) string {
	text = strings.Trim(strings.TrimSpace(text), "<>")
	if len(text) > 250 || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return ""
	}
	return text
}

// author reads a From. An address that is not in normal form, or one of several, is nobody's.
func author(value string) Mailbox {
	parsed, err := (&mail.AddressParser{WordDecoder: decoder}).ParseList(value)
	if err != nil || len(parsed) != 1 {
		return Mailbox{}
	}
	address, err := ParseAddress(parsed[0].Address)
	if err != nil {
		return Mailbox{}
	}
	return Mailbox{cut(clean(parsed[0].Name), 100), strings.ToLower(address)}
}

var decoder = &mime.WordDecoder{CharsetReader: Charset}

// decodedWords decodes RFC 2047; what is wrong is left as it is.
func decodedWords(value string) string {
	if decoded, err := decoder.DecodeHeader(value); err == nil {
		return decoded
	}
	return value
}

// cut ends a text after most characters.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// ReadableText makes a stranger's text fit to be shown: no control characters but line ends, and
// nothing that turns the direction of reading.
func ReadableText(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, l := range lines {
		lines[i] = clean(l)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// walker goes through the parts of a letter.
type walker struct {
	in     *Incoming
	report bool // multipart/report of a delivery
	parts  int
	html   string // the words of an HTML part, for when there is no plain one
	late   bool   // the calendar came as an attachment: one in the text is better
}

// walk looks at one entity. What cannot be read ends that part, not the letter.
func (w *walker) walk(e *message.Entity, depth int) {
	if w.parts++; w.parts > maxParts || depth > maxDepth {
		return
	}
	kind, params, err := e.Header.ContentType()
	if err != nil || kind == "" {
		kind = "text/plain"
	}
	kind = strings.ToLower(kind)
	if parts := e.MultipartReader(); parts != nil {
		for w.parts <= maxParts {
			part, err := parts.NextPart()
			if part == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
				return
			}
			w.walk(part, depth+1)
		}
		return
	}
	w.leaf(e, kind, params)
}

func (w *walker) leaf(e *message.Entity, kind string, params map[string]string) {
	disposition, more, _ := e.Header.ContentDisposition()
	name := strings.ToLower(more["filename"] + params["name"])
	attached := strings.EqualFold(disposition, "attachment")
	switch {
	case kind == "text/calendar" && (w.in.Calendar == nil || w.late):
		w.in.Calendar, w.late = content(e.Body, maxCalendar), false
	case w.in.Calendar == nil && (kind == "application/ics" || strings.HasSuffix(name, ".ics")):
		w.in.Calendar, w.late = content(e.Body, maxCalendar), true
	case w.report && (kind == "message/delivery-status" || kind == "message/global-delivery-status"):
		w.bounce().readStatus(content(e.Body, maxHead))
	case w.report && (kind == "message/rfc822" || kind == "text/rfc822-headers" || kind == "message/global" || kind == "message/rfc822-headers"):
		w.bounce().readOriginal(content(e.Body, maxHead))
	case kind == "text/plain" && !attached && w.in.Text == "":
		w.in.Text = excerpt(inUTF8(content(e.Body, 4*maxText), params["charset"]))
	case kind == "text/html" && !attached && w.html == "":
		w.html = excerpt(fromHTML(inUTF8(content(e.Body, 64<<10), params["charset"])))
	}
}

func (w *walker) bounce() *Bounce {
	if w.in.Bounce == nil {
		w.in.Bounce = &Bounce{}
	}
	return w.in.Bounce
}

// content reads at most so many octets of a part; what is broken after some is read so far.
func content(r io.Reader, most int64) []byte {
	data, _ := io.ReadAll(io.LimitReader(r, most))
	return data
}

func excerpt(text string) string {
	text = ReadableText(text)
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + " …"
	}
	return text
}
