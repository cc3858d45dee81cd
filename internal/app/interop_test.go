package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// The 28 acceptance cases of invitations, answers and feeds, each under its name with the clause that it
// rests on, in three walks through the whole house on both databases: letters that go out (1–8, in
// interop_out_test.go), letters that come in (9–24, interop_in_test.go) and calendars that are
// fetched (25–28, interop_feed_test.go). Letters leave through a real mail server and come in through a
// real mailbox. What other programs make of the same is told by scripts/interop.

// exchange is a house whose letters are answered.
type exchange struct {
	*house
	box  *mailtest.Mailbox
	by   access.Actor
	seen int // letters that the test has looked at
	made int // meetings
}

// onExchange opens one on each database. Gun and Hans are asked to what the police are asked to.
func onExchange(t *testing.T, body func(*exchange)) {
	t.Helper()
	withMailbox(t, func(h *house, box *mailtest.Mailbox) {
		x := &exchange{house: h, box: box}
		x.write(func(tx *store.Tx) (err error) {
			if x.by, err = access.Load(tx, x.world.Identities[access.Coordinator]); err != nil {
				return err
			}
			return forum.Unseat(tx, x.by, x.world.Forums["polis-avstamning"], x.world.Contacts["cecilia-bjork"])
		})
		body(x)
	})
}

const (
	gun  = "gun.ronn@vingaker.example"
	chef = "chef@vingaker.example"
)

// proves runs one case under its name and its clause: of RFC 5546 when no other paper is named.
func (x *exchange) proves(name, clause string, body func()) {
	outer := x.T
	outer.Run(name+" ("+clause+")", func(t *testing.T) {
		x.T = t
		defer func() { x.T = outer }()
		body()
	})
}

// book makes a meeting with the police, each a week after the one before.
func (x *exchange) book() *meeting.Meeting {
	x.Helper()
	x.made++
	day := almanac.Date{Year: 2027, Month: 1, Day: 19}.AddDays(7 * x.made)
	for !almanac.IsWorkday(day) {
		day = day.AddDays(1)
	}
	return x.bookOn(day)
}

func (x *exchange) bookOn(day almanac.Date) (m *meeting.Meeting) {
	x.Helper()
	x.write(func(tx *store.Tx) (err error) {
		m, err = meeting.Schedule(tx, x.by, meeting.Proposal{ForumID: x.world.Forums["polis-avstamning"], Zone: x.app.Office.Zone,
			Time: meeting.Time{Date: day, Starts: 13 * 60, Ends: 14*60 + 30, Place: "Rum Båven"}})
		return err
	})
	return m
}

// found gives a meeting as it is now.
func (x *exchange) found(m *meeting.Meeting) (now *meeting.Meeting) {
	x.Helper()
	x.read(func(tx *store.Tx) (err error) {
		now, err = meeting.Find(tx, x.by, m.ID)
		return err
	})
	return now
}

// acts does something with a meeting as it is now, and gives it as it is then.
func (x *exchange) acts(m *meeting.Meeting, act func(tx *store.Tx, now *meeting.Meeting) error) *meeting.Meeting {
	x.Helper()
	x.write(func(tx *store.Tx) error {
		now, err := meeting.Find(tx, x.by, m.ID)
		if err != nil {
			return err
		}
		return act(tx, now)
	})
	return x.found(m)
}

func (x *exchange) convene(m *meeting.Meeting) *meeting.Meeting {
	x.Helper()
	return x.acts(m, func(tx *store.Tx, now *meeting.Meeting) error {
		return secretariat.Convene(tx, x.by, x.app.Office, now.ID, now.Version, "")
	})
}

func (x *exchange) move(m *meeting.Meeting, days int) *meeting.Meeting {
	x.Helper()
	return x.acts(m, func(tx *store.Tx, now *meeting.Meeting) error {
		to := now.Time()
		to.Date = to.Date.AddDays(days)
		_, err := secretariat.Reschedule(tx, x.by, x.app.Office, now.ID, now.Version, to, "")
		return err
	})
}

func (x *exchange) cancel(m *meeting.Meeting) *meeting.Meeting {
	x.Helper()
	return x.acts(m, func(tx *store.Tx, now *meeting.Meeting) error {
		_, err := secretariat.Cancel(tx, x.by, x.app.Office, now.ID, now.Version, "Skälet stannar här", "")
		return err
	})
}

// invitation gives what somebody was asked by.
func (x *exchange) invitation(m *meeting.Meeting, address string) (found *invite.Invitation) {
	x.Helper()
	x.read(func(tx *store.Tx) error {
		all, err := invite.Of(tx, x.by, m.ID)
		if n := slices.IndexFunc(all, func(i invite.Invitation) bool { return i.Contact.Email == address }); n >= 0 {
			found = &all[n]
		}
		return err
	})
	if found == nil {
		x.Fatalf("%s is not asked", address)
	}
	return found
}

// said gives the answer of somebody that counts, "" when there is none.
func (x *exchange) said(m *meeting.Meeting, address string) invite.PartStat {
	x.Helper()
	if a := x.invitation(m, address).Current(x.found(m)); a != nil {
		return a.PartStat
	}
	return ""
}

// letter is one that arrived.
type letter struct {
	mailtest.Mail
	envelope string            // its sender there
	event    map[string]string // of its VEVENT's lines: parameters, a colon and the value
}

// arrived gives the letters that have come since it was last asked, in order, after the time to change
// one's mind.
func (x *exchange) arrived() (all []letter) {
	x.Helper()
	x.pass(time.Minute)
	sent := x.mail.Letters()
	for _, received := range sent[x.seen:] {
		l := letter{Mail: mailtest.Parse(x.T, received.Data), envelope: received.From}
		l.event = properties(string(l.Calendar))
		if l.To.Address != received.To {
			x.Errorf("a letter To %s went to %s", l.To.Address, received.To)
		}
		all = append(all, l)
	}
	x.seen = len(sent)
	return all
}

// expect wants exactly one letter of a method to each, and gives them by address.
func (x *exchange) expect(method string, to ...string) map[string]letter {
	x.Helper()
	got := map[string]letter{}
	for _, l := range x.arrived() {
		if _, twice := got[l.To.Address]; twice || !slices.Contains(to, l.To.Address) || l.Method != method {
			x.Errorf("%s got a letter of %q: %s", l.To.Address, l.Method, l.Subject)
		}
		got[l.To.Address] = l
	}
	if len(got) != len(to) {
		x.Fatalf("%d letters of %q, not to each of %v", len(got), method, to)
	}
	return got
}

// called calls a meeting with the police, and gives it with the letters.
func (x *exchange) called() (*meeting.Meeting, map[string]letter) {
	x.Helper()
	m := x.convene(x.book())
	return m, x.expect("REQUEST", gun, police)
}

// properties gives the lines of the first VEVENT of a calendar by name; the number of each stands under
// its name with a #.
func properties(calendar string) map[string]string {
	_, event, _ := strings.Cut(strings.ReplaceAll(calendar, "\r\n ", ""), "BEGIN:VEVENT\r\n")
	event, _, _ = strings.Cut(event, "END:VEVENT")
	all := map[string]string{}
	for line := range strings.Lines(event) {
		line = strings.TrimRight(line, "\r\n")
		end := strings.IndexAny(line, ":;")
		if end < 0 {
			continue
		}
		all[line[:end]] = line[end:]
		all["#"+line[:end]] += "I"
	}
	return all
}

// receives lets a letter come in, and gives what became of it, as the log tells.
func (x *exchange) receives(bytes []byte) (outcome string) {
	x.Helper()
	before := strings.Count(x.log.String(), `"outcome":`)
	x.box.Deliver(bytes)
	x.poll()
	told := regexp.MustCompile(`"outcome":"([^"]*)"`).FindAllStringSubmatch(x.log.String(), -1)
	if len(told) != before+1 {
		x.Fatalf("%d outcomes more, not one", len(told)-before)
	}
	return told[len(told)-1][1]
}

// outcome lets a letter come in, and wants that to become of it.
func (x *exchange) outcome(want string, bytes []byte) {
	x.Helper()
	if got := x.receives(bytes); got != want {
		x.Errorf("%s, not %s", got, want)
	}
}

// replies is what the calendar program of who got a letter writes back, a second after the last time.
func (x *exchange) replies(l letter, method, partStat string, more ...string) []byte {
	x.Helper()
	x.clock = x.clock.Add(time.Second)
	return answered(l.Mail, method, partStat, x.clock, strings.Join(append(more, ""), "\n"))
}

// edited is a letter with parts of it replaced.
func (x *exchange) edited(l []byte, pairs ...string) []byte {
	x.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(l, []byte(pairs[i])) {
			x.Fatalf("nothing to replace: %s", pairs[i])
		}
		l = bytes.ReplaceAll(l, []byte(pairs[i]), []byte(pairs[i+1]))
	}
	return l
}

// waiting gives the letter that has waited for a person for the shortest time.
func (x *exchange) waiting() (p post.ParkedLetter) {
	x.Helper()
	x.read(func(tx *store.Tx) error {
		all, _, err := post.Parked(tx, x.by, x.app.Office.Key, 1, 0)
		if err == nil && len(all) == 0 {
			err = fmt.Errorf("no letter waits")
		}
		if err == nil {
			p = all[0]
		}
		return err
	})
	return p
}

// page is what the coordinator reads at an address.
func (x *exchange) page(path string, wants ...string) reply {
	x.Helper()
	p := x.wants(x.get(x.as(access.Coordinator), path), http.StatusOK)
	for _, want := range wants {
		if seen := text(p.body); !strings.Contains(seen, want) {
			x.Errorf("%s does not show %q: %s", path, want, seen)
		}
	}
	return p
}

// presses posts a button without fields, as the coordinator.
func (x *exchange) presses(path string, form url.Values) reply {
	x.Helper()
	return x.wants(x.post(x.as(access.Coordinator), path, form), http.StatusSeeOther)
}

// answers counts what was ever answered to a meeting.
func (x *exchange) answers(m *meeting.Meeting) (n int64) {
	x.Helper()
	x.read(func(tx *store.Tx) error {
		return tx.DB.Model(&invite.Answer{}).Joins("JOIN invitations ON invitations.id = answers.invitation_id").Where("meeting_id = ?", m.ID).Count(&n).Error
	})
	return n
}

// changesNothing wants a letter to become something and to leave a meeting and its answers as they are, and no letter
// to leave the house for it.
func (x *exchange) changesNothing(m *meeting.Meeting, want string, bytes []byte) {
	x.Helper()
	before, answers := x.found(m), x.answers(m)
	x.outcome(want, bytes)
	if now := x.found(m); now.Sequence != before.Sequence || now.Time() != before.Time() || now.Cancelled() != before.Cancelled() {
		x.Errorf("the meeting is changed: %+v", now)
	}
	if n := x.answers(m); n != answers {
		x.Errorf("%d answers more", n-answers)
	}
	x.expect("")
}
