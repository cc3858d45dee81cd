package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// ContactImport is what became, or would become, of every line of a file with contacts.
type ContactImport struct {
	Lines                            []Line
	New, Changed, Existed, Left      int // contacts; Left are lines that were refused
	NewOrganisations, OtherMentioned int
	Hash                             string
}

// bringing is an import of contacts under way.
type bringing struct {
	tx            *store.Tx
	by            access.Actor
	at            *ContactRow
	organisations map[string]partner.Organisation
	roles         map[string]partner.Role
	contacts      []partner.Contact
	taken         map[uuid.UUID]int // the line that each contact stands on
	*ContactImport
}

// ImportContacts brings organisations and contacts in. A contact is the same when its address is, else when
// its name and organisation are. What a line leaves empty stays as it is, nothing is removed, and importing the
// same file again changes nothing. A line that cannot be taken is left out and says why.
func ImportContacts(tx *store.Tx, by access.Actor, file *ContactFile) (*ContactImport, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	b := &bringing{tx: tx, by: by, organisations: map[string]partner.Organisation{}, roles: map[string]partner.Role{}, taken: map[uuid.UUID]int{}, ContactImport: &ContactImport{}}
	if err := b.lookAround(); err != nil {
		return nil, err
	}
	for _, heading := range file.Unread {
		b.Lines = append(b.Lines, Line{Noted, "heading", "", lang.Say("Kolumnen ”%s” läses inte.", heading)})
	}
	for n := range file.Rows {
		b.at = &file.Rows[n]
		if err := b.take(); err != nil {
			return nil, err
		}
	}
	b.hash()
	if b.New+b.Changed+b.NewOrganisations == 0 {
		return b.ContactImport, nil
	}
	return b.ContactImport, access.Log(tx, by, "import contacts", "contact", uuid.Nil)
}

// DoImportContacts is ImportContacts for what was tried with the given hash. It refuses with fault.Conflict when
// what would be done is no longer what was seen.
func DoImportContacts(tx *store.Tx, by access.Actor, file *ContactFile, hash string) (*ContactImport, error) {
	done, err := ImportContacts(tx, by, file)
	if err == nil && done.Hash != hash {
		err = fault.New(fault.Conflict, "Något har ändrats sedan du provade filen. Granska raderna igen.")
	}
	return done, err
}

// lookAround learns who is there already.
func (b *bringing) lookAround() error {
	organisations, err := partner.Organisations(b.tx, b.by)
	if err != nil {
		return err
	}
	for n := len(organisations) - 1; n >= 0; n-- { // the first of several by one name counts
		o := organisations[n]
		for _, name := range append([]string{o.Short, o.Name}, o.Aliases...) {
			if key := partner.PlainName(name); key != "" {
				b.organisations[key] = o
			}
		}
	}
	for _, o := range organisations { // an organisation's own name before another's other name
		b.organisations[partner.PlainName(o.Name)] = o
	}
	roles, err := partner.RolesNamed(b.tx, b.by)
	if err != nil {
		return err
	}
	for _, r := range roles {
		for _, name := range append([]string{r.Name}, r.Aliases...) {
			b.roles[partner.PlainName(name)] = r
		}
	}
	b.contacts, err = partner.Contacts(b.tx, b.by)
	return err
}

func (b *bringing) say(o Outcome, text string, args ...any) {
	b.Lines = append(b.Lines, Line{o, "contact", strconv.Itoa(b.at.Line), lang.Say(text, args...)})
}

// refuse leaves a line out.
func (b *bringing) refuse(why lang.Sentence) {
	b.Lines = append(b.Lines, Line{Refused, "contact", strconv.Itoa(b.at.Line), why})
	b.Left++
}

// take brings one line in.
func (b *bringing) take() error {
	row := b.at
	switch {
	case row.Wrong.Key != "":
		b.refuse(row.Wrong)
		return nil
	case b.numbers():
		b.refuse(lang.Say("Här står något som ser ut som ett personnummer eller ett ärendenummer. Ta bort det ur filen."))
		return nil
	case row.Organisation == "":
		if known := b.byAddress(); known == nil {
			b.refuse(lang.Say("Organisation saknas. Skriv vilken organisation kontakten hör till."))
			return nil
		}
	}
	organisation, err := b.organisation()
	var wrong *fault.Fault
	if errors.As(err, &wrong) && wrong.Kind == fault.Invalid {
		b.refuse(sentenceOf(wrong))
		return nil
	}
	if err != nil || row.Name == "" && row.Email == "" && row.Phone == "" { // a line about an organisation alone
		return err
	}
	return b.contact(organisation)
}

// numbers looks through all that stands on a line, read or not. A telephone number looks like other things: only
// what is certain counts there.
func (b *bringing) numbers() bool {
	for _, text := range b.at.texts {
		if len(deidentify.Find(text, b.tx.Now)) > 0 {
			return true
		}
	}
	for _, number := range b.at.phones {
		for _, found := range deidentify.Find("Telefon: "+number, b.tx.Now) {
			if found.Certain {
				return true
			}
		}
	}
	return false
}

// byAddress gives the contact that has the line's address, nil for none.
func (b *bringing) byAddress() *partner.Contact {
	for n := range b.contacts {
		if b.at.Email != "" && strings.EqualFold(b.contacts[n].Email, strings.TrimSpace(b.at.Email)) {
			return &b.contacts[n]
		}
	}
	return nil
}

// organisation gives the line's organisation, and adds one that is new. nil: the line names none.
func (b *bringing) organisation() (*partner.Organisation, error) {
	name := b.at.Organisation
	if name == "" {
		return nil, nil
	}
	alone := b.at.Name == "" && b.at.Email == "" && b.at.Phone == ""
	if known, is := b.organisations[partner.PlainName(name)]; is {
		if alone {
			b.say(Existed, "Organisationen %s finns redan.", known.Name)
			b.OtherMentioned++
		}
		return &known, nil
	}
	if b.at.Name == "" && !alone || !alone && !b.reachable() {
		return &partner.Organisation{Name: name}, nil // the contact will be refused: no organisation for its sake
	}
	o, err := partner.AddOrganisation(b.tx, b.by, name, "", nil)
	if err != nil {
		return nil, err
	}
	b.organisations[partner.PlainName(name)] = *o
	b.NewOrganisations++
	b.Lines = append(b.Lines, Line{Created, "organisation", strconv.Itoa(b.at.Line), lang.Say("Ny organisation: %s", o.Name)})
	return o, nil
}

// reachable tells whether the line says how to reach somebody.
func (b *bringing) reachable() bool { return b.unreachable() == nil }

// unreachable says why nobody can be reached by what the line says, nil when somebody can.
func (b *bringing) unreachable() error {
	if b.at.Email == "" && b.at.Phone == "" {
		return fault.New(fault.Invalid, "Skriv en e-postadress eller ett telefonnummer.")
	}
	if b.at.Email == "" {
		return nil
	}
	_, err := mail.ParseAddress(b.at.Email)
	return err
}

// contact adds the line's contact, or changes the one that is there.
func (b *bringing) contact(o *partner.Organisation) error {
	known, err := b.find(o)
	if err != nil {
		b.refuse(sentenceOf(err))
		return nil
	}
	if known != nil {
		if line, twice := b.taken[known.ID]; twice {
			b.refuse(lang.Say("Samma kontakt står redan på rad %d.", line))
			return nil
		}
		b.taken[known.ID] = b.at.Line
		if !known.StandIn {
			return b.change(known, o)
		}
	}
	if b.at.Name == "" {
		b.refuse(lang.Say("Namn saknas."))
		return nil
	}
	if err := b.unreachable(); b.refusal(err) || err != nil {
		return nil
	}
	return b.add(o)
}

// find gives the contact that the line is about, nil when it is new.
func (b *bringing) find(o *partner.Organisation) (*partner.Contact, *fault.Fault) {
	if known := b.byAddress(); known != nil {
		return known, nil
	}
	var found *partner.Contact
	for n := range b.contacts {
		c := &b.contacts[n]
		if o == nil || c.OrganisationID != o.ID || b.at.Name == "" || !sameName(c.Name, b.at.Name) || c.StandIn {
			continue
		}
		if _, above := b.taken[c.ID]; above && b.at.Email != "" { // two of one name, each with an address
			continue
		}
		if found != nil {
			return nil, fault.New(fault.Invalid, "Flera kontakter heter %s hos %s. Skriv e-postadressen, så att rätt kontakt ändras.", c.Name, o.Name)
		}
		found = c
	}
	return found, nil
}

// add makes a new contact. Whoever has no address is reached by telephone.
func (b *bringing) add(o *partner.Organisation) error {
	row := b.at
	r := partner.Reach{Name: row.Name, Kind: row.Kind, Email: row.Email, Phone: row.Phone, OrganisationID: o.ID, Language: row.Language,
		ByPhone: row.Email == "" && row.Phone != ""}
	if r.Kind == "" {
		r.Kind = partner.Person
	}
	if row.ByPhone != nil {
		r.ByPhone = *row.ByPhone || r.ByPhone
	}
	if row.Protected != nil {
		r.Protected = *row.Protected
	}
	r.RoleID = b.role()
	made, err := partner.AddContact(b.tx, b.by, r)
	if refused := b.refusal(err); refused || err != nil {
		if refused {
			err = nil
		}
		return err
	}
	b.taken[made.ID] = row.Line
	made.Organisation = *o
	b.contacts = append(b.contacts, *made)
	b.New++
	if r.ByPhone {
		b.say(Created, "Ny kontakt: %s, %s. Nås per telefon", made.Name, o.Name)
	} else {
		b.say(Created, "Ny kontakt: %s, %s", made.Name, o.Name)
	}
	return nil
}

// role finds the line's role among those of the plan. Another is told of and left.
func (b *bringing) role() *uuid.UUID {
	if b.at.Role == "" {
		return nil
	}
	r, known := b.roles[partner.PlainName(b.at.Role)]
	if !known {
		b.say(Noted, "Rollen ”%s” finns inte i planen och läses inte in.", b.at.Role)
		return nil
	}
	return &r.ID
}

// refusal leaves the line out when its contact was refused, and tells whether it was.
func (b *bringing) refusal(err error) bool {
	var wrong *fault.Fault
	if !errors.As(err, &wrong) || wrong.Kind != fault.Invalid {
		return false
	}
	b.refuse(sentenceOf(wrong))
	return true
}

// sentenceOf is what a refusal says, of several the first.
func sentenceOf(f *fault.Fault) lang.Sentence {
	if len(f.Fields) > 0 {
		return lang.Say(f.Fields[0].Text, f.Fields[0].Args...)
	}
	return lang.Say(f.Text, f.Args...)
}

// change puts in what the line says otherwise than the contact.
func (b *bringing) change(c *partner.Contact, o *partner.Organisation) error {
	r := partner.Reach{Name: c.Name, Kind: c.Kind, Email: c.Email, Phone: c.Phone, OrganisationID: c.OrganisationID, RoleID: c.RoleID,
		DeputyID: c.DeputyID, Protected: c.Protected, ByPhone: c.ByPhone, Language: c.Language}
	changes := b.differences(&r, c, o)
	if len(changes) == 0 {
		b.Existed++
		b.say(Existed, "%s finns redan.", c.Shown())
		return nil
	}
	changed, err := partner.ChangeContact(b.tx, b.by, c.ID, c.Version, r)
	if refused := b.refusal(err); refused || err != nil {
		if refused {
			err = nil
		}
		return err
	}
	organisation := c.Organisation
	if o != nil {
		organisation = *o
	}
	name := c.Shown()
	*c = *changed
	c.Organisation = organisation
	b.Changed++
	for _, what := range changes {
		b.say(Changed, "%s: %s", name, what)
	}
	return nil
}

// differences puts into r what the line says otherwise, and gives it in words.
func (b *bringing) differences(r *partner.Reach, c *partner.Contact, o *partner.Organisation) (changes []lang.Sentence) {
	row := b.at
	text := func(into *string, said string, what lang.Sentence) {
		if said = strings.TrimSpace(said); said != "" && said != *into {
			changes = append(changes, lang.Say("%s ändras från ”%s” till ”%s”", what, *into, said))
			*into = said
		}
	}
	text(&r.Name, row.Name, lang.Say("namnet"))
	if email := strings.ToLower(row.Email); email != "" {
		text(&r.Email, email, lang.Say("e-postadressen"))
	}
	text(&r.Phone, row.Phone, lang.Say("telefonnumret"))
	if o != nil && o.ID != c.OrganisationID {
		changes = append(changes, lang.Say("%s ändras från ”%s” till ”%s”", lang.Say("organisationen"), c.Organisation.Name, o.Name))
		r.OrganisationID = o.ID
	}
	if role := b.role(); role != nil && (c.RoleID == nil || *c.RoleID != *role) {
		changes = append(changes, lang.Say("rollen blir ”%s”", b.at.Role))
		r.RoleID = role
	}
	if row.Kind != "" && row.Kind != r.Kind {
		changes, r.Kind = append(changes, lang.Say("blir en person")), row.Kind
		if row.Kind == partner.Mailbox {
			changes[len(changes)-1] = lang.Say("blir en funktionsbrevlåda")
		}
	}
	flag := func(into *bool, said *bool, on, off lang.Sentence) {
		if said != nil && *said != *into {
			*into = *said
			if *said {
				changes = append(changes, on)
			} else {
				changes = append(changes, off)
			}
		}
	}
	flag(&r.ByPhone, row.ByPhone, lang.Say("nås per telefon"), lang.Say("får brev"))
	flag(&r.Protected, row.Protected, lang.Say("får skyddade uppgifter"), lang.Say("har inte skyddade uppgifter längre"))
	if row.Language != "" && row.Language != r.Language {
		changes, r.Language = append(changes, lang.Say("språket i breven ändras")), row.Language
	}
	return changes
}

// hash stands for every line.
func (b *bringing) hash() {
	seen := sha256.New()
	for _, l := range b.Lines {
		fmt.Fprintf(seen, "%s\x00%s\x00%s\x00%s\x00", l.Outcome, l.Kind, l.ID, l.Text.In(lang.Swedish))
	}
	b.Hash = hex.EncodeToString(seen.Sum(nil))
}
