package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/post"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// showsAll looks for sentences on a page.
func (h *house) showsAll(c *http.Client, path string, want ...string) string {
	h.Helper()
	seen := text(h.wants(h.get(c, path), 200).body)
	for _, w := range want {
		if !strings.Contains(seen, w) {
			h.Errorf("%s does not show %q: %s", path, w, seen)
		}
	}
	return seen
}

// trial has a test letter sent to the administrator and gives it as it arrived.
func (h *house) trial(c *http.Client) mailtest.Mail {
	h.Helper()
	before := len(h.mail.Letters())
	if p := h.wants(h.post(c, "/status/test-letter", nil), http.StatusSeeOther); p.to != "/status#trial" {
		h.Errorf("leads to %s", p.to)
	}
	h.pass(0)
	sent := h.sentSince(before)
	if len(sent) != 1 {
		h.Fatalf("%d letters", len(sent))
	}
	if to := h.to(before); to != email(access.Administrator) {
		h.Errorf("to %s", to)
	}
	return sent[0]
}

// answerTo is what a person writes back; more are header lines.
func answerTo(letter mailtest.Mail, to, id, more string) []byte {
	text := fmt.Sprintf("Message-ID: <%s@vingaker.example>\nFrom: It <%s>\nTo: %s\nSubject: Sv: %s\n%sMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nHej, det kom fram.\n",
		id, email(access.Administrator), to, letter.Subject, more)
	return []byte(strings.ReplaceAll(text, "\n", "\r\n"))
}

// The administrator tries mail: written, taken with the server's words, answered by the letter's own address.
func TestTrialLetterFromThePageAndBack(t *testing.T) {
	withMailbox(t, func(h *house, m *mailtest.Mailbox) {
		administrator := h.as(access.Administrator)
		if seen := h.showsAll(administrator, "/status", "E-post ut", "Inget brev har skickats än.", "Den är inte läst än."); strings.Contains(seen, "Provbrevet till") {
			h.Errorf("a letter that nobody has asked for: %s", seen)
		}
		h.wants(h.post(administrator, "/status/test-letter", nil), http.StatusSeeOther)
		h.showsAll(administrator, "/status", "Provbrevet till it@vingaker.example skrevs kl.", "Skickas så snart det är dess tur.")
		h.pass(0)
		h.poll()
		h.showsAll(administrator, "/status", "E-postservern tog emot det kl.", "250 2.0.0 OK: queued", "Svara nu på brevet", "moten+…@vingaker.example")
		h.clock = h.clock.Add(6 * time.Minute)
		h.poll()
		h.showsAll(administrator, "/status", "Inget svar har kommit.", "SAMVERKAN_PLUS_ADDRESSES=false")

		letter := h.trial(administrator)
		reply := letter.Header.Get("Reply-To")
		if !strings.Contains(reply, "moten+") || !strings.Contains(letter.Text, "Svara på det") {
			h.Fatalf("%s: %s", reply, letter.Text)
		}
		m.Deliver(answerTo(letter, reply, "borta", "Auto-Submitted: auto-replied\n"))
		h.poll()
		h.showsAll(administrator, "/status", "Svara nu på brevet")
		h.clock = h.clock.Add(time.Minute)
		m.Deliver(answerTo(letter, reply, "svar", ""))
		h.poll()
		h.showsAll(administrator, "/status", "Svaret kom tillbaka kl. "+h.clock.In(h.app.Office.Zone).Format("15.04"), "plus-adresser fungerar")
		h.showsAll(h.as(access.Coordinator), "/inbox", "Inget brev väntar.")
		if m.Count("INBOX") != 0 || m.Count("Hanterat") != 2 {
			h.Errorf("%d and %d letters in the folders", m.Count("INBOX"), m.Count("Hanterat"))
		}
		if seen := h.showsAll(h.as(access.Coordinator), "/status", "Driftläge"); strings.Contains(seen, "Provbrevet till") {
			h.Errorf("somebody else's test is shown: %s", seen)
		}
		if strings.Contains(h.log.String(), "@") {
			h.Errorf("the log holds an address: %s", h.log)
		}
	})
}

// Mail that drops what stands after the plus: the answer is known by what it says that it answers.
func TestTrialLetterWithoutItsOwnAddress(t *testing.T) {
	withMailbox(t, func(h *house, m *mailtest.Mailbox) {
		administrator := h.as(access.Administrator)
		letter := h.trial(administrator)
		m.Deliver([]byte(strings.ReplaceAll(string(answerTo(letter, "moten@vingaker.example", "annan", "In-Reply-To: "+letter.Header.Get("Message-ID")+"\n")), "it@vingaker", "nagon@vingaker")))
		h.poll()
		if seen := h.showsAll(administrator, "/status"); strings.Contains(seen, "Svaret kom tillbaka") {
			h.Errorf("anybody may answer: %s", seen)
		}
		m.Deliver(answerTo(letter, "moten@vingaker.example", "svar", "In-Reply-To: "+letter.Header.Get("Message-ID")+"\n"))
		h.poll()
		h.showsAll(administrator, "/status", "Svaret kom tillbaka kl.", "Det kom inte till brevets egen adress")
	})
}

func TestTrialLetterWhenPlusAddressesAreOff(t *testing.T) {
	for name, database := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite://" + filepath.Join(t.TempDir(), "samverkan.db") },
		"postgres": func(t *testing.T) string { return storetest.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			m := mailtest.StartMailbox(t)
			h := newHouse(t, database(t), "SAMVERKAN_IMAP_URL="+m.URL(), "SAMVERKAN_PLUS_ADDRESSES=false")
			administrator := h.as(access.Administrator)
			letter := h.trial(administrator)
			if strings.Contains(letter.Header.Get("Reply-To"), "+") {
				h.Errorf("%s", letter.Header.Get("Reply-To"))
			}
			m.Deliver(answerTo(letter, "moten@vingaker.example", "svar", "References: <annat@vingaker.example> "+letter.Header.Get("Message-ID")+"\n"))
			h.poll()
			if seen := h.showsAll(administrator, "/status", "Svaret kom tillbaka kl.", "Plus-adresser används inte."); strings.Contains(seen, "ändrar plus-adresser") {
				h.Errorf("a reproach: %s", seen)
			}
		})
	}
}

// What is wrong is understood from the page alone.
func TestStatusSaysWhatIsWrong(t *testing.T) {
	withMailbox(t, func(h *house, m *mailtest.Mailbox) {
		administrator := h.as(access.Administrator)
		t := h.T
		t.Run("a mail server that refuses", func(*testing.T) {
			h.mail.RefuseWith("@", 550, -1, "5.7.60 Client does not have permissions to send as this sender")
			h.wants(h.post(administrator, "/status/test-letter", nil), http.StatusSeeOther)
			h.pass(0)
			h.showsAll(administrator, "/status", "Gavs upp kl.", "550 5.7.60", "SAMVERKAN_MAIL_FROM")
			h.mail.RefuseWith("@", 550, 0, "")
		})
		t.Run("a mail server that is away", func(*testing.T) {
			h.mail.RefuseConnections(-1)
			h.clock = h.clock.Add(time.Second)
			h.wants(h.post(administrator, "/status/test-letter", nil), http.StatusSeeOther)
			h.pass(0)
			h.showsAll(administrator, "/status", "Servern kunde inte nås eller tog inget.", "421 4.3.2: Stangt for i dag")
			h.clock = h.clock.Add(4 * time.Minute)
			h.showsAll(administrator, "/", "Brev lämnar inte tjänsten: e-postservern tar inte emot dem")
			if ready := h.get(administrator, "/readyz"); ready.status != http.StatusOK || !strings.Contains(ready.body, "the mail server takes no letters") {
				h.Errorf("%d %s", ready.status, ready.body)
			}
			h.clock = h.clock.Add(7 * time.Minute)
			h.showsAll(administrator, "/status", "Det äldsta har väntat sedan")
			h.mail.RefuseConnections(0)
			h.pass(0)
			h.showsAll(administrator, "/status", "E-postservern tog emot det kl.")
		})
		t.Run("sending that is held", func(*testing.T) {
			h.write(func(tx *store.Tx) error { return post.HoldSending(tx, "Återställd") })
			h.wants(h.post(administrator, "/status/test-letter", nil), http.StatusSeeOther)
			h.pass(0)
			h.showsAll(administrator, "/status", "Sändningen är stoppad sedan", "Skickas när någon släpper breven.")
			h.showsAll(administrator, "/outbox?state=held", "Stoppat", "Provbrev från Samverkan")
			h.wants(h.post(administrator, "/outbox/release", nil), http.StatusSeeOther)
		})
		t.Run("a mailbox that does not answer", func(*testing.T) {
			m.Close()
			h.poll()
			h.showsAll(administrator, "/status", "Den går inte att läsa sedan", "connection refused", "Ingen svarar på den porten.")
		})
		t.Run("a clock that differs from the database's", func(*testing.T) { // the test's stands still
			if seen := h.showsAll(administrator, "/status", "Maskinens klocka går"); !strings.Contains(seen, "tidsservern") {
				t.Errorf("%s", seen)
			}
			h.clock = time.Now()
			h.showsAll(h.as(access.Administrator), "/status", "Maskinens klocka går som databasens.")
		})
		t.Run("no backup, and one", func(*testing.T) {
			administrator := h.as(access.Administrator)
			h.showsAll(administrator, "/status", "Ingen kopia är gjord.")
			h.write(access.BackedUp)
			h.showsAll(administrator, "/status", "Senaste kopian gjordes kl.")
			h.clock = h.clock.Add(8 * 24 * time.Hour)
			h.showsAll(h.as(access.Administrator), "/status", "Den är äldre än en vecka.")
		})
		t.Run("a key file that is gone", func(*testing.T) {
			administrator := h.as(access.Administrator)
			h.showsAll(administrator, "/status", "Nyckelfilen finns och är databasens.", "Ledigt i datamappen")
			h.hideKey()
			h.showsAll(administrator, "/status", "samverkan.key is not in the data folder", "Lägg tillbaka samverkan.key")
		})
	})
}

func TestStatusWithoutMail(t *testing.T) {
	onBothWith(t, []string{"SAMVERKAN_SMTP_URL="}, func(h *house) {
		administrator := h.as(access.Administrator)
		h.showsAll(administrator, "/status", "Inga brev skickas. De sparas som filer", "SAMVERKAN_SMTP_URL", "Svar som kommer med e-post läses inte.", "SAMVERKAN_IMAP_URL")
		h.wants(h.post(administrator, "/status/test-letter", nil), http.StatusSeeOther)
		h.pass(0)
		h.showsAll(administrator, "/status", "Brevet sparades som en fil kl.")
		for role, there := range map[access.Role]bool{access.Coordinator: true, access.Member: false, access.Manager: false, access.Registrar: false, access.GroupLead: false} {
			if p := h.get(h.as(role), "/status"); (p.status == http.StatusOK) != there {
				h.Errorf("%s: %d", role, p.status)
			}
		}
	})
}

// The outbox says what leaves next, written or not, and what left last.
func TestOutboxSaysWhatHappensNext(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator, administrator := h.as(access.Coordinator), h.as(access.Administrator)
		meeting := h.scheduled("polis-avstamning", "2027-01-21")
		form := h.fields(h.get(coordinator, meeting+"/invitation"), "/review")
		review := h.wants(h.post(coordinator, meeting+"/review", form), 200)
		h.wants(h.post(coordinator, meeting+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
		h.showsAll(coordinator, "/outbox", "Skickas härnäst", "Ska skrivas", "Inbjudan till hans.gran@omrade-vast.example", "Fram till dess går det att ångra", "Inga brev har skickats än.")
		if seen := h.showsAll(administrator, "/outbox?state=owed", "till …@omrade-vast.example"); strings.Contains(seen, "hans.gran") || strings.Contains(seen, "Avstämning") {
			h.Errorf("an administrator learns whom it is for: %s", seen)
		}
		h.mail.RefuseWith("@", 451, 3, "4.7.1 Greylisted")
		h.pass(time.Minute)
		h.showsAll(coordinator, "/outbox", "Servern tog inte emot det än. Försök 2 av 8 görs kl.", "E-postservern säger: 451 4.7.1: Greylisted")
		h.pass(2 * time.Minute)
		h.showsAll(coordinator, "/outbox", "Inget väntar på att skickas.", "Skickat", "E-postservern tog emot det kl.", "250 2.0.0 OK")
		h.showsAll(coordinator, "/outbox?state=sent", "3 brev.")
		h.showsAll(coordinator, "/outbox?state=retry", "Inga brev i det läget.")
		if p := h.get(coordinator, "/outbox?state=nowhere"); p.status != http.StatusUnprocessableEntity {
			h.Errorf("a state that there is not: %d", p.status)
		}
		h.wants(h.get(coordinator, "/outbox?state=sent&page=2"), 200)
	})
}

// A domain's turn is told on the page.
func TestOutboxTellsADomainsTurn(t *testing.T) {
	onBothWith(t, []string{"SAMVERKAN_MAIL_PER_MINUTE=1"}, func(h *house) {
		coordinator := h.as(access.Coordinator)
		h.things("rvt-miranda")
		h.showsAll(coordinator, "/outbox?state=next", "Väntar på sin tur till kl.", "högst 1 brev i minuten går till")
		h.showsAll(coordinator, "/status", "högst 1 i minuten.")
		h.mail.RefuseWith("@", 450, -1, "4.7.1 Too many messages, slow down")
		h.pass(time.Minute)
		h.showsAll(coordinator, "/outbox?state=retry", "säger att breven kommer för fort. Nästa skickas kl.", "E-postservern säger: 450 4.7.1: Too many messages, slow down")
	})
}

// hideKey takes the key file out of the data folder.
func (h *house) hideKey() {
	h.Helper()
	if err := os.Rename(filepath.Join(h.app.Config.DataDir, "samverkan.key"), filepath.Join(h.TempDir(), "key")); err != nil {
		h.Fatal(err)
	}
}

// The same test by command: it prints what the server said, or why nobody took it.
func TestMailTestByCommand(t *testing.T) {
	bothAddresses(t, func(t *testing.T, environ []string) {
		code, out, errs := run(t, environ, "", "mail-test", "it@vingaker.example")
		if code != 0 || !strings.Contains(out, "kept as a file in ") {
			t.Errorf("without a server: exit %d: %s%s", code, out, errs)
		}
		server := mailtest.Start(t)
		environ = append(environ, "SAMVERKAN_SMTP_URL="+server.URL(), "SAMVERKAN_MAIL_FROM=moten@vingaker.example")
		code, out, errs = run(t, environ, "", "mail-test", "it@vingaker.example")
		if code != 0 || !strings.Contains(out, "sent: 250 2.0.0 OK") || len(server.Letters()) != 1 {
			t.Errorf("exit %d: %s%s", code, out, errs)
		}
		server.RefuseRcpt("it@vingaker.example", 550, 1)
		code, _, errs = run(t, environ, "", "mail-test", "it@vingaker.example")
		if code != 1 || !strings.Contains(errs, "not sent (failed): delivery permanent 550") {
			t.Errorf("refused: exit %d: %s", code, errs)
		}
	})
}
