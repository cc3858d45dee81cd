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
	"samverkan/internal/store"
)

// warnAhead is how many working days before a meeting it is told that too few of ours come.
const warnAhead = 5

// OneOfOurs is one of ours who may come to a meeting, and what is known of that.
type OneOfOurs struct {
	Contact  partner.Contact
	Comes    bool
	Answered bool
	Asked    bool // by a person, besides those who sit in the forum
}

// Turnout is how many of ours come to a meeting, of those who must.
type Turnout struct {
	Needed  int // 0: nobody has to, or there is nobody of ours to ask
	Coming  int
	Silent  int // have not answered
	People  []OneOfOurs
	Next    *partner.Contact // who is asked next; nil: the list is at its end
	Foreign bool             // others convene: nobody of ours has an invitation from us
	warns   bool
}

// Short tells whether too few have said that they come.
func (t Turnout) Short() bool { return t.Coming < t.Needed }

// Warns tells whether too few come and the meeting is near.
func (t Turnout) Warns() bool { return t.Short() && t.warns }

// Words says who of ours comes.
func (t Turnout) Words() lang.Sentence {
	switch {
	case t.Coming == 0 && t.Silent == 0:
		return lang.Say("Ingen från oss kan")
	case t.Coming == 0 && t.Needed == 1:
		return lang.Say("Ingen från oss har sagt ja")
	}
	return lang.Say("%d av %d som måste komma", t.Coming, t.Needed)
}

// TurnoutOf counts who of ours comes to a meeting that the actor sees: by the invitations where we
// convene, else by what they have said themselves.
func TurnoutOf(tx *store.Tx, by access.Actor, o Office, m *meeting.Meeting) (Turnout, error) {
	t := Turnout{Needed: m.Forum.OursNeeded, Foreign: m.Forum.ConvenedBy != forum.Us}
	ours, err := partner.Ours(tx)
	if err != nil {
		return t, err
	}
	var met map[uuid.UUID]bool // who has been asked, whatever became of it
	if t.Foreign {
		met, err = t.countForeign(tx, by, m, ours)
	} else {
		met, err = t.countInvited(tx, by, m, ours)
	}
	if err != nil {
		return t, err
	}
	reserves, err := forum.Reserves(tx, by, m.ForumID)
	if err != nil {
		return t, err
	}
	if len(t.People) == 0 && len(reserves) == 0 {
		t.Needed = 0
	}
	if at := slices.IndexFunc(reserves, func(r forum.Reserve) bool { return !met[r.ContactID] }); at >= 0 {
		t.Next = &reserves[at].Contact
	}
	coming := !m.Cancelled() && !m.Held() && m.StartsAt.After(tx.Now)
	t.warns = coming && !almanac.DateOf(tx.Now, o.Zone).Before(almanac.WorkdaysBefore(m.Date, warnAhead))
	return t, nil
}

func (t *Turnout) add(p OneOfOurs) {
	t.People = append(t.People, p)
	switch {
	case p.Comes:
		t.Coming++
	case !p.Answered:
		t.Silent++
	}
}

// countInvited counts the seats of ours. Before anybody is invited nobody has to come.
func (t *Turnout) countInvited(tx *store.Tx, by access.Actor, m *meeting.Meeting, ours map[uuid.UUID]bool) (map[uuid.UUID]bool, error) {
	all, err := invite.Of(tx, by, m.ID)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		t.Needed = 0
	}
	met := map[uuid.UUID]bool{}
	for _, i := range all {
		met[i.ContactID] = true
	}
	for _, s := range invite.Seats(all) {
		if s.WithdrawnAt == nil && ours[s.Contact.OrganisationID] {
			comes, _ := s.Comes(m)
			t.add(OneOfOurs{Contact: s.Contact, Comes: comes, Answered: s.Answered(m)})
		}
	}
	return met, nil
}

// countForeign counts those of ours who sit in the forum, and those who were asked besides.
func (t *Turnout) countForeign(tx *store.Tx, by access.Actor, m *meeting.Meeting, ours map[uuid.UUID]bool) (map[uuid.UUID]bool, error) {
	members, err := forum.Members(tx, by, m.ForumID)
	if err != nil {
		return nil, err
	}
	outings, err := invite.Outings(tx, m.ID)
	if err != nil {
		return nil, err
	}
	met, said := map[uuid.UUID]bool{}, map[uuid.UUID]invite.Going{}
	for _, o := range outings {
		met[o.ContactID], said[o.ContactID] = true, o.Answer
	}
	one := func(c partner.Contact, asked bool) OneOfOurs {
		return OneOfOurs{Contact: c, Comes: said[c.ID] == invite.Goes, Answered: said[c.ID] != invite.NotSaid, Asked: asked}
	}
	sits := map[uuid.UUID]bool{}
	for _, member := range members {
		if ours[member.Contact.OrganisationID] {
			sits[member.ContactID], met[member.ContactID] = true, true
			t.add(one(member.Contact, false))
		}
	}
	for _, o := range outings {
		if !sits[o.ContactID] && o.Contact.LeftAt == nil {
			t.add(one(o.Contact, true))
		}
	}
	return met, nil
}

// InviteOne asks one more to a meeting of ours, with an invitation like everybody's. It refuses with
// fault.Invalid who is not among the contacts, and otherwise as Convene does.
func InviteOne(tx *store.Tx, by access.Actor, o Office, meetingID uuid.UUID, version int64, contactID uuid.UUID, note string) error {
	m, err := toCall(tx, by, meetingID, version)
	if err != nil {
		return err
	}
	if note, err = outwardNote(tx, note); err != nil {
		return err
	}
	c, err := partner.FindContact(tx, by, contactID)
	if fault.KindOf(err) == fault.NotFound || err == nil && (c.LeftAt != nil || c.StandIn) {
		return fault.On("contactId", "Välj en kontakt ur listan.")
	}
	if err != nil {
		return err
	}
	return o.call(tx, by, m, []forum.Member{{ForumID: m.ForumID, ContactID: c.ID, Contact: *c}}, note)
}

// AskOut asks one of ours to go to a meeting that others convene; no letter is sent. It refuses with
// fault.Invalid where we convene, and who is not ours.
func AskOut(tx *store.Tx, by access.Actor, meetingID, contactID uuid.UUID) error {
	m, err := foreignMeeting(tx, by, meetingID, nil)
	if err != nil {
		return err
	}
	if err := isOurs(tx, by, contactID); err != nil {
		return err
	}
	return invite.AskOut(tx, by, m.ID, contactID)
}

// SayWhoGoes records whether one of ours goes to a meeting that others convene: they say it themselves, or
// whoever plans the forum knows it. To anybody else it refuses with fault.NotFound.
func SayWhoGoes(tx *store.Tx, by access.Actor, meetingID, contactID uuid.UUID, answer invite.Going) error {
	m, err := foreignMeeting(tx, by, meetingID, &contactID)
	if err != nil {
		return err
	}
	if err := open(tx, m); err != nil {
		return err
	}
	t, err := TurnoutOf(tx, by, Office{Zone: m.Location()}, m)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(t.People, func(p OneOfOurs) bool { return p.Contact.ID == contactID }) {
		return fault.Missing()
	}
	return invite.Go(tx, by, m.ID, contactID, answer)
}

// Self gives the contact that an account's holder is, by the address; nil when there is none.
func Self(tx *store.Tx, by access.Actor) (*partner.Contact, error) {
	if by.Email == "" {
		return nil, nil
	}
	return partner.ByEmail(tx, by.Email)
}

// foreignMeeting locks a meeting that others convene, for whoever plans its forum, and for somebody who speaks
// for themselves. self is who is spoken for; nil: nobody may but who plans.
func foreignMeeting(tx *store.Tx, by access.Actor, id uuid.UUID, self *uuid.UUID) (*meeting.Meeting, error) {
	if err := tx.Hold(&meeting.Meeting{}, id); err != nil {
		return nil, err
	}
	m, err := meeting.Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := ForThemselves(tx, by, m, self); err != nil {
		return nil, err
	}
	if m.Forum.ConvenedBy == forum.Us {
		return nil, fault.New(fault.Invalid, "Vi kallar till mötet. Svaren står hos inbjudningarna.")
	}
	return m, nil
}

// ForThemselves refuses with fault.NotFound unless the actor plans a meeting's forum or is the contact self.
func ForThemselves(tx *store.Tx, by access.Actor, m *meeting.Meeting, self *uuid.UUID) error {
	refused := by.MayConvene(tx, m.ForumID)
	if refused == nil || self == nil {
		return refused
	}
	own, err := Self(tx, by)
	if err == nil && (own == nil || own.ID != *self) {
		err = fault.Missing()
	}
	return err
}

func isOurs(tx *store.Tx, by access.Actor, contactID uuid.UUID) error {
	c, err := partner.FindContact(tx, by, contactID)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	ours, err := partner.Ours(tx)
	if err == nil && (!ours[c.OrganisationID] || c.LeftAt != nil || c.StandIn) {
		err = fault.On("contactId", "Välj en av era egna ur listan.")
	}
	return err
}
