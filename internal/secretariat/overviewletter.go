package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// SendOverviews writes to contacts which meetings of a year they belong to, in one letter each, with a link to one page
// where they answer all of them. Nobody is asked to a meeting by it: that is Convene's. It refuses with fault.Invalid when nobody who
// gets letters is chosen. What it gives says the same each time that the same is asked.
func SendOverviews(tx *store.Tx, by access.Actor, o Office, year int, contacts []uuid.UUID, note string) (*Review, error) {
	all, err := YearPartners(tx, by, year)
	if err != nil {
		return nil, err
	}
	note, noteErr := outwardNote(tx, note)
	var choice error
	if !slices.ContainsFunc(all, func(p YearPartner) bool { return !p.Ring && slices.Contains(contacts, p.Contact.ID) }) {
		choice = fault.On("contactId", "Välj minst en kontakt som får brev.")
	}
	if err := fault.Join(choice, noteErr); err != nil {
		return nil, err
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	r, seen := &Review{}, sha256.New()
	for n := range all {
		p := &all[n]
		switch {
		case p.Ring && !p.Ours:
			fmt.Fprintf(seen, "ring\x00%s\x00", p.Contact.ID)
			r.Notices = append(r.Notices, Notice{Contact: p.Contact, Ring: true})
		case !p.Ring && slices.Contains(contacts, p.Contact.ID):
			if p.Sent != nil { // a second tap on the same button finds another hash
				fmt.Fprintf(seen, "%s\x00", p.Sent.SentAt.UTC())
			}
			notice, err := o.overviewTo(tx, by, home, year, p, note)
			if err != nil {
				return nil, err
			}
			r.take(seen, *notice)
		}
	}
	r.Hash = hex.EncodeToString(seen.Sum(nil))
	return r, nil
}

// DoSendOverviews is SendOverviews for what was reviewed with the given hash. It refuses with fault.Conflict when
// what would be sent is no longer what was seen.
func DoSendOverviews(tx *store.Tx, by access.Actor, o Office, year int, contacts []uuid.UUID, note, hash string) (*Review, error) {
	r, err := SendOverviews(tx, by, o, year, contacts, note)
	if err == nil {
		err = asSeen(r.Hash, hash)
	}
	return r, err
}

// OverviewAgain writes an overview once more, as things are now, with the same link. It refuses with fault.NotFound
// when it tells of no meeting to come that the actor convenes, and with fault.Conflict when the contact gets no letters
// or one was written just now.
func OverviewAgain(tx *store.Tx, by access.Actor, o Office, id uuid.UUID) error {
	known, err := invite.OverviewByID(tx, id)
	if err != nil {
		return err
	}
	all, err := YearPartners(tx, by, int(known.Year))
	if err != nil {
		return err
	}
	at := slices.IndexFunc(all, func(p YearPartner) bool { return p.Sent != nil && p.Sent.ID == id })
	if at < 0 {
		return fault.Missing()
	}
	p := &all[at]
	if p.Ring {
		return noLetters()
	}
	if p.Letter != nil && p.Letter.CreatedAt.After(tx.Now.Add(-againAfter)) {
		return justWritten()
	}
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	if _, err := o.overviewTo(tx, by, home, int(known.Year), p, known.Note); err != nil || p.Letter == nil {
		return err
	}
	return post.AnsweredFor(tx, by, *p.Letter.SubjectID)
}

// overviewTo writes one contact's overview in the place of one that waits.
func (o Office) overviewTo(tx *store.Tx, by access.Actor, home string, year int, p *YearPartner, note string) (*Notice, error) {
	var told []*meeting.Meeting
	for _, l := range p.Lines {
		told = append(told, l.Meeting)
	}
	sent, err := invite.Survey(tx, by, year, p.Contact.ID, note, told)
	if err != nil {
		return nil, err
	}
	link, err := access.IssueLink(tx, o.Key, access.ToOverview, sent.ID, p.Contact.ID)
	if err != nil {
		return nil, err
	}
	if err := post.Supersede(tx, link.ID); err != nil {
		return nil, err
	}
	l := lang.Parse(string(p.Contact.Language))
	rendered, err := post.RenderDigest(l, overviewOut(l, home, year, told, note, o.guestLink(link)))
	if err != nil {
		return nil, err
	}
	d := o.draft(post.Overview, home, mail.Mailbox{Name: recipientName(p.Contact), Address: p.Contact.Email}, rendered)
	d.SubjectID, d.NotBefore = &link.ID, tx.Now
	if _, err := o.post(tx, *d); err != nil {
		return nil, err
	}
	shown, err := post.RenderDigest(l, overviewOut(l, home, year, told, note, o.BaseURL+"/o/"+placeholder))
	return &Notice{Contact: p.Contact, Kind: post.Overview, Letter: &shown}, err
}

// overviewOut is what the letter says: of each meeting its outward title and place, and when it is.
func overviewOut(l lang.Language, home string, year int, told []*meeting.Meeting, note, link string) post.Collected {
	y := strconv.Itoa(year)
	count := l.Count(len(told), "1 möte", "%d möten")
	listed := post.Section{Heading: l.Text("%s som du hör till", count)}
	for _, m := range told {
		s := Outwardly(m, home, access.Full, l)
		listed.Things = append(listed.Things, post.Thing{Title: s.Title, When: When(m.Time(), l), Place: s.Place})
	}
	return post.Collected{
		Subject: l.Text("Årsöversikt %s: %s, %s", y, count, home), Heading: l.Text("Möten %s", y), Sections: []post.Section{listed}, Note: note,
		Ask: l.Text("Svara på mötena"), Link: link, Municipality: home,
		Care: l.Text("På sidan svarar du på alla möten på en gång. Den visar alltid hur det är just nu. Kallelsen till varje möte kommer i ett eget brev.") + " " +
			l.Text("Länken är din egen. Skicka den inte vidare. Du behöver inte logga in."),
	}
}
