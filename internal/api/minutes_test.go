package api_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// notes are the minutes of a meeting that is going on.
type notes struct {
	h        *house
	meeting  string // its path
	path     string
	headings []string
}

// opened schedules a meeting, lets its time come and begins its minutes.
func (h *house) opened(forum string) notes {
	h.t.Helper()
	n := notes{h: h, meeting: h.planned(forum)}
	if begins := time.Date(2027, time.January, 21, 13, 0, 0, 0, time.UTC); h.clock.Time().Before(begins) {
		h.clock.Move(begins.Sub(h.clock.Time()))
	}
	draft := h.call("POST", n.meeting+"/minutes", nil).is(201)
	n.path = "/minutes/" + draft.text("id")
	if at := draft.Header.Get("Location"); at != "/api/v1"+n.path+"/draft" {
		h.t.Errorf("Location %q", at)
	}
	for _, a := range draft.list("agenda") {
		n.headings = append(n.headings, a["id"].(string))
	}
	return n
}

// adds writes an item and gives its path.
func (n notes) adds(item object) (path string) {
	n.h.t.Helper()
	if item["agendaItemId"] == nil {
		item["agendaItemId"] = n.headings[0]
	}
	return "/minutes-items/" + n.h.call("POST", n.path+"/items", item).is(201).text("id")
}

func (n notes) reviewed(reason string) answer {
	n.h.t.Helper()
	return n.h.call("POST", n.path+"/reviews", object{"reason": reason}).is(200)
}

// finalised ends the meeting as it stands.
func (n notes) finalised(key, reason string) answer {
	n.h.t.Helper()
	return n.h.call("POST", n.path+"/finalisation", object{"reviewHash": n.reviewed(reason).text("hash"), "reason": reason}, "Idempotency-Key", key).is(201)
}

// group gives the id of a work group.
func (h *house) group(external string) (id string) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		found, _, err := store.ByExternalID(tx, &partner.WorkGroup{}, external)
		id = found.String()
		return err
	})
	return id
}

func (h *house) relayLetters() (n int64) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		return tx.DB.Model(&post.Letter{}).Where("kind = ?", post.Relay).Count(&n).Error
	})
	return n
}

// The plan's promise, second half, by a program: notes are written and finalised, what was learnt is
// passed on, gone through and found, and a correction leaves what it corrects.
func TestMinutesAreWrittenFinalisedPassedOnFoundAndCorrected(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		n := h.opened("polis-avstamning")
		if len(n.headings) < 3 {
			t.Fatalf("%d headings", len(n.headings))
		}
		if again := h.call("POST", n.meeting+"/minutes", nil).is(201); "/minutes/"+again.text("id") != n.path {
			t.Errorf("opened twice: %s", again.Raw)
		}
		h.call("GET", n.path, nil).refused(404, "notFound") // not before it is finalised
		extra := h.call("POST", n.path+"/agenda-items", object{"title": "Övriga frågor till nästa gång"}).is(201).text("id")
		n.adds(object{"kind": "note", "text": "Lägesbilden är oförändrad."})
		n.adds(object{"kind": "decision", "text": "Lathunden tas fram gemensamt."})
		n.adds(object{"kind": "action", "text": "Skriver första utkastet.", "owner": "IFO-chefen", "due": "2027-02-01"})
		n.adds(object{"kind": "relay", "text": "Ring teamet innan ni hänvisar.", "receivers": []string{h.group("vuxen")}, "agendaItemId": extra})
		wrong := n.adds(object{"kind": "note", "text": "Numret 19910101-2384 ska inte stå här."})

		review := n.reviewed("")
		suspects, passings := review.list("suspects"), review.list("passings")
		if len(suspects) != 1 || suspects[0]["blocks"] != true || suspects[0]["shown"] != "910101-••••" || strings.Contains(review.Raw, "101-2384") {
			t.Errorf("suspects: %s", review.Raw)
		}
		if len(passings) != 1 || passings[0]["receiverName"] != "Vuxenhandläggare" || review.JSON["letters"] != float64(1) || review.text("due") == "" || strings.Contains(review.Raw, "/r/relay_") {
			t.Errorf("passings: %s", review.Raw)
		}
		end := object{"reviewHash": review.text("hash")}
		h.call("POST", n.path+"/finalisation", end, "Idempotency-Key", "blocked").refused(422, "invalid", "body.confirmed")
		h.call("DELETE", wrong, nil, "If-Match", `"1"`).is(204)
		h.call("POST", n.path+"/finalisation", end, "Idempotency-Key", "changed").refused(409, "conflict")
		h.call("POST", n.path+"/finalisation", object{"reviewHash": "0000"}).refused(422, "invalid", "header.Idempotency-Key")

		end = object{"reviewHash": n.reviewed("").text("hash")}
		finals := make([]answer, 4)
		var all sync.WaitGroup
		for i := range finals {
			all.Go(func() { finals[i] = h.call("POST", n.path+"/finalisation", end, "Idempotency-Key", "k1") })
		}
		all.Wait()
		for _, f := range finals {
			if f.is(201).Raw != finals[0].Raw || f.JSON["number"] != float64(1) || f.JSON["passed"] != float64(1) || f.JSON["letters"] != float64(1) || f.Header.Get("Location") != "/api/v1"+n.path {
				t.Errorf("%v %s", f.Header, f.Raw)
			}
		}
		if n := h.relayLetters(); n != 1 {
			t.Errorf("%d letters, not one", n)
		}
		h.call("POST", n.path+"/finalisation", end, "Idempotency-Key", "k2").refused(422, "invalid", "body.reason")
		if m := h.call("GET", n.meeting, nil).is(200); m.text("state") != "held" {
			t.Errorf("the meeting is not held: %s", m.Raw)
		}

		frozen := h.call("GET", n.path, nil).is(200)
		for want, stands := range map[string]bool{`"label":"B1"`: true, `"label":"U1"`: true, "Lathunden": true, `"reason"`: false, "101-2384": false} {
			if strings.Contains(frozen.Raw, want) != stands {
				t.Errorf("%s: %v in %s", want, !stands, frozen.Raw)
			}
		}
		if frozen.text("sha256") != finals[0].text("sha256") || len(frozen.list("versions")) != 1 || frozen.text("forumExternalId") != "polis-avstamning" {
			t.Errorf("%s", frozen.Raw)
		}
		if entry := h.call("GET", "/log-entries", nil).is(200).list("logEntries")[0]; entry["action"] != "read minutes" {
			t.Errorf("reading was not logged: %v", entry)
		}
		if listed := h.call("GET", "/minutes", nil).is(200); listed.JSON["total"] != float64(1) || strings.Contains(listed.Raw, "Lathunden") || listed.list("minutes")[0]["sha256"] != frozen.text("sha256") {
			t.Errorf("%s", listed.Raw)
		}

		if decided := h.call("GET", "/decisions", nil).is(200).list("decisions"); len(decided) == 0 || decided[0]["label"] != "B1" {
			t.Errorf("decisions: %v", decided)
		}
		action := h.call("GET", "/actions?open=true", nil).is(200).list("actions")[0]
		closed := h.call("POST", "/actions/"+action["id"].(string)+"/closure", object{"outcome": "done"}).is(201)
		again := h.call("POST", "/actions/"+action["id"].(string)+"/closure", object{"outcome": "dropped"}).is(201)
		if closed.text("outcome") != "done" || again.text("outcome") != "done" || h.call("GET", "/actions?open=true", nil).is(200).JSON["total"] != float64(0) ||
			h.call("GET", "/actions", nil).is(200).JSON["total"] != float64(1) || !strings.Contains(h.call("GET", n.path, nil).is(200).Raw, `"outcome":"done"`) {
			t.Errorf("%s, %s", closed.Raw, again.Raw)
		}

		h.goneThrough(t)
		h.found(t, n)

		n.adds(object{"kind": "note", "text": "Tillägg: lathunden gäller alla."})
		h.call("POST", n.path+"/finalisation", object{"reviewHash": n.reviewed("").text("hash")}, "Idempotency-Key", "k3").refused(422, "invalid", "body.reason")
		corrected := n.finalised("k4", "En mening saknades.")
		if found := h.call("POST", "/searches", object{"query": "tillägg"}).is(200); found.JSON["total"] != float64(1) {
			t.Errorf("the correction is not found: %s", found.Raw)
		}
		if corrected.JSON["number"] != float64(2) || corrected.JSON["passed"] != float64(0) || corrected.JSON["letters"] != float64(0) {
			t.Errorf("the correction: %s", corrected.Raw)
		}
		if now := h.call("GET", n.path, nil).is(200); now.text("reason") != "En mening saknades." || !strings.Contains(now.Raw, "Tillägg") || len(now.list("versions")) != 2 || now.list("versions")[0]["number"] != float64(2) {
			t.Errorf("%s", now.Raw)
		}
		if first := h.call("GET", n.path+"?version=1", nil).is(200); first.text("sha256") != frozen.text("sha256") || strings.Contains(first.Raw, "Tillägg") {
			t.Errorf("the first version changed: %s", first.Raw)
		}
		h.call("GET", n.path+"?version=3", nil).refused(404, "notFound")
		h.call("GET", n.path+"?version=0", nil).refused(422, "invalid", "query.version")
		if listed := h.call("GET", "/minutes", nil).is(200); listed.list("minutes")[0]["number"] != float64(2) {
			t.Errorf("%s", listed.Raw)
		}
	})
}

// goneThrough acknowledges what was passed on, as the group's lead.
func (h *house) goneThrough(t *testing.T) {
	t.Helper()
	lead := h.token(access.GroupLead, "read", "write")
	items := h.as(lead, "GET", "/relay-items", nil).is(200)
	if items.JSON["total"] != float64(1) || strings.Contains(items.Raw, "Lathunden") || strings.Contains(items.Raw, "acknowledgement") {
		t.Fatalf("the lead sees: %s", items.Raw)
	}
	path := "/relay-items/" + items.list("relayItems")[0]["id"].(string)
	if one := h.as(lead, "GET", path, nil).is(200); one.text("excerpt") != "Ring teamet innan ni hänvisar." || one.text("title") != "Avstämning" {
		t.Errorf("%s", one.Raw)
	}
	for name, wrong := range map[string]struct {
		receipt object
		place   string
	}{
		"a day to come":       {object{"kind": "apt", "date": "2027-12-24"}, "body.date"},
		"a kind that is none": {object{"kind": "seen"}, "body.kind"},
		"two lines":           {object{"kind": "read", "comment": "a\nb"}, "body.comment"},
		"an unknown field":    {object{"kind": "read", "by": "x"}, "body.by"},
		"nothing":             {object{}, "body.kind"},
	} {
		h.run("an acknowledgement refuses "+name, func(*testing.T) {
			h.as(lead, "POST", path+"/acknowledgement", wrong.receipt).refused(422, "invalid", wrong.place)
		})
	}
	done := h.as(lead, "POST", path+"/acknowledgement", object{"kind": "apt", "date": "2027-01-21", "comment": "Alla var med."}).is(201)
	again := h.call("POST", path+"/acknowledgement", object{"kind": "read"}).is(201)
	for _, a := range []answer{done, again, h.call("GET", path, nil).is(200)} {
		if a.JSON["acknowledgement"].(object)["kind"] != "apt" || a.JSON["acknowledgement"].(object)["date"] != "2027-01-21" {
			t.Errorf("%s", a.Raw)
		}
	}
}

// found searches for what was finalised.
func (h *house) found(t *testing.T, n notes) {
	t.Helper()
	forum := h.call("GET", "/forums/polis-avstamning", nil).is(200).text("id")
	for name, q := range map[string]object{
		"a word":                     {"query": "lathund"},
		"a forum by its external id": {"query": "lathund", "forum": "polis-avstamning"},
		"a forum by its id":          {"query": "lathund", "forum": forum},
		"year and kind":              {"query": "lathunden", "year": 2027, "kind": "decision"},
		"a group":                    {"query": "teamet", "workGroup": "vuxen", "kind": "relay"},
		"a group by its id":          {"query": "teamet", "workGroup": h.group("vuxen")},
	} {
		h.run("search finds by "+name, func(t *testing.T) {
			found := h.call("POST", "/searches", q).is(200)
			if found.JSON["total"] != float64(1) {
				t.Fatalf("%s", found.Raw)
			}
			hit := found.list("hits")[0]
			if "/minutes/"+hit["minutesId"].(string) != n.path || "/meetings/"+hit["meetingId"].(string) != n.meeting || hit["forum"] != "polis-avstamning" || hit["date"] != "2027-01-21" || hit["title"] == "" {
				t.Errorf("%v", hit)
			}
			snippet, mark := []rune(hit["snippet"].(string)), hit["marks"].([]any)[0].([]any)
			if word := string(snippet[int(mark[0].(float64)):int(mark[1].(float64))]); !strings.EqualFold(word, "lathunden") && !strings.EqualFold(word, "teamet") {
				t.Errorf("marked %q of %q", word, string(snippet))
			}
		})
	}
	for name, q := range map[string]object{"another year": {"query": "lathund", "year": 2026}, "another kind": {"query": "lathund", "kind": "note"},
		"another group": {"query": "teamet", "workGroup": "barn-familj"}, "another forum": {"query": "lathund", "forum": "rvt-miranda"}, "the second page": {"query": "lathund", "page": 2}} {
		h.run("search finds nothing on "+name, func(t *testing.T) {
			if found := h.call("POST", "/searches", q).is(200); !strings.Contains(found.Raw, `"hits":[]`) {
				t.Errorf("%s", found.Raw)
			}
		})
	}
	if entry := h.call("GET", "/log-entries", nil).is(200).list("logEntries")[0]; entry["action"] != "search" || entry["objectId"] != nil {
		t.Errorf("a search is logged as %v", entry)
	}
}

func TestSearches(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		n := h.opened("polis-avstamning")
		n.adds(object{"kind": "note", "text": "Lathunden är klar."})
		n.finalised("k", "")
		h.run("find nothing that the caller may not read", func(t *testing.T) {
			for token, total := range map[string]float64{h.token(access.Manager, "read"): 1, h.token(access.Registrar, "read"): 1, h.token(access.Member, "read"): 0} {
				if found := h.as(token, "POST", "/searches", object{"query": "lathund"}).is(200); found.JSON["total"] != total {
					t.Errorf("%s, want %v", found.Raw, total)
				}
			}
			h.as(h.token(access.Member, "read"), "POST", "/searches", object{"query": "lathund", "forum": "polis-avstamning"}).refused(404, "notFound")
			h.as(h.token(access.GroupLead, "read"), "POST", "/searches", object{"query": "lathund"}).refused(404, "notFound")
			h.as(h.token(access.Administrator, "read"), "POST", "/searches", object{"query": "lathund"}).refused(404, "notFound")
		})
		for name, wrong := range map[string]struct {
			query object
			place string
		}{
			"no words":            {object{"query": "  "}, "body.query"},
			"no query":            {object{}, "body.query"},
			"too much":            {object{"query": strings.Repeat("x", 201)}, "body.query"},
			"a kind that is none": {object{"query": "x", "kind": "person"}, "body.kind"},
			"a year that is none": {object{"query": "x", "year": 1}, "body.year"},
			"too many hits":       {object{"query": "x", "limit": 101}, "body.limit"},
			"page nought":         {object{"query": "x", "page": 0}, "body.page"},
			"an unknown property": {object{"query": "x", "person": "x"}, "body.person"},
		} {
			h.run("refuse "+name, func(t *testing.T) { h.call("POST", "/searches", wrong.query).refused(422, "invalid", wrong.place) })
		}
		h.run("do not know a forum or a group that is none", func(t *testing.T) {
			for _, id := range []string{"finns-inte", "\u0000", "01935b1e-4c00-7000-8000-000000000001"} {
				h.call("POST", "/searches", object{"query": "x", "forum": id}).refused(404, "notFound")
				h.call("POST", "/searches", object{"query": "x", "workGroup": id}).refused(404, "notFound")
			}
		})
	})
}

func TestMinutesAreNotEverybodys(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		n := h.opened("polis-avstamning")
		item := n.adds(object{"kind": "action", "text": "Skriver utkastet.", "owner": "IFO-chefen"})
		n.adds(object{"kind": "relay", "text": "Ring teamet.", "receivers": []string{h.group("ekonomiskt-bistand")}})
		h.run("an unfinished text is its keeper's", func(t *testing.T) {
			for _, role := range []access.Role{access.Member, access.Manager, access.Registrar, access.GroupLead, access.Administrator} {
				token := h.token(role, "read", "write")
				h.as(token, "GET", n.path+"/draft", nil).refused(404, "notFound")
				h.as(token, "GET", n.path, nil).refused(404, "notFound")
				h.as(token, "PUT", item, object{"kind": "note", "text": "x"}, "If-Match", `"1"`).refused(404, "notFound")
				h.as(token, "POST", n.meeting+"/minutes", nil).refused(404, "notFound")
			}
		})
		n.finalised("k", "")
		action := "/actions/" + strings.TrimPrefix(item, "/minutes-items/")
		relayed := "/relay-items/" + h.call("GET", "/relay-items", nil).is(200).list("relayItems")[0]["id"].(string)
		h.run("a finished one is read by those of §2.5", func(t *testing.T) {
			for role, want := range map[access.Role]int{access.Manager: 200, access.Registrar: 200, access.Member: 404, access.GroupLead: 404, access.Administrator: 404} {
				token := h.token(role, "read", "write")
				h.as(token, "GET", n.path, nil).is(want)
				h.as(token, "POST", action+"/closure", object{"outcome": "done"}).refused(404, "notFound")
				h.as(token, "POST", n.path+"/reviews", object{}).refused(404, "notFound")
			}
			for _, path := range []string{"/minutes", "/actions"} {
				if listed := h.as(h.token(access.Member, "read"), "GET", path, nil).is(200); listed.JSON["total"] != float64(0) {
					t.Errorf("a member of another forum: %s", listed.Raw)
				}
			}
		})
		h.run("an item of another group is not a lead's", func(t *testing.T) {
			lead := h.token(access.GroupLead, "read", "write")
			if items := h.as(lead, "GET", "/relay-items", nil).is(200); items.JSON["total"] != float64(0) {
				t.Errorf("%s", items.Raw)
			}
			h.as(lead, "GET", relayed, nil).refused(404, "notFound")
			h.as(lead, "POST", relayed+"/acknowledgement", object{"kind": "apt"}).refused(404, "notFound")
			h.as(h.token(access.Manager, "read"), "GET", relayed, nil).is(200)
		})
		h.run("a coordinator of another forum keeps nothing here", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				other := h.Forums["rvt-miranda"]
				return access.Give(tx, access.System(), access.Grant{IdentityID: h.Identities[access.Member], Role: access.Coordinator, ForumID: &other})
			})
			token := h.token(access.Member, "read", "write")
			for _, path := range []string{n.path, n.path + "/draft"} {
				h.as(token, "GET", path, nil).refused(404, "notFound")
			}
			h.as(token, "POST", n.path+"/items", object{"agendaItemId": n.headings[0], "kind": "note", "text": "x"}).refused(404, "notFound")
			h.as(token, "DELETE", item, nil, "If-Match", `"1"`).refused(404, "notFound")
			h.as(token, "POST", action+"/closure", object{"outcome": "done"}).refused(404, "notFound")
			h.as(token, "POST", n.path+"/finalisation", object{"reviewHash": "x"}, "Idempotency-Key", "k9").refused(404, "notFound")
		})
	})
}

func TestItems(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		n := h.opened("polis-avstamning")
		path := n.adds(object{"kind": "note", "text": "Första texten."})
		h.run("are saved at the version that was read", func(t *testing.T) {
			text := object{"kind": "action", "text": "Andra texten.", "owner": "IFO-chefen", "due": "2027-03-01"}
			h.call("PUT", path, text).refused(428, "preconditionRequired")
			saved := h.call("PUT", path, text, "If-Match", `"1"`).is(200)
			if saved.Header.Get("ETag") != `"2"` || saved.text("text") != "Andra texten." || saved.text("due") != "2027-03-01" {
				t.Errorf("%v %s", saved.Header, saved.Raw)
			}
			h.call("PUT", path, object{"kind": "note", "text": "Tredje."}, "If-Match", `"1"`).refused(412, "preconditionFailed")
			h.call("DELETE", path, nil, "If-Match", `"1"`).refused(412, "preconditionFailed")
			h.call("DELETE", path, nil).refused(428, "preconditionRequired")
			if draft := h.call("GET", n.path+"/draft", nil).is(200); !strings.Contains(draft.Raw, "Andra texten.") {
				t.Errorf("%s", draft.Raw)
			}
			h.call("DELETE", path, nil, "If-Match", `"2"`).is(204)
			h.call("DELETE", path, nil, "If-Match", `"2"`).refused(404, "notFound")
		})
		group := h.group("vuxen")
		for name, wrong := range map[string]struct {
			change object
			place  string
		}{
			"an action of nobody's":        {object{"kind": "action"}, "body.owner"},
			"an owner of a note":           {object{"owner": "IFO-chefen"}, "body.owner"},
			"a last day of a decision":     {object{"kind": "decision", "due": "2027-03-01"}, "body.due"},
			"receivers of a note":          {object{"receivers": []string{group}}, "body.receivers"},
			"something passed on to none":  {object{"kind": "relay"}, "body.receivers"},
			"a receiver that is not there": {object{"kind": "relay", "receivers": []string{"01935b1e-4c00-7000-8000-000000000001"}}, "body.receivers"},
			"no id for a receiver":         {object{"kind": "relay", "receivers": []string{"vuxen"}}, "body.receivers[0]"},
			"a heading that is not there":  {object{"agendaItemId": "01935b1e-4c00-7000-8000-000000000001"}, "body.agendaItemId"},
			"a kind that is none":          {object{"kind": "person"}, "body.kind"},
			"no text":                      {object{"text": " "}, "body.text"},
			"a text with NUL":              {object{"text": "a\u0000"}, "body.text"},
			"a day that does not exist":    {object{"kind": "action", "owner": "A", "due": "2027-02-31"}, "body.due"},
			"an unknown property":          {object{"personnummer": "x"}, "body.personnummer"},
		} {
			h.run("refuse "+name, func(t *testing.T) {
				body := changed(object{"agendaItemId": n.headings[0], "kind": "note", "text": "Text."}, wrong.change)
				h.call("POST", n.path+"/items", body).refused(422, "invalid", wrong.place)
			})
		}
		h.run("refuse in the reader's language", func(t *testing.T) {
			body := object{"agendaItemId": n.headings[0], "kind": "action", "text": "Text."}
			for _, l := range []lang.Language{lang.Swedish, lang.English} {
				a := h.call("POST", n.path+"/items", body, "Accept-Language", string(l)).refused(422, "invalid", "body.owner")
				if a.Header.Get("Content-Language") != string(l) || a.text("detail") != l.Text("Skriv vem som är ansvarig för uppgiften.") {
					t.Errorf("%s: %s", l, a.Raw)
				}
			}
		})
	})
}

func TestMinutesBegin(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.run("with who was asked, as organisation and role", func(t *testing.T) {
			path := h.planned("rvt-miranda")
			h.call("POST", path+"/invitations", object{"reviewHash": h.reviewed(path, object{"act": "invitation"})}, "Idempotency-Key", "k").is(201)
			draft := h.call("POST", path+"/minutes", nil).is(201)
			rows := draft.list("attendance")
			if len(rows) != 4 || strings.Contains(draft.Raw, "Ida") {
				t.Fatalf("%s", draft.Raw)
			}
			at := "/minutes/" + draft.text("id") + "/attendance"
			saved := h.call("PUT", at, object{"attendance": []object{{"id": rows[1]["id"], "state": "apology"}}}).is(200)
			if now := saved.list("attendance"); now[1]["state"] != "apology" || now[0]["state"] != rows[0]["state"] {
				t.Errorf("%s", saved.Raw)
			}
			h.call("PUT", at, object{"attendance": []object{{"id": "01935b1e-4c00-7000-8000-000000000001", "state": "present"}}}).refused(422, "invalid", "body.attendance")
			h.call("PUT", at, object{"attendance": []object{{"id": rows[1]["id"], "state": "late"}}}).refused(422, "invalid", "body.attendance[0].state")
			h.call("PUT", at, object{"attendance": []object{{"id": rows[1]["id"], "state": "present", "name": "Ida"}}}).refused(422, "invalid", "body.attendance[0].name")
			h.call("POST", "/minutes/"+draft.text("id")+"/agenda-items", object{"title": "Två\nrader"}).refused(422, "invalid", "body.title")
			h.call("POST", "/minutes/"+draft.text("id")+"/agenda-items", object{"title": ""}).refused(422, "invalid", "body.title")
		})
		h.run("not for a meeting that is cancelled, or not there", func(t *testing.T) {
			path := h.planned("rvt-miranda")
			h.call("POST", path+"/cancellation", object{"reviewHash": h.reviewed(path, object{"act": "cancellation"})}, "Idempotency-Key", "k2").is(201)
			h.call("POST", path+"/minutes", nil).refused(409, "conflict")
			h.call("POST", "/meetings/01935b1e-4c00-7000-8000-000000000001/minutes", nil).refused(404, "notFound")
		})
		h.run("and do not end before the meeting, or empty", func(t *testing.T) {
			path := h.planned("polis-avstamning")
			n := "/minutes/" + h.call("POST", path+"/minutes", nil).is(201).text("id")
			hash := func() string { return h.call("POST", n+"/reviews", object{}).is(200).text("hash") }
			h.call("POST", n+"/finalisation", object{"reviewHash": hash()}, "Idempotency-Key", "k3").refused(422, "invalid")
			heading := h.call("GET", n+"/draft", nil).is(200).list("agenda")[0]["id"]
			h.call("POST", n+"/items", object{"agendaItemId": heading, "kind": "note", "text": "Text."}).is(201)
			h.call("POST", n+"/finalisation", object{"reviewHash": hash()}, "Idempotency-Key", "k3").refused(422, "invalid")
			h.call("POST", n+"/finalisation", object{"reviewHash": hash(), "sign": true}, "Idempotency-Key", "k3").refused(422, "invalid", "body.sign")
		})
		h.run("and a number may stay when it is said why", func(t *testing.T) {
			n := h.opened("skola-forskola")
			n.adds(object{"kind": "note", "text": "Diarienumret är 19910101-2384."})
			hash := n.reviewed("").text("hash")
			h.call("POST", n.path+"/finalisation", object{"reviewHash": hash, "confirmed": "Det är ett diarienummer."}, "Idempotency-Key", "k4").is(201)
		})
	})
}
