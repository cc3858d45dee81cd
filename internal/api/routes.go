package api

import (
	"samverkan/internal/access"
	"samverkan/internal/serve"
)

// routes are all calls, by noun. A call that changes nothing asks a token for read, every other for
// write; what the verb lets the caller see and do comes on top of the policy.
func (d *door) routes() {
	const read, write = access.ScopeRead, access.ScopeWrite
	anyone, signedIn, coordinator := serve.Anyone, serve.SignedIn, serve.Only(access.Coordinator)
	readers := serve.Only(access.Coordinator, access.Member, access.Manager, access.Registrar)
	receivers := serve.Only(access.Coordinator, access.Manager, access.GroupLead)

	add(d, "GET", "/api-info", "apiInfo", anyone, "", d.apiInfo)

	add(d, "GET", "/organisations", "listOrganisations", signedIn, read, d.listOrganisations)
	add(d, "POST", "/organisations", "addOrganisation", coordinator, write, d.addOrganisation)
	add(d, "GET", "/organisations/{id}", "getOrganisation", signedIn, read, d.getOrganisation)
	add(d, "GET", "/contacts", "listContacts", signedIn, read, d.listContacts)
	add(d, "POST", "/contacts", "addContact", coordinator, write, d.addContact)
	add(d, "GET", "/contacts/{id}", "getContact", signedIn, read, d.getContact)
	add(d, "PUT", "/contacts/{id}", "changeContact", coordinator, write, d.changeContact)
	add(d, "GET", "/work-groups", "listWorkGroups", signedIn, read, d.listWorkGroups)
	add(d, "GET", "/workplaces", "listWorkplaces", signedIn, read, d.listWorkplaces)
	add(d, "GET", "/agreements", "listAgreements", signedIn, read, d.listAgreements)
	add(d, "POST", "/agreements", "addAgreement", coordinator, write, d.addAgreement)
	add(d, "GET", "/agreements/{id}", "getAgreement", signedIn, read, d.getAgreement)
	add(d, "PUT", "/agreements/{id}", "changeAgreement", coordinator, write, d.changeAgreement)
	add(d, "POST", "/agreements/{id}/ending", "endAgreement", coordinator, write, d.endAgreement)
	add(d, "GET", "/plans", "listPlans", signedIn, read, d.listPlans)

	add(d, "GET", "/forums", "listForums", signedIn, read, d.listForums)
	add(d, "POST", "/forums", "foundForum", coordinator, write, d.foundForum)
	add(d, "GET", "/forums/{id}", "getForum", signedIn, read, d.getForum)
	add(d, "PUT", "/forums/{id}", "changeForum", coordinator, write, d.changeForum)
	add(d, "GET", "/forums/{id}/members", "listMembers", signedIn, read, d.listMembers)
	add(d, "PUT", "/forums/{id}/members/{contactId}", "seatMember", coordinator, write, d.seatMember)
	add(d, "DELETE", "/forums/{id}/members/{contactId}", "unseatMember", coordinator, write, d.unseatMember)
	add(d, "POST", "/year-proposals", "proposeYear", coordinator, read, d.proposeYear)
	add(d, "GET", "/promise-statuses", "listPromiseStatuses", signedIn, read, d.listPromiseStatuses)

	add(d, "GET", "/meetings", "listMeetings", signedIn, read, d.listMeetings)
	add(d, "POST", "/meetings", "scheduleMeeting", coordinator, write, d.scheduleMeeting)
	add(d, "GET", "/meetings/{id}", "getMeeting", signedIn, read, d.getMeeting)
	add(d, "DELETE", "/meetings/{id}", "deleteMeeting", coordinator, write, d.deleteMeeting)
	add(d, "POST", "/meetings/{id}/restoration", "restoreMeeting", coordinator, write, d.restoreMeeting)
	add(d, "GET", "/deleted-meetings", "listDeletedMeetings", coordinator, read, d.listDeletedMeetings)
	add(d, "POST", "/meetings/{id}/reviews", "reviewLetters", coordinator, read, d.reviewLetters)
	add(d, "POST", "/meetings/{id}/invitations", "sendInvitations", coordinator, write, d.sendInvitations)
	add(d, "GET", "/meetings/{id}/invitations", "listInvitations", signedIn, read, d.listInvitations)
	add(d, "POST", "/meetings/{id}/reschedulings", "rescheduleMeeting", coordinator, write, d.rescheduleMeeting)
	add(d, "POST", "/meetings/{id}/cancellation", "cancelMeeting", coordinator, write, d.cancelMeeting)
	add(d, "DELETE", "/meetings/{id}/pending-act", "undoPendingAct", coordinator, write, d.undoPendingAct)
	add(d, "POST", "/meetings/{id}/holding", "holdMeeting", coordinator, write, d.holdMeeting)
	add(d, "POST", "/invitations/{id}/answers", "recordAnswer", coordinator, write, d.recordAnswer)

	add(d, "GET", "/date-polls", "listDatePolls", coordinator, read, d.listDatePolls)
	add(d, "POST", "/date-poll-reviews", "reviewDatePoll", coordinator, read, d.reviewDatePoll)
	add(d, "POST", "/date-polls", "askDatePoll", coordinator, write, d.askDatePoll)
	add(d, "GET", "/date-polls/{id}", "getDatePoll", coordinator, read, d.getDatePoll)
	add(d, "PATCH", "/date-polls/{id}", "changeDatePoll", coordinator, write, d.changeDatePoll)
	add(d, "POST", "/date-polls/{id}/booking", "bookDatePoll", coordinator, write, d.bookDatePoll)

	add(d, "POST", "/meetings/{id}/minutes", "openMinutes", coordinator, write, d.openMinutes)
	add(d, "GET", "/minutes", "listMinutes", readers, read, d.listMinutes)
	add(d, "GET", "/minutes/{id}", "getMinutes", readers, read, d.getMinutes)
	add(d, "GET", "/minutes/{id}/draft", "getDraft", coordinator, read, d.getDraft)
	add(d, "PUT", "/minutes/{id}/attendance", "changeAttendance", coordinator, write, d.changeAttendance)
	add(d, "POST", "/minutes/{id}/agenda-items", "addAgendaItem", coordinator, write, d.addAgendaItem)
	add(d, "POST", "/minutes/{id}/items", "addItem", coordinator, write, d.addItem)
	add(d, "PUT", "/minutes-items/{id}", "changeItem", coordinator, write, d.changeItem)
	add(d, "DELETE", "/minutes-items/{id}", "strikeItem", coordinator, write, d.strikeItem)
	add(d, "POST", "/minutes/{id}/reviews", "reviewFinalisation", coordinator, read, d.reviewFinalisation)
	add(d, "POST", "/minutes/{id}/finalisation", "finaliseMinutes", coordinator, write, d.finaliseMinutes)
	add(d, "GET", "/decisions", "listDecisions", readers, read, d.listDecisions)
	add(d, "GET", "/actions", "listActions", readers, read, d.listActions)
	add(d, "POST", "/actions/{id}/closure", "closeAction", coordinator, write, d.closeAction)
	add(d, "GET", "/relay-items", "listRelayItems", receivers, read, d.listRelayItems)
	add(d, "GET", "/relay-items/{id}", "getRelayItem", receivers, read, d.getRelayItem)
	add(d, "POST", "/relay-items/{id}/acknowledgement", "acknowledgeRelayItem", serve.Only(access.Coordinator, access.GroupLead), write, d.acknowledgeRelayItem)
	add(d, "POST", "/searches", "searchMinutes", readers, read, d.searchMinutes)

	add(d, "GET", "/feeds", "listFeeds", signedIn, read, d.listFeeds)
	add(d, "POST", "/feeds", "createFeed", signedIn, write, d.createFeed)
	add(d, "DELETE", "/feeds/{id}", "revokeFeed", signedIn, write, d.revokeFeed)
	add(d, "GET", "/letters", "listLetters", serve.Only(access.Coordinator, access.Administrator), read, d.listLetters)
	add(d, "GET", "/log-entries", "listLogEntries", serve.Only(access.Coordinator, access.Manager, access.Registrar, access.Administrator), read, d.listLogEntries)
}
