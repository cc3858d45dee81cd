package mailtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
)

// Mail is a letter as its reader's program sees it.
type Mail struct {
	Subject    string
	From       mail.Address
	To         mail.Address
	Text       string
	HTML       string
	Calendar   []byte // the text/calendar part
	Method     string // its parameter
	Attachment []byte // invite.ics
	Header     mail.Header
	Tree       []string // media types in order, two spaces for each level
}

// Parse reads a letter with the standard library, not with the library that wrote it. It fails the
// test when the letter is not well formed.
func Parse(t testing.TB, data []byte) Mail {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("letter: %v\n%s", err, data)
	}
	m := Mail{Header: message.Header}
	for _, err := range []error{
		m.readHead(),
		m.readPart("", message.Header.Get, message.Body),
	} {
		if err != nil {
			t.Fatalf("letter: %v\n%s", err, data)
		}
	}
	return m
}

func (m *Mail) readHead() (err error) {
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return fmt.Errorf("subject: %w", err)
	}
	for name, to := range map[string]*mail.Address{"From": &m.From, "To": &m.To} {
		address, err := mail.ParseAddress(m.Header.Get(name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		*to = *address
	}
	return nil
}

func (m *Mail) readPart(indent string, header func(string) string, body io.Reader) error {
	media, params, err := mime.ParseMediaType(header("Content-Type"))
	if err != nil {
		return fmt.Errorf("content type %q: %w", header("Content-Type"), err)
	}
	m.Tree = append(m.Tree, indent+media)
	if strings.HasPrefix(media, "multipart/") {
		return m.readParts(indent+"  ", multipart.NewReader(body, params["boundary"]))
	}
	content, err := decode(header("Content-Transfer-Encoding"), body)
	if err != nil {
		return fmt.Errorf("%s: %w", media, err)
	}
	m.keep(media, params, content)
	return nil
}

func (m *Mail) readParts(indent string, parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := m.readPart(indent, part.Header.Get, part); err != nil {
			return err
		}
	}
}

func (m *Mail) keep(media string, params map[string]string, content []byte) {
	switch media {
	case "text/plain":
		m.Text = strings.ReplaceAll(string(content), "\r\n", "\n")
	case "text/html":
		m.HTML = strings.ReplaceAll(string(content), "\r\n", "\n")
	case "text/calendar":
		m.Calendar, m.Method = content, params["method"]
	case "application/ics":
		m.Attachment = content
	}
}

func decode(encoding string, body io.Reader) ([]byte, error) {
	switch strings.ToLower(encoding) {
	case "base64":
		return io.ReadAll(base64.NewDecoder(base64.StdEncoding, body))
	case "quoted-printable":
		return io.ReadAll(quotedprintable.NewReader(body))
	default:
		return io.ReadAll(body)
	}
}
