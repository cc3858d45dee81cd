package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// lostLetter gives the newest letter of a kind that did not arrive.
func (h *house) lostLetter(kind post.Kind) post.Letter {
	h.Helper()
	var found []post.Letter
	h.read(func(tx *store.Tx) error {
		return tx.DB.Omit("sealed").Where("kind = ? AND state IN ?", kind, []post.State{post.Failed, post.Bounced}).Order("created_at DESC, id DESC").Limit(1).Find(&found).Error
	})
	if len(found) == 0 {
		h.Fatalf("no letter of the kind %s is lost", kind)
	}
	return found[0]
}

// again has a lost letter sent again by the page, and gives the new one as it arrived.
func (h *house) again(c *http.Client, l post.Letter) mailtest.Mail {
	h.Helper()
	before := len(h.mail.Letters())
	list := text(h.wants(h.get(c, "/outbox?state=trouble"), 200).body)
	if !strings.Contains(list, l.Subject) || !strings.Contains(list, "Skicka igen") {
		h.Errorf("%s is not among those in trouble: %s", l.Kind, list)
	}
	h.wants(h.post(c, "/outbox/"+l.ID.String()+"/again", nil), http.StatusSeeOther)
	h.pass(0)
	sent := h.sentSince(before)
	if len(sent) != 1 {
		h.Fatalf("%s: %d letters were sent again", l.Kind, len(sent))
	}
	if strings.Contains(sent[0].Header.Get("Message-ID"), l.MessageID) {
		h.Errorf("%s: not a letter of its own", l.Kind)
	}
	h.read(func(tx *store.Tx) error {
		dealt, err := post.Dealings(tx, []post.Letter{l})
		if dealt[l.ID].How != post.DealtAgain {
			h.Errorf("%s: the lost one is still in trouble: %+v", l.Kind, dealt)
		}
		return err
	})
	if p := h.post(c, "/outbox/"+l.ID.String()+"/again", nil); p.status != http.StatusConflict {
		h.Errorf("%s is sent a third time: %d", l.Kind, p.status)
	}
	return sent[0]
}

// lead makes the contact with an address lead the work group that things are passed on to.
func (h *house) lead(address string) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		leads := tx.DB.Table("contacts").Select("id").Where("email = ?", address)
		return store.Changed(tx.DB.Table("work_groups").Where("external_id = ?", "ekonomiskt-bistand").Update("lead_id", leads))
	})
}

func TestEveryKindIsSentAgain(t *testing.T) {
	onBoth(t, func(h *house) {
		h.lead("hans.gran@omrade-vast.example")
		h.mail.RefuseWith("@", 550, -1, "5.1.1 User unknown")
		own := h.things("polis-avstamning")
		h.mail.RefuseWith("@", 550, 0, "")
		h.clock = h.clock.Add(11 * time.Minute)
		coordinator, guest := h.as(access.Coordinator), h.browser()
		for kind, door := range map[post.Kind]string{post.Notes: "/n/", post.Action: "/a/", post.Relay: "/r/", post.Invitation: "/i/"} {
			l := h.lostLetter(kind)
			letter := h.again(coordinator, l)
			link := aLink.FindStringSubmatch(letter.Text)
			if link == nil || "/"+link[1]+"/" != door {
				h.Fatalf("%s: %s", kind, letter.Text)
			}
			h.wants(h.get(guest, strings.TrimPrefix(link[0], h.url)), http.StatusOK)
		}
		h.accountAgain()
		h.codeIsNot(own)
		h.linkAgain(own)
	})
}

// accountAgain sends an account's link again: the administrator, with a new link, and the old one is dead.
func (h *house) accountAgain() {
	h.Helper()
	administrator, coordinator := h.as(access.Administrator), h.as(access.Coordinator)
	path := "/accounts/" + h.world.Identities[access.Member].String() + "/password-link"
	h.wants(h.post(administrator, path, nil), http.StatusSeeOther)
	first := h.mailedLink(email(access.Member))
	h.write(func(tx *store.Tx) error {
		l := post.Letter{}
		if err := tx.DB.First(&l, "kind = ? AND recipient = ?", post.Account, email(access.Member)).Error; err != nil {
			return err
		}
		return post.MarkBounced(tx, &l, "550 5.1.1")
	})
	l := h.lostLetter(post.Account)
	h.clock = h.clock.Add(time.Second)
	if p := h.post(coordinator, "/outbox/"+l.ID.String()+"/again", nil); p.status != http.StatusNotFound {
		h.Errorf("a coordinator sends an account's letter again: %d", p.status)
	}
	h.wants(h.get(h.browser(), first), http.StatusOK)
	h.again(administrator, l)
	if second := h.mailedLink(email(access.Member)); second == first {
		h.Error("the same link again")
	} else {
		h.wants(h.get(h.browser(), second), http.StatusOK)
	}
	h.wants(h.get(h.browser(), first), http.StatusNotFound)
}

// codeIsNot sent again: whoever asked for it asks again.
func (h *house) codeIsNot(own objects) {
	h.Helper()
	h.mail.RefuseWith("@", 550, -1, "5.1.1 User unknown")
	h.wants(h.post(h.browser(), "/n/"+own.notes+"/code", nil), http.StatusSeeOther)
	h.pass(0)
	h.mail.RefuseWith("@", 550, 0, "")
	l := h.lostLetter(post.Code)
	coordinator := h.as(access.Coordinator)
	if p := h.post(coordinator, "/outbox/"+l.ID.String()+"/again", nil); p.status != http.StatusConflict {
		h.Errorf("a code is sent again: %d", p.status)
	}
	h.wants(h.post(coordinator, "/outbox/"+l.ID.String()+"/done", nil), http.StatusSeeOther)
	if seen := text(h.get(coordinator, "/outbox?state=failed").body); !strings.Contains(seen, "har tagit hand om det kl.") {
		h.Errorf("not told who took care of it: %s", seen)
	}
}

// linkAgain sends a letter with a new link again, to whoever leads the receiver.
func (h *house) linkAgain(own objects) {
	h.Helper()
	h.clock = h.clock.Add(200 * 24 * time.Hour)
	h.wants(h.get(h.browser(), "/r/"+own.relay), http.StatusNotFound)
	h.post(h.browser(), "/r/"+own.relay+"/renewal", url.Values{})
	h.mail.RefuseWith("@", 550, -1, "5.1.1 User unknown")
	h.pass(0)
	h.mail.RefuseWith("@", 550, 0, "")
	h.clock = h.clock.Add(11 * time.Minute)
	letter := h.again(h.as(access.Coordinator), h.lostLetter(post.Link))
	link := aLink.FindStringSubmatch(letter.Text)
	if link == nil || link[1] != "r" {
		h.Fatalf("%s", letter.Text)
	}
	h.wants(h.get(h.browser(), strings.TrimPrefix(link[0], h.url)), http.StatusOK)
}

// A letter about what was passed on goes to whoever leads the receiver when it is sent.
func TestRelayLetterFollowsTheLead(t *testing.T) {
	onBoth(t, func(h *house) {
		h.lead("hans.gran@omrade-vast.example")
		h.mail.RefuseWith("@", 451, -1, "4.3.0 Try later")
		h.things("polis-avstamning")
		h.mail.RefuseWith("@", 451, 0, "")
		before := len(h.mail.Letters())
		h.lead("gun.ronn@vingaker.example")
		h.pass(2 * time.Minute)
		for _, l := range h.sentSince(before) {
			if strings.Contains(l.Text, "/r/"+relay.LinkPrefix) {
				h.Errorf("the former lead got it: %s", l.Subject)
			}
		}
		var state []string
		h.read(func(tx *store.Tx) error {
			return tx.DB.Model(&post.Letter{}).Where("kind = ?", post.Relay).Pluck("state", &state).Error
		})
		if len(state) != 1 || state[0] != string(post.Withdrawn) {
			h.Errorf("the letter is %v", state)
		}
	})
}

// A letter in trouble is out of it when its recipient has another address.
func TestTroubleEndsWithTheAddress(t *testing.T) {
	onBoth(t, func(h *house) {
		h.mail.RefuseWith("@", 550, -1, "5.1.1 User unknown")
		own := h.things("polis-avstamning")
		h.mail.RefuseWith("@", 550, 0, "")
		troubled := func() (n int) {
			h.Helper()
			h.read(func(tx *store.Tx) error {
				by, err := access.Load(tx, h.world.Identities[access.Coordinator])
				if err != nil {
					return err
				}
				all, _, err := post.Select(tx, by, post.Trouble, 100, 0)
				for _, l := range all {
					if l.SubjectID != nil && *l.SubjectID == own.invitation {
						n++
					}
				}
				return err
			})
			return n
		}
		h.clock = h.clock.Add(300 * 24 * time.Hour)
		coordinator := h.as(access.Coordinator)
		if n := troubled(); n != 1 {
			h.Fatalf("%d in trouble after 300 days", n)
		}
		form := h.fields(h.get(coordinator, "/contacts/"+own.contact.String()), "/contacts/"+own.contact.String())
		form.Set("email", "ny.adress@vingaker.example")
		form.Set("kind", "person")
		form.Set("organisationId", h.organisationOf(own.contact))
		form.Set("language", "sv")
		h.wants(h.post(coordinator, "/contacts/"+own.contact.String(), form), http.StatusSeeOther)
		if n := troubled(); n != 0 {
			h.Errorf("%d in trouble after the address was changed", n)
		}
	})
}

func (h *house) organisationOf(contact uuid.UUID) (id string) {
	h.Helper()
	h.read(func(tx *store.Tx) error {
		return tx.DB.Table("contacts").Where("id = ?", contact).Limit(1).Pluck("organisation_id", &id).Error
	})
	return id
}
