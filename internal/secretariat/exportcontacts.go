package secretariat

import (
	"encoding/csv"
	"io"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// ExportContacts writes the contacts as a table that ImportContacts reads, for a coordinator. Of protected ones
// it writes the organisation and the role alone: a file goes its own ways. That it was done is logged.
func ExportContacts(tx *store.Tx, by access.Actor, l lang.Language, w io.Writer) error {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	contacts, err := partner.Contacts(tx, by)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // by which Excel knows UTF-8
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';' // which Excel in Sweden expects
	if err := out.Write([]string{l.Text("Namn"), l.Text("Organisation"), l.Text("Roll"), l.Text("E-post"), l.Text("Telefon"), l.Text("Slag"), l.Text("Nås per telefon"), l.Text("Skyddade uppgifter"), l.Text("Språk")}); err != nil {
		return err
	}
	for _, c := range partner.Standing(contacts) {
		if err := out.Write(contactCells(c, l)); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return access.Log(tx, by, "export contacts", "contact", uuid.Nil)
}

func contactCells(c partner.Contact, l lang.Language) []string {
	role, kind := "", l.Text("person")
	if c.Role != nil {
		role = c.Role.Name
	}
	if c.Kind == partner.Mailbox {
		kind = l.Text("funktionsbrevlåda")
	}
	word := func(is bool) string {
		if is {
			return l.Text("ja")
		}
		return l.Text("nej")
	}
	if c.Protected {
		c.Name, c.Email, c.Phone = "", "", ""
	}
	cells := []string{c.Name, c.Organisation.Name, role, c.Email, c.Phone, kind, word(c.ByPhone), word(c.Protected), string(c.Language)}
	for n := range cells {
		cells[n] = access.InCell(cells[n])
	}
	return cells
}
