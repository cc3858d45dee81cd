package secretariat

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Occasion is a meeting of no forum as it is wished for: a lecture, a training.
type Occasion struct {
	forum.Occasion
	Participants
	MeasureID *uuid.UUID // the row of the plan that it belongs to; nil: none
}

// Participants says who is to be asked: contacts, and all that are there of organisations and work groups.
type Participants struct {
	Contacts      []uuid.UUID
	Organisations []uuid.UUID
	Groups        []uuid.UUID
}

// PlanOccasion records a meeting of no forum, and who is to be asked to it. Nothing is sent. It refuses
// as forum.Wrap and meeting.Schedule do, and with fault.Invalid who is not among the contacts.
func PlanOccasion(tx *store.Tx, by access.Actor, o Office, w Occasion, t meeting.Time, held bool) (*meeting.Meeting, error) {
	f, err := forum.Wrap(tx, by, w.Occasion)
	if err != nil {
		return nil, err
	}
	m, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: f.ID, Time: t, Zone: o.Zone, Held: held})
	if err != nil {
		return nil, err
	}
	if err := takeIn(tx, by, f.ID, w.Participants, nil); err != nil {
		return nil, err
	}
	if w.MeasureID != nil {
		if _, err := meeting.Tie(tx, by, m.ID, m.Version, w.MeasureID); err != nil {
			return nil, err
		}
	}
	return meeting.Find(tx, by, m.ID)
}

// ReviseOccasion replaces what is decided about a meeting of no forum but its time. Those who are asked
// already stay; they are taken out one by one, with a letter. It refuses as PlanOccasion does, and with
// fault.Conflict when the meeting has changed since version.
func ReviseOccasion(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, w Occasion) (*meeting.Meeting, error) {
	m, err := meeting.Tie(tx, by, id, version, w.MeasureID)
	if err != nil {
		return nil, err
	}
	before, after, err := forum.Rewrap(tx, by, m.ForumID, w.Occasion)
	if err != nil {
		return nil, err
	}
	asked, err := invite.Of(tx, by, id)
	if err != nil {
		return nil, err
	}
	if err := takeIn(tx, by, m.ForumID, w.Participants, asked); err != nil {
		return nil, err
	}
	if before.NeutralTitle != after.NeutralTitle || before.Level != after.Level || before.OutwardPlace != after.OutwardPlace {
		if err := meeting.Touch(tx, m.ForumID); err != nil {
			return nil, err
		}
	}
	return meeting.Find(tx, by, id)
}

// takeIn lets those who are wished for sit at an occasion, and nobody else who is not asked already.
func takeIn(tx *store.Tx, by access.Actor, id uuid.UUID, w Participants, asked []invite.Invitation) error {
	wanted, err := w.people(tx, by)
	if err != nil {
		return err
	}
	for _, i := range asked {
		if i.WithdrawnAt == nil && i.StandsForID == nil {
			wanted = append(wanted, i.ContactID)
		}
	}
	sit, err := forum.Members(tx, by, id)
	if err != nil {
		return err
	}
	for _, member := range sit {
		if !slices.Contains(wanted, member.ContactID) {
			if err := forum.Unseat(tx, by, id, member.ContactID); err != nil {
				return err
			}
		}
	}
	for _, contact := range wanted {
		if err := forum.Seat(tx, by, id, contact); err != nil {
			return err
		}
	}
	return nil
}

// people gives the contacts that are wished for, one by one and as parts of something.
func (w Participants) people(tx *store.Tx, by access.Actor) ([]uuid.UUID, error) {
	people := slices.Clone(w.Contacts)
	all, err := partner.Contacts(tx, by)
	if err != nil {
		return nil, err
	}
	all = partner.Standing(all)
	groups, err := partner.WorkGroups(tx, by)
	if err != nil {
		return nil, err
	}
	for _, id := range w.Organisations {
		those := Of(all, id)
		if len(those) == 0 {
			return nil, fault.On("contactId", "Välj en kontakt ur listan.")
		}
		people = append(people, those...)
	}
	for _, id := range w.Groups {
		n := slices.IndexFunc(groups, func(g partner.WorkGroup) bool { return g.ID == id })
		if n < 0 {
			return nil, fault.On("contactId", "Välj en kontakt ur listan.")
		}
		people = append(people, InGroup(all, groups[n])...)
	}
	return people, nil
}

// Of gives those contacts that are of an organisation.
func Of(all []partner.Contact, organisation uuid.UUID) (ids []uuid.UUID) {
	for _, c := range all {
		if c.OrganisationID == organisation {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// InGroup gives those contacts that are known to be of a work group: who leads it, and its
// organisation's where it is one of its own.
func InGroup(all []partner.Contact, g partner.WorkGroup) (ids []uuid.UUID) {
	if g.OrganisationID != nil {
		ids = Of(all, *g.OrganisationID)
	}
	if g.LeadID != nil && !slices.Contains(ids, *g.LeadID) && slices.ContainsFunc(all, func(c partner.Contact) bool { return c.ID == *g.LeadID }) {
		ids = append(ids, *g.LeadID)
	}
	return ids
}

// seated lets a contact sit at an occasion that it is asked to, or no longer. Members of a standing
// forum sit there whether they are asked to one meeting or not.
func seated(tx *store.Tx, by access.Actor, m *meeting.Meeting, contact uuid.UUID, sits bool) error {
	if !m.Forum.Occasion {
		return nil
	}
	if !sits {
		return forum.Unseat(tx, by, m.ForumID, contact)
	}
	err := forum.Seat(tx, by, m.ForumID, contact)
	if fault.KindOf(err) == fault.Invalid { // a stand-in, or one who has left since
		err = nil
	}
	return err
}
