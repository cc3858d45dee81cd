package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// Departure is what a coordinator says of a contact who has left. With neither To nor New nobody takes over.
type Departure struct {
	ProposalID *uuid.UUID   // the proposal that it settles; nil: none
	To         *uuid.UUID   // who takes over, a contact that is there
	New        *Replacement // or somebody new
	Quiet      bool         // the one who left gets no cancellations: nobody reads that mailbox
}

// Succession is everything that a departure moves and sends.
type Succession struct {
	Leaver    partner.Contact
	Successor *partner.Contact // nil: nobody
	Account   bool             // the leaver also has an account, which an administrator closes
	Seats     []forum.Title
	Duties    partner.Duties
	Meetings  []*Review // to come, each with what changes
	Polls     []PassedPoll
	Actions   []PassedAction
	Points    int    // passed on to what the leaver led, and not gone through
	Others    Review // the letters that are not about a meeting to come
	Letters   int
	Hash      string
}

// PassedPoll is a date poll that asked the leaver.
type PassedPoll struct {
	Poll poll.Poll
	poll.Passed
}

// PassedAction is an open action that the leaver answered for.
type PassedAction struct {
	minutes.ActionState
	Forum string
	Named bool // by the leaver's name, and so by the successor's from now on; else the organisation answers
}

// Empty tells whether the leaver has nothing that moves.
func (s Succession) Empty() bool {
	d := s.Duties
	return len(s.Seats)+len(s.Meetings)+len(s.Polls)+len(s.Actions)+len(d.WorkGroups)+len(d.Workplaces)+len(d.DeputyOf)+len(d.Agreements) == 0
}

// succeeding is a departure under way.
type succeeding struct {
	tx     *store.Tx
	by     access.Actor
	office Office
	home   string
	quiet  bool
	*Succession
}

// Depart records that a contact has left, and gives everything that it had to whoever takes over, or to
// nobody: seats in forums, invitations to meetings to come, date polls that are asked, open actions, work
// groups, workplaces and agreements, and being somebody's deputy. The leaver's links open nothing from then
// on. It refuses as partner.Settle, partner.Leave and partner.AddContact do. What it gives says the same each
// time that the same is asked.
func Depart(tx *store.Tx, by access.Actor, o Office, contactID uuid.UUID, d Departure) (*Succession, error) {
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	s := &succeeding{tx: tx, by: by, office: o, home: home, quiet: d.Quiet, Succession: &Succession{}}
	had, err := s.takeStock(contactID, d.ProposalID)
	if err != nil {
		return nil, err
	}
	if _, err := partner.Leave(tx, by, contactID); err != nil {
		return nil, err
	}
	if err := s.name(d); err != nil {
		return nil, err
	}
	if err := forum.Succeed(tx, by, contactID, s.to()); err != nil {
		return nil, err
	}
	if err := partner.HandOver(tx, contactID, s.to()); err != nil {
		return nil, err
	}
	for _, move := range []func(*stock) error{s.meetings, s.polls, s.actions, s.points} {
		if err := move(had); err != nil {
			return nil, err
		}
	}
	s.Others.Letters = len(s.Others.Notices)
	s.Letters += s.Others.Letters
	s.hash()
	return s.Succession, post.WakeAt(tx, tx.Now.Add(o.Delay))
}

// DoDepart is Depart for what was reviewed with the given hash. It refuses with fault.Conflict when what
// would be done is no longer what was seen.
func DoDepart(tx *store.Tx, by access.Actor, o Office, contactID uuid.UUID, d Departure, hash string) (*Succession, error) {
	s, err := Depart(tx, by, o, contactID, d)
	if err == nil {
		err = asSeen(s.Hash, hash)
	}
	return s, err
}

// to is who takes over, nil for nobody.
func (s *succeeding) to() *uuid.UUID {
	if s.Successor == nil {
		return nil
	}
	return &s.Successor.ID
}

// name finds or adds whoever takes over: somebody new has the leaver's organisation, role and protection.
func (s *succeeding) name(d Departure) error {
	id := d.To
	if d.New != nil {
		old := s.Leaver
		fresh, err := partner.AddContact(s.tx, s.by, partner.Reach{
			Name: d.New.Name, Kind: partner.Person, Email: d.New.Email, Phone: d.New.Phone, ByPhone: d.New.ByPhone, OrganisationID: old.OrganisationID,
			RoleID: old.RoleID, DeputyID: old.DeputyID, Protected: old.Protected, Language: old.Language,
		})
		if err != nil {
			return err
		}
		id = &fresh.ID
	}
	if id == nil {
		return nil
	}
	c, err := partner.FindContact(s.tx, s.by, *id)
	if fault.KindOf(err) == fault.NotFound || err == nil && (c.LeftAt != nil || c.StandIn) {
		return fault.On("successorId", "Välj en kontakt ur listan.")
	}
	s.Successor = c
	return err
}

// stock is what a leaver had, as it was before.
type stock struct {
	polls   []poll.Poll
	actions []PassedAction
}

// takeStock looks up what the leaver has: links end when it leaves, and with them what they were to.
func (s *succeeding) takeStock(id uuid.UUID, proposal *uuid.UUID) (*stock, error) {
	c, err := partner.FindContact(s.tx, s.by, id)
	if err != nil {
		return nil, err
	}
	s.Leaver = *c
	if proposal != nil {
		p, err := partner.Settle(s.tx, s.by, *proposal, partner.Replaced)
		if err != nil {
			return nil, err
		}
		if p.ContactID != id {
			return nil, fault.Missing()
		}
	}
	if s.Account, err = access.HasAccount(s.tx, c.ID, c.Email); err != nil {
		return nil, err
	}
	if s.Seats, err = forum.SeatsOf(s.tx, s.by, id); err != nil {
		return nil, err
	}
	if s.Duties, err = partner.DutiesOf(s.tx, id); err != nil {
		return nil, err
	}
	had := &stock{}
	if had.polls, err = poll.AskingOf(s.tx, id); err != nil {
		return nil, err
	}
	return had, s.openActions(had)
}

// openActions finds what the leaver answers for: by name in a forum where it sits, or by a link to report.
func (s *succeeding) openActions(had *stock) error {
	linked, err := access.LinkedObjects(s.tx, access.ToAction, s.Leaver.ID)
	if err != nil {
		return err
	}
	all, err := minutes.OpenActionsOf(s.tx, s.Leaver.Name, s.Leaver.ID, linked)
	if err != nil {
		return err
	}
	for _, a := range all {
		m, err := minutes.ForLetter(s.tx, a.MinutesID)
		if err != nil {
			return err
		}
		sits, err := forum.Sits(s.tx, m.Meeting.ForumID, s.Leaver.ID)
		if err != nil {
			return err
		}
		if sits {
			had.actions = append(had.actions, PassedAction{a, m.Meeting.Forum.Name, sameName(a.Owner, s.Leaver.Name) || a.OwnedBy(s.Leaver.ID)})
		}
	}
	return nil
}

// points ends the links to what was passed on to the groups that the leaver led, and writes to who leads them now.
func (s *succeeding) points(*stock) error {
	for _, g := range s.Duties.WorkGroups {
		if err := s.pointsAt(g.ID); err != nil {
			return err
		}
	}
	for _, w := range s.Duties.Workplaces {
		if err := s.pointsAt(w.ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *succeeding) pointsAt(receiver uuid.UUID) error {
	left, err := relay.LeftAt(s.tx, receiver)
	if err != nil {
		return err
	}
	of := map[uuid.UUID][]relay.Item{}
	var order []uuid.UUID
	for _, i := range left {
		if of[i.MinutesID] == nil {
			order = append(order, i.MinutesID)
		}
		of[i.MinutesID] = append(of[i.MinutesID], i)
	}
	s.Points += len(left)
	for _, id := range order {
		if err := s.pointsOf(id, receiver, of[id]); err != nil {
			return err
		}
	}
	return nil
}

func (s *succeeding) pointsOf(minutesID, receiver uuid.UUID, left []relay.Item) error {
	token, err := relay.RenewLink(s.tx, s.office.Key, &left[0])
	if err != nil || s.Successor == nil || !reached(*s.Successor) {
		return err
	}
	m, err := minutes.ForLetter(s.tx, minutesID)
	if err != nil {
		return err
	}
	subject, err := relaySubject(s.tx, minutesID, receiver)
	if err != nil {
		return err
	}
	out := s.office.passOut(m, s.home, Passing{Items: make([]string, len(left))}, s.Successor.Language, s.office.BaseURL+"/r/"+token)
	if err := s.office.send(s.tx, s.home, *s.Successor, subject, out); err != nil {
		return err
	}
	out.Link = s.office.BaseURL + "/r/" + placeholder
	if err := s.notice(out); err != nil {
		return err
	}
	return relay.Told(s.tx, minutesID, receiver)
}

// notice adds a letter to the successor to what the review shows.
func (s *succeeding) notice(out post.Outward) error {
	rendered, err := post.Render(s.Successor.Language, out)
	s.Others.Notices = append(s.Others.Notices, Notice{Contact: *s.Successor, Kind: out.Kind, Letter: &rendered})
	return err
}

// hash stands for everything that the review shows. Whoever is new has another id each time, so people are
// named by what is known of them.
func (s *succeeding) hash() {
	seen := sha256.New()
	fmt.Fprintf(seen, "%s\x00%d\x00%v\x00", s.Leaver.ID, s.Leaver.Version, s.quiet)
	if c := s.Successor; c != nil {
		fmt.Fprintf(seen, "%s\x00%s\x00%s\x00%v\x00", c.Name, c.Email, c.Phone, c.ByPhone)
	}
	for _, t := range s.Seats {
		fmt.Fprintf(seen, "seat\x00%s\x00", t.ID)
	}
	for _, g := range s.Duties.WorkGroups {
		fmt.Fprintf(seen, "group\x00%s\x00", g.ID)
	}
	for _, w := range s.Duties.Workplaces {
		fmt.Fprintf(seen, "workplace\x00%s\x00", w.ID)
	}
	for _, c := range s.Duties.DeputyOf {
		fmt.Fprintf(seen, "deputy\x00%s\x00", c.ID)
	}
	for _, a := range s.Duties.Agreements {
		fmt.Fprintf(seen, "agreement\x00%s\x00", a.ID)
	}
	for _, p := range s.Polls {
		fmt.Fprintf(seen, "poll\x00%s\x00%v\x00%v\x00", p.Poll.ID, p.To != nil, p.Kept)
	}
	for _, a := range s.Actions {
		fmt.Fprintf(seen, "action\x00%s\x00%v\x00", a.ItemID, a.Named)
	}
	for _, r := range append(s.Meetings, &s.Others) {
		if r.Meeting != nil {
			fmt.Fprintf(seen, "meeting\x00%s\x00%d\x00", r.Meeting.ID, r.Meeting.Version)
		}
		for _, n := range r.Notices {
			fmt.Fprintf(seen, "%s\x00%v\x00", n.Contact.Email, n.Ring)
			if n.Letter != nil {
				fmt.Fprintf(seen, "%s\x00%s\x00", n.Letter.Subject, n.Letter.Text)
			}
		}
	}
	s.Hash = hex.EncodeToString(seen.Sum(nil))
}
