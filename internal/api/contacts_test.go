package api_test

import (
	"strings"
	"testing"

	"samverkan/internal/access"
)

func TestContacts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		guarded := "/contacts/" + h.Contacts["miranda-samordning"].String()
		h.run("show a protected one as organisation and role", func(t *testing.T) {
			for _, token := range []string{h.APIToken, h.token(access.Member, "read"), h.token(access.Manager, "read")} {
				for _, path := range []string{"/contacts?limit=200", "/forums/rvt-miranda/members?limit=200"} {
					if a := h.as(token, "GET", path, nil).is(200); strings.Contains(a.Raw, "Ida Asp") || strings.Contains(a.Raw, "ida@") || strings.Contains(a.Raw, "miranda-samordning") {
						t.Errorf("%s: %s", path, a.Raw)
					}
				}
			}
			if a := h.as(h.token(access.Manager, "read"), "GET", guarded, nil).is(200); strings.Contains(a.Raw, "Ida") || strings.Contains(a.Raw, "ida@") {
				t.Errorf("%s", a.Raw)
			}
			if a := h.call("GET", guarded, nil).is(200); a.text("name") != "Ida Asp" || a.text("email") != "ida@miranda.example" || a.text("shownName") == "Ida Asp" {
				t.Errorf("%s", a.Raw)
			}
		})
		h.run("show an administrator none", func(t *testing.T) {
			admin := h.token(access.Administrator, "read")
			if a := h.as(admin, "GET", "/contacts", nil).is(200); a.JSON["total"] != float64(0) {
				t.Errorf("%s", a.Raw)
			}
			h.as(admin, "GET", guarded, nil).refused(404, "notFound")
		})
		organisation := h.call("GET", "/organisations", nil).is(200).list("organisations")[0]["id"]
		contact := object{"name": "Kim Ask", "kind": "person", "email": "kim@exempel.example", "organisationId": organisation, "protected": true, "byPhone": false}
		h.run("are added and changed at the version that was read", func(t *testing.T) {
			added := h.call("POST", "/contacts", contact).is(201)
			path := strings.TrimPrefix(added.Header.Get("Location"), "/api/v1")
			read := h.call("GET", path, nil).is(200)
			contact["name"] = "Kim Asp"
			h.call("PUT", path, contact).refused(428, "preconditionRequired")
			h.call("PUT", path, contact, "If-Match", `"9"`).refused(412, "preconditionFailed")
			changed := h.call("PUT", path, contact, "If-Match", read.Header.Get("ETag")).is(200)
			if changed.text("name") != "Kim Asp" || changed.Header.Get("ETag") != `"2"` {
				t.Errorf("%v %s", changed.Header, changed.Raw)
			}
			h.call("PUT", path, contact, "If-Match", read.Header.Get("ETag")).refused(412, "preconditionFailed")
		})
		for name, wrong := range map[string]struct {
			change object
			place  string
		}{
			"an address that is taken":          {object{"email": "kim@exempel.example"}, "body.email"},
			"an address that is none":           {object{"email": "kim"}, "body.email"},
			"an address of two lines":           {object{"email": "a@b.example\r\nBcc: c@d.example"}, "body.email"},
			"a name of two lines":               {object{"name": "Kim\r\nX"}, "body.name"},
			"an organisation that is not there": {object{"organisationId": "01935b1e-4c00-7000-8000-000000000001", "email": "b@b.example"}, "body.organisationId"},
			"a role that is not there":          {object{"roleId": "01935b1e-4c00-7000-8000-000000000001", "email": "b@b.example"}, "body.roleId"},
			"a deputy that is not there":        {object{"deputyId": "01935b1e-4c00-7000-8000-000000000001", "email": "b@b.example"}, "body.deputyId"},
			"no id for an id":                   {object{"organisationId": "x"}, "body.organisationId"},
			"nobody to reach":                   {object{"email": ""}, "body.email"},
		} {
			h.run("refuse "+name, func(t *testing.T) {
				h.call("POST", "/contacts", changed(contact, wrong.change)).refused(422, "invalid", wrong.place)
			})
		}
		h.run("of an organisation whose parent is not there", func(t *testing.T) {
			h.call("POST", "/organisations", object{"name": "X", "kind": "enhet", "parentId": "01935b1e-4c00-7000-8000-000000000001"}).refused(422, "invalid", "body.parentId")
			added := h.call("POST", "/organisations", object{"name": "Enheten", "kind": "enhet", "parentId": organisation}).is(201)
			h.call("GET", strings.TrimPrefix(added.Header.Get("Location"), "/api/v1"), nil).is(200)
		})
	})
}

func TestForums(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		read := h.call("GET", "/forums/rvt-miranda", nil).is(200)
		settings := object{}
		for _, name := range []string{"name", "neutralTitle", "scope", "convenedBy", "cadence", "exemptMonths", "promisedFrom", "level", "outwardPlace", "weekday", "starts", "minutes", "place", "remindDays"} {
			settings[name] = read.JSON[name]
		}
		h.run("are changed at the version that was read", func(t *testing.T) {
			settings["minutes"] = 60
			h.call("PUT", "/forums/rvt-miranda", settings).refused(428, "preconditionRequired")
			h.call("PUT", "/forums/rvt-miranda", settings, "If-Match", `"77"`).refused(412, "preconditionFailed")
			changed := h.call("PUT", "/forums/rvt-miranda", settings, "If-Match", read.Header.Get("ETag")).is(200)
			if changed.JSON["minutes"] != float64(60) || changed.Header.Get("ETag") == read.Header.Get("ETag") {
				t.Errorf("%s", changed.Raw)
			}
		})
		for name, wrong := range map[string]struct {
			change object
			place  string
		}{
			"a title that tells":             {object{"neutralTitle": "Möte om våld"}, "body.neutralTitle"},
			"a title of two lines":           {object{"neutralTitle": "Träff\r\nSUMMARY:X"}, "body.neutralTitle"},
			"a level that is none":           {object{"level": "secret"}, "body.level"},
			"a thirteenth month":             {object{"exemptMonths": []int{13}}, "body.exemptMonths"},
			"a convener that is not there":   {object{"convenedBy": "other", "convenerId": "01935b1e-4c00-7000-8000-000000000001"}, "body.convenerId"},
			"words of a cadence with a line": {object{"cadence": object{"text": "a\nb", "months": 1, "min": 0, "max": 0}}, "body.cadence.text"},
			"at most less than at least":     {object{"cadence": object{"text": "", "months": 0, "min": 4, "max": 3}}, "body.cadence.max"},
		} {
			h.run("refuse "+name, func(t *testing.T) {
				h.call("POST", "/forums", changed(settings, wrong.change)).refused(422, "invalid", wrong.place)
			})
		}
		h.run("are founded", func(t *testing.T) {
			settings["name"] = "Nytt forum"
			founded := h.call("POST", "/forums", settings).is(201)
			h.call("GET", strings.TrimPrefix(founded.Header.Get("Location"), "/api/v1"), nil).is(200)
		})
		h.run("seat and unseat", func(t *testing.T) {
			member := "/forums/polis-avstamning/members/" + h.Contacts["bo-alm"].String()
			before := h.call("GET", "/forums/polis-avstamning/members", nil).is(200).JSON["total"].(float64)
			h.call("PUT", member, nil).is(204)
			h.call("PUT", member, nil).is(204)
			if after := h.call("GET", "/forums/polis-avstamning/members", nil).is(200).JSON["total"].(float64); after != before+1 {
				t.Errorf("%v members, then %v", before, after)
			}
			h.call("DELETE", member, nil).is(204)
			h.call("PUT", "/forums/polis-avstamning/members/01935b1e-4c00-7000-8000-000000000001", nil).refused(404, "notFound")
		})
		h.run("are not a member's to see when it is not in them", func(t *testing.T) {
			member := h.token(access.Member, "read")
			h.as(member, "GET", "/forums/rvt-miranda", nil).is(200)
			h.as(member, "GET", "/forums/polis-avstamning", nil).refused(404, "notFound")
			h.as(member, "GET", "/forums/polis-avstamning/members", nil).refused(404, "notFound")
		})
	})
}

func TestLists(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for path, name := range map[string]string{
			"/organisations": "organisations", "/contacts": "contacts", "/work-groups": "workGroups", "/workplaces": "workplaces", "/agreements": "agreements",
			"/plans": "plans", "/forums": "forums", "/promise-statuses?year=2027": "promiseStatuses", "/feeds": "feeds", "/log-entries": "logEntries",
		} {
			if a := h.call("GET", path, nil).is(200); len(a.list(name)) == 0 || a.JSON["total"].(float64) < 1 || a.JSON["limit"] != float64(20) || a.JSON["page"] != float64(1) {
				t.Errorf("%s: %s", path, a.Raw)
			}
		}
		h.call("GET", "/promise-statuses", nil).refused(422, "invalid", "query.year")
	})
}

func TestFeeds(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		made := h.call("POST", "/feeds", object{"name": "Min telefon"}).is(201)
		if url := made.text("url"); !strings.HasPrefix(url, "https://samverkan.example/calendar/feed_") || !strings.HasSuffix(url, ".ics") {
			t.Errorf("url %q", url)
		}
		if all := h.call("GET", "/feeds", nil).is(200); strings.Contains(all.Raw, "url") || strings.Contains(all.Raw, "feed_") {
			t.Errorf("the address is told again: %s", all.Raw)
		}
		h.as(h.token(access.Member, "write"), "DELETE", "/feeds/"+made.text("id"), nil).refused(404, "notFound")
		h.call("DELETE", "/feeds/"+made.text("id"), nil).is(204)
		h.call("DELETE", "/feeds/"+made.text("id"), nil).refused(404, "notFound")
		id := h.Forums["rvt-miranda"].String()
		one := h.call("POST", "/feeds", object{"name": "Ett forum", "forumId": id, "skipsInvited": true}).is(201)
		if one.text("forumId") != id || !strings.Contains(one.Raw, `"skipsInvited":true`) {
			t.Errorf("%s", one.Raw)
		}
		h.call("POST", "/feeds", object{"name": "a", "forumId": "00000000-0000-0000-0000-000000000000"}).refused(422, "invalid", "body.forumId")
		h.call("POST", "/feeds", object{"name": "a\u0000b"}).refused(422, "invalid", "body.name")
	})
}

func TestAgreements(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		planned := h.call("GET", "/agreements", nil).is(200)
		if all := planned.list("agreements"); len(all) != 2 || all[0]["term"] != "unstated" {
			t.Fatalf("%s", planned.Raw)
		}
		organisation := h.call("GET", "/organisations", nil).is(200).list("organisations")[0]["id"]
		terms := object{"kind": "iop", "parties": []any{organisation}, "validFrom": "2026-01-01", "validTo": "2026-12-31", "noticeMonths": 3}
		added := h.call("POST", "/agreements", terms).is(201)
		path := strings.TrimPrefix(added.Header.Get("Location"), "/api/v1")
		h.run("are added, changed at the version that was read, and ended", func(t *testing.T) {
			read := h.call("GET", path, nil).is(200)
			if read.text("lastNotice") != "2026-09-30" || read.text("term") != "running" {
				t.Errorf("%s", read.Raw)
			}
			terms["subject"] = "Stöd"
			h.call("PUT", path, terms).refused(428, "preconditionRequired")
			h.call("PUT", path, terms, "If-Match", `"9"`).refused(412, "preconditionFailed")
			changed := h.call("PUT", path, terms, "If-Match", read.Header.Get("ETag")).is(200)
			if changed.text("subject") != "Stöd" || changed.Header.Get("ETag") != `"2"` {
				t.Errorf("%v %s", changed.Header, changed.Raw)
			}
			ended := h.call("POST", path+"/ending", object{"lastDay": "2026-06-30", "reason": "Ersatt"}, "If-Match", `"2"`).is(201)
			if ended.text("endedOn") != "2026-06-30" || ended.text("term") != "ended" {
				t.Errorf("%s", ended.Raw)
			}
			h.call("POST", path+"/ending", object{"lastDay": "2026-06-30"}, "If-Match", `"3"`).refused(409, "conflict")
		})
		h.run("are read by everybody with an account and changed by a coordinator", func(t *testing.T) {
			member := h.token(access.Member, "read", "write")
			h.as(member, "GET", path, nil).is(200)
			h.as(member, "POST", "/agreements", terms).refused(404, "notFound")
		})
		h.run("refuse days that do not follow and parties that are not there", func(t *testing.T) {
			h.call("POST", "/agreements", changed(terms, object{"validTo": "2025-01-01"})).refused(422, "invalid", "body.validTo")
			h.call("POST", "/agreements", changed(terms, object{"responsibleId": "01935b1e-4c00-7000-8000-000000000001"})).refused(422, "invalid", "body.responsibleId")
			h.call("POST", "/agreements", changed(terms, object{"note": "19121212-1212"})).refused(422, "invalid", "body.note")
		})
	})
}
