package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/mail/mailtest"
)

// answers posts the form of an answer page.
func (h *house) answers(link string, values url.Values) reply {
	h.Helper()
	guest := h.browser()
	f := h.fields(h.get(guest, link), "")
	for name, value := range values {
		f[name] = value
	}
	return h.post(guest, link, f)
}

func (h *house) linkIn(letter mailtest.Mail) string {
	return regexp.MustCompile(`http\S+/i/\S+`).FindString(letter.Text)
}

// From the answer that somebody else comes, to that one's own answer, and back.
func TestSomebodyElseComes(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		meeting := h.scheduled("polis-avstamning", "2027-02-09")
		h.actOn(coordinator, meeting, "/move", url.Values{"place": {"Rum 2, eller https://mote.vingaker.example/1"}})
		h.actOn(coordinator, meeting, "/invitation", url.Values{})
		h.pass(time.Minute)
		hans := h.linkIn(h.letters("REQUEST", 3)["hans.gran@omrade-vast.example"])
		refused := h.wants(h.answers(hans, url.Values{"partStat": {"DELEGATED"}, "substitute": {"Ola Ek"}, "substituteEmail": {"ida@miranda.example"}}), http.StatusUnprocessableEntity)
		if seen := text(refused.body); !strings.Contains(seen, "Till den adressen kan vi inte skicka en egen inbjudan.") || !strings.Contains(refused.body, `id="e-substituteEmail"`) {
			h.Errorf("a protected contact's address: %s", seen)
		}
		done := h.wants(h.answers(hans, url.Values{"partStat": {"DELEGATED"}, "substitute": {"Ola Ek"}, "substituteEmail": {"ola.ek@omrade-vast.example"}}), http.StatusSeeOther)
		if seen := text(h.get(h.browser(), done.to).body); !strings.Contains(seen, "Ola Ek får en egen inbjudan till ola.ek@omrade-vast.example.") {
			h.Errorf("the receipt: %s", seen)
		}
		if seen := text(h.get(coordinator, meeting).body); strings.Contains(seen, "Ångra") {
			h.Error("the convener may undo what an invited one has answered")
		}
		h.pass(time.Minute)
		ola := h.linkIn(h.letters("REQUEST", 1)["ola.ek@omrade-vast.example"])
		seen := h.wants(h.get(h.browser(), ola), 200)
		if words := text(seen.body); !strings.Contains(words, "Hans Gran har svarat att du kommer.") || strings.Contains(words, "i mitt ställe") || strings.Contains(words, "Fel person?") {
			h.Errorf("the substitute's page: %s", words)
		}
		h.wants(h.answers(ola, url.Values{"partStat": {"REMOTE"}}), http.StatusSeeOther)
		whole := text(h.get(coordinator, meeting).body)
		for _, want := range []string{"1 av 3 har svarat. 0 på plats, 1 på distans.", "Någon annan kommer – Ola Ek, har svarat ja, på distans", "Ersättare för Hans Gran"} {
			if !strings.Contains(whole, want) {
				h.Errorf("%q does not stand in %s", want, whole)
			}
		}
		review := h.wants(h.post(coordinator, meeting+"/review", func() url.Values {
			f := h.fields(h.get(coordinator, meeting+"/move"), "/review")
			f.Set("date", "2027-02-16")
			return f
		}()), 200)
		if seen := text(review.body); !strings.Contains(seen, "Någon annan kommer – Ola Ek, har svarat ja") || !strings.Contains(seen, "Skicka ändringen till 4 personer") {
			h.Errorf("the review: %s", seen)
		}

		h.wants(h.answers(hans, url.Values{"partStat": {"ACCEPTED"}}), http.StatusSeeOther)
		h.pass(time.Minute)
		h.letters("CANCEL", 1)
		for _, path := range []string{"", "/calendar.ics"} {
			down := h.wants(h.get(h.browser(), ola+path), http.StatusNotFound)
			if words := text(down.body); !strings.Contains(words, "Du är inte längre inbjuden till mötet i någon annans ställe.") || strings.Contains(words, "Avstämning") || strings.Contains(words, "Skicka ny länk") {
				h.Errorf("%s of one who is needed no more: %s", path, words)
			}
		}
		guest := h.browser()
		h.wants(h.post(guest, ola, url.Values{"partStat": {"ACCEPTED"}, "sequence": {"0"}}), http.StatusNotFound)
		if seen := text(h.get(coordinator, meeting).body); !strings.Contains(seen, "1 av 3 har svarat. 1 på plats, 0 på distans.") {
			h.Errorf("Hans comes himself: %s", seen)
		}
		if n := len(h.mail.Letters()); n != 5 {
			h.Errorf("%d letters in all, not 5", n)
		}
	})
}

// The names of those who come instead are the convener's: whoever else takes part reads that somebody does.
func TestSubstituteIsNamedToTheConvenerOnly(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		meeting := h.scheduled("rvt-miranda", "2027-02-11")
		h.actOn(coordinator, meeting, "/invitation", url.Values{})
		h.pass(time.Minute)
		link := h.linkIn(h.letters("REQUEST", 4)["teamet@katrineholm.example"])
		h.wants(h.answers(link, url.Values{"partStat": {"DELEGATED"}, "substitute": {"Ola Ek"}, "substituteEmail": {"ola.ek@katrineholm.example"}}), http.StatusSeeOther)
		h.pass(time.Minute)
		if seen := text(h.get(coordinator, meeting).body); !strings.Contains(seen, "Ola Ek") {
			h.Errorf("the convener: %s", seen)
		}
		if seen := text(h.wants(h.get(h.as(access.Member), meeting), 200).body); strings.Contains(seen, "Ola Ek") || !strings.Contains(seen, "Någon annan kommer") {
			h.Errorf("a member: %s", seen)
		}
	})
}
