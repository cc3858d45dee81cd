package secretariat

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// YearLine is a meeting of ours to which a contact belongs: by its seat in the forum or by an invitation.
type YearLine struct {
	Meeting    *meeting.Meeting
	Invitation *invite.Invitation // nil: not asked yet
}

// Answer gives the contact's answer that counts, nil when there is none. To a meeting to which it is asked
// that is the invitation's, however it was given; before that, what it answered by the overview itself.
func (l YearLine) Answer(o *invite.Overview) *invite.Answer {
	if l.Invitation != nil {
		return l.Invitation.Current(l.Meeting)
	}
	if p := o.AnswerTo(l.Meeting.ID); p != nil && p.Sequence == l.Meeting.Sequence {
		return p.Answer()
	}
	return nil
}

// YearPartner is a contact with the meetings of a year that an overview would tell of.
type YearPartner struct {
	Contact  partner.Contact
	Ours     bool             // of our own organisations
	Ring     bool             // no letter reaches the contact
	Lines    []YearLine       // to come and not called off, in order of time
	Sent     *invite.Overview // nil: none
	Letter   *post.Letter     // the latest; nil: none
	Answered int              // of Lines
	Changed  []uuid.UUID      // meetings that are not as the letter told: moved, called off or new
}

// YearPartners gives whom an overview of a year can be sent to: whoever belongs to a meeting to come of a forum
// that the actor convenes, partners before our own. It refuses as ProposeYear does.
func YearPartners(tx *store.Tx, by access.Actor, year int) ([]YearPartner, error) {
	forums, err := plannedForums(tx, by, year, nil)
	if err != nil {
		return nil, err
	}
	sent, err := invite.Overviews(tx, by, year)
	if err != nil {
		return nil, err
	}
	var told []uuid.UUID
	for _, o := range sent {
		for _, t := range o.Told {
			told = append(told, t.MeetingID)
		}
	}
	meetings, err := ourYear(tx, year, told)
	if err != nil {
		return nil, err
	}
	lines, err := belonging(tx, meetings, nil)
	if err != nil {
		return nil, err
	}
	contacts, err := partner.Contacts(tx, by)
	if err != nil {
		return nil, err
	}
	ours, err := partner.Ours(tx)
	if err != nil {
		return nil, err
	}
	mine := func(id uuid.UUID) bool {
		return slices.ContainsFunc(forums, func(f forum.Forum) bool { return f.ID == id })
	}
	var all, own []YearPartner
	for _, c := range partner.Standing(contacts) {
		p := YearPartner{Contact: c, Ours: ours[c.OrganisationID], Ring: !reached(c), Sent: sent[c.ID]}
		if !p.fill(tx, lines[c.ID], mine) {
			continue
		}
		if p.Letter, err = p.letter(tx); err != nil {
			return nil, err
		}
		if p.Ours {
			own = append(own, p)
		} else {
			all = append(all, p)
		}
	}
	return append(all, own...), nil
}

// fill keeps the lines of the forums that the actor convenes and of those that the contact's overview tells of
// already: two coordinators write to one page, so that the contact has one. It tells whether anything of the actor's is
// to come.
func (p *YearPartner) fill(tx *store.Tx, lines []YearLine, mine func(uuid.UUID) bool) (any bool) {
	told := forumsTold(p.Sent, lines)
	for _, l := range lines {
		m := l.Meeting
		if !m.StartsAt.After(tx.Now) || !mine(m.ForumID) && !told[m.ForumID] {
			continue
		}
		if p.Sent != nil {
			if t := p.Sent.TellingOf(m.ID); t == nil && !m.Cancelled() || t != nil && t.Sequence != m.Sequence {
				p.Changed = append(p.Changed, m.ID)
			}
		}
		if m.Cancelled() {
			continue
		}
		any = any || mine(m.ForumID)
		p.Lines = append(p.Lines, l)
		if p.Sent != nil && l.Answer(p.Sent) != nil {
			p.Answered++
		}
	}
	return any
}

// forumsTold gives the forums of which an overview tells: all their meetings of the year stand on its page.
func forumsTold(o *invite.Overview, lines []YearLine) map[uuid.UUID]bool {
	told := map[uuid.UUID]bool{}
	for _, l := range lines {
		told[l.Meeting.ForumID] = told[l.Meeting.ForumID] || o != nil && o.TellingOf(l.Meeting.ID) != nil
	}
	return told
}

// letter gives the latest letter with the contact's link, nil for none.
func (p *YearPartner) letter(tx *store.Tx) (*post.Letter, error) {
	if p.Sent == nil {
		return nil, nil
	}
	links, err := access.LinksTo(tx, access.ToOverview, p.Sent.ID)
	if err != nil || len(links) == 0 {
		return nil, err
	}
	letters, err := post.About(tx, []uuid.UUID{links[0].ID})
	if err != nil || len(letters[links[0].ID]) == 0 {
		return nil, err
	}
	return &letters[links[0].ID][0], nil
}

// ourYear lists the meetings of a year that we call to, called-off ones too, in order of time; and those that were
// told of and have moved into another year.
func ourYear(tx *store.Tx, year int, told []uuid.UUID) ([]meeting.Meeting, error) {
	all, _, err := meeting.List(tx, access.System(), meeting.Selection{From: almanac.Date{Year: year, Month: 1, Day: 1}, To: almanac.Date{Year: year, Month: 12, Day: 31}})
	if err != nil {
		return nil, err
	}
	if len(told) > 0 {
		asTold, _, err := meeting.List(tx, access.System(), meeting.Selection{IDs: told})
		if err != nil {
			return nil, err
		}
		for _, m := range asTold {
			if m.Date.Year != year {
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b meeting.Meeting) int { return a.StartsAt.Compare(b.StartsAt) })
	return slices.DeleteFunc(all, func(m meeting.Meeting) bool { return m.Forum.ConvenedBy != forum.Us }), nil
}

// belonging gives, by contact, the meetings that it belongs to, in their order: of one contact, or with nil of all. One
// who was taken out of a meeting does not belong to it, whatever seat they have.
func belonging(tx *store.Tx, meetings []meeting.Meeting, contact *uuid.UUID) (map[uuid.UUID][]YearLine, error) {
	ids := make([]uuid.UUID, len(meetings))
	for n, m := range meetings {
		ids[n] = m.ID
	}
	invitations, err := invite.ToMeetings(tx, ids, contact)
	if err != nil {
		return nil, err
	}
	asked := map[uuid.UUID]map[uuid.UUID]*invite.Invitation{}
	for n := range invitations {
		i := &invitations[n]
		if asked[i.MeetingID] == nil {
			asked[i.MeetingID] = map[uuid.UUID]*invite.Invitation{}
		}
		asked[i.MeetingID][i.ContactID] = i
	}
	seats, err := forum.Seats(tx)
	if err != nil {
		return nil, err
	}
	lines := map[uuid.UUID][]YearLine{}
	for n := range meetings {
		m := &meetings[n]
		for _, seated := range seats[m.ForumID] {
			if asked[m.ID][seated] == nil && (contact == nil || seated == *contact) {
				lines[seated] = append(lines[seated], YearLine{Meeting: m})
			}
		}
		for id, i := range asked[m.ID] {
			if i.WithdrawnAt == nil {
				lines[id] = append(lines[id], YearLine{m, i})
			}
		}
	}
	return lines, nil
}
