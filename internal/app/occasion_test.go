package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// lectureOf is a meeting of no forum.
func lectureOf(name string) secretariat.Occasion {
	o := secretariat.Occasion{Occasion: forum.UsualOccasion()}
	o.Name, o.NeutralTitle = name, "Utbildning"
	return o
}

func TestAMeetingWithoutAForumIsPlannedOnAPage(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		if p := h.wants(h.get(coordinator, "/new-meeting"), 200); !strings.Contains(p.body, `href="/new-occasion"`) {
			h.Error("the page for a new meeting does not lead there")
		}
		hans := h.world.Contacts["omradespolis"].String()
		f := url.Values{"name": {"Utbildning för nämnden"}, "neutralTitle": {"Utbildning"}, "date": {"2027-03-12"}, "starts": {"9.00"}, "ends": {"11.00"}, "place": {"https://moten.example/j/1"},
			"level": {"neutral"}, "outwardPlace": {"municipality"}, "contactId": {hans}}

		search := url.Values{"step": {"find"}, "find": {"polisen"}}
		for name, values := range f {
			search[name] = values
		}
		search["contactId"] = []string{h.world.Contacts["frivarden"].String()}
		p := h.wants(h.post(coordinator, "/new-occasion", search), 200)
		for text, there := range map[string]bool{"Hans Gran": true, "Nils Ask": true, "Jan Lönn": false} { // found, ticked, neither
			if strings.Contains(p.body, text) != there {
				h.Errorf("%s: not %v", text, there)
			}
		}
		if n := h.count("meetings"); n != 0 {
			h.Errorf("searching made %d meetings", n)
		}

		telling := url.Values{}
		for name, values := range f {
			telling[name] = values
		}
		telling["neutralTitle"] = []string{"Utbildning om hedersvåld"}
		p = h.wants(h.post(coordinator, "/new-occasion", telling), http.StatusUnprocessableEntity)
		if !strings.Contains(text(p.body), "berättar vad mötet handlar om") || !strings.Contains(p.body, "Hans Gran") {
			h.Error(text(p.body))
		}

		plan := h.wants(h.get(coordinator, "/plan"), 200).body
		external := between(plan, `<h3 id="row-`, `"`)
		form := h.wants(h.get(coordinator, "/new-occasion?measure="+url.QueryEscape(external)), 200).body
		measure, _, _ := strings.Cut(form, `" selected>`+external+" ")
		f["measureId"] = []string{measure[strings.LastIndex(measure, `"`)+1:]}
		made := h.wants(h.post(coordinator, "/new-occasion", f), http.StatusSeeOther).to
		page := h.wants(h.get(coordinator, made), 200).body
		for _, want := range []string{"Utbildning för nämnden", "Hör till rad " + external + " i planen", "Inget forum.", "Valda men inte inbjudna än: Hans Gran."} {
			if !strings.Contains(text(page), want) {
				h.Errorf("the meeting's page lacks %q", want)
			}
		}
		if strings.Contains(page, `href="/forums/`) {
			h.Error("the meeting's page leads to a forum")
		}
		if plan := h.get(coordinator, "/plan"); !strings.Contains(text(plan.body), "Utbildning för nämnden , fredag 12 mars 2027 Planerat") {
			h.Error("the plan does not name the meeting")
		}
		if plan := h.get(h.as(access.Member), "/plan"); strings.Contains(plan.body, "Utbildning för nämnden") {
			h.Error("the plan names the meeting to whoever is not invited")
		}
		if all := h.get(coordinator, "/meetings?year=2027"); !strings.Contains(all.body, "Utbildning för nämnden") {
			h.Error("the list of meetings lacks it")
		}
		for _, path := range []string{"/forums", "/", "/year?year=2027", "/new-meeting", "/new-date-poll", "/subscribe", "/search"} {
			if p := h.wants(h.get(coordinator, path), 200); path != "/" && strings.Contains(p.body, "Utbildning för nämnden") {
				h.Errorf("%s lists it", path)
			}
		}
		if p := h.get(h.as(access.Administrator), "/new-account"); strings.Contains(p.body, "Utbildning för nämnden") {
			h.Error("an administrator can give a role in it")
		}

		change := h.wants(h.get(coordinator, made+"/settings"), 200)
		if !strings.Contains(change.body, `value="`+hans+`" checked`) {
			h.Error("who is chosen is not ticked")
		}
		f["name"], f["version"] = []string{"Föreläsning"}, []string{between(change.body, `name="version" value="`, `"`)}
		for _, name := range []string{"date", "starts", "ends", "place"} {
			delete(f, name)
		}
		h.wants(h.post(coordinator, made+"/settings", f), http.StatusSeeOther)
		h.wants(h.post(coordinator, made+"/settings", f), http.StatusUnprocessableEntity) // another version by now
		page = h.wants(h.get(coordinator, made), 200).body
		h.wants(h.post(coordinator, made+"/plan-row", url.Values{"version": {between(page, `name="version" value="`, `"`)}, "measureId": {""}}), http.StatusSeeOther)
		if page := h.get(coordinator, made).body; !strings.Contains(page, "<h1>Föreläsning") || strings.Contains(page, "Hör till rad") {
			h.Error("it was not changed")
		}
	})
}

// between gives what stands between two marks, "" when the first is not there.
func between(body, from, to string) string {
	_, rest, _ := strings.Cut(body, from)
	inner, _, _ := strings.Cut(rest, to)
	return inner
}

func TestEveryDoorHidesAMeetingWithoutAForumFromWhoIsNotInvited(t *testing.T) {
	onBoth(t, func(h *house) {
		var m *meeting.Meeting
		var notes *minutes.Minutes
		h.write(func(tx *store.Tx) (err error) {
			o := lectureOf("Utbildning " + canary)
			o.Contacts = append(o.Contacts, h.world.Contacts["bo-alm"])
			at := meeting.Time{Date: almanac.Date{Year: 2026, Month: 11, Day: 3}, Starts: 9 * 60, Ends: 10 * 60}
			if m, err = secretariat.PlanOccasion(tx, access.System(), h.app.Office, o, at, true); err != nil {
				return err
			}
			if notes, err = minutes.Lay(tx, access.System(), m.ID, "", nil, []minutes.Laid{{Title: canary, Items: []minutes.Written{{Kind: minutes.Note, Text: canary}}}}); err != nil {
				return err
			}
			review, err := secretariat.ReviewFinish(tx, access.System(), h.app.Office, notes.ID, "")
			if err != nil {
				return err
			}
			_, err = secretariat.Finish(tx, access.System(), h.app.Office, notes.ID, secretariat.Ending{Hash: review.Hash})
			return err
		})
		one := []string{"/meetings/" + m.ID.String(), "/minutes/" + notes.ID.String(), "/api/v1/meetings/" + m.ID.String(), "/api/v1/meetings/" + m.ID.String() + "/invitations", "/api/v1/minutes/" + notes.ID.String()}
		lists := []string{"/", "/meetings?year=2026", "/minutes", "/plan", "/api/v1/meetings?limit=200", "/api/v1/minutes?limit=200"}
		never := []string{"/forums", "/api/v1/forums?limit=200"}
		callers := h.callers()
		look := func(member bool) {
			for _, c := range callers {
				if c.role == "" {
					continue
				}
				may := c.role == access.Coordinator || c.role == access.Manager || c.role == access.Registrar || c.role == access.Member && member
				for _, path := range one {
					p := h.try(c, http.MethodGet, path)
					if (p.status == 200) != may || !may && (p.status != 404 && p.status != 403 || strings.Contains(p.body, canary)) {
						h.Errorf("%s as %s: %d", path, c.role, p.status)
					}
				}
				for _, path := range lists {
					if p := h.try(c, http.MethodGet, path); !may && strings.Contains(p.body, canary) || path == "/meetings?year=2026" && may != strings.Contains(p.body, canary) {
						h.Errorf("%s as %s: may %v, %d", path, c.role, may, p.status)
					}
				}
				for _, path := range never {
					if p := h.try(c, http.MethodGet, path); strings.Contains(p.body, canary) {
						h.Errorf("%s as %s lists it", path, c.role)
					}
				}
				for _, path := range []string{"/forums/" + m.ForumID.String(), "/forums/" + m.ForumID.String() + "/settings", "/api/v1/forums/" + m.ForumID.String(), "/api/v1/forums/" + m.ForumID.String() + "/members", "/api/v1/meetings?forum=" + m.ForumID.String()} {
					if p := h.try(c, http.MethodGet, path); p.status == 200 || strings.Contains(p.body, canary) {
						h.Errorf("%s as %s: the envelope is a forum, %d", path, c.role, p.status)
					}
				}
			}
		}
		look(false)
		h.write(func(tx *store.Tx) error {
			_, err := invite.Issue(tx, h.app.Office.Key, m.ID, h.world.Contacts["bo-alm"])
			return err
		})
		look(true)
	})
}

func TestAMeetingWithoutAForumByTheAPI(t *testing.T) {
	onBoth(t, func(h *house) {
		occasion := map[string]any{"name": "Utbildning för nämnden", "neutralTitle": "Utbildning", "level": "neutral", "outwardPlace": "municipality"}
		_, plans := h.call(http.MethodGet, "/plans", nil)
		row := plans["plans"].([]any)[0].(map[string]any)["goals"].([]any)[0].(map[string]any)["measures"].([]any)[0].(map[string]any)
		body := map[string]any{"date": "2027-03-12", "starts": "09:00", "ends": "11:00", "occasion": occasion, "measureId": row["externalId"],
			"participants": map[string]any{"contactIds": []string{h.world.Contacts["omradespolis"].String()}}}
		p, made := h.call(http.MethodPost, "/meetings", body)
		h.wants(p, http.StatusCreated)
		if made["forumId"] != nil || made["measureId"] != row["id"] || made["measureExternalId"] != row["externalId"] || made["forumName"] != "Utbildning för nämnden" || made["occasion"].(map[string]any)["level"] != "neutral" {
			h.Errorf("%v", made)
		}
		path := "/meetings/" + made["id"].(string)
		if _, got := h.call(http.MethodGet, path, nil); got["occasion"] == nil || got["forumId"] != nil {
			h.Errorf("%v", got)
		}
		body["forumId"] = "polis-avstamning"
		p, _ = h.call(http.MethodPost, "/meetings", body)
		h.wants(p, http.StatusUnprocessableEntity)
		delete(body, "occasion")
		delete(body, "forumId")
		p, _ = h.call(http.MethodPost, "/meetings", body)
		h.wants(p, http.StatusUnprocessableEntity)

		occasion["name"] = "Föreläsning"
		p, _ = h.call(http.MethodPut, path+"/occasion", occasion)
		h.wants(p, http.StatusPreconditionRequired)
		p, changed := h.call(http.MethodPut, path+"/occasion", occasion, "If-Match", `"`+fmt.Sprint(made["version"])+`"`)
		h.wants(p, 200)
		if changed["forumName"] != "Föreläsning" || changed["measureId"] != nil {
			h.Errorf("%v", changed)
		}
		p, tied := h.call(http.MethodPut, path+"/plan-row", map[string]any{"measureId": row["externalId"]}, "If-Match", p.header.Get("ETag"))
		h.wants(p, 200)
		if tied["measureId"] != row["id"] {
			h.Errorf("%v", tied)
		}
		p, _ = h.call(http.MethodPut, path+"/plan-row", map[string]any{"measureId": "99.99"}, "If-Match", p.header.Get("ETag"))
		h.wants(p, http.StatusUnprocessableEntity)
	})
}
