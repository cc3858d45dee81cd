package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
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
