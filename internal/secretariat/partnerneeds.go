package secretariat

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// AbsentAfter is after how many meetings in a row without a partner somebody should ask why.
const AbsentAfter = 3

// PartnerNeedKind says what is wrong with a partner.
type PartnerNeedKind string

// The kinds.
const (
	NoContact   PartnerNeedKind = "no-contact"
	Unreachable PartnerNeedKind = "unreachable" // has contacts, and no letter or call reaches them
	Absent      PartnerNeedKind = "absent"
)

// PartnerNeed is a partner that somebody should look after, and why.
type PartnerNeed struct {
	Organisation partner.Organisation
	Kind         PartnerNeedKind
	Forum        *forum.Title // where it is missed or should take part; nil: an agreement's party
	Missed       int          // meetings in a row
	Since        almanac.Date // the latest of them
}

// Words says why.
func (n PartnerNeed) Words() lang.Sentence {
	switch {
	case n.Kind == Absent:
		return lang.Say("Har inte kommit till %d möten i rad i %s, senast %s", n.Missed, n.Forum.Name, n.Since.String())
	case n.Kind == Unreachable && n.Forum != nil:
		return lang.Say("Deltar i %s, men ingen kontakt nås med brev eller telefon", n.Forum.Name)
	case n.Kind == Unreachable:
		return lang.Say("Är part i ett avtal, men ingen kontakt nås med brev eller telefon")
	case n.Forum != nil:
		return lang.Say("Ska delta i %s, men har ingen kontakt", n.Forum.Name)
	}
	return lang.Say("Är part i ett avtal, men har ingen kontakt")
}

// PartnerNeeds gives the partners that nobody can reach, and those that have not come for AbsentAfter meetings
// in a row, by name. Of a forum that others convene nobody here needs a contact: they do the asking; nor of one
// about individual cases, whose meetings are not called here. It refuses
// whoever may not see the contacts.
func PartnerNeeds(tx *store.Tx, by access.Actor) ([]PartnerNeed, error) {
	if err := by.Require(access.Coordinator, access.Manager); err != nil {
		return nil, err
	}
	organisations, err := partner.Organisations(tx, by)
	if err != nil {
		return nil, err
	}
	n := &partnerNeeds{tx: tx, by: by, organisations: organisations, told: map[uuid.UUID]bool{}}
	if n.names, err = partner.NamesOf(tx, by); err != nil {
		return nil, err
	}
	for _, look := range []func() error{n.unreached, n.absent} {
		if err := look(); err != nil {
			return nil, err
		}
	}
	lang.SortByName(n.needs, func(need PartnerNeed) string { return need.Organisation.Name })
	return n.needs, nil
}

type partnerNeeds struct {
	tx            *store.Tx
	by            access.Actor
	organisations []partner.Organisation
	names         partner.Names
	told          map[uuid.UUID]bool // of which it stands already that nobody is reached
	needs         []PartnerNeed
}

func (n *partnerNeeds) organisation(id uuid.UUID) *partner.Organisation {
	for i := range n.organisations {
		if n.organisations[i].ID == id {
			return &n.organisations[i]
		}
	}
	return nil
}

// unreached looks for partners of our forums and agreements without a contact that a letter or a call reaches.
func (n *partnerNeeds) unreached() error {
	contacts, err := partner.Contacts(n.tx, n.by)
	if err != nil {
		return err
	}
	lost, err := partner.Lost(n.tx)
	if err != nil {
		return err
	}
	has, reachable := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	for _, c := range partner.Standing(contacts) {
		for o := n.organisation(c.OrganisationID); o != nil; o = n.parent(o) { // a unit's contact is its organisation's too
			has[o.ID] = true
			reachable[o.ID] = reachable[o.ID] || (reached(c) && !lost[c.ID]) || c.ByPhone && c.Phone != ""
		}
	}
	look := func(id uuid.UUID, f *forum.Title) {
		o := n.organisation(id)
		if o == nil || o.Home || n.told[id] || reachable[id] {
			return
		}
		n.told[id] = true
		kind := NoContact
		if has[id] {
			kind = Unreachable
		}
		n.needs = append(n.needs, PartnerNeed{Organisation: *o, Kind: kind, Forum: f})
	}
	return n.each(look)
}

// parent is the organisation that one is a unit of, nil for none and for the municipality itself: its contacts
// are nobody's in particular.
func (n *partnerNeeds) parent(o *partner.Organisation) *partner.Organisation {
	if o.ParentID == nil {
		return nil
	}
	if up := n.organisation(*o.ParentID); up != nil && !up.Home {
		return up
	}
	return nil
}

// each gives every organisation that should have a contact, with the forum that asks for it, nil for an agreement.
func (n *partnerNeeds) each(look func(uuid.UUID, *forum.Title)) error {
	forums, err := forum.List(n.tx, n.by)
	if err != nil {
		return err
	}
	for _, f := range forums {
		if f.ConvenedBy == forum.Other || f.Scope == forum.IndividualCases {
			continue
		}
		for _, p := range f.Participants {
			switch {
			case p.OrganisationID != nil:
				look(*p.OrganisationID, &forum.Title{ID: f.ID, Name: f.Name})
			case p.Role != nil && p.Role.OrganisationID != nil:
				look(*p.Role.OrganisationID, &forum.Title{ID: f.ID, Name: f.Name})
			}
		}
	}
	agreements, err := partner.Agreements(n.tx, n.by)
	for _, a := range agreements {
		if a.Ending != nil {
			continue
		}
		for _, p := range a.Parties {
			look(p.ID, nil)
		}
	}
	return err
}

// absent looks for partners that the notes of the latest meetings name, and never as having come.
func (n *partnerNeeds) absent() error {
	all, err := minutes.Presences(n.tx, n.by)
	if err != nil {
		return err
	}
	forums, err := forum.Titles(n.tx, n.by)
	if err != nil {
		return err
	}
	for _, f := range forums {
		for _, o := range n.organisations {
			if o.Home {
				continue
			}
			if missed, since := n.missed(all, f.ID, o.ID); missed >= AbsentAfter {
				n.needs = append(n.needs, PartnerNeed{Organisation: o, Kind: Absent, Forum: &forum.Title{ID: f.ID, Name: f.Name}, Missed: missed, Since: since})
			}
		}
	}
	return nil
}

// missed counts how many of a forum's latest meetings an organisation was expected at and did not come to. A
// meeting whose notes do not name it says nothing.
func (n *partnerNeeds) missed(all []minutes.Presence, forumID, organisation uuid.UUID) (missed int, since almanac.Date) {
	var at uuid.UUID
	for _, p := range all { // the latest meeting first
		if p.ForumID != forumID || n.names.Of(p.Organisation, p.Role) != organisation {
			continue
		}
		if p.Came() {
			if p.MeetingID == at { // somebody else of it came to this one
				missed--
			}
			break
		}
		if p.MeetingID != at {
			at, missed = p.MeetingID, missed+1
			if since.IsZero() {
				since = p.Date
			}
		}
	}
	return missed, since
}
