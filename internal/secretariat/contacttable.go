package secretariat

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
)

// column is what a heading stands for.
type column int

const (
	unread column = iota
	nameColumn
	firstColumn
	lastColumn
	organisationColumn
	emailColumn
	phoneColumn
	roleColumn
	kindColumn
	byPhoneColumn
	protectedColumn
	languageColumn
)

// headings are the words that tables are headed with, in lower case and without spaces and signs: ours, and
// those of the address books in Outlook, Google and Apple.
var headings = map[string]column{
	"namn": nameColumn, "kontakt": nameColumn, "kontaktperson": nameColumn, "fullständigtnamn": nameColumn, "visningsnamn": nameColumn,
	"name": nameColumn, "fullname": nameColumn, "displayname": nameColumn, "contact": nameColumn,
	"förnamn": firstColumn, "tilltalsnamn": firstColumn, "firstname": firstColumn, "givenname": firstColumn,
	"efternamn": lastColumn, "lastname": lastColumn, "surname": lastColumn, "familyname": lastColumn,
	"organisation": organisationColumn, "organization": organisationColumn, "företag": organisationColumn, "myndighet": organisationColumn, "förening": organisationColumn,
	"part": organisationColumn, "verksamhet": organisationColumn, "company": organisationColumn, "organizationname": organisationColumn, "organization1name": organisationColumn,
	"epost": emailColumn, "epostadress": emailColumn, "mail": emailColumn, "mejl": emailColumn, "email": emailColumn, "emailaddress": emailColumn, "email1value": emailColumn,
	"telefon": phoneColumn, "telefonnummer": phoneColumn, "tel": phoneColumn, "mobil": phoneColumn, "mobiltelefon": phoneColumn, "arbetstelefon": phoneColumn,
	"phone": phoneColumn, "phonenumber": phoneColumn, "mobile": phoneColumn, "mobilephone": phoneColumn, "businessphone": phoneColumn, "phone1value": phoneColumn,
	"roll": roleColumn, "titel": roleColumn, "befattning": roleColumn, "funktion": roleColumn, "role": roleColumn, "title": roleColumn, "jobtitle": roleColumn,
	"slag": kindColumn, "typ": kindColumn, "kind": kindColumn, "type": kindColumn,
	"nåspertelefon": byPhoneColumn, "ring": byPhoneColumn, "byphone": byPhoneColumn, "reachedbyphone": byPhoneColumn,
	"skyddad": protectedColumn, "skyddadeuppgifter": protectedColumn, "protected": protectedColumn, "protecteddetails": protectedColumn,
	"språk": languageColumn, "language": languageColumn,
}

// parseTable reads a table with a line of headings.
func parseTable(text string) (*ContactFile, error) {
	line := 1
	if first, rest, found := strings.Cut(text, "\n"); found && strings.HasPrefix(strings.ToLower(first), "sep=") { // Excel's own word for what parts the columns
		text, line = rest, 2
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = separator(text), -1, true, true
	head, err := r.Read()
	if err != nil {
		return nil, unreadableTable(err, line)
	}
	file := &ContactFile{}
	columns, known := make([]column, len(head)), map[column]bool{}
	for n, word := range head {
		columns[n] = headings[plainHeading(word)]
		known[columns[n]] = true
		if columns[n] == unread && strings.TrimSpace(word) != "" {
			file.Unread = append(file.Unread, strings.TrimSpace(word))
		}
	}
	if !known[organisationColumn] && !known[emailColumn] || !known[nameColumn] && !known[lastColumn] && !known[organisationColumn] {
		return nil, fault.New(fault.Invalid, "Filen saknar rubriker. Första raden ska ha rubriker, till exempel Namn, Organisation, E-post, Telefon, Roll.")
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return file, nil
		}
		if err != nil {
			return nil, unreadableTable(err, line)
		}
		at, _ := r.FieldPos(0)
		if row, filled := rowOf(head, columns, cells); filled {
			row.Line = at + line - 1
			file.Rows = append(file.Rows, row)
		}
		if len(file.Rows) > maxContactRows {
			return file, nil
		}
	}
}

func unreadableTable(err error, line int) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		line += at.Line - 1
	}
	return fault.New(fault.Invalid, "Rad %d i filen gick inte att läsa. Spara den som CSV och försök igen.", line)
}

// separator is what parts most of the first line.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best := ';'
	for _, r := range []rune{',', '\t'} {
		if strings.Count(first, string(r)) > strings.Count(first, string(best)) {
			best = r
		}
	}
	return best
}

func plainHeading(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, word)
}

// rowOf reads one line, and tells whether anything stands on it.
func rowOf(head []string, columns []column, cells []string) (row ContactRow, filled bool) {
	var first, last string
	for n, cell := range cells {
		cell = strings.TrimSpace(cell)
		if strings.HasPrefix(cell, "'") && access.InCell(cell[1:]) == cell { // as our own export writes what looks like a formula
			cell = cell[1:]
		}
		if cell == "" {
			continue
		}
		filled = true
		if n >= len(columns) {
			row.Wrong = lang.Say("Raden har fler fält än rubriker. Sätt citattecken om text med skiljetecken.")
			row.texts = append(row.texts, cell)
			continue
		}
		if columns[n] == phoneColumn {
			row.phones = append(row.phones, cell)
		} else {
			row.texts = append(row.texts, head[n]+": "+cell)
		}
		switch columns[n] {
		case nameColumn:
			row.Name = cell
		case firstColumn:
			first = cell
		case lastColumn:
			last = cell
		case organisationColumn:
			row.Organisation = cell
		case emailColumn:
			row.Email = cmp.Or(row.Email, cell)
		case phoneColumn:
			row.Phone = cmp.Or(row.Phone, cell)
		case roleColumn:
			row.Role = cell
		case kindColumn:
			row.Kind = kindIn(cell)
		case byPhoneColumn:
			row.ByPhone = yes(cell)
		case protectedColumn:
			row.Protected = yes(cell)
		case languageColumn:
			row.Language = languageIn(cell)
		}
	}
	row.Name = cmp.Or(row.Name, strings.TrimSpace(first+" "+last))
	return row, filled
}
