package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/post"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// withMailbox runs body in a house that reads a mailbox, on each database.
func withMailbox(t *testing.T, body func(*house, *mailtest.Mailbox)) {
	t.Helper()
	for name, database := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "samverkan.db") },
		"postgres": func(t *testing.T) string { return storetest.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			m := mailtest.StartMailbox(t)
			body(newHouse(t, database(t), "SAMVERKAN_IMAP_URL="+m.URL(), "SAMVERKAN_AUTHSERV_ID=mx.vingaker.example"), m)
		})
	}
}

// poll reads the mailbox.
func (h *house) poll() {
	h.Helper()
	if err := h.app.Inbox.Poll(context.Background()); err != nil {
		h.Fatal(err)
	}
}

var calendarLine = regexp.MustCompile(`(?m)^(UID|SEQUENCE|ORGANIZER|ATTENDEE)[^:]*:(?:mailto:)?(.*)$`)

// answered is what a calendar program sends back for an invitation.
func answered(letter mailtest.Mail, method, partStat string, at time.Time, more string) []byte {
	said := map[string]string{}
	for _, found := range calendarLine.FindAllStringSubmatch(strings.ReplaceAll(strings.ReplaceAll(string(letter.Calendar), "\r\n ", ""), "\r", ""), -1) {
		said[found[1]] = found[2]
	}
	text := fmt.Sprintf("Message-ID: <%d.%s@annan.example>\nFrom: %s\nTo: %s\nSubject: Svar\nMIME-Version: 1.0\nContent-Type: text/calendar; method=%s; charset=utf-8\n\n"+
		"BEGIN:VCALENDAR\nMETHOD:%s\nBEGIN:VEVENT\nUID:%s\nSEQUENCE:%s\nDTSTAMP:%s\n%sATTENDEE;PARTSTAT=%s:mailto:%s\nEND:VEVENT\nEND:VCALENDAR\n",
		at.UnixNano(), strings.ToLower(method+partStat), said["ATTENDEE"], said["ORGANIZER"], method, method, said["UID"], said["SEQUENCE"], at.UTC().Format("20060102T150405Z"), more, partStat, said["ATTENDEE"])
	return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
}

// Answers by mail, from the letter that went out to the page that shows them.
func TestFromTheLetterBackToThePage(t *testing.T) {
	withMailbox(t, func(h *house, m *mailtest.Mailbox) {
		coordinator := h.as(access.Coordinator)
		meeting := h.scheduled("polis-avstamning", "2027-01-21")
		form := h.fields(h.get(coordinator, meeting+"/invitation"), "/review")
		review := h.wants(h.post(coordinator, meeting+"/review", form), 200)
		h.wants(h.post(coordinator, meeting+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
		h.pass(time.Minute)
		letter := h.letters("REQUEST", 3)["hans.gran@omrade-vast.example"]
		shows := func(path string, want ...string) string {
			h.Helper()
			seen := text(h.wants(h.get(coordinator, path), 200).body)
			for _, w := range want {
				if !strings.Contains(seen, w) {
					h.Errorf("%s does not show %q: %s", path, w, seen)
				}
			}
			return seen
		}

		m.Deliver(answered(letter, "REPLY", "ACCEPTED", h.clock, "COMMENT:Kommer <b>gärna</b>\\, med bil\n"))
		h.poll()
		shows(meeting, "1 av 3 har svarat. 1 kommer.", "Svarade med e-post", "”Kommer <b>gärna</b>, med bil”")

		// A proposal is shown, leads to the form that moves the meeting, and is declined with a letter.
		shows("/inbox", "Brevlådan lästes senast", "Inget brev väntar.")
		propose := func() string {
			h.Helper()
			h.clock = h.clock.Add(time.Minute)
			m.Deliver(answered(letter, "COUNTER", "TENTATIVE", h.clock, "DTSTART:20270122T120000Z\nDTEND:20270122T130000Z\nCOMMENT:Fredag?\n"))
			h.poll()
			list := h.get(coordinator, "/inbox")
			return regexp.MustCompile(`/inbox/[0-9a-f-]{36}`).FindString(list.body)
		}
		parked := propose()
		shows("/", "Läs brev som har kommit in", "1 brev")
		shows(parked, "En annan tid föreslås.", "fredag 22 januari 2027 kl. 13.00–14.00", "Fredag?")
		h.wants(h.post(coordinator, parked+"/refusal", nil), http.StatusSeeOther)
		h.pass(time.Minute)
		if got := h.letters("DECLINECOUNTER", 1)["hans.gran@omrade-vast.example"]; !strings.HasPrefix(got.Subject, "Tiden ändras inte") {
			h.Errorf("%q", got.Subject)
		}
		to := h.wants(h.post(coordinator, propose()+"/acceptance", nil), http.StatusSeeOther).to
		move := h.fields(h.wants(h.get(coordinator, to), 200), "/review")
		if move.Get("date") != "2027-01-22" || move.Get("starts") != "13.00" || move.Get("ends") != "14.00" || move.Get("place") == "" {
			h.Errorf("the form is %v", move)
		}

		// A letter without a calendar part is counted by a person.
		reply := strings.ReplaceAll(string(answered(letter, "REPLY", "DECLINED", h.clock, "")), "text/calendar; method=REPLY", "text/plain")
		m.Deliver([]byte(strings.ReplaceAll(strings.ReplaceAll(reply, "BEGIN:VCALENDAR", "<script>alert(1)</script> Nej"), "replydeclined", "brev")))
		h.poll()
		parked = regexp.MustCompile(`/inbox/[0-9a-f-]{36}`).FindString(h.get(coordinator, "/inbox").body)
		page := h.get(coordinator, parked)
		if strings.Contains(page.body, "<script>alert") {
			h.Error("a stranger's script is on the page")
		}
		shows(parked, "Någon har skrivit till möteslådan.", "Hans Gran")
		h.wants(h.post(coordinator, parked+"/answer", url.Values{"partStat": {"DECLINED"}}), http.StatusUnprocessableEntity)
		chosen := regexp.MustCompile(`value="([0-9a-f-]{36})" selected`).FindStringSubmatch(page.body)
		h.wants(h.post(coordinator, parked+"/answer", url.Values{"partStat": {"DECLINED"}, "invitationId": {chosen[1]}}), http.StatusSeeOther)
		shows(meeting, "1 av 3 har svarat. 0 kommer.")
		again := h.post(coordinator, parked+"/dismissal", nil)
		if again.status != http.StatusUnprocessableEntity || !strings.Contains(text(again.body), "Någon har redan tagit hand om brevet.") {
			h.Errorf("settled twice: %d", again.status)
		}

		// A letter that comes back asks who has come after.
		bounce := fmt.Sprintf("Message-ID: <dsn@annan.example>\nReturn-Path: <>\nFrom: MAILER-DAEMON@annan.example\nTo: %s\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"+
			"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.annan.example\n\nFinal-Recipient: rfc822; hans.gran@omrade-vast.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 User unknown\n--b--\n", letter.Header.Get("Reply-To"))
		m.Deliver([]byte(strings.ReplaceAll(bounce, "\n", "\r\n")))
		h.poll()
		shows("/", "Vem har efterträtt Hans Gran?")
		shows("/outbox", "Kom tillbaka", "550 User unknown")
		// A mailbox that cannot be read for a while is told, to whoever can do something about it.
		m.Close()
		h.poll()
		if seen := text(h.get(coordinator, "/").body); strings.Contains(seen, "läses inte") {
			h.Errorf("told at once: %s", seen)
		}
		h.clock = h.clock.Add(20 * time.Minute)
		h.poll()
		administrator := h.as(access.Administrator)
		for _, c := range []*http.Client{coordinator, administrator} {
			if seen := text(h.get(c, "/").body); !strings.Contains(seen, "Svar som kommer med e-post läses inte") {
				h.Errorf("not told: %s", seen)
			}
			if seen := text(h.wants(h.get(c, "/inbox"), 200).body); !strings.Contains(seen, "Brevlådan går inte att läsa") || strings.Contains(seen, "hans.gran") != (c == coordinator) {
				h.Errorf("the inbox: %s", seen)
			}
		}
		if strings.Contains(h.log.String(), "@") {
			h.Errorf("the log holds an address: %s", h.log)
		}
	})
}

// A full inbox is told to whoever can do something about it.
func TestFullInboxIsTold(t *testing.T) {
	withMailbox(t, func(h *house, m *mailtest.Mailbox) {
		for n := range post.Usual.Letters {
			h.write(func(tx *store.Tx) error {
				_, err := post.Park(tx, h.app.Office.Key, post.ParkedLetter{Kind: post.ParkedMail, Reason: "written", Content: post.Content{Subject: fmt.Sprint(n)}})
				return err
			})
		}
		m.Deliver([]byte("Message-ID: <a@annan.example>\r\nFrom: nagon@annan.example\r\nTo: moten@vingaker.example\r\nSubject: Hej\r\n\r\nHej.\r\n"))
		h.poll()
		coordinator, administrator := h.as(access.Coordinator), h.as(access.Administrator)
		h.showsAll(coordinator, "/inbox", "Inkorgen är full", "brev väntar, och fler får inte plats. 1 brev ligger kvar i brevlådan, orörda.")
		for _, c := range []*http.Client{coordinator, administrator} {
			h.showsAll(c, "/", "Inkorgen är full. Brev ligger kvar i brevlådan")
			h.showsAll(c, "/status", "Fler får inte plats. 1 brev ligger kvar i brevlådan, orörda.")
		}
		if m.Count("INBOX") != 1 || m.Count("Hanterat") != 0 {
			h.Errorf("%d and %d letters", m.Count("INBOX"), m.Count("Hanterat"))
		}
	})
}
