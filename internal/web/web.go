// Package web is the door for people: pages rendered on the server that work without JavaScript.
// A handler parses, calls one verb and shows; what was refused is shown as a sentence that says
// what to do, beside what had been typed.
package web

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/lang"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// Options are what the pages stand on.
type Options struct {
	DB        *store.DB
	Office    secretariat.Office
	Log       *slog.Logger
	Version   string
	Filing    bool               // there is no mail server: letters are kept as files
	PerMinute int64              // letters to one recipient domain; 0: no limit
	Health    HealthOf           // what the program knows of itself
	SendNow   func()             // wakes the sender of this program
	API       func(*gin.Context) // answers unknown addresses under /api/
}

// Web holds what handlers share.
type Web struct {
	Options
	frame *serve.Frame
	pages pages
	home  homeCache
}

// Register adds every page to the frame.
func Register(f *serve.Frame, o Options) error {
	pages, err := parsePages()
	if err != nil {
		return err
	}
	w := &Web{Options: o, frame: f, pages: pages}
	w.routes()
	return nil
}

// routes is the contents page of this door.
func (w *Web) routes() {
	plans := serve.Only(access.Coordinator)
	reads := serve.Only(access.Coordinator, access.Member, access.Manager, access.Registrar)

	w.get("/static/:file", serve.Anyone, w.static)
	w.get("/signin", serve.Anyone, w.signIn)
	w.post("/signin", serve.Anyone, w.doSignIn)
	w.post("/signin/code", serve.Anyone, w.signInCode)
	w.get("/forgotten", serve.Anyone, w.forgotten)
	w.post("/forgotten", serve.Anyone, w.askReset)
	w.get("/activate/:token", serve.ByToken, w.activation)
	w.post("/activate/:token", serve.ByToken, w.activate)
	w.get("/reset/:token", serve.ByToken, w.reset)
	w.post("/reset/:token", serve.ByToken, w.doReset)
	w.post("/signout", serve.SignedIn, w.signOut)
	w.post("/language", serve.SignedIn, w.setLanguage)
	w.get("/help", serve.Anyone, w.help)

	w.get("/", serve.SignedIn, w.overview)
	w.get("/plan", serve.SignedIn, w.plan)
	w.get("/plan-versions", serve.SignedIn, w.planVersions)
	w.post("/plan-versions", plans, w.copyPlan)
	w.get("/plan-versions/:id", serve.SignedIn, w.planVersion)
	w.post("/plan-versions/:id", plans, w.describePlan)
	w.get("/plan-versions/:id/changes", serve.SignedIn, w.planChanges)
	w.get("/plan-versions/:id/copies/:format", serve.SignedIn, w.planCopy)
	w.post("/plan-versions/:id/steps", plans, w.stepPlan)
	w.post("/plan-versions/:id/decision", plans, w.decidePlan)
	w.get("/plan-versions/:id/edit", plans, w.editPlan)
	w.get("/plan-versions/:id/new-goal", plans, w.planGoal)
	w.post("/plan-versions/:id/goals", plans, w.putPlanGoal)
	w.get("/plan-versions/:id/goals/:line", plans, w.planGoal)
	w.post("/plan-versions/:id/goals/:line", plans, w.putPlanGoal)
	w.get("/plan-versions/:id/new-row", plans, w.planRowForm)
	w.post("/plan-versions/:id/rows", plans, w.putPlanRow)
	w.get("/plan-versions/:id/rows/:line", plans, w.planRowForm)
	w.post("/plan-versions/:id/rows/:line", plans, w.putPlanRow)
	w.post("/plan-versions/:id/places/:line", plans, w.movePlanLine)
	w.post("/plan-versions/:id/removals/:line", plans, w.strikePlanLine)
	w.post("/plan-versions/:id/numbering", plans, w.renumberPlan)
	w.get("/plan-import", plans, w.planImport)
	w.post("/plan-import/review", plans, w.tryPlanRows)
	w.post("/plan-imports", plans, w.importPlanRows)
	w.get("/plan-rows/:id", serve.SignedIn, w.planRow)
	w.post("/plan-rows/:id/rhythm", plans, w.setRhythm)
	w.post("/plan-rows/:id/reviews", plans, w.goThroughRow)
	w.post("/plan-rows/:id/routines", plans, w.addRoutine)
	w.post("/plan-rows/:id/methods", plans, w.addMethod)
	w.post("/routines/:id", plans, w.changeRoutine)
	w.post("/routines/:id/reviews", plans, w.reviewRoutine)
	w.post("/routines/:id/ending", plans, w.endRoutine)
	w.post("/methods/:id/counts", plans, w.countTrained)
	w.post("/methods/:id/ending", plans, w.endMethod)

	w.get("/promises", reads, w.promises)
	w.get("/promises.csv", reads, w.promisesTable)
	w.post("/forums/:id/explanations", plans, w.explain)
	w.get("/forums", reads, w.forums)
	w.get("/forums/:id", reads, w.forum)
	w.get("/new-forum", plans, w.newForum)
	w.post("/new-forum", plans, w.foundForum)
	w.get("/forums/:id/settings", plans, w.forumSettings)
	w.post("/forums/:id/settings", plans, w.changeForum)
	w.get("/forums/:id/cancellations", plans, w.cancellations)
	w.post("/forums/:id/cancellations/review", plans, w.reviewCancellations)
	w.post("/forums/:id/cancellations", plans, w.cancelSeveral)
	w.post("/forums/:id/agreeing", plans, w.setAgreeing)
	w.post("/forums/:id/outside-approval", plans, w.allowOutside)
	w.post("/forums/:id/members", plans, w.seat)
	w.post("/forums/:id/members/:contact/removal", plans, w.unseat)

	w.post("/forums/:id/reserves", plans, w.enlist)
	w.post("/forums/:id/reserves/:contact/advance", plans, w.advance)
	w.post("/forums/:id/reserves/:contact/removal", plans, w.strikeReserve)

	w.get("/meetings", reads, w.meetings)
	w.get("/meetings/:id", reads, w.meeting)
	w.get("/new-meeting", plans, w.newMeeting)
	w.post("/new-meeting", plans, w.schedule)
	w.get("/new-occasion", plans, w.newOccasion)
	w.post("/new-occasion", plans, w.planOccasion)
	w.get("/meetings/:id/settings", plans, w.occasionSettings)
	w.post("/meetings/:id/settings", plans, w.changeOccasion)
	w.post("/meetings/:id/plan-row", plans, w.tie)
	w.get("/calendar-imports", plans, w.calendarImport)
	w.post("/calendar-imports/review", plans, w.reviewCalendar)
	w.post("/calendar-imports", plans, w.importCalendar)
	w.get("/meetings/:id/invitation", plans, w.invitationForm)
	w.get("/meetings/:id/invitation-review", plans, w.reviewInvitation)
	w.get("/meetings/:id/addition", plans, w.additionForm)
	w.get("/meetings/:id/addition-review", plans, w.reviewAddition)
	w.post("/meetings/:id/latenesses", reads, w.sayLate)
	w.post("/meetings/:id/latenesses/:contact/removal", reads, w.sayOnTime)
	w.post("/meetings/:id/outings", plans, w.askOut)
	w.post("/meetings/:id/outings/:contact", reads, w.sayWhoGoes)
	w.get("/meetings/:id/move", plans, w.moveForm)
	w.get("/meetings/:id/cancellation", plans, w.cancellationForm)
	w.get("/invitations/:id/withdrawal", plans, w.withdrawalForm)
	w.get("/meetings/:id/letters/:contact", plans, w.paper)
	w.post("/meetings/:id/review", plans, w.reviewAct)
	w.post("/meetings/:id/acts", plans, w.doAct)
	w.post("/meetings/:id/undo", plans, w.undo)
	w.post("/meetings/:id/deletion", plans, w.deleteMeeting)
	w.post("/meetings/:id/restoration", plans, w.restoreMeeting)
	w.get("/bin", plans, w.bin)
	w.post("/meetings/:id/holding", plans, w.hold)
	w.post("/meetings/:id/counting", plans, w.countFor)
	w.post("/invitations/:id/answer", plans, w.recordAnswer)
	w.post("/invitations/:id/call", plans, w.tellByPhone)
	w.post("/invitations/:id/again", plans, w.inviteAgain)

	w.get("/forums/:id/date-request", plans, w.datesForm)
	w.post("/forums/:id/date-requests/review", plans, w.reviewDateRequest)
	w.post("/forums/:id/date-requests", plans, w.askForDates)
	w.get("/date-requests/:id", plans, w.dateRequest)
	w.post("/date-requests/:id/registration", plans, w.registerDates)
	w.post("/date-requests/:id/dismissal", plans, w.leaveDates)
	w.get("/date-polls", plans, w.polls)
	w.get("/new-date-poll", plans, w.newPoll)
	w.post("/new-date-poll", plans, w.reviewPoll)
	w.post("/date-polls", plans, w.askPoll)
	w.get("/date-polls/:id", plans, w.poll)
	w.post("/date-polls/:id", plans, w.revisePoll)
	w.post("/date-polls/:id/undo", plans, w.undoPoll)
	w.post("/date-polls/:id/reminders", plans, w.nudgePoll)
	w.post("/date-polls/:id/answers", plans, w.recordPollAnswer)
	w.post("/date-polls/:id/letters", plans, w.sendPollAgain)
	w.get("/date-polls/:id/additions", plans, w.pollAdditions)
	w.post("/date-polls/:id/additions/review", plans, w.reviewPollAdditions)
	w.post("/date-polls/:id/additions", plans, w.addToPoll)
	w.post("/date-polls/:id/booking", plans, w.bookPoll)
	w.post("/date-polls/:id/closing", plans, w.endPoll)

	w.post("/meetings/:id/attachments", plans, w.attach)
	w.post("/meetings/:id/old-notes", plans, w.layNotes)
	for _, large := range []string{"POST /meetings/{id}/attachments", "POST /meetings/{id}/old-notes"} {
		w.frame.Large(large, maxUpload)
	}
	w.get("/attachments/:id", reads, w.attachment)
	w.post("/attachments/:id/showing", plans, w.showAttachment)
	w.post("/attachments/:id/removal", plans, w.detach)
	w.post("/meetings/:id/notes", plans, w.openNotes)
	w.get("/meetings/:id/notes", plans, w.notes)
	w.get("/meetings/:id/notes/projector", plans, w.projector)
	w.get("/meetings/:id/notes/earlier", plans, w.checkpoints)
	w.get("/minutes-checkpoints/:id", plans, w.checkpoint)
	w.post("/minutes-checkpoints/:id/restoration", plans, w.restoreCheckpoint)
	w.post("/minutes/:id/items", plans, w.addItems)
	w.post("/minutes/:id/agenda-copy", plans, w.copyAgenda)
	w.post("/minutes/:id/agenda", plans, w.addAgendaItem)
	w.post("/minutes/:id/rounds", plans, w.addRound)
	w.post("/agenda-items/:id/postponement", plans, w.postpone)
	w.post("/meetings/:id/agenda-proposals", reads, w.propose)
	w.post("/agenda-proposals/:id/decision", plans, w.decideProposal)
	w.post("/minutes/:id/attendance", plans, w.attend)
	w.post("/minutes/:id/attendees", plans, w.addAttendee)
	w.post("/agenda-items/:id", plans, w.renameAgendaItem)
	w.post("/agenda-items/:id/removal", plans, w.removeAgendaItem)
	w.post("/agenda-items/:id/place", plans, w.placeAgendaItem)
	w.post("/minutes-items/:id/place", plans, w.placeItem)
	w.post("/minutes-items/:id", plans, w.saveItem)
	w.post("/minutes-items/:id/removal", plans, w.strikeItem)
	w.get("/minutes-items/:id/ties", plans, w.ties)
	w.post("/minutes-items/:id/ties", plans, w.setTies)
	w.get("/minutes/:id/finish", plans, w.finish)
	w.post("/minutes/:id/finish", plans, w.doFinish)
	w.post("/minutes/:id/submission", plans, w.submit)
	w.post("/minutes/:id/submission/removal", plans, w.takeBack)
	w.get("/minutes/:id/approval", reads, w.approval)
	w.post("/minutes/:id/approval", reads, w.approve)
	w.post("/minutes/:id/views", reads, w.object)
	w.get("/minutes", reads, w.minutesList)
	w.get("/minutes/:id", reads, w.minutes)
	w.post("/minutes/:id/links", plans, w.shareNotes)
	w.get("/minutes/:id/copies/:format", reads, w.minutesCopy)
	registers := serve.Only(access.Coordinator, access.Registrar)
	w.get("/unregistered-minutes", registers, w.unregistered)
	w.post("/minutes/:id/registration", registers, w.register)
	discloses := serve.Only(access.Coordinator, access.Manager, access.Registrar)
	w.get("/minutes/:id/disclosure", discloses, w.disclosure)
	w.post("/minutes/:id/disclosures", discloses, w.disclose)
	w.get("/disclosures/:id", discloses, w.disclosedCopy)
	w.get("/actions", reads, w.actions)
	w.get("/actions/:id", reads, w.action)
	w.post("/actions/:id/closure", plans, w.closeAction)
	w.post("/actions/:id/reopening", plans, w.reopenAction)
	w.post("/actions/:id/owner", plans, w.assignAction)
	w.post("/actions/:id/due", plans, w.moveAction)
	w.post("/actions/:id/letters", plans, w.sendAction)
	w.post("/actions/:id/reports", reads, w.reportOwn)
	w.post("/action-reports/:id/receipt", plans, w.seeReport)
	w.get("/decisions", reads, w.decisions)
	w.post("/decisions", reads, w.findDecisions)
	w.get("/decisions.csv", reads, w.decisionsTable)
	w.get("/decisions/:id", reads, w.decision)
	w.get("/search", reads, w.search)
	w.post("/search", reads, w.doSearch)

	passed := serve.Only(access.Coordinator, access.Manager, access.GroupLead)
	w.get("/relay-items", passed, w.relayItems)
	w.post("/relay-items/:id/due", plans, w.setDue)
	w.get("/relays", passed, w.relays)
	w.get("/relays.csv", passed, w.relaysTable)
	w.get("/receivers/:id/apt-sheet", passed, w.aptSheet)
	w.get("/receivers/:id/apt-sheet.pdf", passed, w.aptSheetFile)
	w.get("/receivers/:id/reading-list", passed, w.readingList)
	w.get("/receivers/:id/reading-list.pdf", passed, w.readingListFile)
	w.post("/relay-items/acknowledgement", serve.Only(access.Coordinator, access.GroupLead), w.acknowledge)

	followers := serve.Only(access.Coordinator, access.Manager, access.Registrar)
	w.get("/follow-ups", followers, w.followUps)
	w.post("/follow-ups", plans, w.startFollowUp)
	w.get("/follow-ups/:id", followers, w.followUp)
	w.post("/follow-ups/:id", plans, w.saveFollowUp)
	w.get("/follow-ups/:id/figures", followers, w.followUpFigure)
	w.get("/follow-ups/:id/preview", followers, w.previewFollowUp)
	w.post("/follow-ups/:id/handover", plans, w.handOverFollowUp)
	w.post("/follow-ups/:id/corrections", plans, w.correctFollowUp)
	w.get("/follow-ups/:id/copies/:format", followers, w.followUpCopy)

	w.get("/year", plans, w.year)
	w.get("/year/proposal", plans, w.proposal)
	w.post("/year/check", plans, w.checkYear)
	w.post("/year", plans, w.bookYear)
	w.get("/year-overviews", plans, w.yearOverviews)
	w.post("/year-overviews/review", plans, w.reviewOverviews)
	w.post("/year-overviews", plans, w.sendOverviews)
	w.post("/year-overviews/:id/letters", plans, w.sendOverviewAgain)
	w.get("/planning-days", plans, w.planningDays)
	w.post("/planning-days", plans, w.addDays)
	w.post("/planning-days/breaks", plans, w.addBreaks)
	w.post("/planning-days/:id/removal", plans, w.removeDays)

	w.get("/partners", reads, w.partners)
	w.get("/new-contact", plans, w.newContact)
	w.post("/new-contact", plans, w.addContact)
	w.get("/contacts/:id", plans, w.contact)
	w.post("/contacts/:id", plans, w.changeContact)
	w.get("/contacts/:id/departure", plans, w.departure)
	w.post("/contacts/:id/departure/review", plans, w.reviewDeparture)
	w.post("/contacts/:id/departure", plans, w.departContact)
	w.post("/contacts/:id/busy-times", plans, w.keepBusy)
	w.post("/contacts/:id/busy-times/removal", plans, w.forgetBusy)
	w.get("/successor-proposals/:id", plans, w.successor)
	w.post("/successor-proposals/:id/dismissal", plans, w.dismissProposal)
	w.post("/organisations", plans, w.addOrganisation)
	w.get("/contact-import", plans, w.contactImport)
	w.post("/contact-import/review", plans, w.tryContacts)
	w.post("/contact-imports", plans, w.importContacts)
	w.post("/contacts/export", plans, w.exportContacts)
	w.get("/agreements", reads, w.agreements)
	w.get("/agreements/:id", reads, w.agreement)
	w.get("/new-agreement", plans, w.newAgreement)
	w.post("/new-agreement", plans, w.addAgreement)
	w.get("/agreements/:id/settings", plans, w.agreementSettings)
	w.post("/agreements/:id", plans, w.changeAgreement)
	w.post("/agreements/:id/ending", plans, w.endAgreement)
	w.get("/groups", plans, w.groups)
	w.post("/groups", plans, w.addGroup)
	w.post("/work-groups/:id/lead", plans, w.setLead)
	w.post("/work-groups/:id/relay-days", plans, w.setRelayDays)
	w.post("/workplaces/:id/manager", plans, w.setManager)
	places := serve.Only(access.Coordinator, access.Manager, access.Registrar)
	w.get("/workplaces", places, w.workplaces)
	w.get("/workplaces.csv", places, w.workplacesTable)
	w.get("/new-workplace", plans, w.newWorkplace)
	w.post("/new-workplace", plans, w.addWorkplace)
	w.get("/workplaces/:id", places, w.workplace)
	w.post("/workplaces/:id", plans, w.changeWorkplace)
	w.post("/workplaces/:id/ending", plans, w.endWorkplace)
	w.post("/workplaces/:id/reopening", plans, w.reopenWorkplace)
	w.post("/workplaces/:id/confirmations", plans, w.confirmPlan)
	w.post("/workplaces/:id/confirmations/removal", plans, w.takeBackPlan)
	w.post("/workplaces/:id/introductions", plans, w.countNewHires)
	w.get("/plan-requests", plans, w.planRequest)
	w.post("/plan-requests/review", plans, w.reviewPlanRequest)
	w.post("/plan-requests", plans, w.askForPlan)

	w.get("/account", serve.SignedIn, w.account)
	w.post("/account/reminders", serve.SignedIn, w.chooseReminders)
	w.post("/account/password", serve.SignedIn, w.changePassword)
	w.post("/account/second-factor", serve.SignedIn, w.newFactor)
	w.post("/account/second-factor/confirmation", serve.SignedIn, w.confirmFactor)
	w.post("/account/second-factor/removal", serve.SignedIn, w.removeFactor)
	w.post("/account/recovery-codes", serve.SignedIn, w.newCodes)
	w.post("/account/sessions/removal", serve.SignedIn, w.endOtherSessions)
	w.post("/sessions/:id/removal", serve.SignedIn, w.endSession)
	w.post("/account/tokens", serve.SignedIn, w.newToken)
	w.post("/tokens/:id/revocation", serve.SignedIn, w.revokeToken)

	administers := serve.Only(access.Administrator)
	w.get("/accounts", administers, w.accounts)
	w.get("/new-account", administers, w.newAccount)
	w.post("/new-account", administers, w.addAccount)
	w.get("/accounts/:id", administers, w.oneAccount)
	w.post("/accounts/:id/grants", administers, w.giveGrant)
	w.post("/grants/:id/removal", administers, w.takeBackGrant)
	w.post("/accounts/:id/password-link", administers, w.sendPasswordLink)
	w.post("/accounts/:id/sessions/removal", administers, w.endAllSessions)
	w.post("/accounts/:id/second-factor/removal", administers, w.resetFactor)
	w.post("/accounts/:id/disabling", administers, w.disableAccount)
	w.post("/accounts/:id/enabling", administers, w.enableAccount)
	decides := serve.Only(access.Administrator, access.Manager)
	w.get("/grant-proposals", decides, w.proposals)
	w.post("/grant-proposals/:id/approval", decides, w.approveProposal)
	w.post("/grant-proposals/:id/refusal", decides, w.turnDownProposal)

	covers := serve.Only(access.Coordinator, access.Manager, access.Administrator)
	w.get("/deputies", covers, w.deputies)
	w.post("/deputies", plans, w.addDeputy)
	w.post("/deputies/:id/removal", plans, w.endDeputy)
	w.post("/takeovers", serve.Only(access.Coordinator, access.Administrator), w.takeOver)

	w.get("/subscribe", reads, w.subscribe)
	w.post("/subscribe", reads, w.newFeed)
	w.post("/feeds/:id/revocation", reads, w.revokeFeed)

	outbox := serve.Only(access.Coordinator, access.Administrator)
	w.get("/outbox", outbox, w.outbox)
	w.get("/outbox/:id", plans, w.letter)
	w.post("/outbox/release", outbox, w.releaseSending)
	w.post("/outbox/:id/again", outbox, w.sendAgain)
	w.post("/outbox/:id/done", outbox, w.dealWith)

	w.get("/status", outbox, w.status)
	w.post("/status/test-letter", outbox, w.tryMail)

	w.get("/log", serve.Only(access.Coordinator, access.Manager, access.Registrar, access.Administrator), w.log)
	w.post("/log/export", serve.Only(access.Manager, access.Registrar, access.Administrator), w.exportLog)
	checks := serve.Only(access.Manager, access.Administrator)
	w.get("/log/reviews", checks, w.logReviews)
	w.get("/log/reviews/:month", checks, w.logReview)
	w.post("/log/reviews/:month", checks, w.signLogReview)
	w.post("/log/reviews/:month/export", checks, w.exportLogReview)

	w.get("/inbox", outbox, w.inbox)
	w.get("/inbox/:id", plans, w.parkedLetter)
	w.post("/inbox/:id/answer", plans, w.countAs)
	w.post("/inbox/:id/dismissal", plans, w.dismiss)
	w.post("/inbox/:id/acceptance", plans, w.acceptProposal)
	w.post("/inbox/:id/refusal", plans, w.declineProposal)
	w.post("/inbox/:id/meetings", plans, w.importInvitation)

	w.guestRoutes()

	w.get("/setup/:token", serve.ByToken, w.setUp)
	w.post("/setup/:token", serve.ByToken, w.doSetUp)
	first := serve.Only(access.Coordinator, access.Administrator)
	w.get("/welcome/mail", first, w.welcomeMail)
	w.post("/welcome/mail", first, w.testMail)
	w.get("/welcome/plan", plans, w.welcomePlan)
	w.post("/welcome/plan", plans, w.loadPlan)
	w.get("/plan-texts", plans, w.pastePlan)
	w.post("/plan-texts/review", plans, w.reviewPlanText)
	w.post("/plan-texts", plans, w.takePlanText)

	w.frame.Engine.NoRoute(w.unknown(http.StatusNotFound))
	w.frame.Engine.NoMethod(w.unknown(http.StatusMethodNotAllowed))
}

// guestRoutes are what links in letters open: one thing each, and how to get a new link.
func (w *Web) guestRoutes() {
	get, post := http.MethodGet, http.MethodPost
	w.link(get, "/i/:token", w.invitation)
	w.link(post, "/i/:token", w.answer)
	w.link(post, "/i/:token/lateness", w.beLate)
	w.link(post, "/i/:token/proposals", w.proposeByLink)
	w.link(get, "/i/:token/calendar.ics", w.calendarFile)
	w.link(get, "/i/:token/papers", w.papers)
	w.link(get, "/i/:token/attachments/:attachment", w.guestAttachment)
	w.link(get, "/n/:token", w.guestNotes)
	w.link(get, "/n/:token/copies/:format", w.guestCopy)
	w.link(get, "/n/:token/attachments/:attachment", w.guestAttachment)
	w.link(get, "/a/:token", w.guestAction)
	w.link(post, "/a/:token", w.reportAction)
	w.link(get, "/g/:token", w.guestDraft)
	w.link(post, "/g/:token/approval", w.approveByLink)
	w.link(post, "/g/:token/views", w.objectByLink)
	w.link(get, "/p/:token", w.guestPoll)
	w.link(post, "/p/:token", w.answerPoll)
	w.link(get, "/d/:token", w.guestDates)
	w.link(post, "/d/:token", w.giveDates)
	w.link(get, "/o/:token", w.guestOverview)
	w.link(post, "/o/:token", w.answerOverview)
	w.link(get, "/u/:token", w.guestOpen)
	w.link(post, "/u/:token", w.reportOpen)
	w.link(get, "/r/:token", w.relayLink)
	w.link(post, "/r/:token", w.acknowledgeByLink)
	w.link(get, "/r/:token/apt-sheet", w.relayLinkSheet)
	w.link(get, "/r/:token/apt-sheet.pdf", w.relayLinkSheetFile)
	w.link(get, "/w/:token", w.guestPlace)
	w.link(post, "/w/:token/confirmations", w.confirmByLink)
	w.link(post, "/w/:token/introductions", w.countByLink)
	w.link(post, "/w/:token/receipts", w.acknowledgeAtPlace)
	w.link(get, "/w/:token/apt-sheet", w.placeSheet)
	w.link(get, "/w/:token/apt-sheet.pdf", w.placeSheetFile)
	w.link(get, "/w/:token/reading-list", w.placeReading)
	w.link(get, "/w/:token/reading-list.pdf", w.placeReadingFile)
	for _, door := range []string{"/i/:token", "/n/:token", "/a/:token", "/g/:token", "/u/:token"} {
		w.link(post, door+"/code", w.sendCode)
		w.link(post, door+"/entry", w.enterCode)
	}
	for _, door := range []string{"/i/:token", "/n/:token", "/a/:token", "/g/:token", "/p/:token", "/d/:token", "/o/:token", "/u/:token", "/w/:token"} {
		w.link(post, door+"/successor", w.proposeSuccessor)
	}
	for _, door := range []string{"/i/:token", "/n/:token", "/a/:token", "/g/:token", "/p/:token", "/d/:token", "/o/:token", "/u/:token", "/r/:token", "/w/:token"} {
		w.link(post, door+"/renewal", w.renewLink)
	}
	w.get("/s/:token", serve.ByToken, w.stopPage)
	w.post("/s/:token", serve.ByToken, w.stopReminders)
	w.post("/s/:token/resumption", serve.ByToken, w.resumeReminders)
	w.frame.AnyOrigin("POST /s/{token}") // RFC 8058 §3.2: a mail program posts, from wherever it is; the token is the right
	w.get("/thanks", serve.Anyone, w.thanks)
}

func (w *Web) get(path string, p serve.Policy, h serve.Handler) {
	w.frame.Route(http.MethodGet, path, p, w.refuse, h)
	w.frame.Route(http.MethodHead, path, p, w.refuse, h)
}

func (w *Web) post(path string, p serve.Policy, h serve.Handler) {
	w.frame.Route(http.MethodPost, path, p, w.refuse, h)
}

// unknown answers what no route does, in the form that the address asks for.
func (w *Web) unknown(status int) gin.HandlerFunc {
	return func(c *gin.Context) {
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			w.API(c)
			return
		}
		w.showError(c, status, lang.Say("Sidan finns inte, eller så har du inte tillgång till den."))
	}
}

// actor is who asks.
func actor(c *gin.Context) access.Actor { return serve.Actor(c.Request.Context()) }

// read runs fn on a snapshot.
func (w *Web) read(c *gin.Context, fn func(*store.Tx) error) error {
	return w.DB.Read(c.Request.Context(), fn)
}

// write runs fn in a transaction.
func (w *Web) write(c *gin.Context, fn func(*store.Tx) error) error {
	return w.DB.Write(c.Request.Context(), fn)
}

// goTo answers a POST that was done with the page that shows it (303: a reload posts nothing).
func (w *Web) goTo(c *gin.Context, path string) error {
	c.Redirect(http.StatusSeeOther, path)
	return nil
}
