package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// planRhythm is when a workplace that has not gone through the plan is reminded: five working days before
// the last day, and as of any last day after it.
var planRhythm = &forum.Forum{RemindDays: 5, AskAgainDays: 5}

// planWorkdays is how many working days a workplace has when nobody says: APTs are held once a month.
const planWorkdays = 30

// PlanDue is the last day that is proposed for going through the plan.
func PlanDue(today almanac.Date) almanac.Date { return almanac.WorkdaysAfter(today, planWorkdays) }

// PlanState is how the plan stands at a workplace.
type PlanState string

// The states.
const (
	PlanConfirmed   PlanState = "confirmed"
	PlanWaiting     PlanState = "waiting"     // asked, the last day is to come
	PlanOverdue     PlanState = "overdue"     // asked, the last day has passed
	PlanNotAsked    PlanState = "not-asked"   // nobody has asked the manager
	PlanUnreachable PlanState = "unreachable" // there is no address to ask
)

// PlanStates are all states.
var PlanStates = []PlanState{PlanConfirmed, PlanWaiting, PlanOverdue, PlanNotAsked, PlanUnreachable}

// PlaceStanding is how the plan stands at one workplace.
type PlaceStanding struct {
	relay.Anchor
	State PlanState
}

// PlanStanding is how the plan imported last stands at all workplaces.
type PlanStanding struct {
	Plan   *plan.Plan // nil: none is imported
	Places []PlaceStanding
	relay.Anchored
}

// Count tells how many workplaces stand so.
func (p PlanStanding) Count(s PlanState) (n int) {
	for _, place := range p.Places {
		if place.State == s {
			n++
		}
	}
	return n
}

// PlanAtWorkplaces tells how the plan stands at each workplace that is there.
func PlanAtWorkplaces(tx *store.Tx, by access.Actor, o Office) (*PlanStanding, error) {
	current, err := plan.Current(tx, by)
	if err != nil {
		return nil, err
	}
	s, id := &PlanStanding{Plan: current}, uuid.Nil
	if current != nil {
		id = current.ID
	}
	all, err := relay.Anchoring(tx, by, id, almanac.Date{}, almanac.Date{})
	if err != nil {
		return nil, err
	}
	s.Anchored = *all
	s.Anchors = slices.DeleteFunc(s.Anchors, func(a relay.Anchor) bool { return a.Workplace.EndedAt != nil })
	s.Total, s.Confirmed, s.NewHires = len(s.Anchors), 0, 0
	for _, a := range s.Anchors {
		if a.Confirmed() {
			s.Confirmed++
		}
		s.NewHires += a.NewHires
		s.Places = append(s.Places, PlaceStanding{a, stateOf(a, almanac.DateOf(tx.Now, o.Zone))})
	}
	return s, nil
}

func stateOf(a relay.Anchor, today almanac.Date) PlanState {
	switch {
	case a.Confirmed():
		return PlanConfirmed
	case !manages(&a.Workplace):
		return PlanUnreachable
	case a.Request == nil:
		return PlanNotAsked
	case a.Request.Due.Before(today):
		return PlanOverdue
	}
	return PlanWaiting
}

// manages tells whether a workplace has a manager whom letters reach.
func manages(w *partner.Workplace) bool {
	return w.EndedAt == nil && w.Manager != nil && reached(*w.Manager)
}

// placeName is a workplace's name as letters say it.
func placeName(w *partner.Workplace, l lang.Language) string {
	if _, tells := deidentify.Telling(w.Name); tells {
		return l.Text("Arbetsplatsen")
	}
	return w.Name
}

// planOut is what a letter about one workplace says: never what stands in the plan.
func planOut(kind post.Kind, w *partner.Workplace, home string, c partner.Contact, link string) post.Outward {
	l := lang.Parse(string(c.Language))
	name := placeName(w, l)
	return post.Outward{Kind: kind, Title: l.Text("Handlingsplanen på APT"), Municipality: home, When: name, ShortWhen: name, Link: link}
}

// AskForPlan asks the managers of workplaces to go through the plan by a last day, each in one letter with a
// link for each workplace. Who has gone through it is not asked. It refuses with fault.Invalid when nobody who
// gets letters is chosen or the day has passed, and with fault.Conflict when there is no plan.
func AskForPlan(tx *store.Tx, by access.Actor, o Office, workplaces []uuid.UUID, due almanac.Date) (*Review, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	standing, err := PlanAtWorkplaces(tx, by, o)
	if err != nil {
		return nil, err
	}
	if standing.Plan == nil {
		return nil, fault.New(fault.Conflict, "Det finns ingen plan. Läs in planen först.")
	}
	var dayErr, choiceErr error
	if due.IsZero() || due.Before(almanac.DateOf(tx.Now, o.Zone)) {
		dayErr = fault.On("due", "Välj en dag som inte har varit.")
	}
	letters, order := map[uuid.UUID][]*partner.Workplace{}, []uuid.UUID{}
	for n := range standing.Places {
		p := &standing.Places[n]
		w := &p.Workplace
		if !slices.Contains(workplaces, w.ID) || p.State == PlanConfirmed || p.State == PlanUnreachable {
			continue
		}
		if letters[w.Manager.ID] == nil {
			order = append(order, w.Manager.ID)
		}
		letters[w.Manager.ID] = append(letters[w.Manager.ID], w)
	}
	if len(order) == 0 {
		choiceErr = fault.On("workplaceId", "Välj minst en arbetsplats som inte är klar och vars chef får brev.")
	}
	if err := fault.Join(choiceErr, dayErr); err != nil {
		return nil, err
	}
	r, seen := &Review{}, sha256.New()
	fmt.Fprintf(seen, "%s\x00%s\x00", standing.Plan.ID, due)
	for _, manager := range order {
		for _, w := range letters[manager] {
			if _, err := relay.AskForPlan(tx, by, w.ID, standing.Plan.ID, due); err != nil {
				return nil, err
			}
			fmt.Fprintf(seen, "%s\x00", w.ID)
		}
		notice, err := o.planLetter(tx, letters[manager], due)
		if err != nil {
			return nil, err
		}
		r.take(seen, *notice)
	}
	r.Hash = hex.EncodeToString(seen.Sum(nil))
	return r, nil
}

// DoAskForPlan is AskForPlan for what was reviewed with the given hash. It refuses with fault.Conflict when what
// would be sent is no longer what was seen.
func DoAskForPlan(tx *store.Tx, by access.Actor, o Office, workplaces []uuid.UUID, due almanac.Date, hash string) (*Review, error) {
	r, err := AskForPlan(tx, by, o, workplaces, due)
	if err == nil {
		err = asSeen(r.Hash, hash)
	}
	return r, err
}

// planLetter writes to the manager of some workplaces.
func (o Office) planLetter(tx *store.Tx, places []*partner.Workplace, due almanac.Date) (*Notice, error) {
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	c := *places[0].Manager
	l := lang.Parse(string(c.Language))
	var links []string
	var first *access.GuestLink
	for _, w := range places {
		link, err := access.IssueLink(tx, o.Key, access.ToPlace, w.ID, c.ID)
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = link
		}
		links = append(links, o.guestLink(link))
	}
	rendered, err := post.RenderDigest(l, planCollected(l, home, places, links, due))
	if err != nil {
		return nil, err
	}
	if err := post.Supersede(tx, first.ID); err != nil {
		return nil, err
	}
	d := o.draft(post.Plan, home, mail.Mailbox{Name: recipientName(c), Address: c.Email}, rendered)
	d.SubjectID, d.NotBefore = &first.ID, tx.Now
	if _, err := o.post(tx, *d); err != nil {
		return nil, err
	}
	for n := range links {
		links[n] = o.BaseURL + "/w/" + placeholder
	}
	shown, err := post.RenderDigest(l, planCollected(l, home, places, links, due))
	return &Notice{Contact: c, Kind: post.Plan, Letter: &shown}, err
}

// planCollected is what the letter says: which workplaces, by when, and a link for each.
func planCollected(l lang.Language, home string, places []*partner.Workplace, links []string, due almanac.Date) post.Collected {
	s := post.Section{Heading: l.Count(len(places), "Din arbetsplats", "Dina arbetsplatser")}
	for n, w := range places {
		s.Things = append(s.Things, post.Thing{Title: placeName(w, l), When: l.Text("Senast: %s", almanac.Long(due, l)), Ask: l.Text("Öppna arbetsplatsens sida"), Link: links[n]})
	}
	return post.Collected{
		Subject: l.Text("Handlingsplanen på APT: %s, senast %s", home, almanac.Short(due, l)), Heading: l.Text("Gå igenom handlingsplanen på APT"), Sections: []post.Section{s}, Municipality: home,
		Care: l.Text("På sidan bekräftar du vilken dag ni gick igenom planen, och hur många nyanställda som har introducerats. Skriv inga namn.") + " " +
			l.Text("Länken är din egen. Skicka den inte vidare. Du behöver inte logga in."),
	}
}

// planLetterAgain writes to a manager once more about all the workplaces that are left.
func (o Office) planLetterAgain(tx *store.Tx, by access.Actor, g *Guest) error {
	standing, err := PlanAtWorkplaces(tx, by, o)
	if err != nil {
		return err
	}
	var places []*partner.Workplace
	var due almanac.Date
	for n := range standing.Places {
		p := &standing.Places[n]
		if p.Request != nil && p.State != PlanConfirmed && p.State != PlanUnreachable && p.Workplace.Manager.ID == g.Contact.ID {
			places, due = append(places, &p.Workplace), p.Request.Due
		}
	}
	if len(places) == 0 {
		return fault.New(fault.Conflict, "Planen är redan genomgången. Inget behöver skickas.")
	}
	_, err = o.planLetter(tx, places, due)
	return err
}

// ofPlan gives whom workplaces that have not gone through the plan remind now: their managers. address narrows
// it to one; empty: all.
func (o Office) ofPlan(tx *store.Tx, today almanac.Date, address string) (due []mention, err error) {
	current, err := plan.Current(tx, access.System())
	if err != nil || current == nil {
		return nil, err
	}
	left, err := relay.PlanLeft(tx, current.ID, today.AddDays(-ahead), today.AddDays(ahead))
	if err != nil {
		return nil, err
	}
	for _, r := range left {
		w, err := partner.ManagedPlace(tx, r.WorkplaceID)
		if err != nil {
			return nil, err
		}
		kind, days := lastDay(today, r.Due, planRhythm)
		if kind == "" || !manages(w) || address != "" && w.Manager.Email != address || tx.Now.Sub(r.AskedAt) < settled {
			continue
		}
		row := post.Reminded{SubjectID: r.ID, Recipient: w.Manager.Email, Kind: kind, Days: days, Sequence: dayNumber(r.Due)}
		done, err := post.WasReminded(tx, row)
		if err != nil {
			return nil, err
		}
		if !done {
			due = append(due, mention{contact: *w.Manager, kind: post.PlanReminder, rows: []post.Reminded{row}, workplace: w, due: r.Due, late: kind == post.Overdue})
		}
	}
	return due, nil
}

// logged keeps in the log what receivers and workplaces are reminded of.
func (x *mention) logged(tx *store.Tx) error {
	if x.workplace != nil {
		return access.Log(tx, access.System(), "remind of the plan", "workplace", x.workplace.ID)
	}
	for _, i := range x.items {
		if err := access.Log(tx, access.System(), "remind of relay item", "relay-item", i.ID); err != nil {
			return err
		}
	}
	return nil
}
