package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// planned schedules a meeting of a forum and gives its path.
func (h *house) planned(forum string) (path string) {
	h.t.Helper()
	return "/meetings/" + h.call("POST", "/meetings", object{"forumId": forum, "date": "2027-01-21", "starts": "13:00", "ends": "14:30", "place": "Rum B-2301"}).is(201).text("id")
}

func (h *house) reviewed(path string, act object) string {
	h.t.Helper()
	return h.call("POST", path+"/reviews", act).is(200).text("hash")
}

func (h *house) owed() (n int) {
	h.t.Helper()
	h.clock.Move(time.Minute)
	if err := h.db.Read(h.t.Context(), func(tx *store.Tx) error {
		ids, err := invite.Due(tx)
		n = len(ids)
		return err
	}); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func TestYearIsProposedBookedInvitedMovedAndCancelled(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if all := h.call("POST", "/year-proposals", object{"year": 2027}).is(200); len(all.list("meetings")) < 10 || len(all.list("remarks")) == 0 || len(all.list("expected")) != 6 {
			t.Errorf("a whole year: %s", all.Raw)
		}
		h.call("POST", "/year-proposals", object{"year": 2027, "forums": []string{"finns-inte"}}).refused(404, "notFound")
		h.call("POST", "/year-proposals", object{"year": 1999}).refused(422, "invalid", "body.year")
		first := h.call("POST", "/year-proposals", object{"year": 2027, "forums": []string{"rvt-miranda"}}).is(200).list("meetings")[0]
		for _, name := range []string{"forumId", "startsAt", "endsAt", "date", "starts", "ends", "reason"} {
			if first[name] == "" || first[name] == nil {
				t.Errorf("a proposed meeting without %s: %v", name, first)
			}
		}
		if first["forumExternalId"] != "rvt-miranda" {
			t.Errorf("forumExternalId %v", first["forumExternalId"])
		}
		booked := h.call("POST", "/meetings", object{"forumId": first["forumId"], "date": first["date"], "starts": first["starts"], "ends": first["ends"]}).is(201)
		if booked.JSON["startsAt"] != first["startsAt"] || booked.JSON["state"] != "planned" {
			t.Errorf("booked %s, proposed %v", booked.Raw, first)
		}
		path := strings.TrimPrefix(booked.Header.Get("Location"), "/api/v1")

		review := h.call("POST", path+"/reviews", object{"act": "invitation", "note": "Kaffe finns."}).is(200)
		notices := review.list("notices")
		if review.JSON["letters"] != float64(len(notices)) || len(notices) != 4 {
			t.Fatalf("letters %v, notices %d: %s", review.JSON["letters"], len(notices), review.Raw)
		}
		if strings.Contains(review.Raw, "Ida Asp") || strings.Contains(review.Raw, "ida@") {
			t.Errorf("a protected contact's name is in the review: %s", review.Raw)
		}
		if n := h.owed(); n != 0 {
			t.Fatalf("a review owes %d letters", n)
		}

		invite := object{"reviewHash": review.text("hash"), "note": "Kaffe finns."}
		sent := h.call("POST", path+"/invitations", invite, "Idempotency-Key", "k1").is(201)
		again := h.call("POST", path+"/invitations", invite, "Idempotency-Key", "k1").is(201)
		if sent.Raw != again.Raw || sent.JSON["letters"] != float64(4) {
			t.Errorf("first %s, again %s", sent.Raw, again.Raw)
		}
		h.call("POST", path+"/invitations", object{"reviewHash": review.text("hash")}, "Idempotency-Key", "k1").refused(422, "invalid", "header.Idempotency-Key")
		if n := h.owed(); n != 4 {
			t.Fatalf("%d letters owed, want 4", n)
		}

		asked := h.call("GET", path+"/invitations?limit=200", nil).is(200).list("invitations")
		h.call("POST", "/invitations/"+asked[0]["id"].(string)+"/answers", object{"partStat": "DELEGATED", "substitute": "Eva Lind"}).is(201)
		h.call("POST", "/invitations/"+asked[0]["id"].(string)+"/answers", object{"partStat": "DELEGATED"}).refused(422, "invalid", "body.substitute")
		if now := h.call("GET", path+"/invitations", nil).is(200).list("invitations")[0]; now["partStat"] != "DELEGATED" {
			t.Errorf("after the answer: %v", now)
		}

		move := object{"act": "rescheduling", "date": "2027-04-15", "starts": "10:00", "ends": "11:00"}
		moved := h.call("POST", path+"/reschedulings", object{"reviewHash": h.reviewed(path, move), "date": "2027-04-15", "starts": "10:00", "ends": "11:00"}, "Idempotency-Key", "k2").is(201)
		if m := moved.JSON["meeting"].(object); m["date"] != "2027-04-15" || m["startsAt"] != "2027-04-15T08:00:00Z" || m["sequence"] != float64(1) {
			t.Errorf("moved: %v", m)
		}
		off := object{"act": "cancellation", "reason": "Sjukdom", "note": "Nytt möte kommer."}
		cancelled := h.call("POST", path+"/cancellation", object{"reviewHash": h.reviewed(path, off), "reason": "Sjukdom", "note": "Nytt möte kommer."}, "Idempotency-Key", "k3").is(201)
		if m := cancelled.JSON["meeting"].(object); m["state"] != "cancelled" {
			t.Errorf("cancelled: %v", m)
		}
		h.call("POST", path+"/cancellation", object{"reviewHash": "x"}, "Idempotency-Key", "k4").refused(409, "conflict")

		h.call("DELETE", path+"/pending-act", nil).refused(428, "preconditionRequired")
		h.call("DELETE", path+"/pending-act", nil, "If-Match", `"1"`).refused(412, "preconditionFailed")
		h.call("DELETE", path+"/pending-act", nil, "If-Match", cancelled.Header.Get("ETag")).is(204)
		if m := h.call("GET", path, nil).is(200); m.text("state") != "planned" {
			t.Errorf("after undo: %s", m.Raw)
		}
	})
}

func TestSending(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		path := h.planned("rvt-miranda")
		h.run("refuses letters that were not seen", func(t *testing.T) {
			h.call("POST", path+"/invitations", object{"reviewHash": "0000"}, "Idempotency-Key", "wrong").refused(409, "conflict")
			h.call("POST", path+"/invitations", object{"reviewHash": h.reviewed(path, object{"act": "invitation"}), "note": "En annan rad"}, "Idempotency-Key", "wrong").refused(409, "conflict")
			if n := h.owed(); n != 0 {
				t.Errorf("%d letters owed", n)
			}
		})
		h.run("asks for a key of visible ASCII", func(t *testing.T) {
			for _, key := range []string{"", strings.Repeat("k", 101), "två ord", "a b"} {
				h.call("POST", path+"/invitations", object{"reviewHash": "0000"}, "Idempotency-Key", key).refused(422, "invalid", "header.Idempotency-Key")
			}
		})
		h.run("refuses a note that tells", func(t *testing.T) {
			h.call("POST", path+"/reviews", object{"act": "invitation", "note": "Om våldet"}).refused(422, "invalid", "body.note")
			h.call("POST", path+"/reviews", object{"act": "invitation", "note": "Rad\r\nBcc: x@example.se"}).refused(422, "invalid", "body.note")
		})
		h.run("refuses an act that is none", func(t *testing.T) {
			h.call("POST", path+"/reviews", object{"act": "deletion"}).refused(422, "invalid", "body.act")
			h.call("POST", path+"/reviews", object{"act": "rescheduling"}).refused(422, "invalid", "body.date", "body.starts", "body.ends")
		})
		h.run("takes an If-Match, and needs none", func(t *testing.T) {
			h.call("POST", path+"/reviews", object{"act": "invitation"}, "If-Match", `"7"`).refused(412, "preconditionFailed")
			h.call("POST", path+"/reviews", object{"act": "invitation"}, "If-Match", `W/"1"`).refused(412, "preconditionFailed")
			h.call("POST", path+"/reviews", object{"act": "invitation"}, "If-Match", `"0", "1"`).is(200)
		})
		h.run("does the work once for twins", func(t *testing.T) {
			body := object{"reviewHash": h.reviewed(path, object{"act": "rescheduling", "date": "2027-02-11", "starts": "09:00", "ends": "10:00"}), "date": "2027-02-11", "starts": "09:00", "ends": "10:00"}
			answers := make([]answer, 6)
			var all sync.WaitGroup
			for i := range answers {
				all.Go(func() { answers[i] = h.call("POST", path+"/reschedulings", body, "Idempotency-Key", "twin") })
			}
			all.Wait()
			for _, a := range answers {
				if a.is(201).Raw != answers[0].Raw {
					t.Errorf("%s\n%s", a.Raw, answers[0].Raw)
				}
			}
			if m := h.call("GET", path, nil).is(200); m.JSON["sequence"] != float64(1) || m.JSON["version"] != float64(2) {
				t.Errorf("moved more than once: %s", m.Raw)
			}
		})
		h.run("says what somebody else's forum says", func(t *testing.T) {
			h.call("POST", h.foreign()+"/reviews", object{"act": "invitation"}).refused(422, "invalid")
		})
	})
}

// foreign is a meeting of a forum that others convene.
func (h *house) foreign() string {
	h.t.Helper()
	for _, f := range h.call("GET", "/forums?limit=200", nil).is(200).list("forums") {
		if f["convenedBy"] == "other" {
			return h.planned(f["id"].(string))
		}
	}
	h.t.Fatal("the sample has no forum that others convene")
	return ""
}

func TestMeetings(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		meeting := func(change object) object {
			return changed(object{"forumId": "rvt-miranda", "date": "2027-01-21", "starts": "13:00", "ends": "14:30"}, change)
		}
		for name, wrong := range map[string]struct {
			change object
			place  string
		}{
			"a day that does not exist":     {object{"date": "2027-02-31"}, "body.date"},
			"a year out of bounds":          {object{"date": "1850-01-21"}, "body.date"},
			"a date in words":               {object{"date": "21 januari"}, "body.date"},
			"an hour that summer time eats": {object{"date": "2027-03-28", "starts": "02:30", "ends": "04:00"}, "body.starts"},
			"an hour that comes twice":      {object{"date": "2027-10-31", "starts": "01:00", "ends": "02:30"}, "body.ends"},
			"an end before the start":       {object{"ends": "12:00"}, "body.ends"},
			"a 25th hour":                   {object{"starts": "25:00"}, "body.starts"},
			"a place of two lines":          {object{"place": "Rum\r\nX-INJ:1"}, "body.place"},
			"a place with NUL":              {object{"place": "Rum\u0000"}, "body.place"},
			"an unknown property":           {object{"ownerId": "1"}, "body.ownerId"},
			"a number for a text":           {object{"starts": 13}, "body.starts"},
			"nothing for a date":            {object{"date": nil}, "body.date"},
		} {
			h.run("refuses "+name, func(t *testing.T) {
				h.call("POST", "/meetings", meeting(wrong.change)).refused(422, "invalid", wrong.place)
			})
		}
		h.run("names what is missing", func(t *testing.T) {
			h.call("POST", "/meetings", object{}).refused(422, "invalid", "body.date", "body.starts", "body.ends")
			h.call("POST", "/meetings", meeting(object{"forumId": ""})).refused(422, "invalid", "body.forumId")
		})
		h.run("asks before it records the past", func(t *testing.T) {
			past := meeting(object{"date": "2026-11-10"})
			h.call("POST", "/meetings", past).refused(409, "question")
			past["alreadyHeld"] = true
			if m := h.call("POST", "/meetings", past).is(201); m.text("state") != "held" {
				t.Errorf("%s", m.Raw)
			}
		})
		h.run("does not hold what has not begun", func(t *testing.T) {
			h.call("POST", h.planned("rvt-miranda")+"/holding", nil).refused(422, "invalid")
		})
		h.run("does not know a forum that is none", func(t *testing.T) {
			for _, id := range []string{"finns-inte", "\u0000", "01935b1e-4c00-7000-8000-000000000001"} {
				h.call("POST", "/meetings", meeting(object{"forumId": id})).refused(404, "notFound")
			}
			h.call("GET", "/meetings?forum=%00", nil).refused(404, "notFound")
			h.call("GET", "/forums/%00", nil).refused(404, "notFound")
			h.call("GET", "/forums/%ff", nil).refused(404, "notFound")
		})
		h.run("cuts lists", func(t *testing.T) {
			h.planned("rvt-miranda")
			h.planned("polis-avstamning")
			page := h.call("GET", "/meetings?limit=1&page=2&from=2027-01-01&to=2027-12-31", nil).is(200)
			if len(page.list("meetings")) != 1 || page.JSON["total"].(float64) < 2 || page.JSON["limit"] != float64(1) || page.JSON["page"] != float64(2) {
				t.Errorf("%s", page.Raw)
			}
			if empty := h.call("GET", "/meetings?page=100000&limit=200", nil).is(200); !strings.Contains(empty.Raw, `"meetings":[]`) {
				t.Errorf("%s", empty.Raw)
			}
			if byForum := h.call("GET", "/meetings?forum=polis-avstamning", nil).is(200); byForum.JSON["total"] != float64(1) {
				t.Errorf("%s", byForum.Raw)
			}
			for query, place := range map[string]string{"limit=0": "limit", "limit=201": "limit", "limit=-1": "limit", "page=0": "page", "page=100001": "page",
				"page=x": "page", "limit=99999999999999999999": "limit", "from=2027-02-31": "from", "frm=2027-01-01": "frm"} {
				h.call("GET", "/meetings?"+query, nil).refused(422, "invalid", "query."+place)
			}
		})
		h.run("shows a member only its own forums", func(t *testing.T) {
			own, other := h.planned("rvt-miranda"), h.planned("polis-avstamning")
			member := h.token(access.Member, "read", "write")
			h.as(member, "GET", own, nil).is(http.StatusOK)
			h.as(member, "GET", other, nil).refused(404, "notFound")
			h.as(member, "GET", other+"/invitations", nil).refused(404, "notFound")
			h.as(member, "GET", "/meetings?forum=polis-avstamning", nil).refused(404, "notFound")
			if all := h.as(member, "GET", "/meetings?limit=200", nil).is(200); strings.Contains(all.Raw, "polis") {
				t.Errorf("%s", all.Raw)
			}
		})
	})
}

func TestLettersHoldNoAddress(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		path := h.planned("rvt-miranda")
		h.call("POST", path+"/invitations", object{"reviewHash": h.reviewed(path, object{"act": "invitation"})}, "Idempotency-Key", "k").is(201)
		h.clock.Move(time.Minute)
		if err := secretariat.WriteAllOwed(t.Context(), h.db, h.office); err != nil {
			t.Fatal(err)
		}
		h.write(func(tx *store.Tx) error {
			return tx.DB.Model(&post.Letter{}).Where("1 = 1").Updates(map[string]any{"state": post.Failed, "problem": "550-5.1.1 <ida@miranda.example>: Ida unknown"}).Error
		})
		for _, token := range []string{h.APIToken, h.token(access.Administrator, "read")} {
			letters := h.as(token, "GET", "/letters", nil).is(200)
			if len(letters.list("letters")) != 4 || letters.list("letters")[0]["reply"] != "550-5.1.1" || letters.list("letters")[0]["invitationId"] == nil {
				t.Errorf("%s", letters.Raw)
			}
			if strings.Contains(strings.ToLower(letters.Raw), "ida") || strings.Contains(letters.Raw, "@") {
				t.Errorf("an address in %s", letters.Raw)
			}
		}
		h.as(h.token(access.Manager, "read"), "GET", "/letters", nil).refused(404, "notFound")
	})
}

func TestInvitationsTellWhoComesInsteadAndHow(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		path := h.planned("polis-avstamning")
		h.call("POST", path+"/reschedulings", object{"reviewHash": h.reviewed(path, object{"act": "rescheduling", "date": "2027-04-15", "starts": "10:00", "ends": "11:00", "place": "https://mote.vingaker.example/1"}),
			"date": "2027-04-15", "starts": "10:00", "ends": "11:00", "place": "https://mote.vingaker.example/1"}, "Idempotency-Key", "k1").is(201)
		h.call("POST", path+"/invitations", object{"reviewHash": h.reviewed(path, object{"act": "invitation"})}, "Idempotency-Key", "k2").is(201)
		asked := func() []object { return h.call("GET", path+"/invitations", nil).is(200).list("invitations") }
		answers := func(i object) string { return "/invitations/" + i["id"].(string) + "/answers" }
		first, second := asked()[0], asked()[1]
		if a := h.call("POST", answers(first), object{"partStat": "ACCEPTED", "attendanceMode": "remote"}).is(201); a.text("attendanceMode") != "remote" {
			t.Errorf("from elsewhere: %s", a.Raw)
		}
		if a := h.call("POST", answers(second), object{"partStat": "ACCEPTED"}).is(201); a.text("attendanceMode") != "onSite" {
			t.Errorf("at the place: %s", a.Raw)
		}
		h.call("POST", answers(second), object{"partStat": "DELEGATED", "substitute": "Ola Ek", "substituteEmail": "ida@miranda.example"}).refused(422, "invalid", "body.substituteEmail")
		h.call("POST", answers(second), object{"partStat": "DELEGATED", "substitute": "Ola Ek", "substituteEmail": "ola.ek@polis.example"}).is(201)
		all := asked()
		own := all[len(all)-1]
		if len(all) != 4 || own["standsForId"] != second["id"] || all[1]["substituteId"] != own["id"] || own["shownName"] != "Ola Ek" {
			t.Errorf("%v", all)
		}
		h.call("POST", answers(own), object{"partStat": "DELEGATED", "substitute": "Sven En"}).refused(422, "invalid", "body.partStat")
		if c := h.call("GET", "/contacts/"+own["contactId"].(string), nil).is(200); c.JSON["standIn"] != true {
			t.Errorf("%s", c.Raw)
		}
		others := h.as(h.token(access.Manager, "read"), "GET", path+"/invitations", nil).is(200)
		if len(others.list("invitations")) != 3 || strings.Contains(others.Raw, "Ola Ek") || strings.Contains(others.Raw, "standsForId") {
			t.Errorf("others read %s", others.Raw)
		}
	})
}
