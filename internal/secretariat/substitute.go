package secretariat

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Addresses of substitutes that one invitation may name, and how often: each gets letters from us, and
// whoever holds a link could else write to anybody, or find out whose address is refused.
const (
	addressesAnHour = 5
	addressesADay   = 12
)

// TryAddress counts an address that the holder of a link names for somebody else's own letter, in a
// transaction of its own before TakeAnswer: what is refused counts too. One that is named already, or is no
// address, costs nothing. It refuses with fault.Invalid when it is one too many, and as Open does.
func TryAddress(tx *store.Tx, token string, r invite.Reply) error {
	o, err := Open(tx, token)
	if err != nil {
		return err
	}
	field, address, err := r.Named(o.Invitation)
	if err != nil || address == "" {
		return nil // TakeAnswer says what is wrong with it
	}
	return spend(tx, o.Invitation, field, address)
}

func spend(tx *store.Tx, i *invite.Invitation, field, address string) error {
	if last := i.Last(); last != nil && last.SubstituteEmail == address {
		return nil
	}
	subject := "substitute:" + i.ID.String()
	for _, limit := range []struct {
		max    int64
		window time.Duration
	}{{addressesAnHour, time.Hour}, {addressesADay, 24 * time.Hour}} {
		err := access.Limit(tx, subject, limit.max, limit.window)
		if fault.KindOf(err) == fault.TooMany {
			return fault.On(field, "Adressen har ändrats många gånger. Skriv bara namnet, eller vänta till senare.")
		}
		if err != nil {
			return err
		}
	}
	return access.Count(tx, subject)
}

// mayName refuses an address that gets no letter in an invitation's place. The sentence is one, so that it
// does not tell who is protected and who was taken out of the meeting.
func (o Office) mayName(tx *store.Tx, i *invite.Invitation, field, address string) error {
	if _, err := mail.ParseAddress(address); err != nil {
		return fault.At(field, err)
	}
	if strings.EqualFold(address, i.Contact.Email) {
		return fault.On(field, "Det är adressen som den här inbjudan gick till. Skriv adressen till den som kommer.")
	}
	refused := fault.On(field, "Till den adressen kan vi inte skicka en egen inbjudan. Skriv bara namnet, så hör samordnaren av sig.")
	if o.ours(address) {
		return refused
	}
	c, err := partner.ByEmail(tx, address)
	if err != nil || c == nil {
		return err
	}
	if c.Protected || c.ByPhone {
		return refused
	}
	asked, err := invite.AskedTo(tx, i.MeetingID, c.ID)
	if err == nil && asked != nil && asked.WithdrawnAt != nil && asked.StoodDownAt == nil { // a person took them out
		return refused
	}
	return err
}

// ours tells whether an address is the service's own mailbox.
func (o Office) ours(address string) bool {
	local, domain, _ := strings.Cut(strings.ToLower(o.From), "@")
	own, host, _ := strings.Cut(strings.ToLower(address), "@")
	own, _, _ = strings.Cut(own, "+")
	return own == local && host == domain
}

// take records an answer and gives whoever comes instead a letter of their own, or takes it back. The
// caller holds the meeting. It refuses as invite.Take does, and with fault.Invalid an address that gets none.
func (o Office) take(tx *store.Tx, by access.Actor, i *invite.Invitation, m *meeting.Meeting, sequence int64, r invite.Reply) (*invite.Answer, error) {
	if r.Remote && !m.ByDistance() {
		return nil, notRemote()
	}
	before := ""
	if last := i.Last(); last != nil {
		before = last.SubstituteEmail
	}
	a, err := invite.Take(tx, by, i, sequence, r)
	if err != nil {
		return nil, err
	}
	standIns, err := invite.StandIns(tx, i.ID)
	if err != nil || a.SubstituteEmail == before && (before == "") == (len(standIns) == 0) {
		return a, err
	}
	field, _, err := r.Named(i)
	if err != nil {
		return nil, err
	}
	if a.SubstituteEmail != "" {
		if err := o.mayName(tx, i, field, a.SubstituteEmail); err != nil {
			return nil, err
		}
	}
	if err := o.standDown(tx, by, standIns); err != nil || a.SubstituteEmail == "" {
		return a, err
	}
	return a, o.callIn(tx, by, i, a)
}

func notRemote() error {
	return fault.On("partStat", "Mötet har ingen videolänk och inget nummer att ringa in till. Välj ett annat svar.")
}

// callIn asks whom an answer names. Who is asked to the meeting already needs no second invitation.
func (o Office) callIn(tx *store.Tx, by access.Actor, i *invite.Invitation, a *invite.Answer) error {
	c, err := partner.ByEmail(tx, a.SubstituteEmail)
	if err != nil {
		return err
	}
	if c == nil {
		name := a.Substitute
		if a.PartStat != invite.Delegated {
			name = a.Attending
		}
		if c, err = partner.AddStandIn(tx, by, &i.Contact, name, a.SubstituteEmail); err != nil {
			return err
		}
	}
	asked, err := invite.AskedTo(tx, i.MeetingID, c.ID)
	if err != nil || asked != nil && asked.WithdrawnAt == nil {
		return err
	}
	s, err := invite.IssueStandIn(tx, o.Key, i.MeetingID, c.ID, i.ID)
	if err != nil {
		return err
	}
	if err := access.Log(tx, by, "invite substitute", "invitation", s.ID); err != nil {
		return err
	}
	if err := o.takeWaiting(tx, i, s.ID, a.SubstituteEmail); err != nil {
		return err
	}
	return o.oweSubstitute(tx, s)
}

// standDown takes back what substitutes were asked. One whom somebody else has named too stays, in that
// one's place.
func (o Office) standDown(tx *store.Tx, by access.Actor, standIns []invite.Invitation) error {
	for n := range standIns {
		s := &standIns[n]
		other, err := invite.NamedElsewhere(tx, s.MeetingID, *s.StandsForID, s.Contact.Email)
		if err != nil {
			return err
		}
		if other != nil {
			if err := invite.StandFor(tx, s.ID, other.ID); err != nil {
				return err
			}
			continue
		}
		if err := invite.StandDown(tx, o.Key, s.ID); err != nil {
			return err
		}
		if err := access.Log(tx, by, "withdraw substitute", "invitation", s.ID); err != nil {
			return err
		}
		if err := o.oweSubstitute(tx, s); err != nil {
			return err
		}
	}
	return nil
}

// oweSubstitute says that a substitute may be owed a letter, with a later DTSTAMP than the one before it.
func (o Office) oweSubstitute(tx *store.Tx, s *invite.Invitation) error {
	if err := invite.OweOne(tx, s.ID, tx.Now.Add(o.Delay), ""); err != nil {
		return err
	}
	m, err := meeting.ForLetter(tx, s.MeetingID)
	if err != nil {
		return err
	}
	if err := meeting.Restamp(tx, m); err != nil {
		return err
	}
	return post.WakeAt(tx, tx.Now.Add(o.Delay))
}

// takeWaiting takes the answer that a substitute gave by mail before they were named (RFC 5546 §4.2.5: the two
// may come in either order), if it was to the time that is asked about now.
func (o Office) takeWaiting(tx *store.Tx, i *invite.Invitation, standIn uuid.UUID, address string) error {
	waiting, err := post.WaitingAbout(tx, o.Key, i.ID, string(ical.FromSubstitute))
	if err != nil {
		return err
	}
	s, err := invite.Lock(tx, standIn)
	if err != nil {
		return err
	}
	m, err := meeting.ForLetter(tx, s.MeetingID)
	if err != nil {
		return err
	}
	for _, p := range waiting { // the latest last
		if c := p.Content; c.Vouched && c.By == address && c.Sequence == m.Sequence {
			r := invite.Reply{PartStat: invite.PartStat(c.PartStat), Comment: c.Comment, Via: "mail", Unverified: c.Unverified}
			if _, err := invite.Take(tx, access.Guest(), s, c.Sequence, r); err != nil {
				if fault.KindOf(err) == fault.Invalid { // it says nothing that counts: a person reads it
					continue
				}
				return err
			}
			if _, err := post.Settle(tx, access.System(), o.Key, p.ID, post.DoneAnswer); err != nil {
				return err
			}
		}
	}
	return nil
}

// EndStandIns ends the contacts that were here for a meeting only, when their links open nothing more.
func EndStandIns(tx *store.Tx) error {
	ended, err := invite.Ended(tx)
	if err != nil {
		return err
	}
	for _, id := range ended {
		if err := partner.EndStandIn(tx, id); err != nil {
			return err
		}
	}
	return nil
}

// StoodDown tells whether a link was that of a substitute who is asked no more, and the language it was
// written in.
func StoodDown(tx *store.Tx, token string) (l lang.Language, down bool, err error) {
	i, err := invite.ByLinkHash(tx, seal.Hash(token))
	if err != nil || i == nil || i.StandsForID == nil || i.WithdrawnAt == nil {
		return "", false, err
	}
	return i.Contact.Language, true, nil
}

// namedBy tells a substitute who said that they come: of a protected contact only organisation and role,
// and nothing where that would tell what the meeting is about.
func namedBy(tx *store.Tx, i *invite.Invitation, l lang.Language) (string, error) {
	if i.StandsForID == nil {
		return "", nil
	}
	other, err := invite.ByID(tx, *i.StandsForID)
	if err != nil {
		return "", err
	}
	who := other.Contact.Shown()
	if _, tells := deidentify.Telling(who); tells {
		who = l.Text("En av de inbjudna")
	}
	return who, nil
}
