// Package sample is a small believable world that the demo and the tests share: the Vingåker plan,
// invented people who answer for its partners, and a year of meetings around today. It is built
// with the product's own verbs, at the times at which they would have been done.
package sample

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Plan is the example plan, its facts as a municipality stated them.
//
//go:embed vingaker.yaml
var Plan []byte

// Minutes are invented notes of meetings in the plan's forums, without names or cases.
//
//go:embed minutes-sv.yaml
var Minutes []byte

// OurForums are the forums that we are set as convener of: the plan states none.
var OurForums = []string{"rvt-miranda", "polis-avstamning", "skola-forskola"}

// OwnForum is the external id of the group's own meeting, which no plan mentions.
const OwnForum = "valdsgruppen"

// SignIn is an account of the world.
type SignIn struct {
	Role  access.Role
	Email string
	Name  string
	Forum string // external id, for a role in one forum
}

// SignIns are one for each role.
var SignIns = []SignIn{
	{access.Coordinator, "samordnare@vingaker.example", "Anna Ek", ""},
	{access.Member, "medlem@vingaker.example", "Bo Alm", "rvt-miranda"},
	{access.Manager, "chef@vingaker.example", "Cecilia Björk", ""},
	{access.GroupLead, "gruppledare@vingaker.example", "David Hägg", ""},
	{access.Registrar, "registrator@vingaker.example", "Eva Lind", ""},
	{access.Administrator, "it@vingaker.example", "Fredrik Sälg", ""},
}

// person is an invented contact. Addresses hold no word that tells what the meetings are about:
// each stands in its owner's own calendar.
type person struct {
	id, name, email, phone, organisation, role, deputy string
	mailbox, protected, byPhone                        bool
	forums                                             []string
}

var people = []person{
	{id: "anna-ek", name: "Anna Ek", email: "samordnare@vingaker.example", organisation: "valdsgruppen", role: "representant-valdsgruppen", deputy: "bo-alm", forums: []string{"rvt-miranda", OwnForum}},
	{id: "bo-alm", name: "Bo Alm", email: "medlem@vingaker.example", organisation: "valdsgruppen", role: "representant-valdsgruppen", forums: []string{"rvt-miranda", OwnForum}},
	{id: "gun-rönn", name: "Gun Rönn", email: "gun.ronn@vingaker.example", organisation: "arbetsledning-ifo", forums: []string{"polis-avstamning", OwnForum}},
	{id: "cecilia-bjork", name: "Cecilia Björk", email: "chef@vingaker.example", organisation: "ifo", role: "ifo-chef", forums: []string{"polis-avstamning"}},
	{id: "omradespolis", name: "Hans Gran", email: "hans.gran@omrade-vast.example", phone: "070-1740605", organisation: "polisen", role: "kommunpolis", forums: []string{"polis-avstamning"}},
	{id: "rvt-brevlada", name: "Teamet i Katrineholm", email: "teamet@katrineholm.example", organisation: "rvt", mailbox: true, forums: []string{"rvt-miranda"}},
	{id: "miranda-samordning", name: "Ida Asp", email: "ida@miranda.example", organisation: "miranda", protected: true, forums: []string{"rvt-miranda"}},
	{id: "skolan-rektor", name: "Jan Lönn", email: "jan.lonn@skola.example", organisation: "skolan", forums: []string{"skola-forskola"}},
	{id: "forskolan-rektor", name: "Karin Pil", phone: "070-1740610", organisation: "forskolan", byPhone: true, forums: []string{"skola-forskola"}},
	{id: "barn-familj-handlaggare", name: "Lena Oxel", email: "lena.oxel@vingaker.example", organisation: "barn-familj", forums: []string{"skola-forskola", OwnForum}},
	{id: "lansstyrelsen-kontakt", name: "Maria Sälg", email: "samordning@lanet.example", organisation: "lansstyrelsen", mailbox: true},
	{id: "frivarden", name: "Nils Ask", email: "nils.ask@frivard.example", organisation: "kriminalvarden"},
	{id: "brottsofferjouren-kontakt", name: "Olle Tall", phone: "070-1740620", organisation: "brottsofferjouren", byPhone: true},
	{id: "david-hagg", name: "David Hägg", email: "gruppledare@vingaker.example", organisation: "vuxen"},
}

// Where work groups and workplaces come from: the plan names the units and leaves the list open.
var (
	workGroups = []string{"barn-familj", "oppenvard", "vuxen", "ekonomiskt-bistand", "bistand-lss"}
	workplaces = []string{"ifo", "oppenvard", "barn-familj"}
)

// World is what was built, by external id.
type World struct {
	Forums     map[string]uuid.UUID
	Contacts   map[string]uuid.UUID
	Identities map[access.Role]uuid.UUID
	APIToken   string // the coordinator's, all scopes
	FeedToken  string // the coordinator's
}

// Build makes the plan, the people and the accounts, without meetings. hash is every account's
// password, from access.HashPassword.
func Build(tx *store.Tx, hash string) (*World, error) {
	by := access.System()
	file, err := secretariat.ParsePlan(bytes.NewReader(Plan))
	if err != nil {
		return nil, err
	}
	w := &World{Forums: map[string]uuid.UUID{}, Contacts: map[string]uuid.UUID{}, Identities: map[access.Role]uuid.UUID{}}
	choices := secretariat.ImportChoices{ExemptSummer: true, OurConvening: OurForums, PromisedFrom: almanac.Date{Year: tx.Now.Year(), Month: 1, Day: 1}}
	if _, err := secretariat.ImportPlan(tx, by, file, choices); err != nil {
		return nil, err
	}
	for _, step := range []func(*store.Tx, access.Actor) error{w.foundOwn, w.settle, w.people, w.groups} {
		if err := step(tx, by); err != nil {
			return nil, err
		}
	}
	return w, w.accounts(tx, by, hash)
}

// foundOwn founds the group's own meeting.
func (w *World) foundOwn(tx *store.Tx, by access.Actor) error {
	s := forum.Usual()
	s.Name, s.NeutralTitle, s.Scope, s.ConvenedBy = "Våldsgruppens eget möte", "Arbetsgruppsmöte", forum.Internal, forum.Us
	s.Cadence, s.ExemptMonths = forum.Cadence{Text: "varje månad", Months: 1}, []int{7}
	s.Weekday, s.Starts, s.Minutes, s.Place = 4, 13*60, 90, "Kommunhuset, rum Båven"
	s.RemindDays, s.AskAgainDays = 5, forum.AskAgain(5)
	external := OwnForum
	_, err := forum.Found(tx, by, s, func(f *forum.Forum) { f.ExternalID = &external })
	return err
}

// settle decides what the plan leaves open: weekday, time and place of our forums.
func (w *World) settle(tx *store.Tx, by access.Actor) error {
	all, err := forum.List(tx, by)
	if err != nil {
		return err
	}
	for _, f := range all {
		w.Forums[*f.ExternalID] = f.ID
		s := f.Settings()
		switch *f.ExternalID {
		case "rvt-miranda":
			s.Weekday, s.Starts, s.Place = 4, 13*60, "Kommunhuset, sammanträdesrum 2"
		case "polis-avstamning":
			s.Weekday, s.Starts, s.Minutes, s.Place = 2, 8*60+30, 45, "Digitalt: https://mote.vingaker.example/avstamning"
		case "skola-forskola":
			s.Weekday, s.Starts, s.Minutes, s.Place = 3, 15*60, 60, "Slottsskolan, konferensrummet"
		default:
			continue
		}
		if _, err := forum.Change(tx, by, f.ID, f.Version, s); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) people(tx *store.Tx, by access.Actor) error {
	for _, p := range people {
		organisation, err := idOf(tx, &partner.Organisation{}, p.organisation)
		if err != nil {
			return err
		}
		r := partner.Reach{Name: p.name, Kind: partner.Person, Email: p.email, Phone: p.phone, OrganisationID: organisation, Protected: p.protected, ByPhone: p.byPhone, Language: lang.Swedish}
		if p.mailbox {
			r.Kind = partner.Mailbox
		}
		if p.role != "" {
			role, err := idOf(tx, &partner.Role{}, p.role)
			if err != nil {
				return err
			}
			r.RoleID = &role
		}
		c, err := partner.AddContact(tx, by, r)
		if err != nil {
			return fmt.Errorf("contact %s: %w", p.id, err)
		}
		w.Contacts[p.id] = c.ID
		if err := tx.DB.Model(&partner.Contact{}).Where("id = ?", c.ID).Update("external_id", p.id).Error; err != nil {
			return err
		}
		for _, f := range p.forums {
			if err := forum.Seat(tx, by, w.Forums[f], c.ID); err != nil {
				return err
			}
		}
	}
	for _, p := range people { // a deputy may stand further down
		if p.deputy == "" {
			continue
		}
		if err := tx.DB.Model(&partner.Contact{}).Where("id = ?", w.Contacts[p.id]).Update("deputy_id", w.Contacts[p.deputy]).Error; err != nil {
			return err
		}
	}
	return nil
}

func idOf(tx *store.Tx, model any, external string) (uuid.UUID, error) {
	id, known, err := store.ByExternalID(tx, model, external)
	if err == nil && !known {
		err = fmt.Errorf("sample: %q is not in the plan", external)
	}
	return id, err
}

func (w *World) groups(tx *store.Tx, by access.Actor) error {
	var units []partner.Organisation
	if err := tx.DB.Where("external_id IN ?", append(slices.Clone(workGroups), workplaces...)).Find(&units).Error; err != nil {
		return err
	}
	lead, manager := w.Contacts["david-hagg"], w.Contacts["cecilia-bjork"]
	for _, o := range units {
		if slices.Contains(workGroups, *o.ExternalID) {
			g := partner.WorkGroup{ID: store.NewID(), ExternalID: o.ExternalID, Name: o.Name, OrganisationID: &o.ID}
			if *o.ExternalID == "vuxen" {
				g.LeadID = &lead
			}
			if err := tx.DB.Omit("Lead").Create(&g).Error; err != nil {
				return err
			}
		}
		if slices.Contains(workplaces, *o.ExternalID) {
			p := partner.Workplace{ID: store.NewID(), ExternalID: o.ExternalID, Name: o.Name, OrganisationID: &o.ID, ManagerID: &manager}
			if err := tx.DB.Omit("Manager").Create(&p).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *World) accounts(tx *store.Tx, by access.Actor, hash string) error {
	for _, s := range SignIns {
		i, err := access.Join(tx, by, s.Name, s.Email, hash, lang.Swedish)
		if err != nil {
			return err
		}
		w.Identities[s.Role] = i.ID
		g := access.Grant{IdentityID: i.ID, Role: s.Role}
		if s.Forum != "" {
			id := w.Forums[s.Forum]
			g.ForumID = &id
		}
		if s.Role == access.GroupLead {
			id, err := idOf(tx, &partner.WorkGroup{}, "vuxen")
			if err != nil {
				return err
			}
			g.WorkGroupID = &id
		}
		if err := access.Give(tx, by, g); err != nil {
			return err
		}
	}
	coordinator, err := access.Load(tx, w.Identities[access.Coordinator])
	if err != nil {
		return err
	}
	if w.APIToken, err = access.CreateAPIToken(tx, by, coordinator.ID, "Demo", []string{access.ScopeRead, access.ScopeWrite}, 366); err != nil {
		return err
	}
	_, w.FeedToken, err = access.Subscribe(tx, coordinator, "Min kalender", access.Neutral, access.Contents{})
	return err
}

// Year fills the world with meetings: this year's and next year's of our forums, held or planned;
// those of others that have been announced; and, for the nearest ones, invitations, answers, a move, a
// cancellation and reminders. Letters are delivered through dialer as time passes. It gives the
// link of one guest who has not answered.
func (w *World) Year(ctx context.Context, db *store.DB, o secretariat.Office, dialer mail.Dialer) (guestURL string, err error) {
	o.Delay = 0 // nobody wants to wait for the past
	now := db.Now()
	s := &story{ctx: ctx, world: w, office: o, now: now, db: db, dialer: dialer}
	for _, chapter := range []func() error{s.plan, s.others, s.hold, s.call, s.answer, s.change, s.remind, s.notes, s.draft, s.share, s.poll, s.days} {
		if err := chapter(); err != nil {
			return "", err
		}
	}
	return s.guest()
}

// story is one telling of the year.
type story struct {
	ctx    context.Context
	world  *World
	office secretariat.Office
	now    time.Time
	db     *store.DB
	dialer mail.Dialer
	called []*meeting.Meeting
}

// at does something in a transaction whose time is t.
func (s *story) at(t time.Time, fn func(*store.Tx) error) error {
	return s.db.At(func() time.Time { return t }).Write(s.ctx, fn)
}

// deliver sends what is owed as if it were t.
func (s *story) deliver(t time.Time) error {
	db := s.db.At(func() time.Time { return t })
	sender := &post.Sender{DB: db, Key: s.office.Key, Mail: s.dialer, Filing: true, Entitled: secretariat.Entitled, Log: slog.New(slog.DiscardHandler),
		Owed: func(ctx context.Context) error { return secretariat.WriteAllOwed(ctx, db, s.office) }}
	return sender.Drain(s.ctx)
}

// plan books both years as a coordinator would have in the January of the first.
func (s *story) plan() error {
	year := s.now.In(s.office.Zone).Year()
	january := time.Date(year, 1, 2, 9, 0, 0, 0, s.office.Zone)
	if january.After(s.now) {
		january = s.now
	}
	return s.at(january, func(tx *store.Tx) error {
		for _, y := range []int{year, year + 1} {
			proposal, err := secretariat.ProposeYear(tx, access.System(), s.office, y, nil)
			if err != nil {
				return err
			}
			var bookings []secretariat.Booking
			for _, p := range proposal.Proposed {
				bookings = append(bookings, secretariat.Booking{ForumID: p.Forum.ID, Time: p.Time})
			}
			if _, err := secretariat.BookYear(tx, access.System(), s.office, bookings); err != nil {
				return err
			}
		}
		return nil
	})
}

// others records what the county and the neighbouring team have called to.
func (s *story) others() error {
	year := s.now.In(s.office.Zone).Year()
	return s.at(s.now, func(tx *store.Tx) error {
		for _, m := range []struct {
			forum string
			month time.Month
		}{{"lanssamverkan", 2}, {"lanssamverkan", 5}, {"lanssamverkan", 10}, {"lokal-samverkan", 3}, {"lokal-samverkan", 9}, {"lokal-samverkan", 12}} {
			day := almanac.Date{Year: year, Month: m.month, Day: 11}
			for _, blocked := almanac.Blocked(day); blocked; _, blocked = almanac.Blocked(day) {
				day = day.AddDays(1)
			}
			p := meeting.Proposal{ForumID: s.world.Forums[m.forum], Zone: s.office.Zone, Time: meeting.Time{Date: day, Starts: 10 * 60, Ends: 12 * 60}}
			_, err := meeting.Schedule(tx, access.System(), p)
			if fault.KindOf(err) == fault.Question {
				p.Held = true
				_, err = meeting.Schedule(tx, access.System(), p)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// hold marks what lies behind as held.
func (s *story) hold() error {
	return s.at(s.now, func(tx *store.Tx) error {
		past, _, err := meeting.List(tx, access.System(), meeting.Selection{To: almanac.DateOf(s.now, s.office.Zone)})
		if err != nil {
			return err
		}
		for _, m := range past {
			if m.EndsAt.Before(tx.Now) && !m.Held() {
				if _, err := meeting.Hold(tx, access.System(), m.ID, m.Version); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// call adds an own meeting on the second working day from now, and invites to it and to what lies within ten
// weeks, as was done twelve days ago.
func (s *story) call() error {
	then := s.now.AddDate(0, 0, -12)
	today := almanac.DateOf(s.now, s.office.Zone)
	soon := today
	for n := 0; n < 2; {
		if soon = soon.AddDays(1); almanac.IsWorkday(soon) {
			n++
		}
	}
	err := s.at(then, func(tx *store.Tx) error {
		_, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: s.world.Forums[OwnForum], Zone: s.office.Zone,
			Time: meeting.Time{Date: soon, Starts: 15 * 60, Ends: 16 * 60, Place: "Kommunhuset, rum Båven"}})
		if err != nil {
			return err
		}
		coming, _, err := meeting.List(tx, access.System(), meeting.Selection{From: today.AddDays(1), To: today.AddDays(70)})
		if err != nil {
			return err
		}
		for n := range coming {
			m := &coming[n]
			if m.Forum.ConvenedBy != forum.Us || m.Cancelled() {
				continue
			}
			if err := secretariat.Convene(tx, access.System(), s.office, m.ID, m.Version, ""); err != nil {
				return err
			}
			s.called = append(s.called, m)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.deliver(then)
}

// answer lets most people answer most invitations, by link and by telephone.
func (s *story) answer() error {
	then := s.now.AddDate(0, 0, -9)
	replies := []invite.Reply{
		{PartStat: invite.Accepted}, {PartStat: invite.Accepted, Comment: "Kommer tio minuter sent."}, {},
		{PartStat: invite.Declined}, {PartStat: invite.Delegated, Substitute: "Petra Hassel"},
	}
	return s.at(then, func(tx *store.Tx) error {
		turn := 0
		for _, m := range s.called {
			asked, err := invite.Of(tx, access.System(), m.ID)
			if err != nil {
				return err
			}
			for n := range asked {
				i, r := &asked[n], replies[turn%len(replies)]
				turn++
				if r.PartStat == "" {
					continue
				}
				if i.Contact.ByPhone {
					_, err = secretariat.RecordAnswer(tx, access.System(), s.office, i.ID, r)
				} else {
					_, err = secretariat.TakeAnswer(tx, s.office, i.AnswerToken(s.office.Key), m.Sequence, r)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// change moves one meeting a week on and calls another off.
func (s *story) change() error {
	then := s.now.AddDate(0, 0, -3)
	if len(s.called) < 4 {
		return nil
	}
	move, cancel := s.called[len(s.called)-2], s.called[len(s.called)-1]
	err := s.at(then, func(tx *store.Tx) error {
		t := move.Time()
		for t.Date = t.Date.AddDays(7); ; t.Date = t.Date.AddDays(1) {
			if _, blocked := almanac.Blocked(t.Date); !blocked {
				break
			}
		}
		if _, err := secretariat.Reschedule(tx, access.System(), s.office, move.ID, move.Version, t, "Flera hade förhinder."); err != nil {
			return err
		}
		_, err := secretariat.Cancel(tx, access.System(), s.office, cancel.ID, cancel.Version, "För få kan komma", "Vi ses vid nästa möte i stället.")
		return err
	})
	if err != nil {
		return err
	}
	return s.deliver(then)
}

// remind lets the last working morning pass.
func (s *story) remind() error {
	morning := time.Date(s.now.In(s.office.Zone).Year(), s.now.In(s.office.Zone).Month(), s.now.In(s.office.Zone).Day(), 8, 0, 0, 0, s.office.Zone)
	for morning.After(s.now) || !almanac.IsWorkday(almanac.DateOf(morning, s.office.Zone)) {
		morning = morning.AddDate(0, 0, -1)
	}
	err := s.at(morning.UTC(), func(tx *store.Tx) error {
		due, err := secretariat.ToRemind(tx, s.office)
		if err != nil {
			return err
		}
		for _, p := range due {
			if _, err := secretariat.Remind(tx, s.office, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.deliver(morning)
}

// notes lays old minutes on the meetings of their days, passes on what they say should be, and lets
// the work groups go through half of it.
func (s *story) notes() error {
	file, err := secretariat.ParseMinutes(bytes.NewReader(Minutes))
	if err != nil {
		return err
	}
	return s.at(s.now, func(tx *store.Tx) error {
		by := access.System()
		if _, err := secretariat.ImportMinutes(tx, by, s.office, file); err != nil {
			return err
		}
		passed, err := relay.List(tx, by)
		if err != nil {
			return err
		}
		today := almanac.DateOf(s.now, s.office.Zone)
		for n := range passed {
			if n%2 == 0 {
				continue
			}
			if err := relay.Acknowledge(tx, by, &passed[n], relay.Receipt{Kind: "apt", Date: today.AddDays(-n)}, today); err != nil {
				return err
			}
		}
		return nil
	})
}

// draft begins the notes of the latest meeting of the group's own.
func (s *story) draft() error {
	return s.at(s.now, func(tx *store.Tx) error {
		by, own := access.System(), s.world.Forums[OwnForum]
		held, _, err := meeting.List(tx, by, meeting.Selection{ForumID: &own, To: almanac.DateOf(s.now, s.office.Zone), Newest: true, Limit: 1})
		if err != nil || len(held) == 0 || held[0].StartsAt.After(s.now) || held[0].Cancelled() {
			return err
		}
		m, err := minutes.Open(tx, by, held[0].ID)
		if err != nil || m.Finalised() || len(m.Agenda) == 0 {
			return err
		}
		for _, w := range []minutes.Written{
			{Kind: minutes.Note, Text: "Gruppen gick igenom vad som återstår att föra vidare."},
			{Kind: minutes.Decision, Text: "Checklistan inför lov delas med alla arbetsgrupper."},
			{Kind: minutes.Action, Text: "Skicka checklistan till arbetsgrupperna", Owner: "Representant för våldsgruppen", Due: almanac.DateOf(s.now, s.office.Zone).AddDays(21)},
		} {
			if _, err := minutes.Add(tx, by, m.ID, m.Agenda[0].ID, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// share finishes the notes of the latest meeting with the police that has none: the forum's contacts get
// a link, and the police say by theirs that their action is done.
func (s *story) share() error {
	var action uuid.UUID
	err := s.at(s.now, func(tx *store.Tx) error {
		m, err := s.unwritten(tx, s.world.Forums["polis-avstamning"])
		if err != nil || m == nil {
			return err
		}
		for _, w := range []minutes.Written{
			{Kind: minutes.Note, Text: "Kontaktvägarna för vintern gicks igenom."},
			{Kind: minutes.Decision, Text: "Kontaktlistan ses över varje halvår."},
			{Kind: minutes.Action, Text: "Skicka den nya kontaktlistan", Owner: "Polisen", Due: almanac.DateOf(s.now, s.office.Zone).AddDays(14)},
		} {
			made, err := minutes.Add(tx, access.System(), m.ID, m.Agenda[0].ID, w)
			if err != nil {
				return err
			}
			action = made.ID
		}
		review, err := secretariat.ReviewFinish(tx, access.System(), s.office, m.ID, "")
		if err != nil {
			return err
		}
		_, err = secretariat.Finish(tx, access.System(), s.office, m.ID, secretariat.Ending{Hash: review.Hash, ShareNotes: true, TellOwners: true})
		return err
	})
	if err != nil || action == uuid.Nil {
		return err
	}
	if err := s.deliver(s.now); err != nil {
		return err
	}
	return s.at(s.now, func(tx *store.Tx) error {
		links, err := access.LinksTo(tx, access.ToAction, action)
		if err != nil || len(links) == 0 {
			return err
		}
		_, err = secretariat.ReportAction(tx, s.office, links[0].Token(s.office.Key), minutes.Said{Kind: "done", Comment: "Skickad till alla i forumet."})
		return err
	})
}

// unwritten begins the notes of a forum's latest meeting that has none, nil when there is no such
// meeting.
func (s *story) unwritten(tx *store.Tx, forumID uuid.UUID) (*minutes.Minutes, error) {
	held, _, err := meeting.List(tx, access.System(), meeting.Selection{ForumID: &forumID, To: almanac.DateOf(s.now, s.office.Zone), Newest: true})
	if err != nil {
		return nil, err
	}
	for _, m := range held {
		if m.StartsAt.After(s.now) || m.Cancelled() {
			continue
		}
		opened, err := minutes.Open(tx, access.System(), m.ID)
		if err != nil || !opened.Finalised() {
			return opened, err
		}
	}
	return nil, nil
}

// guest gives the link of somebody outside who has not answered yet.
func (s *story) guest() (url string, err error) {
	return url, s.db.Read(s.ctx, func(tx *store.Tx) error {
		for _, m := range s.called {
			if m.ForumID == s.world.Forums[OwnForum] { // a guest comes from outside
				continue
			}
			current, err := meeting.Find(tx, access.System(), m.ID)
			if err != nil {
				return err
			}
			asked, err := invite.Of(tx, access.System(), m.ID)
			if err != nil {
				return err
			}
			for n := range asked {
				i := &asked[n]
				if i.Current(current) == nil && !i.Contact.ByPhone && !current.Cancelled() {
					url = s.office.Link(i)
					return nil
				}
			}
		}
		return nil
	})
}
