package secretariat

import (
	"cmp"
	"io"
	"mime/quotedprintable"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
)

// property is one line of a card (RFC 6350 §3.3): NAME;PARAM=VALUE:value.
type property struct {
	line   int
	name   string // upper case, without its group
	params string // upper case, as they stand
	value  string
}

// parseCards reads vCards, one after the other.
func parseCards(text string) (*ContactFile, error) {
	file := &ContactFile{}
	var card []property
	inside := false
	for _, p := range properties(text) {
		value := strings.ToUpper(strings.TrimSpace(p.value))
		switch {
		case p.name == "BEGIN" && value == "VCARD":
			if inside {
				return nil, cutShort(card)
			}
			card, inside = []property{p}, true
		case p.name == "END" && value == "VCARD":
			file.Rows = append(file.Rows, cardOf(card))
			card, inside = nil, false
			if len(file.Rows) > maxContactRows {
				return file, nil
			}
		case inside:
			card = append(card, p)
		}
	}
	if inside {
		return nil, cutShort(card)
	}
	return file, nil
}

func cutShort(card []property) error {
	return fault.New(fault.Invalid, "Kortet som börjar på rad %d saknar slut. Spara filen på nytt.", card[0].line)
}

// properties unfolds lines (RFC 6350 §3.2) and reads each. In vCard 2.1 a line in quoted-printable goes on
// after an equals sign.
func properties(text string) (all []property) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for n := 0; n < len(lines); n++ {
		begins, line := n+1, lines[n]
		said, _, found := strings.Cut(line, ":")
		quoted := found && strings.Contains(strings.ToUpper(said), "QUOTED-PRINTABLE")
		for n+1 < len(lines) {
			next := lines[n+1]
			if quoted && strings.HasSuffix(line, "=") {
				line += "\n" + next
			} else if strings.HasPrefix(next, " ") || strings.HasPrefix(next, "\t") {
				line += next[1:]
			} else {
				break
			}
			n++
		}
		name, value, found := cutProperty(line)
		if !found {
			continue
		}
		head, params, _ := strings.Cut(strings.ToUpper(name), ";")
		if _, own, grouped := strings.Cut(head, "."); grouped {
			head = own
		}
		if quoted {
			value = unquoted(value, params)
		}
		all = append(all, property{begins, strings.TrimSpace(head), params, value})
	}
	return all
}

// cutProperty parts a line at its first colon outside quotation marks.
func cutProperty(line string) (name, value string, found bool) {
	within := false
	for i, r := range line {
		switch {
		case r == '"':
			within = !within
		case r == ':' && !within:
			return line[:i], line[i+1:], true
		}
	}
	return line, "", false
}

// unquoted reads a value of vCard 2.1 in quoted-printable.
func unquoted(value, params string) string {
	decoded, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(value)))
	if err != nil {
		return value
	}
	if !utf8.Valid(decoded) || strings.Contains(params, "8859-1") || strings.Contains(params, "1252") {
		if latin, err := charmap.Windows1252.NewDecoder().Bytes(decoded); err == nil {
			decoded = latin
		}
	}
	return string(decoded)
}

// components parts a value at semicolons that are not escaped, and takes the escapes away (RFC 6350 §3.4).
func components(value string) (parts []string) {
	var part strings.Builder
	escaped := false
	for _, r := range value {
		switch {
		case escaped && (r == 'n' || r == 'N'):
			part.WriteRune(' ')
			escaped = false
		case escaped:
			part.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == ';':
			parts = append(parts, strings.TrimSpace(part.String()))
			part.Reset()
		default:
			part.WriteRune(r)
		}
	}
	return append(parts, strings.TrimSpace(part.String()))
}

// cardOf reads one card. Of several addresses and numbers the preferred one counts, else the first.
func cardOf(card []property) ContactRow {
	row := ContactRow{Line: card[0].line}
	var given, role string
	var emailPreferred, phonePreferred bool
	for _, p := range card {
		parts := components(p.value)
		preferred := strings.Contains(p.params, "PREF")
		if p.name != "TEL" && p.name != "BEGIN" && p.name != "VERSION" {
			row.texts = append(row.texts, p.name+": "+strings.Join(parts, " "))
		}
		switch p.name {
		case "VERSION":
			if v := parts[0]; v != "2.1" && v != "3.0" && v != "4.0" {
				row.Wrong = lang.Say("Kortet är av en version som inte går att läsa: %s.", v)
			}
		case "FN":
			row.Name = strings.Join(parts, ";")
		case "N":
			given = strings.Join(strings.Fields(nth(parts, 1)+" "+nth(parts, 0)), " ")
		case "ORG":
			row.Organisation = parts[0]
		case "TITLE":
			row.Role = parts[0]
		case "ROLE":
			role = parts[0]
		case "EMAIL":
			if row.Email == "" || preferred && !emailPreferred {
				row.Email, emailPreferred = strings.TrimPrefix(parts[0], "mailto:"), preferred
			}
		case "TEL":
			number := strings.TrimPrefix(parts[0], "tel:")
			row.phones = append(row.phones, number)
			if row.Phone == "" || preferred && !phonePreferred {
				row.Phone, phonePreferred = number, preferred
			}
		case "KIND":
			row.Kind = kindIn(parts[0])
		case "LANG":
			row.Language = languageIn(parts[0])
		}
	}
	row.Name, row.Role = cmp.Or(row.Name, given), cmp.Or(row.Role, role)
	if row.Kind == partner.Mailbox && row.Organisation == "" { // a card of the organisation itself
		row.Organisation = row.Name
	}
	return row
}

func nth(parts []string, n int) string {
	if n < len(parts) {
		return parts[n]
	}
	return ""
}
