package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/post"
	"samverkan/internal/store"
	"samverkan/internal/web"
	"samverkan/internal/work"
)

// entries gives the log, the oldest first.
func (h *house) entries() (all []access.LogEntry) {
	h.Helper()
	h.read(func(tx *store.Tx) (err error) {
		all, _, err = access.LogEntries(tx, access.System(), access.LogSelection{})
		slices.Reverse(all)
		return err
	})
	return all
}

// logs does something and asks for exactly the entries that want names, in any order: "action kind"
// or "action kind id", by whom.
func (h *house) logs(who string, do func(), want ...string) {
	h.Helper()
	before := map[uuid.UUID]bool{}
	for _, e := range h.entries() {
		before[e.ID] = true
	}
	do()
	var got []string
	for _, e := range h.entries() {
		if before[e.ID] {
			continue
		}
		line := e.Action + " " + e.ObjectKind
		if e.ObjectID != nil && slices.ContainsFunc(want, func(w string) bool { return strings.Count(w, "-") >= 4 }) {
			line += " " + e.ObjectID.String()
		}
		got = append(got, line)
		by := e.Actor
		for role, id := range h.world.Identities {
			if e.IdentityID != nil && *e.IdentityID == id {
				by = string(role)
			}
		}
		if by != who || e.Outcome != "done" {
			h.Errorf("%s: by %q (%s), not %q", line, by, e.Outcome, who)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.Errorf("logged %q, not %q", got, want)
	}
}

// auditor does things through the doors.
type auditor struct {
	*house
	own         objects
	coordinator *http.Client
}

func (a *auditor) posts(path string, f url.Values) func() {
	return func() { a.Helper(); a.wants(a.post(a.coordinator, path, f), http.StatusSeeOther) }
}

func (a *auditor) gets(c *http.Client, path string) func() {
	return func() { a.Helper(); a.wants(a.get(c, path), http.StatusOK) }
}

func (a *auditor) calls(path string) func() {
	return func() { a.Helper(); p, _ := a.call(http.MethodGet, path, nil); a.wants(p, http.StatusOK) }
}

// reviewed posts a form of the meeting's page, is shown the letters, and says yes.
func (a *auditor) reviewed(meeting, form string, more ...string) func() {
	return func() {
		a.Helper()
		a.pass(time.Minute) // the act before is past undoing
		f := a.fields(a.wants(a.get(a.coordinator, form), 200), "/review")
		for n := 0; n < len(more); n += 2 {
			f.Set(more[n], more[n+1])
		}
		review := a.wants(a.post(a.coordinator, meeting+"/review", f), 200)
		a.wants(a.post(a.coordinator, meeting+"/acts", a.fields(review, "/acts")), http.StatusSeeOther)
	}
}

func (a *auditor) undoes(meeting string) func() {
	return func() {
		a.Helper()
		a.wants(a.post(a.coordinator, meeting+"/undo", a.fields(a.get(a.coordinator, meeting), "/undo")), http.StatusSeeOther)
	}
}

// T-AUDIT: who did and who read what is logged once, in its transaction, with the object and
// without content.
func TestAudit(t *testing.T) {
	onBoth(t, func(h *house) {
		a := &auditor{house: h, own: h.things("rvt-miranda"), coordinator: h.as(access.Coordinator)}
		h.logs("manager", func() { h.as(access.Manager) }, "sign in identity "+h.world.Identities[access.Manager].String())
		a.reading()
		a.people()
		a.explains()
		a.followsUp()
		a.meetings()
		a.polls()
		a.notes()
		a.operation()
		a.reviewing()
		a.withoutContent()
	})
}

func (a *auditor) reading() {
	o, guest, manager := a.own, a.browser(), a.as(access.Manager)
	read := "read minutes minutes " + o.minutes.String()
	a.logs("coordinator", a.gets(a.coordinator, "/minutes/"+o.minutes.String()), read)
	a.logs("manager", a.gets(manager, "/minutes/"+o.minutes.String()), read)
	a.logs("coordinator", a.calls("/minutes/"+o.minutes.String()), read)
	a.logs("coordinator", a.gets(a.coordinator, "/minutes/"+o.minutes.String()+"/copies/odt"), "download minutes minutes "+o.minutes.String())
	a.logs("coordinator", a.gets(a.coordinator, "/disclosures/"+o.disclosure.String()), "download disclosure minutes "+o.minutes.String())
	a.logs("coordinator", a.posts("/minutes/"+o.minutes.String()+"/registration", url.Values{"registryNumber": {"SN 2026/12"}}), "register minutes minutes "+o.minutes.String())
	a.logs("coordinator", a.posts("/minutes/"+o.minutes.String()+"/disclosures", url.Values{"words": {""}, "decision": {canary}, "act": {"make"}}), "disclose minutes minutes "+o.minutes.String())
	a.logs("coordinator", a.calls("/decisions"), "read decisions minutes")
	a.logs("coordinator", a.gets(a.coordinator, "/minutes"), "list actions minutes")
	a.logs("coordinator", a.calls("/actions"), "list actions minutes")
	a.logs("manager", a.gets(manager, "/relay-items"), "list relay items relay-item")
	a.logs("coordinator", a.calls("/relay-items"), "list relay items relay-item")
	a.logs("coordinator", a.calls("/relay-items/"+o.passed.String()), "read relay item relay-item "+o.passed.String())
	a.logs("guest", a.gets(guest, "/r/"+o.relay), "open relay link minutes "+o.minutes.String())
	a.logs("guest", a.gets(guest, "/w/"+o.managed), "open workplace link workplace "+o.workplace.String())
	a.logs("guest", a.gets(guest, "/w/"+o.managed+"/reading-list.pdf"), "have reading list workplace "+o.workplace.String())
	a.logs("guest", a.gets(guest, "/r/"+o.relay+"/apt-sheet"), "have APT sheet work-group "+o.group.String())
	a.logs("manager", a.gets(manager, "/receivers/"+o.group.String()+"/apt-sheet.pdf"), "have APT sheet work-group "+o.group.String())
	a.logs("coordinator", a.calls("/receivers/"+o.workplace.String()+"/reading-list"), "have reading list workplace "+o.workplace.String())
	a.logs("", a.gets(manager, "/relays")) // who has gone through what, without a text
	a.logs("coordinator", a.gets(a.coordinator, "/outbox/"+o.letter.String()), "read letter letter "+o.letter.String())
	a.logs("coordinator", func() { a.wants(a.post(a.coordinator, "/search", url.Values{"query": {canary}}), 200) }, "search minutes")
	a.logs("coordinator", func() {
		p, _ := a.call(http.MethodPost, "/searches", map[string]any{"query": canary})
		a.wants(p, 200)
	}, "search minutes")
	for _, path := range []string{"/", "/meetings", "/meetings/" + o.meeting.String(), "/forums/" + o.forum.String(), "/plan", "/partners", "/log", "/outbox", "/help", "/subscribe"} {
		a.logs("", a.gets(a.coordinator, path)) // dates, settings and lists of letters are not notes
	}
	a.logs("", a.gets(guest, "/i/"+o.answer))
	for range 40 { // so many that some come into the month's sample, whatever is drawn
		a.gets(manager, "/minutes/"+o.minutes.String())()
	}
	a.gets(a.coordinator, "/minutes/"+o.minutes.String())()
	a.gets(guest, "/r/"+o.relay)()
	seen := text(a.get(manager, "/minutes/"+o.minutes.String()).body)
	for _, want := range []string{"Vem har läst", "Anna Ek: Läste färdiga anteckningar", "gäst: Öppnade länken till det som är förmedlat"} {
		if !strings.Contains(seen, want) {
			a.Errorf("the minutes' page does not show %q: %s", want, seen)
		}
	}
	if seen := text(a.get(a.as(access.Registrar), "/minutes/"+o.minutes.String()).body); strings.Contains(seen, "Vem har läst") {
		a.Error("a registrar's page tells who has read")
	}
}

func (a *auditor) people() {
	o := a.own
	organisation := ""
	a.read(func(tx *store.Tx) error {
		return tx.DB.Table("organisations").Limit(1).Pluck("id", &organisation).Error
	})
	contact := url.Values{"name": {canary}, "kind": {"person"}, "email": {"kanarie@vingaker.example"}, "organisationId": {organisation}, "language": {"sv"}}
	a.logs("coordinator", a.posts("/new-contact", contact), "add contact contact")
	contact.Set("version", "1")
	contact.Set("email", "kanarie2@vingaker.example")
	a.logs("coordinator", a.posts("/contacts/"+o.contact.String(), contact), "change contact contact "+o.contact.String())
	a.logs("coordinator", a.posts("/organisations", url.Values{"name": {canary}, "kind": {"other"}}), "add organisation organisation")
	a.logs("coordinator", a.posts("/groups", url.Values{"name": {canary}, "kind": {"work-group"}}), "add work-group work-group")
	a.logs("coordinator", a.posts("/groups", url.Values{"name": {canary + "2"}, "kind": {"workplace"}}), "add workplace workplace")
	a.logs("coordinator", a.posts("/work-groups/"+o.group.String()+"/lead", url.Values{"contactId": {o.contact.String()}}), "set lead_id group "+o.group.String())
	member := "/forums/" + o.forum.String() + "/members"
	a.logs("coordinator", a.posts(member+"/"+o.contact.String()+"/removal", nil), "unseat member forum "+o.forum.String())
	a.logs("coordinator", a.posts(member, url.Values{"contactId": {o.contact.String()}}), "seat member forum "+o.forum.String())
	settings := "/forums/" + o.forum.String() + "/settings"
	f := a.fields(a.get(a.coordinator, settings), "/settings")
	f.Set("place", canary)
	a.logs("coordinator", a.posts(settings, withChoices(f)), "change forum forum "+o.forum.String())
	f = a.fields(a.get(a.coordinator, "/new-forum"), "/new-forum")
	f.Set("name", canary)
	f.Set("neutralTitle", "Möte")
	a.logs("coordinator", a.posts("/new-forum", withChoices(f)), "found forum forum")
	a.logs("coordinator", func() {
		a.wants(a.post(a.coordinator, "/subscribe", url.Values{"name": {canary}, "level": {"neutral"}}), 200)
	}, "create feed feed")
	feed := a.subscribed(access.Coordinator)
	a.logs("coordinator", a.posts("/feeds/"+feed.String()+"/revocation", nil), "revoke feed feed "+feed.String())
}

func (a *auditor) meetings() {
	o := a.own
	about := func(action string) string { return action + " meeting " + o.meeting.String() }
	path := "/meetings/" + o.meeting.String()
	a.logs("coordinator", a.posts("/new-meeting", url.Values{"forumId": {o.forum.String()}, "date": {"2027-05-04"}, "starts": {"9"}, "ends": {"10"}, "place": {canary}}), "schedule meeting meeting")
	a.logs("coordinator", a.reviewed(path, path+"/move", "date", "2027-02-04"), about("reschedule meeting"))
	a.logs("coordinator", a.undoes(path), about("reschedule meeting"))
	a.logs("coordinator", a.reviewed(path, path+"/cancellation", "reason", canary), about("cancel meeting"))
	a.logs("coordinator", a.undoes(path), about("reinstate meeting"))
	counting := func() url.Values {
		f := a.fields(a.get(a.coordinator, path), "/counting")
		f.Set("countsForId", a.world.Forums["polis-avstamning"].String())
		return f
	}
	a.logs("coordinator", func() { a.wants(a.post(a.coordinator, path+"/counting", counting()), http.StatusSeeOther) }, about("count meeting for another forum"))
	several := "/forums/" + o.forum.String() + "/cancellations"
	a.logs("coordinator", func() {
		a.pass(time.Minute)
		f := a.fields(a.wants(a.get(a.coordinator, several), 200), "/review")
		f["meetingId"], f["reason"] = []string{o.meeting.String()}, []string{canary}
		a.wants(a.post(a.coordinator, several, a.fields(a.wants(a.post(a.coordinator, several+"/review", f), 200), several)), http.StatusSeeOther)
	}, about("cancel meeting"))
	a.logs("coordinator", a.undoes(path), about("reinstate meeting"))
	a.pass(11 * time.Minute)
	a.logs("coordinator", a.posts("/invitations/"+o.invitation.String()+"/again", nil), "send invitation again invitation "+o.invitation.String())
	a.logs("coordinator", a.reviewed(path, "/invitations/"+o.invitation.String()+"/withdrawal"), "withdraw invitation invitation "+o.invitation.String())
	a.logs("coordinator", a.undoes(path), about("take back invitations"))
	a.logs("coordinator", a.posts("/invitations/"+o.invitation.String()+"/answer", url.Values{"partStat": {"ACCEPTED"}, "comment": {canary}}), "answer invitation "+o.invitation.String())
	guest := a.browser()
	a.logs("guest", func() {
		f := a.fields(a.get(guest, "/i/"+o.answer), "")
		f.Set("partStat", "DELEGATED")
		f.Set("substitute", canary)
		a.wants(a.post(guest, "/i/"+o.answer, f), http.StatusSeeOther)
	}, "answer invitation "+o.invitation.String())
	fresh := a.scheduled("polis-avstamning", "2026-12-15")
	a.logs("coordinator", a.reviewed(fresh, fresh+"/invitation", "note", "Välkomna."), "convene meeting meeting "+strings.TrimPrefix(fresh, "/meetings/"))
	held := a.scheduled("polis-avstamning", "2026-12-01")
	a.clock = time.Date(2026, 12, 1, 16, 0, 0, 0, time.UTC)
	a.coordinator = a.as(access.Coordinator)
	a.logs("coordinator", func() {
		a.wants(a.post(a.coordinator, held+"/holding", a.fields(a.get(a.coordinator, held), "/holding")), http.StatusSeeOther)
	}, "hold meeting meeting "+strings.TrimPrefix(held, "/meetings/"))
}

// explains says why a meeting that was promised did not come about.
func (a *auditor) explains() {
	path := "/forums/" + a.own.forum.String() + "/explanations"
	a.logs("coordinator", func() {
		f := a.fields(a.get(a.coordinator, "/promises?year=2026"), path)
		f.Set("text", canary)
		a.wants(a.post(a.coordinator, path, f), http.StatusSeeOther)
	}, "explain missed meeting forum "+a.own.forum.String())
}

// followsUp writes a year's follow-up, hands it over and corrects it.
func (a *auditor) followsUp() {
	path := "/follow-ups/" + a.own.followUp.String()
	about := func(action string) string { return action + " follow-up " + a.own.followUp.String() }
	a.logs("", a.gets(a.coordinator, path))
	a.logs("", a.gets(a.coordinator, path+"/preview"))
	f := a.fields(a.get(a.coordinator, path), path)
	f.Set("outlook", "Mer tid.")
	a.logs("coordinator", a.posts(path, f), about("change follow-up"))
	a.logs("coordinator", a.gets(a.coordinator, path+"/copies/csv"), about("download follow-up"))
	a.logs("coordinator", a.posts(path+"/handover", a.fields(a.get(a.coordinator, path+"/preview"), "/handover")), about("hand over follow-up"))
	var made string
	a.logs("coordinator", func() {
		made = a.wants(a.post(a.coordinator, path+"/corrections", url.Values{"reason": {"En siffra var fel."}}), http.StatusSeeOther).to
	}, "correct follow-up follow-up")
	a.logs("coordinator", func() {
		made = a.wants(a.post(a.coordinator, "/follow-ups", url.Values{"period": {"2026-1"}}), http.StatusSeeOther).to
	}, "start follow-up follow-up")
	if !strings.HasPrefix(made, "/follow-ups/") {
		a.Errorf("beginning leads to %s", made)
	}
}

func (a *auditor) polls() {
	o := a.own
	about := func(action string) string { return action + " date-poll " + o.poll.String() }
	path := "/date-polls/" + o.poll.String()
	answer := url.Values{"choice-0": {"yes"}, "choice-1": {"no"}, "choice-2": {"yes"}, "comment": {canary}}
	a.logs("", a.gets(a.coordinator, path))
	a.logs("", a.gets(a.browser(), "/p/"+o.polled))
	a.logs("coordinator", a.posts(path+"/reminders", a.fields(a.get(a.coordinator, path), "/reminders")), about("nudge date poll"))
	a.logs("guest", func() { a.wants(a.post(a.browser(), "/p/"+o.polled, answer), http.StatusSeeOther) }, about("answer date poll"))
	asked := a.fields(a.get(a.coordinator, path), "/answers").Get("askedId")
	answer.Set("askedId", asked)
	answer.Set("choice-1", "if-needed")
	a.logs("coordinator", a.posts(path+"/answers", answer), about("answer date poll"))
	more := url.Values{"version": {"1"}, "lastDay": {"2026-12-14"}, "contactId": {a.world.Contacts["skolan-rektor"].String()}}
	review := a.wants(a.post(a.coordinator, path+"/additions/review", more), 200)
	a.logs("coordinator", a.posts(path+"/additions", a.fields(review, "/additions")), about("extend date poll"))
	a.clock = a.clock.Add(11 * time.Minute)
	a.logs("coordinator", a.posts(path+"/letters", a.fields(a.get(a.coordinator, path), "/letters")), about("send date poll again"))
	a.logs("coordinator", a.posts(path, url.Values{"version": {"2"}, "lastDay": {"2026-12-14"}, "shows": {"never"}}), about("change date poll"))
	a.logs("coordinator", a.posts(path+"/closing", url.Values{"version": {"3"}}), about("close date poll"))
	theirs := "/date-requests/" + o.dates.String()
	dates := func(action string) string { return action + " date-request " + o.dates.String() }
	a.logs("", a.gets(a.browser(), "/d/"+o.dated))
	a.logs("guest", func() {
		a.wants(a.post(a.browser(), "/d/"+o.dated, url.Values{"date-0": {"2027-03-02"}, "starts-0": {"9"}, "ends-0": {"10"}}), http.StatusSeeOther)
	}, dates("give dates"))
	a.logs("coordinator", a.posts(theirs+"/dismissal", a.fields(a.get(a.coordinator, theirs), "/dismissal")), dates("leave dates"))
	a.logs("", a.gets(a.browser(), "/o/"+o.told))
	told := a.fields(a.get(a.browser(), "/o/"+o.told), "")
	told.Set("answer-"+o.meeting.String(), "DECLINED")
	a.logs("guest", func() { a.wants(a.post(a.browser(), "/o/"+o.told, told), http.StatusSeeOther) }, "answer invitation")
	a.logs("coordinator", a.posts("/year-overviews/"+o.year.String()+"/letters", url.Values{"year": {"2027"}}), "send overview year-overview "+o.year.String())
	fresh := a.wants(a.post(a.coordinator, "/new-date-poll", a.pollForm(a.coordinator)), 200)
	sent := ""
	a.logs("coordinator", func() {
		sent = a.wants(a.post(a.coordinator, "/date-polls", a.fields(fresh, "/date-polls")), http.StatusSeeOther).to
	}, "ask date poll date-poll")
	a.logs("coordinator", a.posts(sent+"/undo", nil), "take back date poll date-poll "+strings.TrimPrefix(sent, "/date-polls/"))
}

func (a *auditor) notes() {
	o := a.own
	meeting := a.scheduled("polis-avstamning", "2026-12-08")
	a.clock = time.Date(2026, 12, 8, 16, 0, 0, 0, time.UTC)
	a.coordinator = a.as(access.Coordinator)
	a.logs("coordinator", a.posts(meeting+"/notes", nil), "begin minutes minutes")
	notes := meeting + "/notes"
	page := a.get(a.coordinator, notes)
	minutes := regexp.MustCompile(`action="/minutes/([0-9a-f-]{36})/items"`).FindStringSubmatch(page.body)[1]
	heading := regexp.MustCompile(`name="agendaItemId" value="([0-9a-f-]{36})">`).FindStringSubmatch(page.body)[1]
	open := "open draft minutes " + minutes
	a.logs("", a.gets(a.coordinator, notes)) // the same sitting
	a.clock = a.clock.Add(20 * time.Minute)
	a.logs("coordinator", a.gets(a.coordinator, notes), open)
	a.clock = a.clock.Add(20 * time.Minute)
	a.logs("coordinator", a.calls("/minutes/"+minutes+"/draft"), open)
	for range 2 {
		a.wants(a.post(a.coordinator, "/minutes/"+minutes+"/items", url.Values{"kind-" + heading: {"note"}, "text-" + heading: {canary}}), http.StatusSeeOther)
	}
	item := regexp.MustCompile(`action="/minutes-items/([0-9a-f-]{36})/removal"`).FindStringSubmatch(a.get(a.coordinator, notes).body)[1]
	a.logs("coordinator", a.posts("/minutes-items/"+item+"/removal", url.Values{"version": {"1"}}), "strike item minutes "+minutes)
	earlier := regexp.MustCompile(`href="(/minutes-checkpoints/[0-9a-f-]{36})"`).FindStringSubmatch(a.get(a.coordinator, notes+"/earlier").body)[1]
	a.logs("", a.gets(a.coordinator, earlier)) // the same sitting
	a.logs("coordinator", a.posts(earlier+"/restoration", nil), "restore minutes minutes "+minutes)
	a.clock = a.clock.Add(20 * time.Minute)
	a.logs("coordinator", a.gets(a.coordinator, notes+"/projector"), open)
	a.clock = a.clock.Add(20 * time.Minute)
	finish := "/minutes/" + minutes + "/finish"
	a.logs("coordinator", a.gets(a.coordinator, finish), open)
	form := a.fields(a.get(a.coordinator, finish), "/finish")
	a.logs("coordinator", a.posts(finish, form), "finalise minutes minutes "+minutes, "hold meeting meeting "+strings.TrimPrefix(meeting, "/meetings/"), "send links to notes minutes "+minutes)
	a.logs("coordinator", a.posts("/actions/"+o.action.String()+"/closure", url.Values{"outcome": {"done"}}), "done action action "+o.action.String())
	guest := a.browser()
	a.logs("guest", func() {
		a.wants(a.post(guest, "/r/"+o.relay, url.Values{"id": {o.passed.String()}, "kind": {"read"}, "comment": {canary}}), http.StatusSeeOther)
	}, "acknowledge relay item relay-item "+o.passed.String())
}

func (a *auditor) operation() {
	a.logs("coordinator", func() {
		a.wants(a.post(a.coordinator, "/welcome/mail", url.Values{"to": {"kanarie@vingaker.example"}}), http.StatusSeeOther)
	}, "send test letter letter")
	a.logs("system", func() { a.write(func(tx *store.Tx) error { return post.HoldSending(tx, canary) }) }, "hold sending letter")
	a.logs("coordinator", a.posts("/outbox/release", nil), "release sending letter")
	before := a.entries()
	fresh := strings.ReplaceAll(string(sample.Plan), "id: rvt-miranda", "id: kanarie") // one forum that is not there yet
	a.wants(a.upload(a.coordinator, "/welcome/plan", []byte(fresh), "try", "no"), http.StatusSeeOther)
	imports := 0
	for _, e := range a.entries()[len(before):] {
		if e.Action == "import plan" {
			imports++
		}
	}
	if imports != 1 {
		a.Errorf("an import of a plan is logged %d times", imports)
	}
	administrator := a.as(access.Administrator)
	a.logs("administrator", func() {
		p := a.wants(a.post(administrator, "/log/export", url.Values{"from": {"2026-11-01"}}), 200)
		if !strings.HasPrefix(p.body, "id,at,actor,identity_id,action,object_kind,object_id,outcome\n") || p.header.Get("Content-Disposition") != `attachment; filename="logg-2026-12-08.csv"; filename*=UTF-8''logg-2026-12-08.csv` {
			a.Errorf("%s %.100s", p.header.Get("Content-Disposition"), p.body)
		}
	}, "export log log")
	a.logs("system", func() {
		a.write(func(tx *store.Tx) error {
			return access.Give(tx, access.System(), access.Grant{IdentityID: a.world.Identities[access.Registrar], Role: access.Administrator})
		})
	}, "give administrator identity "+a.world.Identities[access.Registrar].String())
}

// reviewing reviews the log of November, as the manager that the overview asks to.
func (a *auditor) reviewing() {
	manager := a.as(access.Manager)
	if seen := text(a.get(manager, "/").body); !strings.Contains(seen, "Granska loggen för november 2026") {
		a.Errorf("the overview does not ask for it: %s", seen)
	}
	path := "/log/reviews/2026-11"
	if p := a.get(manager, path); p.status != http.StatusConflict {
		a.Errorf("a month that is not sealed: %d", p.status)
	}
	if err := (work.Desk{DB: a.app.DB, Log: a.app.Log()}).SealLog(a.Context()); err != nil {
		a.Fatal(err)
	}
	if !strings.Contains(a.log.String(), `"msg":"log sealed","number":1,`) {
		a.Error("the technical log does not tell the chain's head")
	}
	page := a.wants(a.get(manager, path), 200)
	if !strings.Contains(text(page.body), "Någon annan bör granska dina egna.") {
		a.Errorf("the page does not mark the manager's own: %s", text(page.body))
	}
	f := a.fields(page, path)
	half := a.wants(a.post(manager, path, f), http.StatusUnprocessableEntity)
	if !strings.Contains(text(half.body), "Gå igenom raden") {
		a.Errorf("signed without looking: %s", text(half.body))
	}
	for _, id := range regexp.MustCompile(`name="fine-([0-9a-f-]{36})"`).FindAllStringSubmatch(page.body, -1) {
		f.Set("fine-"+id[1], "yes")
		f.Set("remark-"+id[1], "")
	}
	f.Set("comment", "Inget "+canary)
	a.logs("manager", func() { a.wants(a.post(manager, path, f), http.StatusSeeOther) }, "sign log review log-review")
	seen := text(a.wants(a.get(manager, path), 200).body)
	if !strings.Contains(seen, "Ingen rad i loggen var ändrad eller borttagen.") || !strings.Contains(seen, "Inget att anmärka") {
		a.Errorf("what was signed: %s", seen)
	}
	if p := a.post(manager, path, f); p.status == http.StatusSeeOther {
		a.Error("signed twice")
	}
	if seen := text(a.get(manager, "/").body); strings.Contains(seen, "Granska loggen") {
		a.Errorf("the overview still asks: %s", seen)
	}
	a.logs("manager", func() {
		p := a.wants(a.post(manager, path+"/export", nil), 200)
		if !strings.HasPrefix(p.body, "month,2026-11,") {
			a.Errorf("%.200s", p.body)
		}
	}, "export log review log-review")
}

// withoutContent looks for planted words in every value of the log, and for actions without words.
func (a *auditor) withoutContent() {
	all := a.entries()
	if len(all) < 60 {
		a.Errorf("only %d entries", len(all))
	}
	for _, e := range all {
		if line := fmt.Sprintf("%+v", e); strings.Contains(strings.ToLower(line), "kanarie") || strings.ContainsAny(e.Action+e.ObjectKind, "@åäö") {
			a.Errorf("the log holds content: %s", line)
		}
		if web.ActionWords(e.Action).Key == "%s" || web.KindWords(e.ObjectKind).Key == "%s" {
			a.Errorf("no words for %q about %q", e.Action, e.ObjectKind)
		}
	}
}
