package app_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

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
	"samverkan/internal/poll"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/report"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// canary stands in whatever only those of a forum may see.
const canary = "kanariefågel"

// objects are one of each thing that an address can name.
type objects struct {
	forum, meeting, invitation, contact, letter, feed                 uuid.UUID
	occasion                                                          uuid.UUID // a meeting of no forum
	identity, grant, asked, session, token                            uuid.UUID // of an account
	minutes, item, action, passed, group                              uuid.UUID
	heading, checkpoint                                               uuid.UUID // of the working text
	proposal, report, parked, days, poll, dates, year                 uuid.UUID
	disclosure                                                        uuid.UUID
	agreement                                                         uuid.UUID
	plan, planLine, planRow, routine, method                          uuid.UUID // of a draft, and what is kept of a row
	followUp                                                          uuid.UUID // a draft
	attachment, paper, suggested, decision                            uuid.UUID
	workplace                                                         uuid.UUID
	draft                                                             uuid.UUID // minutes that are out to be agreed on
	agreed                                                            string    // token
	answer, relay, notes, tasked, openHere, stop, polled, dated, told string    // tokens
	managed                                                           string    // likewise
}

// things makes the objects of a forum: a meeting with invitations that were sent.
func (h *house) things(external string) objects {
	h.Helper()
	o := objects{forum: h.world.Forums[external]}
	h.write(func(tx *store.Tx) error {
		by := access.System()
		f, err := forum.Find(tx, by, o.forum)
		if err != nil {
			return err
		}
		s := f.Settings()
		s.Name = s.Name + " " + canary
		if _, err := forum.Change(tx, by, f.ID, f.Version, s); err != nil {
			return err
		}
		day := secretariat.Booking{ForumID: f.ID, Time: meeting.Time{Starts: 9 * 60, Ends: 10 * 60, Place: canary}}
		day.Time.Date.Year, day.Time.Date.Month, day.Time.Date.Day = 2027, time.February, 3
		booked, err := secretariat.BookYear(tx, by, h.app.Office, []secretariat.Booking{day})
		if err != nil {
			return err
		}
		o.meeting = booked[0].ID
		if _, err := minutes.Open(tx, by, o.meeting); err != nil {
			return err
		}
		paper, err := minutes.Attach(tx, by, o.meeting, minutes.Upload{Name: canary + ".txt", Data: []byte(canary), Shown: true})
		if err != nil {
			return err
		}
		o.paper = paper.ID
		if err := o.finalised(tx, h, f); err != nil {
			return err
		}
		if err := errors.Join(o.suggests(tx, h, f), o.drafted(tx, h), o.submitted(tx, h)); err != nil {
			return err
		}
		if err := o.followsUp(tx, h); err != nil {
			return err
		}
		if err := o.polls(tx, h); err != nil {
			return err
		}
		day.Time.Date.Day = 4
		lecture, err := secretariat.PlanOccasion(tx, by, h.app.Office, lectureOf(canary), day.Time, false)
		if err != nil {
			return err
		}
		o.occasion = lecture.ID
		if err := o.workplaces(tx, h); err != nil {
			return err
		}
		agreements, err := partner.Agreements(tx, by)
		if err != nil {
			return err
		}
		o.agreement = agreements[0].ID
		if err := o.plans(tx); err != nil {
			return err
		}
		return secretariat.Convene(tx, by, h.app.Office, o.meeting, 1, "")
	})
	h.account(&o)
	h.pass(time.Minute)
	h.read(func(tx *store.Tx) error {
		invitations, err := invite.Of(tx, access.System(), o.meeting)
		if err != nil {
			return err
		}
		o.invitation, o.contact, o.answer = invitations[0].ID, invitations[0].ContactID, invitations[0].AnswerToken(h.app.Office.Key)
		letters, err := post.About(tx, []uuid.UUID{o.invitation})
		if err == nil {
			o.letter = letters[o.invitation][0].ID
		}
		return err
	})
	h.park(&o)
	return o
}

// workplaces makes a workplace that was asked for the plan and has confirmed it.
func (o *objects) workplaces(tx *store.Tx, h *house) error {
	by, manager := access.System(), h.world.Contacts["cecilia-bjork"]
	w, err := partner.SaveWorkplace(tx, by, uuid.Nil, partner.Place{Name: canary, ManagerRole: "Enhetschef", ManagerID: &manager, WorkGroupID: &o.group})
	if err != nil {
		return err
	}
	o.workplace = w.ID
	current, err := plan.Current(tx, by)
	if err != nil {
		return err
	}
	day := almanac.Date{Year: 2026, Month: time.November, Day: 18}
	if _, err := relay.AskForPlan(tx, by, w.ID, current.ID, almanac.Date{Year: 2027, Month: time.January, Day: 15}); err != nil {
		return err
	}
	link, err := access.IssueLink(tx, h.app.Office.Key, access.ToPlace, w.ID, manager)
	if err != nil {
		return err
	}
	o.managed = link.Token(h.app.Office.Key)
	return errors.Join(secretariat.ConfirmPlan(tx, access.Guest(), h.app.Office, w.ID, day), secretariat.CountNewHires(tx, access.Guest(), h.app.Office, w.ID, day, 2))
}

// plans makes a draft of the plan, and a routine and a method of one of its rows.
func (o *objects) plans(tx *store.Tx) error {
	by := access.System()
	current, err := plan.Current(tx, by)
	if err != nil {
		return err
	}
	draft, err := plan.Copy(tx, by, current.ID, "utkast "+o.meeting.String()[24:])
	if err != nil {
		return err
	}
	o.plan, o.planLine, o.planRow = draft.ID, draft.Goals[0].LineID, draft.Goals[0].Measures[0].RowID
	routine, err := plan.AddRoutine(tx, by, plan.Routine{RowID: o.planRow, Name: "Rutin", ReviewMonths: 12})
	if err != nil {
		return err
	}
	method, err := plan.AddMethod(tx, by, o.planRow, "FREDA")
	if err != nil {
		return err
	}
	o.routine, o.method = routine.ID, method.ID
	return nil
}

// account makes somebody with a role, a second factor and a deputy's grant, whom an administrator may do anything to.
func (h *house) account(o *objects) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		by := access.System()
		i, err := access.Join(tx, by, canary, uuid.NewString()+"@vingaker.example", "", lang.Swedish)
		if err != nil {
			return err
		}
		o.identity = i.ID
		if err := access.Give(tx, by, access.Grant{IdentityID: i.ID, Role: access.Manager}); err != nil {
			return err
		}
		coordinator, err := access.Load(tx, h.world.Identities[access.Coordinator])
		if err != nil {
			return err
		}
		if err := access.Deputise(tx, coordinator, i.ID, tx.Now, nil); err != nil {
			return err
		}
		held, err := access.GrantsOf(tx, by, i.ID)
		if err != nil {
			return err
		}
		o.grant = held[len(held)-1].ID
		return tx.DB.Model(&access.Identity{}).Where("id = ?", i.ID).Update("totp_sealed", []byte{1}).Error
	})
}

// perishable makes anew what a route may have used up: somebody's session and token, and a proposal.
func (h *house) perishable(o *objects, owner access.Role) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		id := h.world.Identities[owner]
		o.session, o.token, o.asked, o.days = store.NewID(), store.NewID(), store.NewID(), store.NewID()
		return errors.Join(
			tx.DB.Create(&forum.Block{ID: o.days, Kind: forum.LocalDay, Name: canary, From: almanac.Date{Year: 2027, Month: time.March, Day: 3}, To: almanac.Date{Year: 2027, Month: time.March, Day: 3}, CreatedAt: tx.Now}).Error,
			tx.DB.Create(&access.Session{TokenHash: o.session.String(), ID: o.session, IdentityID: &id, Data: []byte{}, BeganAt: tx.Now, SeenAt: tx.Now, ExpiresAt: tx.Now.Add(time.Hour)}).Error,
			tx.DB.Create(&access.APIToken{ID: o.token, IdentityID: id, Name: canary, Scopes: []string{access.ScopeRead}, TokenHash: o.token.String(), CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(time.Hour)}).Error,
			tx.DB.Create(&access.Proposal{ID: o.asked, IdentityID: o.identity, Role: access.Administrator, ProposedByID: h.world.Identities[access.Registrar], ProposedAt: tx.Now}).Error)
	})
}

// park makes a letter that waits for a person.
func (h *house) park(o *objects) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		p, err := post.Park(tx, h.app.Office.Key, post.ParkedLetter{Kind: post.ParkedMail, Reason: secretariat.Written, InvitationID: &o.invitation, MeetingID: &o.meeting,
			Content: post.Content{From: "okand@annan.example", Subject: canary, Text: canary}})
		o.parked = p.ID
		return err
	})
}

// finalised makes minutes of a meeting that was held, with an action and something passed on.
func (o *objects) finalised(tx *store.Tx, h *house, f *forum.Forum) error {
	by := access.System()
	day := meeting.Time{Date: almanac.Date{Year: 2026, Month: time.November, Day: 3}, Starts: 9 * 60, Ends: 10 * 60}
	held, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: f.ID, Time: day, Zone: h.app.Office.Zone, Held: true})
	if err != nil {
		return err
	}
	group, _, err := store.ByExternalID(tx, &partner.WorkGroup{}, "ekonomiskt-bistand")
	if err != nil {
		return err
	}
	members, err := forum.Members(tx, by, f.ID)
	if err != nil {
		return err
	}
	m, err := minutes.Lay(tx, by, held.ID, "", nil, []minutes.Laid{{Title: canary, Items: []minutes.Written{
		{Kind: minutes.Action, Text: canary, Owner: members[0].Contact.Name}, {Kind: minutes.Relay, Text: canary, Receivers: []uuid.UUID{group}}, {Kind: minutes.Decision, Text: canary},
	}}})
	if err != nil {
		return err
	}
	file, err := minutes.Attach(tx, by, held.ID, minutes.Upload{Name: canary + ".pdf", Data: []byte("%PDF-1.7 " + canary)})
	if err != nil {
		return err
	}
	o.attachment = file.ID
	review, err := secretariat.ReviewFinish(tx, by, h.app.Office, m.ID, "")
	if err != nil {
		return err
	}
	if _, err := secretariat.Finish(tx, by, h.app.Office, m.ID, secretariat.Ending{Hash: review.Hash, ShareNotes: true, TellOwners: true}); err != nil {
		return err
	}
	disclosure, err := minutes.Disclose(tx, by, m.ID, 0, minutes.Masks{}, canary)
	if err != nil {
		return err
	}
	o.group, o.disclosure = group, disclosure.ID
	o.minutes, o.relay = m.ID, relay.LinkToken(h.app.Office.Key, m.ID, group, 1)
	draft, err := minutes.Draft(tx, by, m.ID)
	if err != nil {
		return err
	}
	o.item, o.action, o.heading = draft.Items[1].ID, draft.Items[0].ID, draft.Agenda[0].ID
	o.decision = draft.Items[2].ID
	if err := o.checkpoints(tx); err != nil {
		return err
	}
	passed, err := relay.ByLink(tx, o.relay)
	if err == nil {
		o.passed = passed[0].ID
		err = o.guests(tx, h)
	}
	return err
}

// checkpoints goes on with the notes and takes it back, so that there is a state to return to.
func (o *objects) checkpoints(tx *store.Tx) error {
	by := access.System()
	added, err := minutes.Add(tx, by, o.minutes, o.heading, minutes.Written{Kind: minutes.Note, Text: canary})
	if err != nil {
		return err
	}
	if _, err := minutes.Strike(tx, by, added.ID, added.Version); err != nil {
		return err
	}
	all, err := minutes.Checkpoints(tx, by, o.minutes)
	if err == nil {
		o.checkpoint = all[len(all)-1].ID
	}
	return err
}

// drafted makes the notes of another meeting that was held.
func (o *objects) drafted(tx *store.Tx, h *house) error {
	by := access.System()
	day := meeting.Time{Date: almanac.Date{Year: 2026, Month: time.November, Day: 4}, Starts: 9 * 60, Ends: 10 * 60}
	held, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: o.forum, Time: day, Zone: h.app.Office.Zone, Held: true})
	if err != nil {
		return err
	}
	m, err := minutes.Lay(tx, by, held.ID, "", nil, []minutes.Laid{{Title: canary, Items: []minutes.Written{{Kind: minutes.Note, Text: canary}}}})
	if err == nil {
		o.draft = m.ID
	}
	return err
}

// submitted sends those notes to everybody in the forum, unless they are out.
func (o *objects) submitted(tx *store.Tx, h *house) error {
	by := access.System()
	if out, err := minutes.OutOf(tx, o.draft); err != nil || out != nil {
		return err
	}
	if _, err := forum.AllowOutside(tx, by, o.forum); err != nil {
		return err
	}
	if _, err := forum.SetAgreeing(tx, by, o.forum, forum.AgreeingWish{Way: forum.BySilence, Days: 60}); err != nil {
		return err
	}
	review, err := secretariat.ReviewFinish(tx, by, h.app.Office, o.draft, "")
	if err != nil {
		return err
	}
	if _, err := secretariat.Submit(tx, by, h.app.Office, o.draft, secretariat.Ending{Hash: review.Hash}); err != nil {
		return err
	}
	links, err := access.LinksTo(tx, access.ToApproval, o.draft)
	if err != nil {
		return err
	}
	o.agreed = links[0].Token(h.app.Office.Key)
	_, err = forum.SetAgreeing(tx, by, o.forum, forum.AgreeingWish{Way: forum.ByKeeper}) // other notes are finished as ever
	return err
}

// suggests proposes an item to the meeting, which one of its members wants to take up.
func (o *objects) suggests(tx *store.Tx, h *house, f *forum.Forum) error {
	m, err := meeting.Find(tx, access.System(), o.meeting)
	if err != nil {
		return err
	}
	members, err := forum.Members(tx, access.System(), f.ID)
	if err != nil {
		return err
	}
	p, err := minutes.Propose(tx, access.Guest(), m, &members[0].ContactID, canary)
	if err == nil {
		o.suggested = p.ID
	}
	return err
}

// guests gives the tokens of links to the notes and to the action, and what was sent by them.
func (o *objects) guests(tx *store.Tx, h *house) error {
	notes, err := access.LinksTo(tx, access.ToNotes, o.minutes)
	if err != nil {
		return err
	}
	tasked, err := access.LinksTo(tx, access.ToAction, o.action)
	if err != nil {
		return err
	}
	all, err := access.IssueLink(tx, h.app.Office.Key, access.ToOpen, tasked[0].ContactID, tasked[0].ContactID)
	if err != nil {
		return err
	}
	o.openHere = all.Token(h.app.Office.Key)
	o.notes, o.tasked = notes[0].Token(h.app.Office.Key), tasked[0].Token(h.app.Office.Key)
	proposal, err := partner.Propose(tx, notes[0].ContactID, partner.Suggestion{Name: canary})
	if err != nil {
		return err
	}
	report, err := minutes.TakeReport(tx, h.app.Office.Zone, o.action, tasked[0].ContactID, minutes.Said{Kind: "cannot", Comment: canary})
	o.proposal, o.report = proposal.ID, report.ID
	if err != nil {
		return err
	}
	reminded, err := post.LockRecipient(tx, h.app.Office.Key, "teamet@katrineholm.example")
	o.stop = reminded.StopToken(h.app.Office.Key)
	return err
}

// polls makes a date poll that one has answered.
func (o *objects) polls(tx *store.Tx, h *house) error {
	by := access.System()
	members, err := forum.Members(tx, by, o.forum)
	if err != nil {
		return err
	}
	wish := poll.Wish{ForumID: o.forum, LastDay: almanac.Date{Year: 2026, Month: time.December, Day: 11}, Shows: poll.AtOnce}
	for day := range 3 {
		wish.Times = append(wish.Times, poll.Slot{Date: almanac.Date{Year: 2027, Month: time.January, Day: 19 + day}, Starts: 13 * 60, Ends: 14 * 60})
	}
	for _, m := range members {
		wish.Contacts = append(wish.Contacts, m.ContactID)
	}
	r, err := secretariat.AskPoll(tx, by, h.app.Office, wish)
	if err != nil {
		return err
	}
	links, err := access.LinksTo(tx, access.ToPoll, r.Poll.ID)
	if err != nil {
		return err
	}
	o.poll, o.polled = r.Poll.ID, links[0].Token(h.app.Office.Key)
	if err := errors.Join(o.asks(tx, h), o.overview(tx, h)); err != nil {
		return err
	}
	return secretariat.AnswerPoll(tx, links[1].Token(h.app.Office.Key), poll.Response{Answers: []poll.Answer{poll.Yes, poll.No, poll.IfNeeded}, Comment: canary})
}

// asks asks another convener for its dates, which it has given.
func (o *objects) asks(tx *store.Tx, h *house) error {
	year, forumID := 2027, h.world.Forums["lanssamverkan"]
	before, err := poll.ListDates(tx, access.System(), 0)
	if err != nil {
		return err
	}
	r, err := poll.AskDates(tx, access.System(), h.app.Office.Zone, poll.DateWish{ForumID: forumID, ContactID: h.world.Contacts["lansstyrelsen-kontakt"], Year: year + len(before),
		From: almanac.Date{Year: 2027, Month: 1, Day: 1}, To: almanac.Date{Year: 2027, Month: 12, Day: 31}, Most: 2, Note: canary})
	if err != nil {
		return err
	}
	link, err := access.IssueLink(tx, h.app.Office.Key, access.ToDates, r.ID, r.ContactID)
	if err != nil {
		return err
	}
	o.dates, o.dated = r.ID, link.Token(h.app.Office.Key)
	return poll.Offer(tx, access.Guest(), h.app.Office.Zone, r, []poll.Slot{{Date: almanac.Date{Year: 2027, Month: 3, Day: 2}, Starts: 9 * 60, Ends: 10 * 60}})
}

// overview makes an overview of the year for one of the members.
func (o *objects) overview(tx *store.Tx, h *house) error {
	by := access.System()
	m, err := meeting.Find(tx, by, o.meeting)
	if err != nil {
		return err
	}
	members, err := forum.Members(tx, by, o.forum)
	if err != nil {
		return err
	}
	contact := members[0].ContactID
	sent, err := invite.Survey(tx, by, m.Date.Year, contact, canary, []*meeting.Meeting{m})
	if err != nil {
		return err
	}
	link, err := access.IssueLink(tx, h.app.Office.Key, access.ToOverview, sent.ID, contact)
	o.year, o.told = sent.ID, link.Token(h.app.Office.Key)
	return err
}

// followsUp begins a year's follow-up; of a second forum's objects that of the year before.
func (o *objects) followsUp(tx *store.Tx, h *house) error {
	r, err := report.Start(tx, access.System(), h.app.Office.Zone, 2026, 0)
	if fault.KindOf(err) == fault.Conflict {
		r, err = report.Start(tx, access.System(), h.app.Office.Zone, 2025, 0)
	}
	if err == nil {
		o.followUp = r.ID
		_, err = report.Save(tx, access.System(), r.ID, r.Version, report.Texts{Summary: canary})
	}
	return err
}

// fill puts the objects into a route's pattern.
func (o objects) fill(h *house, route string) string {
	segments := strings.Split(route, "/")
	for i, s := range segments {
		switch {
		case s == ":contact" || s == ":contactId":
			segments[i] = o.contact.String()
		case s == ":token" && segments[1] == "i":
			segments[i] = o.answer
		case s == ":token" && segments[1] == "r":
			segments[i] = o.relay
		case s == ":token" && segments[1] == "w":
			segments[i] = o.managed
		case s == ":token" && segments[1] == "g":
			segments[i] = o.agreed
		case s == ":token" && segments[1] == "n":
			segments[i] = o.notes
		case s == ":token" && segments[1] == "s":
			segments[i] = o.stop
		case s == ":token" && segments[1] == "a":
			segments[i] = o.tasked
		case s == ":token" && segments[1] == "p":
			segments[i] = o.polled
		case s == ":token" && segments[1] == "d":
			segments[i] = o.dated
		case s == ":token" && segments[1] == "o":
			segments[i] = o.told
		case s == ":token" && segments[1] == "u":
			segments[i] = o.openHere
		case s == ":token":
			segments[i] = segments[1] + "_unknown"
		case s == ":file" && segments[1] == "calendar":
			segments[i] = h.world.FeedToken + ".ics"
		case s == ":file":
			segments[i] = "app.css"
		case s == ":format":
			segments[i] = "pdf"
		case s == ":month": // of the log
			segments[i] = "2026-10"
		case s == ":attachment" && segments[1] == "i":
			segments[i] = o.paper.String()
		case s == ":attachment":
			segments[i] = o.attachment.String()
		case strings.HasPrefix(s, ":"):
			kind := segments[i-1]
			if kind == "minutes-items" && i+1 < len(segments) && segments[i+1] == "ties" {
				segments[i] = o.action.String()
				continue
			}
			if kind == "rows" || s == ":row" {
				segments[i] = o.planRow.String()
				continue
			}
			if kind == "meetings" && i+1 < len(segments) && (segments[i+1] == "settings" || segments[i+1] == "occasion") {
				segments[i] = o.occasion.String()
				continue
			}
			if kind == "minutes" && i+1 < len(segments) && slices.Contains([]string{"approval", "views", "submission"}, segments[i+1]) {
				segments[i] = o.draft.String()
				continue
			}
			id, known := map[string]uuid.UUID{"forums": o.forum, "meetings": o.meeting, "invitations": o.invitation, "date-polls": o.poll, "date-requests": o.dates, "year-overviews": o.year, "contacts": o.contact,
				"outbox": o.letter, "letters": o.letter, "inbox": o.parked, "feeds": o.feed, "organisations": o.forum,
				"minutes": o.minutes, "disclosures": o.disclosure, "minutes-items": o.item, "minutes-checkpoints": o.checkpoint, "agenda-items": o.heading, "actions": o.action, "decisions": o.decision, "relay-items": o.passed,
				"work-groups": o.group, "workplaces": o.workplace, "receivers": o.group, "accounts": o.identity, "deputies": o.identity, "grants": o.grant,
				"sessions": o.session, "tokens": o.token, "grant-proposals": o.asked,
				"successor-proposals": o.proposal, "agreements": o.agreement, "plan-versions": o.plan, "plans": o.plan, "goals": o.planLine, "places": o.planLine, "removals": o.planLine, "plan-rows": o.planRow, "routines": o.routine, "methods": o.method, "follow-ups": o.followUp, "attachments": o.attachment, "agenda-proposals": o.suggested, "action-reports": o.report, "planning-days": o.days}[kind]
			if !known {
				h.Fatalf("route %s: the matrix does not know what %s is", route, kind)
			}
			segments[i] = id.String()
		}
	}
	return strings.Join(segments, "/")
}

// caller is somebody of a role, with a browser and a token.
type caller struct {
	role    access.Role // empty: nobody
	browser *http.Client
	token   string
	feed    uuid.UUID // one of their own
}

func (h *house) callers() []caller {
	h.Helper()
	all := []caller{{browser: h.browser()}}
	for _, role := range access.Roles {
		c := caller{role: role, browser: h.as(role)}
		h.write(func(tx *store.Tx) (err error) {
			by, err := access.Load(tx, h.world.Identities[role])
			if err != nil {
				return err
			}
			if c.token, err = access.CreateAPIToken(tx, access.System(), by.ID, "matrix", []string{access.ScopeRead, access.ScopeWrite}, 30); err != nil {
				return err
			}
			return nil
		})
		c.feed = h.subscribed(role)
		all = append(all, c)
	}
	return all
}

// subscribed gives a fresh feed of somebody's.
func (h *house) subscribed(role access.Role) (id uuid.UUID) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		by, err := access.Load(tx, h.world.Identities[role])
		if err != nil {
			return err
		}
		feed, _, err := access.Subscribe(tx, by, "matrix", access.Neutral, access.Contents{})
		id = feed.ID
		return err
	})
	return id
}

// try calls a route as a caller, with a form or a body that does nothing by itself.
func (h *house) try(c caller, method, path string) reply {
	h.Helper()
	if !strings.HasPrefix(path, "/api/") {
		if method == http.MethodPost {
			return h.post(c.browser, path, url.Values{})
		}
		return h.do(c.browser, h.request(method, path, ""))
	}
	body := ""
	if method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch {
		body = "{}"
	}
	r := h.request(method, path, body)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("If-Match", `"0"`)
	r.Header.Set("Idempotency-Key", uuid.NewString())
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return h.do(http.DefaultClient, r)
}

// routes gives every route, those that end something last.
func (h *house) routes() []string {
	var all []string
	for route := range h.app.Frame.Policies() {
		all = append(all, route)
	}
	sort.Slice(all, func(i, j int) bool {
		if a, b := ends(all[i]), ends(all[j]); a != b {
			return b
		}
		return all[i] < all[j]
	})
	return all
}

func ends(route string) bool {
	return strings.HasPrefix(route, "DELETE") || strings.Contains(route, "revocation") || strings.Contains(route, "signout") || strings.Contains(route, "removal") ||
		strings.Contains(route, "departure")
}

// T-ROUTES: a route without a policy does not start, and each policy's route is there.
func TestRoutes(t *testing.T) {
	onBoth(t, func(h *house) {
		policies := h.app.Frame.Policies()
		for _, r := range h.app.Frame.Engine.Routes() {
			if p, declared := policies[r.Method+" "+r.Path]; !declared || p.Name == "" {
				h.Errorf("%s %s has no policy", r.Method, r.Path)
			}
		}
		h.app.Frame.Engine.GET("/left-out", func(*gin.Context) {})
		if _, err := h.app.Frame.Handler(); err == nil || !strings.Contains(err.Error(), "GET /left-out") {
			h.Errorf("a forgotten route started: %v", err)
		}
	})
}

// T-MATRIX: every route, as everybody, with objects of one's own forum and of another's. What is
// denied is not found, and none of it is in the answer.
func TestMatrix(t *testing.T) {
	onBoth(t, func(h *house) {
		own, foreign := h.things("rvt-miranda"), h.things("polis-avstamning")
		for _, c := range h.callers() {
			h.write(func(tx *store.Tx) error { // the caller before may have taken them out
				if err := tx.DB.Model(&partner.Contact{}).Where("left_at IS NOT NULL").Update("left_at", nil).Error; err != nil {
					return err
				}
				if err := errors.Join(own.submitted(tx, h), foreign.submitted(tx, h)); err != nil { // or back
					return err
				}
				return errors.Join(forum.Seat(tx, access.System(), own.forum, own.contact), forum.Seat(tx, access.System(), foreign.forum, foreign.contact))
			})
			for _, route := range h.routes() {
				method, pattern, _ := strings.Cut(route, " ")
				if pattern == "/signout" { // ends the caller's own session
					continue
				}
				if c.role != "" && strings.Contains(pattern, "/feeds/") { // the last route may have ended it
					own.feed = h.subscribed(c.role)
				}
				if c.role != "" && ends(route) || strings.Contains(pattern, "/grant-proposals/") {
					other := access.Registrar
					if c.role == other {
						other = access.Manager
					}
					h.perishable(&own, cmp.Or(c.role, access.Member))
					h.perishable(&foreign, other)
				}
				foreign.feed = h.subscribed(access.Manager)
				if c.role == access.Manager {
					foreign.feed = h.subscribed(access.Coordinator)
				}
				policy := h.app.Frame.Policies()[route]
				h.judge(c, route, policy, h.try(c, method, own.fill(h, pattern)), true)
				if strings.Contains(pattern, ":id") || strings.Contains(pattern, ":contact") {
					h.judge(c, route, policy, h.try(c, method, foreign.fill(h, pattern)), false)
				}
			}
		}
	})
}

// judge says what should have come back.
func (h *house) judge(c caller, route string, policy serve.Policy, p reply, own bool) {
	h.Helper()
	who := fmt.Sprintf("%s as %q (own: %v)", route, c.role, own)
	program := strings.Contains(route, " /api/")
	if p.status >= 500 {
		h.Errorf("%s: %d: %s", who, p.status, p.body)
	}
	switch {
	case policy.Roles == nil:
	case c.role == "" && !program && !strings.HasPrefix(route, "POST"):
		if p.status != http.StatusSeeOther || !strings.HasPrefix(p.to, "/signin") {
			h.Errorf("%s: %d, not sent to sign in", who, p.status)
		}
	case c.role == "":
		if p.status != http.StatusUnauthorized {
			h.Errorf("%s: %d, not 401", who, p.status)
		}
	case slices.Contains(policy.Roles, c.role) && sees(c.role, route, own):
		if p.status == http.StatusNotFound || p.status == http.StatusUnauthorized || p.status == http.StatusForbidden {
			h.Errorf("%s: %d, though the role may", who, p.status)
		}
	default:
		if p.status != http.StatusNotFound {
			h.Errorf("%s: %d, not 404", who, p.status)
		}
		if strings.Contains(p.body, canary) {
			h.Errorf("%s: the answer tells what it denies", who)
		}
	}
}

// sees tells whether a role finds the object in a route's address, by domain.md §2.5. An address
// without an object is decided by the policy alone.
func sees(role access.Role, route string, own bool) bool {
	programme := role == access.Coordinator || role == access.Manager || role == access.Registrar
	switch {
	case !strings.Contains(route, ":id"):
		return true
	case strings.Contains(route, "/feeds/"): // only ever its owner's
		return own
	case strings.Contains(route, "/plan-versions/"), strings.Contains(route, "/plans/"): // a draft
		return programme
	case strings.Contains(route, "/plan-rows/"), strings.Contains(route, "/routines/"), strings.Contains(route, "/methods/"):
		return true
	case strings.Contains(route, "/accounts/"), strings.Contains(route, "/grants/"), strings.Contains(route, "/grant-proposals/"), strings.Contains(route, "/deputies/"), strings.Contains(route, "/agreements/"):
		return true // whoever the policy lets in sees all
	case strings.Contains(route, "/sessions/"):
		return own
	case strings.Contains(route, "/tokens/"):
		return own || role == access.Administrator
	case strings.Contains(route, "/workplaces/"): // whoever the policy lets in sees all
		return true
	case strings.Contains(route, "/receivers/"): // the group is another than the lead's
		return programme
	case strings.Contains(route, "/organisations/"), strings.HasSuffix(route, "/acts"), strings.HasSuffix(route, "/meetings/:id/restoration"), strings.HasSuffix(route, "/meetings/:id/review"):
		return false // an id of another kind of thing; an act that the empty form does not name
	case strings.Contains(route, "/minutes/:id/approval"), strings.Contains(route, "/minutes/:id/views"), strings.Contains(route, "/minutes/:id/submission"): // a draft is for those who are asked
		return role == access.Coordinator || role == access.Member && own
	case strings.Contains(route, "/relay-items/"): // the item is another group's than the lead's
		return programme
	case strings.HasSuffix(route, "/actions/:id/reports"): // of others' actions whoever keeps the notes speaks alone
		return role == access.Coordinator
	case strings.Contains(route, "/outings/"), strings.Contains(route, "/latenesses"): // of others whoever plans speaks alone
		return role == access.Coordinator
	case strings.Contains(route, "/follow-ups/"): // a registrar sees those that were handed over
		return role == access.Coordinator || role == access.Manager
	case strings.Contains(route, "/contacts/"):
		return programme && role != access.Registrar || role == access.Member && own
	case strings.HasSuffix(route, "/acceptance"), strings.HasSuffix(route, "/refusal"):
		return false // acts on letters of another kind
	case strings.Contains(route, "/inbox/"), strings.Contains(route, "/date-polls/"), strings.Contains(route, "/date-requests/"), strings.Contains(route, "/year-overviews/"), strings.Contains(route, "/outbox/"), strings.Contains(route, "/letters/"):
		return role == access.Coordinator
	}
	return programme || role == access.Member && own
}

// snapshot is every row but those that reading may write: who was last seen, who read what, and
// tokens that opened nothing.
func (h *house) snapshot() map[string]string {
	h.Helper()
	tables := map[string]string{}
	h.read(func(tx *store.Tx) error {
		for _, table := range store.Tables {
			switch table {
			case "sessions", "log_entries", "feed_subscriptions", "api_tokens", "attempts":
				continue
			}
			rows := []map[string]any{}
			if err := tx.DB.Table(table).Find(&rows).Error; err != nil {
				return err
			}
			lines := make([]string, len(rows))
			for i, row := range rows {
				lines[i] = fmt.Sprint(row)
			}
			sort.Strings(lines)
			tables[table] = strings.Join(lines, "\n")
		}
		return nil
	})
	return tables
}

// T-SAFE: no GET changes anything but who was seen when.
func TestSafe(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		callers := h.callers()
		before := h.snapshot()
		for _, c := range callers {
			own.feed = c.feed
			for _, route := range h.routes() {
				method, pattern, _ := strings.Cut(route, " ")
				if method != http.MethodGet && method != http.MethodHead {
					continue
				}
				h.try(c, method, own.fill(h, pattern))
				h.try(c, method, own.fill(h, pattern))
			}
		}
		h.unchanged(before)
	})
}

// T-HEADERS: on every page, also of errors.
func TestHeaders(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		c := h.callers()[1]
		own.feed = c.feed
		paths := []string{"GET /nowhere", "GET /api/v1/nowhere", "DELETE /meetings"}
		for _, route := range append(h.routes(), paths...) {
			method, pattern, _ := strings.Cut(route, " ")
			if pattern == "/signout" {
				continue
			}
			p := h.try(c, method, own.fill(h, pattern))
			kept := "private"
			if pattern == "/static/:file" {
				kept = "immutable"
			}
			h.protected(route, p, kept)
			kind := p.header.Get("Content-Type")
			if p.body != "" && !strings.Contains(kind, "charset=utf-8") && !strings.Contains(kind, "json") && !strings.Contains(kind, "svg") && kind != "application/pdf" {
				h.Errorf("%s: Content-Type %q", route, kind)
			}
		}
	})
}

// protected looks for the headers that no answer lacks (ASVS 3.4), and for those that none has.
func (h *house) protected(where string, p reply, kept string) {
	h.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Request-Id": "-", "Cache-Control": kept,
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "X-Robots-Tag": "noindex", "Permissions-Policy": "camera=()",
	} {
		if !strings.Contains(p.header.Get(name), want) {
			h.Errorf("%s: %s is %q", where, name, p.header.Get(name))
		}
	}
	csp := p.header["Content-Security-Policy"]
	parts := []string{"default-src 'none'", "script-src 'nonce-", "style-src 'nonce-", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"}
	if strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") {
		parts = []string{"sandbox", "default-src 'none'", "frame-ancestors 'none'"}
	}
	for _, part := range parts {
		if len(csp) != 1 || !strings.Contains(csp[0], part) {
			h.Errorf("%s: the policy %q lacks %s", where, csp, part)
		}
	}
	for _, name := range []string{"Access-Control-Allow-Origin", "Server", "X-Powered-By", "Via"} {
		if p.header.Get(name) != "" {
			h.Errorf("%s: %s is %q", where, name, p.header.Get(name))
		}
	}
}

// T-TOKENFUZZ: nothing near a token opens anything, and everything near it is answered alike.
func TestTokenFuzz(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		for door, token := range map[string]string{"/i/…": own.answer, "/i/…/calendar.ics": own.answer, "/i/…/papers": own.answer, "/i/…/attachments/" + own.paper.String(): own.answer, "/r/…": own.relay, "/n/…": own.notes, "/g/…": own.agreed, "/a/…": own.tasked, "/s/…": own.stop, "/p/…": own.polled, "/d/…": own.dated, "/o/…": own.told, "/w/…": own.managed, "/calendar/….ics": h.world.FeedToken} {
			prefix, suffix, _ := strings.Cut(door, "…")
			h.wants(h.get(h.browser(), prefix+token+suffix), 200)
			near := []string{token[1:], strings.ToUpper(token), token + "=", token + "a", token[:len(token)-1] + "%20", "%00" + token, token + "%2f", strings.Replace(token, "_", "-", 1)}
			for n := 1; n < len(token); n++ {
				near = append(near, token[:n])
			}
			for _, other := range near {
				h.clock = h.clock.Add(2 * time.Second) // sixty a minute are answered at all
				if p := h.get(h.browser(), prefix+other+suffix); p.status != http.StatusNotFound {
					h.Errorf("%s%s%s: %d", prefix, other, suffix, p.status)
				}
			}
		}
	})
}

// T-REVOKE, T-DISABLED: rights and links end at the next request.
func TestRevoke(t *testing.T) {
	onBoth(t, func(h *house) {
		member := h.as(access.Member)
		h.wants(h.get(member, "/meetings"), 200)
		feed := "/calendar/" + h.world.FeedToken + ".ics"
		h.wants(h.get(h.browser(), feed), 200)
		page, _ := h.call(http.MethodGet, "/meetings", nil)
		h.wants(page, 200)
		own := h.things("rvt-miranda")
		h.wants(h.get(h.browser(), "/i/"+own.answer), 200)
		h.write(func(tx *store.Tx) error {
			for _, role := range []access.Role{access.Member, access.Coordinator} {
				if err := access.Disable(tx, access.System(), h.world.Identities[role]); err != nil {
					return err
				}
			}
			_, err := invite.Withdraw(tx, h.app.Office.Key, own.invitation)
			return err
		})
		if p := h.get(member, "/meetings"); p.status != http.StatusSeeOther {
			h.Errorf("a disabled identity reads pages: %d", p.status)
		}
		if p := h.get(h.browser(), feed); p.status != http.StatusNotFound {
			h.Errorf("a disabled identity's feed: %d", p.status)
		}
		if p, _ := h.call(http.MethodGet, "/meetings", nil); p.status != http.StatusUnauthorized {
			h.Errorf("a disabled identity's token: %d", p.status)
		}
		if p := h.get(h.browser(), "/i/"+own.answer); p.status != http.StatusNotFound {
			h.Errorf("a withdrawn invitation's link: %d", p.status)
		}
		if p := h.post(h.browser(), "/signin", url.Values{"email": {"medlem@vingaker.example"}, "password": {password}}); p.status != http.StatusUnprocessableEntity {
			h.Errorf("a disabled identity signs in: %d", p.status)
		}
	})
}

// Taken back while the letter waits: the right is looked at again when it is sent.
func TestRevokeWhileALetterWaits(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		before := len(h.mail.Letters())
		h.write(func(tx *store.Tx) error {
			m, err := meeting.Find(tx, access.System(), own.meeting)
			if err != nil {
				return err
			}
			to := m.Time()
			to.Starts, to.Ends = to.Starts+60, to.Ends+60
			if _, err := secretariat.Reschedule(tx, access.System(), h.app.Office, m.ID, m.Version, to, ""); err != nil {
				return err
			}
			return nil
		})
		h.clock = h.clock.Add(time.Minute)
		if err := secretariat.WriteAllOwed(context.Background(), h.app.DB, h.app.Office); err != nil { // written, not sent
			h.Fatal(err)
		}
		h.write(func(tx *store.Tx) error {
			_, err := invite.Withdraw(tx, h.app.Office.Key, own.invitation)
			return err
		})
		h.pass(0)
		if n := len(h.mail.Letters()) - before; n != 3 {
			h.Errorf("%d letters about the move, not to the three who are still asked", n)
		}
	})
}

// T-ENUM: who exists cannot be told from the answer.
func TestEnum(t *testing.T) {
	onBoth(t, func(h *house) {
		h.write(func(tx *store.Tx) error {
			return access.Disable(tx, access.System(), h.world.Identities[access.Registrar])
		})
		answer := func(email string) reply {
			return h.post(h.browser(), "/signin", url.Values{"email": {email}, "password": {"fel lösenord här"}})
		}
		known := answer("chef@vingaker.example")
		for _, email := range []string{"finns-inte-alls@vingaker.example", "registrator@vingaker.example", "' OR 1=1 --", ""} {
			if other := answer(email); other.status != known.status || strings.ReplaceAll(bare(other.body), escaped(email), "") != strings.ReplaceAll(bare(known.body), "chef@vingaker.example", "") {
				h.Errorf("%q is answered otherwise: %d\n%s", email, other.status, text(other.body))
			}
		}
	})
}

// bare is a page without its nonce, which is another each time.
func bare(body string) string { return regexp.MustCompile(`nonce="[^"]*"`).ReplaceAllString(body, "") }

func escaped(text string) string { return strings.NewReplacer("'", "&#39;").Replace(text) }

// T-BRUTE: guessing ends after five tries, for a quarter of an hour, also for the right password.
func TestBrute(t *testing.T) {
	onBoth(t, func(h *house) {
		sign := func(password string) reply {
			return h.post(h.browser(), "/signin", url.Values{"email": {"chef@vingaker.example"}, "password": {password}})
		}
		for range 5 {
			h.wants(sign("fel lösenord här"), http.StatusUnprocessableEntity)
		}
		if p := sign(password); !strings.Contains(text(p.body), "För många försök") {
			h.Errorf("the sixth try: %s", text(p.body))
		}
		h.clock = h.clock.Add(16 * time.Minute)
		h.wants(sign(password), http.StatusSeeOther)
	})
}

// A session ends after 30 idle minutes, and after 12 hours however busy it was.
func TestSessionEnds(t *testing.T) {
	onBoth(t, func(h *house) {
		idle := h.as(access.Manager)
		h.clock = h.clock.Add(29 * time.Minute)
		h.wants(h.get(idle, "/meetings"), 200)
		h.clock = h.clock.Add(31 * time.Minute)
		h.wants(h.get(idle, "/meetings"), http.StatusSeeOther)
		busy := h.as(access.Manager)
		for range 24 {
			h.clock = h.clock.Add(29 * time.Minute)
			h.wants(h.get(busy, "/meetings"), 200)
		}
		h.clock = h.clock.Add(29 * time.Minute)
		h.wants(h.get(busy, "/meetings"), http.StatusSeeOther)
	})
}

// T-RESET: a new password ends the sessions that the old one began.
func TestReset(t *testing.T) {
	onBoth(t, func(h *house) {
		manager := h.as(access.Manager)
		h.clock = h.clock.Add(time.Minute)
		h.write(func(tx *store.Tx) error {
			return access.SetPassword(tx, access.System(), h.world.Identities[access.Manager], "another hash")
		})
		h.wants(h.get(manager, "/meetings"), http.StatusSeeOther)
	})
}

// T-CSRF: a form on another site changes nothing.
func TestCSRF(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			r := h.request(http.MethodPost, "/language", "language=en&next=%2F")
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(header, value)
			if p := h.do(coordinator, r); p.status != http.StatusForbidden {
				h.Errorf("%s %s: %d", header, value, p.status)
			}
		}
	})
}

// T-NEXT: signing in leads nowhere else.
func TestNext(t *testing.T) {
	onBoth(t, func(h *house) {
		elsewhere := []string{"//evil.example", `/\evil.example`, `\/evil.example`, `\\evil.example`, "https://evil.example", "HTTPS://evil.example", "http:evil.example", "https:/evil.example",
			"https:evil.example", "https:///evil.example", "ftp://evil.example", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "webcal://evil.example", "/%09/evil.example",
			"/%5cevil.example", "/%2f%2fevil.example", "///evil", "////evil.example", "/.evil.example", "/./evil", "/..//evil.example", "evil", "evil.example", "", "/", "/\t/evil", "\t//evil.example", "/\r\n/evil.example",
			"//a@evil.example", "/@evil.example", "/ /evil", " //evil.example", "/\u2028/evil.example", "/a\\evil", "?x", "#x", "/\x00/evil", "/1", "/-", "/Ä"}
		if len(elsewhere) < 30 {
			h.Fatalf("%d forms", len(elsewhere))
		}
		for _, next := range elsewhere {
			p := h.post(h.browser(), "/signin", url.Values{"email": {"chef@vingaker.example"}, "password": {password}, "next": {next}})
			if p.to != "/" {
				h.Errorf("next %q leads to %q", next, p.to)
			}
		}
		p := h.post(h.browser(), "/signin", url.Values{"email": {"chef@vingaker.example"}, "password": {password}, "next": {"/meetings"}})
		if p.to != "/meetings" {
			h.Errorf("next /meetings leads to %q", p.to)
		}
	})
}

// T-LOGS: what was logged, and what the database keeps, opens nothing.
func TestLogsAndRowsHoldNoSecret(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator := h.as(access.Coordinator)
		for _, link := range []string{"/i/" + own.answer, "/r/" + own.relay, "/n/" + own.notes, "/a/" + own.tasked, "/s/" + own.stop, "/p/" + own.polled, "/d/" + own.dated, "/o/" + own.told, "/w/" + own.managed} {
			h.get(h.browser(), link)
			h.post(h.browser(), link+"/renewal", nil)
		}
		h.post(h.browser(), "/n/"+own.notes+"/code", nil)
		h.pass(0)
		code := h.code()
		h.get(h.browser(), "/calendar/"+h.world.FeedToken+".ics")
		h.call(http.MethodGet, "/meetings", nil)
		h.get(coordinator, "/")
		var dump bytes.Buffer
		h.read(func(tx *store.Tx) error {
			for _, table := range store.Tables {
				rows := []map[string]any{}
				if err := tx.DB.Table(table).Find(&rows).Error; err != nil {
					return err
				}
				for _, row := range rows {
					for _, v := range row {
						fmt.Fprintf(&dump, "%s\n", v)
					}
				}
			}
			return nil
		})
		for name, secret := range map[string]string{"answer token": own.answer, "receiver's token": own.relay, "notes token": own.notes, "action token": own.tasked, "stop token": own.stop, "poll token": own.polled, "dates token": own.dated, "overview token": own.told, "manager's token": own.managed, "code": code, "feed token": h.world.FeedToken, "API token": h.world.APIToken, "password": password} {
			if strings.Contains(h.log.String(), secret) {
				h.Errorf("the log holds the %s", name)
			}
			if strings.Contains(dump.String(), secret) {
				h.Errorf("a row holds the %s", name)
			}
		}
		if strings.Contains(h.log.String(), canary) || strings.Contains(h.log.String(), "@") {
			h.Error("the log holds a title, a place or an address")
		}
	})
}
