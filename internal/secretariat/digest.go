package secretariat

import (
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// Remind writes the one letter of the day to an address, with everything that it is to be reminded of,
// and gives how many things that is. What was pending is looked up again under the recipient's lock:
// whoever else reminds at the same time finds it done.
func Remind(tx *store.Tx, o Office, p Pending) (things int, err error) {
	today, open := o.reminding(tx.Now)
	if !open {
		return 0, nil
	}
	to, err := post.LockRecipient(tx, o.Key, p.Address)
	if err != nil || to.StoppedAt != nil || to.RemindedOn == today {
		return 0, err
	}
	d := &collection{office: o, to: to, today: today}
	if d.home, err = homeName(tx); err != nil {
		return 0, err
	}
	if err := d.collect(tx, p); err != nil || len(d.mentions) == 0 && !d.tells() {
		return 0, err
	}
	letter, err := d.write(tx)
	if err != nil {
		return 0, err
	}
	var rows []post.Reminded
	for _, x := range d.mentions {
		rows = append(rows, x.rows...)
		if err := x.logged(tx); err != nil {
			return 0, err
		}
		if x.poll == nil {
			continue
		}
		if err := poll.Nudged(tx, poll.Nudge{AskedID: x.asked.ID, Automatic: true, LetterID: letter.ID}); err != nil {
			return 0, err
		}
	}
	return len(rows) + len(d.tasks) + len(d.next), post.Remind(tx, to, letter.ID, today, rows)
}

// collection is a letter on its way to a recipient.
type collection struct {
	office   Office
	to       *post.Recipient
	today    almanac.Date
	home     string
	mentions []mention
	account  *access.Identity // whose own digest is in it; nil: none
	tasks    []Task
	next     []meeting.Meeting
}

// tells tells whether there is anything to say to the account's owner.
func (d *collection) tells() bool { return len(d.tasks)+len(d.next) > 0 }

// collect looks up again what was pending.
func (d *collection) collect(tx *store.Tx, p Pending) error {
	for _, id := range p.meetings {
		m, err := meeting.ForLetter(tx, id)
		if err != nil {
			return err
		}
		if err := d.add(d.office.ofMeeting(tx, d.today, m, p.Address)); err != nil {
			return err
		}
	}
	for _, id := range p.actions {
		a, err := minutes.FindAction(tx, id)
		if err != nil {
			return err
		}
		if a.Outcome == "" {
			if err := d.add(d.office.ofAction(tx, d.today, a, p.Address)); err != nil {
				return err
			}
		}
	}
	for _, id := range p.polls {
		asked, err := poll.Lock(tx, access.System(), id)
		if fault.KindOf(err) == fault.NotFound { // forgotten meanwhile
			continue
		}
		if err != nil {
			return err
		}
		if asked.Closing == nil {
			if err := d.add(d.office.ofPoll(tx, d.today, asked, p.Address)); err != nil {
				return err
			}
		}
	}
	if err := d.drafts(tx, p); err != nil {
		return err
	}
	if p.open != uuid.Nil {
		if err := d.add(d.office.ofOpen(tx, d.today, p.open, p.Address)); err != nil {
			return err
		}
	}
	if len(p.passed) > 0 {
		ids := make([]uuid.UUID, len(p.passed))
		for n := range p.passed {
			ids[n] = p.passed[n].ID
		}
		left, err := relay.LeftOf(tx, ids)
		if err != nil {
			return err
		}
		if err := d.add(d.office.ofPassed(tx, d.today, left, p.Address)); err != nil {
			return err
		}
	}
	if len(p.plans) > 0 {
		if err := d.add(d.office.ofPlan(tx, d.today, p.Address)); err != nil {
			return err
		}
	}
	if p.account == uuid.Nil {
		return nil
	}
	return d.forAccount(tx, p.account)
}

// drafts looks up again what waited for approval.
func (d *collection) drafts(tx *store.Tx, p Pending) error {
	if len(p.drafts) == 0 {
		return nil
	}
	all, err := minutes.Out(tx)
	for n := range all {
		if err == nil && slices.Contains(p.drafts, all[n].Minutes.ID) {
			err = d.add(d.office.ofApproval(tx, d.today, &all[n], p.Address))
		}
	}
	return err
}

func (d *collection) add(more []mention, err error) error {
	d.mentions = append(d.mentions, more...)
	return err
}

// nextShown is how many meetings to come a digest names.
const nextShown = 3

// forAccount adds what waits for somebody with an account, as their overview shows it.
func (d *collection) forAccount(tx *store.Tx, id uuid.UUID) error {
	by, err := access.Load(tx, id)
	if fault.KindOf(err) == fault.Unauthorized { // closed meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	i, err := access.FindIdentity(tx, by, id)
	if err != nil {
		return err
	}
	if due, err := d.office.digestDue(tx, d.today, i); err != nil || !due {
		return err
	}
	d.account = i
	if d.tasks, err = Tasks(tx, by, d.office); err != nil {
		return err
	}
	if d.next, err = NextMeetings(tx, by, d.office, nextShown); err != nil {
		return err
	}
	return access.Digested(tx, id, d.today)
}

// digestDue tells whether what waits is to be mailed to an account today: once a week from its first
// working day on, or once a working day. A new account's first comes with the next.
func (o Office) digestDue(tx *store.Tx, today almanac.Date, i *access.Identity) (bool, error) {
	by, err := access.Load(tx, i.ID)
	if fault.KindOf(err) == fault.Unauthorized {
		return false, nil
	}
	last := i.DigestedOn
	if last.IsZero() {
		last = almanac.DateOf(i.CreatedAt, o.Zone)
	}
	switch i.RhythmOf(by.Roles) {
	case access.Daily:
		return last.Before(today), err
	case access.Weekly:
		first := firstWorkday(today)
		return last.Before(first) && !today.Before(first), err
	}
	return false, err
}

// firstWorkday gives the first working day of a day's week. A week without any gives its Sunday.
func firstWorkday(d almanac.Date) almanac.Date {
	for d.Weekday() != 1 {
		d = d.AddDays(-1)
	}
	for n := 0; n < 6 && !almanac.IsWorkday(d); n++ {
		d = d.AddDays(1)
	}
	return d
}

// write writes the letter: of one thing alone in that thing's own form.
func (d *collection) write(tx *store.Tx) (*post.Letter, error) {
	if len(d.mentions) == 1 && !d.tells() && d.mentions[0].open != nil {
		return d.writeOpen(tx, &d.mentions[0])
	}
	if len(d.mentions) == 1 && !d.tells() {
		return d.writeOne(tx, &d.mentions[0])
	}
	l := d.language()
	c := d.words(l)
	var err error
	if c.Sections, err = d.sections(tx, l); err != nil {
		return nil, err
	}
	rendered, err := post.RenderDigest(l, c)
	if err != nil {
		return nil, err
	}
	draft := d.office.draft(post.Digest, d.home, d.mailbox(), rendered)
	draft.NotBefore, draft.Mail.ListUnsubscribe = tx.Now, c.Stop
	return d.office.post(tx, *draft)
}

func (d *collection) language() lang.Language {
	if len(d.mentions) > 0 {
		return lang.Parse(string(d.mentions[0].contact.Language))
	}
	return lang.Parse(string(d.account.Language))
}

func (d *collection) mailbox() mail.Mailbox {
	if len(d.mentions) > 0 {
		return mail.Mailbox{Name: recipientName(d.mentions[0].contact), Address: d.to.Address}
	}
	return mail.Mailbox{Name: d.account.Name, Address: d.to.Address}
}

// words gives what frames a digest.
func (d *collection) words(l lang.Language) post.Collected {
	n := len(d.mentions) + len(d.tasks)
	c := post.Collected{Municipality: d.home, Stop: d.office.stopLink(d.to), Care: l.Text("Länkarna är dina egna. Skicka dem inte vidare.")}
	switch {
	case len(d.mentions) > 0:
		c.Subject = l.Count(n, "Påminnelse: 1 sak", "Påminnelse: %d saker")
		c.Heading = l.Count(n, "1 sak att tänka på", "%d saker att tänka på")
	case n > 0:
		c.Subject = l.Count(n, "Att göra: 1 sak", "Att göra: %d saker")
		c.Heading = l.Count(n, "1 sak väntar på dig", "%d saker väntar på dig")
	default:
		c.Subject, c.Heading = l.Text("Dina nästa möten"), l.Text("Inget väntar på dig")
	}
	c.Subject += ", " + almanac.Short(d.today, l)
	if d.account != nil && len(d.mentions) == 0 {
		c.Care = l.Text("Du loggar in för att se mer. På Mitt konto väljer du hur ofta brevet kommer.")
	}
	return c
}

// sections gives everything that a digest lists, by sort.
func (d *collection) sections(tx *store.Tx, l lang.Language) ([]post.Section, error) {
	meetings, polls := post.Section{Heading: l.Text("Möten")}, post.Section{Heading: l.Text("Tidsförfrågningar")}
	drafts := post.Section{Heading: l.Text("Anteckningar")}
	actions, passed := post.Section{Heading: l.Text("Uppgifter")}, post.Section{Heading: l.Text("Att gå igenom i gruppen")}
	plans := post.Section{Heading: l.Text("Handlingsplanen på APT")}
	var open post.Section
	for n := range d.mentions {
		x := &d.mentions[n]
		if x.open != nil {
			listed, err := d.listed(tx, x, l)
			if err != nil {
				return nil, err
			}
			open = *listed
			continue
		}
		out, err := d.out(tx, x, l)
		if err != nil {
			return nil, err
		}
		thing := post.Thing{Title: out.Title, When: out.When, Status: x.status(l), Ask: l.Text(out.Ask()), Link: out.Link}
		into := &meetings
		switch x.kind {
		case post.ActionReminder:
			into, thing.Title, thing.When = &actions, l.Text("Uppgift %s, %s", out.Label, out.Title), l.Text("Senast: %s", out.Due)
		case post.ApprovalReminder:
			into = &drafts
		case post.PollReminder:
			into = &polls
		case post.RelayReminder:
			into, thing.When = &passed, l.Text("Senast: %s", out.Due)
		case post.PlanReminder:
			into, thing.Title, thing.When = &plans, placeName(x.workplace, l), l.Text("Senast: %s", out.Due)
		}
		into.Things = append(into.Things, thing)
	}
	var all []post.Section
	for _, s := range []post.Section{meetings, polls, drafts, actions, open, passed, plans, d.toDo(l), d.toCome(l)} {
		if len(s.Things) > 0 {
			all = append(all, s)
		}
	}
	return all, nil
}

// status says what is amiss with a thing.
func (x *mention) status(l lang.Language) string {
	switch {
	case x.kind == post.PollReminder && x.asked.Reply != nil:
		return l.Text("Det finns nya tider att svara på")
	case x.kind == post.ApprovalReminder:
		return l.Text("Du har inte godkänt anteckningarna än")
	case x.kind == post.Unanswered || x.kind == post.PollReminder:
		return l.Text("Du har inte svarat än")
	case x.kind == post.RelayReminder && x.late:
		return l.Text("Dagen har passerat.") + " " + l.Count(len(x.items), "En punkt är kvar.", "%d punkter är kvar.")
	case x.kind == post.RelayReminder:
		return l.Count(len(x.items), "En punkt är kvar.", "%d punkter är kvar.")
	case x.late:
		return l.Text("Dagen har passerat.")
	}
	return ""
}

// toDo is the account's list of things to do.
func (d *collection) toDo(l lang.Language) post.Section {
	s := post.Section{Heading: l.Text("Att göra")}
	for _, t := range d.tasks {
		s.Things = append(s.Things, post.Thing{Title: t.Mailed.In(l), When: almanac.Long(t.Date, l), Status: t.Status.In(l), Ask: l.Text("Öppna"), Link: d.office.BaseURL + t.Link})
	}
	return s
}

// toCome is the account's next meetings.
func (d *collection) toCome(l lang.Language) post.Section {
	s := post.Section{Heading: l.Text("Nästa möten")}
	for n := range d.next {
		m := &d.next[n]
		s.Things = append(s.Things, post.Thing{Title: Outwardly(m, d.home, access.Full, l).Title, When: When(m.Time(), l), Ask: l.Text("Öppna mötet"), Link: d.office.BaseURL + "/meetings/" + m.ID.String()})
	}
	return s
}

// out gives what a letter about one thing may say.
func (d *collection) out(tx *store.Tx, x *mention, l lang.Language) (post.Outward, error) {
	var out post.Outward
	switch x.kind {
	case post.ActionReminder:
		link := d.office.BaseURL + "/actions/" + x.action.ItemID.String()
		if x.link != nil {
			link = d.office.guestLink(x.link)
		}
		out = d.office.guestOut(x.kind, x.meeting, d.home, x.contact, link)
		out.Label, out.Inside = x.action.Label, x.link == nil
	case post.ApprovalReminder:
		out = d.office.guestOut(x.kind, x.meeting, d.home, x.contact, d.office.guestLink(x.link))
		out.Stop = d.office.stopLink(d.to)
		return out, nil
	case post.PollReminder:
		var err error
		if x.link, err = access.IssueLink(tx, d.office.Key, access.ToPoll, x.poll.ID, x.contact.ID); err != nil {
			return out, err
		}
		out = pollOut(x.kind, x.poll, d.home, x.contact, d.office.guestLink(x.link))
		out.Stop = d.office.stopLink(d.to)
		return out, nil
	case post.PlanReminder:
		var err error
		if x.link, err = access.IssueLink(tx, d.office.Key, access.ToPlace, x.workplace.ID, x.contact.ID); err != nil {
			return out, err
		}
		out = planOut(x.kind, x.workplace, d.home, x.contact, d.office.guestLink(x.link))
	case post.RelayReminder:
		token, err := relay.CurrentLink(tx, d.office.Key, x.items[0].MinutesID, x.items[0].ReceiverID())
		if err != nil {
			return out, err
		}
		out = d.office.guestOut(x.kind, x.meeting, d.home, x.contact, d.office.BaseURL+"/r/"+token)
		out.Points = len(x.items)
	default:
		out = outward(x.kind, x.meeting, Outwardly(x.meeting, d.home, access.Full, l), d.home, l, d.office.Link(x.invitation), "")
	}
	out.Due, out.Late, out.Stop = almanac.Long(x.due, l), x.late, d.office.stopLink(d.to)
	return out, nil
}

// writeOne writes a reminder of one thing. That of a meeting is a reply to the meeting's first letter.
func (d *collection) writeOne(tx *store.Tx, x *mention) (*post.Letter, error) {
	l := lang.Parse(string(x.contact.Language))
	out, err := d.out(tx, x, l)
	if err != nil {
		return nil, err
	}
	var draft *post.Draft
	if x.invitation != nil {
		draft, _, err = d.office.write(x.invitation, d.home, out, l)
	} else {
		draft, err = d.office.outwardDraft(d.home, x.contact, out)
	}
	if err != nil {
		return nil, err
	}
	if x.link != nil {
		draft.SubjectID = &x.link.ID
	}
	if x.invitation != nil {
		draft.Sequence = x.meeting.Sequence
	}
	draft.NotBefore, draft.Mail.ListUnsubscribe = tx.Now, out.Stop
	return d.office.post(tx, *draft)
}
