package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Task is something that waits for the reader.
type Task struct {
	Text   lang.Sentence
	Link   string
	Date   almanac.Date // zero: no date
	Status lang.Sentence
	Tag    string // class of the status tag
}

type overviewView struct {
	Page
	Tasks     []Task
	Next      []meeting.Meeting
	Promises  []secretariat.Kept
	Year      string
	SeesDates bool
}

func (w *Web) overview(c *gin.Context) error {
	a := actor(c)
	view := overviewView{Page: w.frameOf(c, "overview", "Översikt")}
	view.SeesDates = a.Is(access.Coordinator, access.Member, access.Manager, access.Registrar)
	err := w.read(c, func(tx *store.Tx) error {
		today := almanac.DateOf(tx.Now, w.Office.Zone)
		view.Year = strconv.Itoa(today.Year)
		coming, _, err := meeting.List(tx, a, meeting.Selection{From: today, Limit: 60})
		if err != nil {
			return err
		}
		for _, m := range coming {
			if m.EndsAt.After(tx.Now) && !m.Cancelled() && len(view.Next) < 3 {
				view.Next = append(view.Next, m)
			}
		}
		if view.SeesDates {
			if view.Promises, err = secretariat.Promises(tx, a, today.Year); err != nil {
				return err
			}
		}
		view.Tasks, err = w.tasks(tx, a, today, coming)
		return err
	})
	if err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "overview", view)
}

// Invitations should leave this many days before a meeting: ten working days (domain.md §3.1).
const inviteAhead = 14

// tasks is what waits for the actor.
func (w *Web) tasks(tx *store.Tx, a access.Actor, today almanac.Date, coming []meeting.Meeting) ([]Task, error) {
	var tasks []Task
	if a.Is(access.Coordinator, access.Administrator) {
		more, err := w.mailTasks(tx, a)
		if err != nil {
			return nil, err
		}
		came, err := w.inboxTasks(tx, a)
		if err != nil {
			return nil, err
		}
		tasks = append(append(tasks, more...), came...)
	}
	more, err := w.accessTasks(tx, a)
	if err != nil {
		return nil, err
	}
	tasks = append(tasks, more...)
	reviews, err := w.reviewTasks(tx, a)
	if err != nil {
		return nil, err
	}
	tasks = append(tasks, reviews...)
	if a.Is(access.GroupLead) {
		passed, err := relay.Waiting(tx, a)
		if err != nil {
			return nil, err
		}
		for _, i := range passed {
			tasks = append(tasks, Task{lang.Say("Gå igenom i gruppen: %s", i.Title), "/relay-items", i.Due, lang.Say("Väntar"), "warn"})
		}
	}
	if !a.Is(access.Coordinator) {
		return tasks, nil
	}
	told, err := guestTasks(tx, a)
	if err != nil {
		return nil, err
	}
	tasks = append(tasks, told...)
	behind, _, err := meeting.List(tx, a, meeting.Selection{From: today.AddDays(-60), To: today, Newest: true, Convened: true})
	if err != nil {
		return nil, err
	}
	for _, m := range behind {
		if m.EndsAt.Before(tx.Now) && !m.Cancelled() && !m.Held() {
			tasks = append(tasks, Task{lang.Say("Bokför om mötet blev av: %s", m.Forum.Name), "/meetings/" + m.ID.String(), m.Date, lang.Say("Har varit"), "warn"})
		}
	}
	unfinished, err := minutes.Unfinished(tx, a)
	if err != nil {
		return nil, err
	}
	for _, m := range unfinished {
		tasks = append(tasks, Task{lang.Say("Gör klart anteckningarna: %s", m.Meeting.Forum.Name), "/meetings/" + m.MeetingID.String() + "/notes", m.Meeting.Date, lang.Say("Inte färdigställda"), "warn"})
	}
	for n := range coming {
		more, err := w.meetingTasks(tx, a, today, &coming[n])
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, more...)
	}
	return tasks, nil
}

// accessTasks is what waits about roles: a second person's word, and somebody to step in.
func (w *Web) accessTasks(tx *store.Tx, a access.Actor) (tasks []Task, err error) {
	if a.Is(access.Coordinator, access.Manager, access.Administrator) {
		if tasks, err = coverTasks(tx, a); err != nil {
			return nil, err
		}
	}
	if !a.Decides() {
		return tasks, nil
	}
	waiting, err := access.Proposals(tx, a)
	for _, p := range waiting {
		if p.ProposedByID != a.ID && p.IdentityID != a.ID {
			tasks = append(tasks, Task{Text: lang.Say("Godkänn eller avslå att %s blir administratör", p.Identity.Name), Link: "/grant-proposals", Status: lang.Say("Väntar på dig"), Tag: "warn"})
		}
	}
	return tasks, err
}

// guestTasks is what contacts have said by their links and no coordinator has seen.
func guestTasks(tx *store.Tx, a access.Actor) (tasks []Task, err error) {
	reports, err := minutes.Reports(tx, a)
	if err != nil {
		return nil, err
	}
	for _, r := range reports {
		if r.SeenAt != nil {
			continue
		}
		task := Task{lang.Say("%s rapporterar %s klar", r.Contact.Organisation.Name, r.Action.Label), "/minutes#reports", r.Action.Due, lang.Say("Ny rapport"), "ok"}
		if !r.Done {
			task.Text, task.Tag = lang.Say("%s rapporterar om %s: inte klar än", r.Contact.Organisation.Name, r.Action.Label), "warn"
		}
		tasks = append(tasks, task)
	}
	proposals, err := partner.Proposals(tx, a)
	for _, p := range proposals {
		tasks = append(tasks, Task{Text: lang.Say("Ska någon annan ha breven till %s?", p.Contact.Shown()), Link: "/successor-proposals/" + p.ID.String(), Status: lang.Say("Förslag"), Tag: "warn"})
	}
	return tasks, err
}

func (w *Web) mailTasks(tx *store.Tx, a access.Actor) (tasks []Task, err error) {
	held, err := post.SendingHeld(tx)
	if err != nil {
		return nil, err
	}
	if held != nil {
		tasks = append(tasks, Task{Text: lang.Say("Granska breven som väntar och släpp sändningen"), Link: "/outbox", Status: lang.Say("Sändningen är stoppad"), Tag: "err"})
	}
	n, err := post.Troubled(tx)
	if err != nil {
		return nil, err
	}
	if n > 0 {
		tasks = append(tasks, Task{Text: lang.Say("Se vilka brev som inte kom fram"), Link: "/outbox", Status: lang.Say("%d brev", int(n)), Tag: "err"})
	}
	return tasks, nil
}

// meetingTasks asks what a coming meeting needs: invitations, or a call to somebody.
func (w *Web) meetingTasks(tx *store.Tx, a access.Actor, today almanac.Date, m *meeting.Meeting) ([]Task, error) {
	if m.Cancelled() || !m.StartsAt.After(tx.Now) || m.Forum.ConvenedBy != forum.Us || a.MayConvene(tx, m.ForumID) != nil {
		return nil, nil
	}
	link := "/meetings/" + m.ID.String()
	asked, err := invite.Of(tx, a, m.ID)
	if err != nil {
		return nil, err
	}
	if len(asked) == 0 {
		if m.Date.After(today.AddDays(inviteAhead * 2)) {
			return nil, nil
		}
		status, tag := lang.Say("Inte skickad"), "warn"
		if m.Date.Before(today.AddDays(inviteAhead)) {
			status, tag = lang.Say("Brådskar"), "err"
		}
		return []Task{{lang.Say("Bjud in till %s", m.Forum.Name), link + "/invitation", m.Date, status, tag}}, nil
	}
	var tasks []Task
	for _, i := range asked {
		if i.Contact.ByPhone && i.WithdrawnAt == nil && i.Current(m) == nil {
			tasks = append(tasks, Task{lang.Say("Ring %s om %s", i.Contact.Shown(), m.Forum.Name), link + "#i-" + i.ID.String(), m.Date, lang.Say("Inget svar"), "warn"})
		}
	}
	return tasks, nil
}

type planView struct {
	Page
	Plan       *plan.Plan
	Agreements []partner.Agreement
	WorkGroups []partner.WorkGroup
	Workplaces []partner.Workplace
}

func (w *Web) plan(c *gin.Context) error {
	view := planView{Page: w.frameOf(c, "plan", "Handlingsplanen")}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Plan, err = plan.Current(tx, actor(c)); err != nil {
			return err
		}
		if view.Agreements, err = partner.Agreements(tx, actor(c)); err != nil {
			return err
		}
		if view.WorkGroups, err = partner.WorkGroups(tx, actor(c)); err != nil {
			return err
		}
		view.Workplaces, err = partner.Workplaces(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "plan", view)
}

// sendsSoon wakes this program's sender after a commit.
func (w *Web) sendsSoon() {
	if w.SendNow != nil {
		w.SendNow()
	}
}

// isMissing tells a refusal that means "not there".
func isMissing(err error) bool { return fault.KindOf(err) == fault.NotFound }
