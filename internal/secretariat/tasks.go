package secretariat

import (
	"strconv"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/report"
	"samverkan/internal/store"
)

// Task is something that waits for somebody with an account.
type Task struct {
	Text   lang.Sentence
	Mailed lang.Sentence // what a letter says of it: nobody's name, and a meeting by its neutral title
	Link   string        // a page of ours, without the address of the service
	Date   almanac.Date  // zero: no date
	Status lang.Sentence
	Tag    string // how it stands out: ok, warn or err
}

// bland is a task that says the same on a page and in a letter.
func bland(text lang.Sentence, link string, status lang.Sentence, tag string) Task {
	return Task{Text: text, Mailed: text, Link: link, Status: status, Tag: tag}
}

// waiting asks what waits for one actor.
type waiting struct {
	tx     *store.Tx
	by     access.Actor
	office Office
	home   string
	today  almanac.Date
	tasks  []Task
}

// Tasks gives what waits for an actor: the list of the overview, and of the digest.
func Tasks(tx *store.Tx, by access.Actor, o Office) ([]Task, error) {
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	w := &waiting{tx: tx, by: by, office: o, home: home, today: almanac.DateOf(tx.Now, o.Zone)}
	for _, ask := range []func() error{w.mail, w.inbox, w.cover, w.proposals, w.reviews, w.relayed, w.reports, w.successors, w.agreements, w.plan, w.partners, w.polls, w.dates, w.unrecorded, w.unfinished, w.approvals, w.followUps, w.proposed, w.meetings, w.outings} {
		if err := ask(); err != nil {
			return nil, err
		}
	}
	return w.tasks, nil
}

func (w *waiting) add(t Task) { w.tasks = append(w.tasks, t) }

// naming gives a sentence about a meeting as pages say it, with the forum's own name, and as letters
// do.
func (w *waiting) naming(key string, m *meeting.Meeting) (text, mailed lang.Sentence) {
	return lang.Say(key, m.Forum.Name), lang.Say(key, Outwardly(m, w.home, access.Full, w.by.Language).Title)
}

// mail is letters that do not leave or did not arrive.
func (w *waiting) mail() error {
	if !w.by.Is(access.Coordinator, access.Administrator) {
		return nil
	}
	held, err := post.SendingHeld(w.tx)
	if err != nil {
		return err
	}
	if held != nil {
		w.add(bland(lang.Say("Granska breven som väntar och släpp sändningen"), "/outbox", lang.Say("Sändningen är stoppad"), "err"))
	}
	unreached, err := post.Unreached(w.tx)
	if err != nil {
		return err
	}
	if unreached != nil {
		since := almanac.ClockOf(*unreached, w.office.Zone).Swedish()
		w.add(bland(lang.Say("Brev lämnar inte tjänsten: e-postservern tar inte emot dem"), "/status", lang.Say("Sedan kl. %s", since), "err"))
	}
	n, err := post.Troubled(w.tx, w.by)
	if n > 0 {
		w.add(bland(lang.Say("Se vilka brev som inte kom fram"), "/outbox?state=trouble", lang.Say("%d brev", int(n)), "err"))
	}
	return err
}

// A mailbox that does not answer for less than this is no task: servers restart.
const quietFor = 15 * time.Minute

// inbox is what came in and waits for a coordinator.
func (w *waiting) inbox() error {
	if !w.by.Is(access.Coordinator, access.Administrator) {
		return nil
	}
	mailboxes, err := post.Mailboxes(w.tx)
	if err != nil {
		return err
	}
	for _, m := range mailboxes {
		if m.ProblemSince != nil && w.tx.Now.Sub(*m.ProblemSince) >= quietFor {
			since := almanac.ClockOf(*m.ProblemSince, w.office.Zone).Swedish()
			w.add(bland(lang.Say("Svar som kommer med e-post läses inte"), "/inbox", lang.Say("Sedan kl. %s", since), "err"))
		}
	}
	if err := w.full(); err != nil || !w.by.Is(access.Coordinator) {
		return err
	}
	parked, err := post.Waits(w.tx)
	if err != nil {
		return err
	}
	if parked > 0 {
		w.add(bland(lang.Say("Läs brev som har kommit in och inte gick att räkna"), "/inbox", lang.Say("%d brev", int(parked)), "warn"))
	}
	gone, err := partner.Undelivered(w.tx, w.by)
	for _, u := range gone {
		w.add(Task{lang.Say("Vem har efterträtt %s?", u.Contact.Shown()), lang.Say("Se vem som har efterträtt en kontakt"), "/contacts/" + u.ContactID.String(), almanac.Date{}, lang.Say("Brev kommer tillbaka"), "err"})
	}
	return err
}

// full is that no more letters are taken, for whoever can do something about it.
func (w *waiting) full() error {
	occupied, err := post.Occupancy(w.tx, w.office.Parking)
	if err != nil || !occupied.Full {
		return err
	}
	link := "/status"
	if w.by.Is(access.Coordinator) {
		link = "/inbox"
	}
	w.add(bland(lang.Say("Inkorgen är full. Brev ligger kvar i brevlådan"), link, lang.Say("%d brev väntar", int(occupied.Letters)), "err"))
	return nil
}

// cover is coordinators for whom nobody steps in.
func (w *waiting) cover() error {
	if !w.by.Is(access.Coordinator, access.Manager, access.Administrator) {
		return nil
	}
	covers, err := access.Covers(w.tx, w.by)
	for _, c := range covers {
		if !c.Alone(w.tx.Now) {
			continue
		}
		t := Task{Text: lang.Say("%s har ingen ställföreträdare", c.Identity.Name), Mailed: lang.Say("En samordnare har ingen ställföreträdare"), Link: "/deputies", Status: lang.Say("Saknas"), Tag: "warn"}
		if c.Identity.ID == w.by.ID {
			t.Text = lang.Say("Utse en ställföreträdare, så att någon kan ta vid om du är borta")
			t.Mailed = t.Text
		}
		w.add(t)
	}
	return err
}

// proposals is roles that wait for a second person's word.
func (w *waiting) proposals() error {
	if !w.by.Decides() {
		return nil
	}
	asked, err := access.Proposals(w.tx, w.by)
	for _, p := range asked {
		if p.ProposedByID != w.by.ID && p.IdentityID != w.by.ID {
			w.add(Task{Text: lang.Say("Godkänn eller avslå att %s blir administratör", p.Identity.Name), Mailed: lang.Say("Godkänn eller avslå en ny administratör"),
				Link: "/grant-proposals", Status: lang.Say("Väntar på dig"), Tag: "warn"})
		}
	}
	return err
}

// reviews is months of the log that nobody has gone through.
func (w *waiting) reviews() error {
	months, err := access.ToReview(w.tx, w.by, w.office.Zone)
	if err != nil || len(months) == 0 {
		return err
	}
	t := bland(lang.Say("Granska loggen för %s", MonthName(months[0], w.by.Language)), "/log/reviews/"+string(months[0]), lang.Say("Väntar"), "warn")
	if len(months) > 1 {
		t.Link, t.Status = "/log/reviews", lang.Say("%d månader väntar", len(months))
	}
	w.add(t)
	return nil
}

// MonthName says a month as people do.
func MonthName(m access.Month, l lang.Language) string {
	year, month := m.Number()
	return l.Text("%s %s", almanac.MonthName(time.Month(month), l), year)
}

// relayed is what a work group's lead has not gone through with it.
func (w *waiting) relayed() error {
	if !w.by.Is(access.GroupLead) {
		return nil
	}
	passed, err := relay.ToGoThrough(w.tx, w.by)
	for _, i := range passed {
		w.add(Task{lang.Say("Gå igenom i gruppen: %s", i.Title), lang.Say("Gå igenom en punkt i gruppen"), "/relay-items", i.Due, lang.Say("Väntar"), "warn"})
	}
	return err
}

// reports is what contacts have said of actions and no coordinator has seen.
func (w *waiting) reports() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	told, err := minutes.Reports(w.tx, w.by)
	for _, r := range told {
		if r.SeenAt != nil {
			continue
		}
		t := Task{lang.Say("%s rapporterar %s klar", r.Contact.Organisation.Name, r.Action.Label), lang.Say("Någon rapporterar %s klar", r.Action.Label), "/minutes#reports", r.Action.Due, lang.Say("Ny rapport"), "ok"}
		switch r.Kind {
		case "time":
			t.Text, t.Mailed, t.Tag = lang.Say("%s behöver mer tid för %s", r.Contact.Organisation.Name, r.Action.Label), lang.Say("Någon behöver mer tid för %s", r.Action.Label), "warn"
		case "cannot":
			t.Text, t.Mailed, t.Tag = lang.Say("%s kan inte göra %s", r.Contact.Organisation.Name, r.Action.Label), lang.Say("Någon kan inte göra %s", r.Action.Label), "err"
		}
		w.add(t)
	}
	return err
}

// followUps is what is to be handed over to the committee.
func (w *waiting) followUps() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	due, err := report.Due(w.tx, w.by, w.office.Zone, w.office.HalfYears)
	for _, r := range due {
		text, link, last := lang.Say("Gör den årliga uppföljningen för %s", strconv.Itoa(r.Year)), "/follow-ups", r.Period().To
		if r.Half > 0 {
			text = lang.Say("Gör uppföljningen för första halvåret %s", strconv.Itoa(r.Year))
		}
		t := bland(text, link, lang.Say("Inte påbörjad"), "warn")
		if r.Number > 0 {
			t.Link, t.Status = link+"/"+r.ID.String(), lang.Say("Inte överlämnad")
		}
		if t.Date = last; w.today.After(last) {
			t.Tag = "err"
		}
		w.add(t)
	}
	return err
}

// successors is who should have a contact's letters instead.
func (w *waiting) successors() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	proposals, err := partner.Proposals(w.tx, w.by)
	for _, p := range proposals {
		w.add(Task{Text: lang.Say("Ska någon annan ha breven till %s?", p.Contact.Shown()), Mailed: lang.Say("Ska någon annan ha breven till en kontakt?"),
			Link: "/successor-proposals/" + p.ID.String(), Status: lang.Say("Förslag"), Tag: "warn"})
	}
	return err
}

// agreements is what agreements need. A letter does not say with whom they are.
func (w *waiting) agreements() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	all, err := partner.Agreements(w.tx, w.by)
	for _, a := range all {
		for _, n := range a.Needs(w.today) {
			t := Task{Link: "/agreements/" + a.ID.String(), Date: n.Day, Status: n.Words(), Tag: "warn"}
			switch n.Kind {
			case partner.NeedsFollowUp:
				t.Text, t.Mailed = lang.Say("Följ upp avtalet: %s", a.Named()), lang.Say("Följ upp ett avtal")
			case partner.NeedsNotice:
				t.Text, t.Mailed = lang.Say("Säg upp eller låt avtalet fortsätta: %s", a.Named()), lang.Say("Bestäm om ett avtal ska sägas upp")
			default:
				t.Text, t.Mailed = lang.Say("Förnya eller avsluta avtalet: %s", a.Named()), lang.Say("Förnya eller avsluta ett avtal")
			}
			if n.Late {
				t.Tag = "err"
			}
			w.add(t)
		}
	}
	return err
}

// partners is who cannot be reached, or does not come.
func (w *waiting) partners() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	needs, err := PartnerNeeds(w.tx, w.by)
	if len(needs) > 0 {
		status := lang.Say("%d parter", len(needs))
		if len(needs) == 1 {
			status = lang.Say("1 part")
		}
		w.add(bland(lang.Say("Se vilka parter som ingen når eller som inte kommer"), "/partners#needs", status, "warn"))
	}
	return err
}

// polls is a time to book, and somebody to ring about one.
func (w *waiting) polls() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	all, err := poll.List(w.tx, w.by, nil)
	for _, p := range all {
		left, link := p.Waiting(), "/date-polls/"+p.ID.String()
		about := &meeting.Meeting{Forum: p.Forum}
		text, mailed := w.naming("Boka en tid: %s", about)
		switch state := p.State(w.tx.Now); {
		case state == poll.Running && len(left) == 0:
			w.add(Task{text, mailed, link, p.LastDay, lang.Say("Alla har svarat"), "ok"})
		case state == poll.Expired:
			w.add(Task{text, mailed, link, p.LastDay, lang.Say("Sista dagen har varit"), "warn"})
		case state == poll.Running:
			for _, a := range left {
				if a.Contact.ByPhone {
					text := lang.Say("Ring %s om en tid för %s", a.Contact.Shown(), p.Forum.Name)
					_, mailed := w.naming("Ring en deltagare om %s", about)
					w.add(Task{text, mailed, link + "#a-" + a.ID.String(), p.LastDay, lang.Say("Inget svar"), "warn"})
				}
			}
		}
	}
	return err
}

// dates is dates of another convener to write in.
func (w *waiting) dates() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	all, err := poll.ListDates(w.tx, w.by, 0)
	for _, r := range all {
		if n := len(r.Waiting()); n > 0 {
			text, mailed := w.naming("Skriv in datum som har kommit: %s", &meeting.Meeting{Forum: r.Forum})
			w.add(Task{text, mailed, "/date-requests/" + r.ID.String(), r.Waiting()[0].Date, lang.Say("%d datum väntar", n), "warn"})
		}
	}
	return err
}

// unrecorded is meetings that have been and of which nobody has said that they were held.
func (w *waiting) unrecorded() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	behind, _, err := meeting.List(w.tx, w.by, meeting.Selection{From: w.today.AddDays(-60), To: w.today, Newest: true, Convened: true})
	for n := range behind {
		m := &behind[n]
		if m.EndsAt.Before(w.tx.Now) && !m.Cancelled() && !m.Held() {
			text, mailed := w.naming("Bokför om mötet blev av: %s", m)
			w.add(Task{text, mailed, "/meetings/" + m.ID.String(), m.Date, lang.Say("Har varit"), "warn"})
		}
	}
	return err
}

// unfinished is notes that wait to be finished.
func (w *waiting) unfinished() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	drafts, err := minutes.Unfinished(w.tx, w.by)
	for n := range drafts {
		m := &drafts[n].Meeting
		if out, err := minutes.OutOf(w.tx, drafts[n].ID); err != nil {
			return err
		} else if out != nil { // see approvals
			continue
		}
		text, mailed := w.naming("Gör klart anteckningarna: %s", m)
		w.add(Task{text, mailed, "/meetings/" + m.ID.String() + "/notes", m.Date, lang.Say("Inte färdigställda"), "warn"})
	}
	return err
}

// Meetings that are listed from today on.
const comingMeetings = 60

func (w *waiting) meetings() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	coming, _, err := meeting.List(w.tx, w.by, meeting.Selection{From: w.today, Limit: comingMeetings, Convened: true})
	if err != nil {
		return err
	}
	asked, err := invite.OfAll(w.tx, coming)
	if err != nil {
		return err
	}
	for n := range coming {
		w.meeting(&coming[n], asked[coming[n].ID])
		if err := w.turnout(&coming[n]); err != nil {
			return err
		}
	}
	return nil
}

// Invitations should leave this many days before a meeting: ten working days (domain.md §3.1).
const inviteAhead = 14

// meeting asks what a coming meeting that the actor plans needs: invitations, or a call to somebody.
func (w *waiting) meeting(m *meeting.Meeting, asked []invite.Invitation) {
	if m.Cancelled() || !m.StartsAt.After(w.tx.Now) || m.Forum.ConvenedBy != forum.Us {
		return
	}
	link := "/meetings/" + m.ID.String()
	if len(asked) == 0 {
		if m.Date.After(w.today.AddDays(inviteAhead * 2)) {
			return
		}
		text, mailed := w.naming("Bjud in till %s", m)
		t := Task{text, mailed, link + "/invitation", m.Date, lang.Say("Inte skickad"), "warn"}
		if m.Date.Before(w.today.AddDays(inviteAhead)) {
			t.Status, t.Tag = lang.Say("Brådskar"), "err"
		}
		w.add(t)
		return
	}
	for _, i := range asked {
		if i.Contact.ByPhone && i.WithdrawnAt == nil && i.Current(m) == nil && !i.CalledBefore(m) {
			_, mailed := w.naming("Ring en deltagare om %s", m)
			w.add(Task{lang.Say("Ring %s om %s", i.Contact.Shown(), m.Forum.Name), mailed, link + "#i-" + i.ID.String(), m.Date, lang.Say("Inget svar"), "warn"})
		}
	}
}

// turnout is that too few of ours come to a meeting that is near.
func (w *waiting) turnout(m *meeting.Meeting) error {
	if m.Forum.OursNeeded == 0 || w.today.Before(almanac.WorkdaysBefore(m.Date, warnAhead)) {
		return nil
	}
	t, err := TurnoutOf(w.tx, w.by, w.office, m)
	if err == nil && t.Warns() {
		text, mailed := w.naming("Se till att vi är med: %s", m)
		w.add(Task{text, mailed, "/meetings/" + m.ID.String() + "#ours", m.Date, t.Words(), "err"})
	}
	return err
}

// outings is meetings that others convene and to which one of ours was asked to go.
func (w *waiting) outings() error {
	self, err := Self(w.tx, w.by)
	if err != nil || self == nil {
		return err
	}
	asked, err := invite.OutingsOf(w.tx, self.ID)
	if err != nil || len(asked) == 0 {
		return err
	}
	coming, _, err := meeting.List(w.tx, w.by, meeting.Selection{From: w.today, IDs: asked})
	for n := range coming {
		if m := &coming[n]; m.EndsAt.After(w.tx.Now) && !m.Cancelled() {
			text, mailed := w.naming("Kan du gå på %s?", m)
			w.add(Task{text, mailed, "/meetings/" + m.ID.String() + "#ours", m.Date, lang.Say("Inget svar"), "warn"})
		}
	}
	return err
}

// NextMeetings gives the next few meetings that the actor sees and that are not called off.
func NextMeetings(tx *store.Tx, by access.Actor, o Office, most int) (next []meeting.Meeting, err error) {
	coming, _, err := meeting.List(tx, by, meeting.Selection{From: almanac.DateOf(tx.Now, o.Zone), Limit: comingMeetings})
	for _, m := range coming {
		if m.EndsAt.After(tx.Now) && !m.Cancelled() && len(next) < most {
			next = append(next, m)
		}
	}
	return next, err
}
