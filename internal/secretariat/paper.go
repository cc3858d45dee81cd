package secretariat

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Paper is a letter about a meeting on one sheet, for a contact who is rung up or gets letters by post. It is in
// the contact's language and says what the mailed one does: the neutral title, the time, the outward place. It
// has no field for an agenda, for others' names, or for a link: a sheet lies on desks and in pigeonholes, and whoever
// picked the link up could answer and read where the meeting is. It is answered by telephone, or by mail to the
// service's own address, where a person reads what has no token.
type Paper struct {
	Language     lang.Language
	Meeting      *meeting.Meeting
	Municipality string
	Written      string   // the day
	To           []string // the contact and its organisation
	Heading      string
	Title        string
	When         string
	Was          string // the former time; empty: not moved
	Place        string // the outward place; empty: told by telephone
	Cancelled    bool
	Phone        string // of whoever calls the meeting; empty: to be filled in by hand
	Mail         string
	Words        PaperWords
}

// PaperWords are the paper's own words in the contact's language.
type PaperWords struct{ What, When, Was, Where, Unplaced, Answer, AnswerHow, CallUs, WriteUs, Care, From string }

// WritePaper gives the letter of a contact who is asked to a meeting, or will be: who sits in its forum. It
// changes nothing. It refuses with fault.NotFound when the contact has no part in the meeting, and when the
// meeting is not the actor's to call.
func WritePaper(tx *store.Tx, by access.Actor, o Office, meetingID, contactID uuid.UUID) (*Paper, error) {
	m, err := meeting.Find(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, m.ForumID); err != nil {
		return nil, err
	}
	asked, err := mayHavePaper(tx, by, m, contactID)
	if err != nil {
		return nil, err
	}
	c, err := partner.ForLetter(tx, contactID)
	if err != nil {
		return nil, err
	}
	p := &Paper{Language: lang.Parse(string(c.Language)), Meeting: m, Cancelled: m.Cancelled(), Mail: o.From}
	if p.Municipality, err = homeName(tx); err != nil {
		return nil, err
	}
	shown := Outwardly(m, p.Municipality, access.Full, p.Language)
	p.Title, p.Place, p.When = shown.Title, shown.Place, When(m.Time(), p.Language)
	p.Written = almanac.Long(almanac.DateOf(tx.Now, o.Zone), p.Language)
	p.To = []string{c.Name, c.Organisation.Name}
	if c.Kind == partner.Mailbox || c.Protected { // a name on a sheet is read by whoever passes
		p.To = []string{c.Organisation.Name}
	}
	if err := p.former(tx, asked); err != nil {
		return nil, err
	}
	p.say()
	p.Phone, err = officePhone(tx, by)
	return p, err
}

// mayHavePaper gives the contact's invitation, nil when it is not asked yet and sits in the forum.
func mayHavePaper(tx *store.Tx, by access.Actor, m *meeting.Meeting, contactID uuid.UUID) (*invite.Invitation, error) {
	if m.Forum.ConvenedBy != forum.Us {
		return nil, fault.Missing()
	}
	all, err := invite.Of(tx, by, m.ID)
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(all, func(i invite.Invitation) bool { return i.ContactID == contactID })
	switch {
	case n >= 0 && all[n].WithdrawnAt == nil:
		return &all[n], nil
	case n >= 0:
		return nil, fault.Missing()
	}
	sits, err := forum.Sits(tx, m.ForumID, contactID)
	if err == nil && !sits {
		err = fault.Missing()
	}
	return nil, err
}

// former says what the contact was asked to before a move, when it was asked before that.
func (p *Paper) former(tx *store.Tx, asked *invite.Invitation) error {
	moves, err := meeting.Moves(tx, p.Meeting.ID)
	if err != nil || asked == nil || len(moves) == 0 || p.Cancelled || !asked.CreatedAt.Before(moves[0].At) {
		return err
	}
	was := meeting.Time{Date: moves[0].FromDate, Starts: moves[0].FromStarts, Ends: moves[0].FromEnds}
	if now := p.Meeting.Time(); was.Date != now.Date || was.Starts != now.Starts || was.Ends != now.Ends {
		p.Was = When(was, p.Language)
	}
	return nil
}

// say puts the words in: those of the mailed letter where there are any.
func (p *Paper) say() {
	l := p.Language
	kind := post.Invitation
	switch {
	case p.Cancelled:
		kind = post.Cancellation
	case p.Was != "":
		kind = post.Reschedule
	}
	p.Heading = l.Text(post.Outward{Kind: kind}.Heading())
	p.Words = PaperWords{What: l.Text("Vad"), When: l.Text("När"), Was: l.Text("Tidigare tid"), Where: l.Text("Plats"), Unplaced: l.Text("Ring, så berättar vi var."),
		Answer: l.Text("Svara, tack"), AnswerHow: l.Text("Säg om du kommer, inte kommer, eller om någon annan kommer i ditt ställe."),
		CallUs: l.Text("Ring"), WriteUs: l.Text("Eller skriv till"), Care: l.Text("Nämn mötets dag när du hör av dig. Skriv inget om enskilda personer."),
		From: l.Text("Brevet är skickat av %s med tjänsten Samverkan.", p.Municipality)}
	if p.Cancelled {
		p.Words.Care = l.Text("Du behöver inte göra något.")
	}
}

// officePhone is the number of whoever prints, as it stands among the contacts; empty when none does.
func officePhone(tx *store.Tx, by access.Actor) (string, error) {
	own, err := partner.ByEmail(tx, by.Email)
	if err != nil || own == nil {
		return "", err
	}
	return own.Phone, nil
}
