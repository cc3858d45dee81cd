package secretariat

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
)

// Limits of a file with contacts.
const (
	maxContactFile = 700 << 10 // a form carries it on to the button, a third larger
	maxContactRows = 2000
)

// ContactFile is a table or a pile of cards with organisations and people, as it was read.
type ContactFile struct {
	Rows   []ContactRow
	Unread []string // headings that say nothing to us
}

// ContactRow is what one line or one card says. What it does not say is empty, and changes nothing.
type ContactRow struct {
	Line         int // where it begins in the file, from 1
	Name         string
	Organisation string
	Email        string
	Phone        string
	Role         string
	Kind         partner.ContactKind
	ByPhone      *bool
	Protected    *bool
	Language     lang.Language
	Wrong        lang.Sentence // why it cannot be taken; the zero Sentence: it can
	texts        []string      // all that stands there, read or not: it is looked through for numbers of persons
	phones       []string      // telephone numbers among it, which look like other things
}

// ParseContacts reads a file of contacts: vCards (3.0 and 4.0, and what telephones still write of 2.1), or a
// table with headings, parted by semicolons, commas or tabs, in UTF-8, UTF-16 or Windows-1252. It refuses with
// fault.Invalid what is neither.
func ParseContacts(r io.Reader) (*ContactFile, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxContactFile+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxContactFile {
		return nil, fault.New(fault.Invalid, "Filen är större än %d kB. Dela upp den.", maxContactFile>>10)
	}
	text, err := asText(raw)
	if err != nil {
		return nil, err
	}
	parse := parseTable
	if begin, _, _ := strings.Cut(strings.TrimSpace(text), "\n"); strings.EqualFold(strings.TrimSpace(begin), "BEGIN:VCARD") {
		parse = parseCards
	}
	file, err := parse(text)
	switch {
	case err != nil:
		return nil, err
	case len(file.Rows) == 0:
		return nil, fault.New(fault.Invalid, "Filen har inga kontakter.")
	case len(file.Rows) > maxContactRows:
		return nil, fault.New(fault.Invalid, "Filen har fler än %d rader. Dela upp den.", maxContactRows)
	}
	return file, nil
}

// asText gives the file as text. What is no UTF-8 is what older Windows programs in Sweden write.
func asText(raw []byte) (string, error) {
	switch {
	case bytes.HasPrefix(raw, []byte{0xFF, 0xFE}), bytes.HasPrefix(raw, []byte{0xFE, 0xFF}):
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw)
		if err != nil {
			return "", fault.New(fault.Invalid, "Filen gick inte att läsa. Spara den som CSV (UTF-8) och försök igen.")
		}
		raw = decoded
	case bytes.IndexByte(raw, 0) >= 0: // a workbook, an image
		return "", fault.New(fault.Invalid, "Filen är ingen textfil. Spara den som CSV och försök igen.")
	case !utf8.Valid(raw):
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(raw)
		if err != nil {
			return "", fault.New(fault.Invalid, "Filen gick inte att läsa. Spara den som CSV (UTF-8) och försök igen.")
		}
		raw = decoded
	}
	return strings.TrimPrefix(string(raw), "\ufeff"), nil
}

// yes reads what people write in a cell that asks yes or no; nil: nothing.
func yes(text string) *bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "":
		return nil
	case "ja", "j", "yes", "y", "x", "1", "true", "sant":
		return new(true)
	}
	return new(false)
}

func kindIn(text string) partner.ContactKind {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "":
		return ""
	case "mailbox", "brevlåda", "funktionsbrevlåda", "funktion", "group", "org":
		return partner.Mailbox
	}
	return partner.Person
}

func languageIn(text string) lang.Language {
	text = strings.ToLower(strings.TrimSpace(text))
	switch {
	case text == "":
		return ""
	case strings.HasPrefix(text, "en"):
		return lang.English
	}
	return lang.Swedish
}
