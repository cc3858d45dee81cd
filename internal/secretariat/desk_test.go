package secretariat_test

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/mail"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// desk is a secretariat at work: a world in a database, its coordinator, and a mail server.
type desk struct {
	t      *testing.T
	db     *store.DB
	clock  *storetest.Clock
	world  *sample.World
	by     access.Actor
	office secretariat.Office
	server *mailtest.Server
	sender *post.Sender
	read   int // letters that the test has looked at
}

func open(t *testing.T, db *store.DB, clock *storetest.Clock) *desk {
	t.Helper()
	d := &desk{t: t, db: db, clock: clock, server: mailtest.Start(t)}
	key, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	d.office = secretariat.Office{Key: key, BaseURL: "https://samverkan.example", From: "moten@vingaker.example", Zone: zone, Delay: 30 * time.Second}
	d.write(func(tx *store.Tx) error {
		if d.world, err = sample.Build(tx, "hash"); err != nil {
			return err
		}
		// nobody is mailed what waits, but in the tests of that
		if err := tx.DB.Model(&access.Identity{}).Where("digest = ''").Update("digest", access.Never).Error; err != nil {
			return err
		}
		d.by, err = access.Load(tx, d.world.Identities[access.Coordinator])
		return err
	})
	smtp, err := mail.NewSMTP(d.server.URL(), mail.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d.sender = &post.Sender{DB: db, Key: key, Mail: smtp, Entitled: secretariat.Entitled, Log: slog.New(slog.DiscardHandler),
		Owed: func(ctx context.Context) error { return secretariat.WriteAllOwed(ctx, db, d.office) }}
	return d
}

// each opens a desk on both databases.
func each(t *testing.T, body func(t *testing.T, d *desk)) {
	t.Helper()
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { body(t, open(t, db, clock)) })
}

func (d *desk) write(fn func(*store.Tx) error) {
	d.t.Helper()
	if err := d.db.Write(d.t.Context(), fn); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) refused(want fault.Kind, fn func(*store.Tx) error) error {
	d.t.Helper()
	err := d.db.Rehearse(d.t.Context(), fn)
	if err == nil || fault.KindOf(err) != want {
		d.t.Errorf("got %v, want %s", err, want)
	}
	return err
}

// book makes a meeting of one of our forums on a Thursday in January.
func (d *desk) book(external string) *meeting.Meeting {
	d.t.Helper()
	return d.bookAt(external, meeting.Time{Date: almanac.Date{Year: 2027, Month: 1, Day: 21}, Starts: 13 * 60, Ends: 14*60 + 30, Place: canaryPlace})
}

func (d *desk) bookAt(external string, at meeting.Time) (m *meeting.Meeting) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		m, err = meeting.Schedule(tx, d.by, meeting.Proposal{ForumID: d.world.Forums[external], Zone: d.office.Zone, Time: at})
		return err
	})
	return d.find(m)
}

func (d *desk) find(m *meeting.Meeting) (now *meeting.Meeting) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		now, err = meeting.Find(tx, d.by, m.ID)
		return err
	})
	return now
}

// The acts, each on the meeting as it is now.

func (d *desk) convene(m *meeting.Meeting, note string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error { return secretariat.Convene(tx, d.by, d.office, m.ID, m.Version, note) })
}

func (d *desk) move(m *meeting.Meeting, change func(*meeting.Time)) *meeting.Meeting {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		at := m.Time()
		change(&at)
		_, err := secretariat.Reschedule(tx, d.by, d.office, m.ID, m.Version, at, "")
		return err
	})
	return d.find(m)
}

func (d *desk) cancel(m *meeting.Meeting) *meeting.Meeting {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		_, err := secretariat.Cancel(tx, d.by, d.office, m.ID, m.Version, canaryReason, "")
		return err
	})
	return d.find(m)
}

func (d *desk) undo(m *meeting.Meeting) *meeting.Meeting {
	d.t.Helper()
	d.write(func(tx *store.Tx) error { return secretariat.Undo(tx, d.by, d.office, m.ID, m.Version) })
	return d.find(m)
}

func (d *desk) withdraw(m *meeting.Meeting, external string) {
	d.t.Helper()
	i := d.invitation(m, external)
	d.write(func(tx *store.Tx) error { return secretariat.Withdraw(tx, d.by, d.office, i.ID, m.Version) })
}

func (d *desk) seat(external, contact string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		return forum.Seat(tx, d.by, d.world.Forums[external], d.world.Contacts[contact])
	})
}

func (d *desk) answer(m *meeting.Meeting, external string, answer invite.PartStat) {
	d.t.Helper()
	i := d.invitation(m, external)
	d.write(func(tx *store.Tx) error {
		_, err := secretariat.TakeAnswer(tx, d.office, i.AnswerToken(d.office.Key), m.Sequence, invite.Reply{PartStat: answer, Substitute: "Petra Hassel"})
		return err
	})
}

func (d *desk) invitations(m *meeting.Meeting) (all []invite.Invitation) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		all, err = invite.Of(tx, d.by, m.ID)
		return err
	})
	return all
}

func (d *desk) invitation(m *meeting.Meeting, external string) *invite.Invitation {
	d.t.Helper()
	for _, i := range d.invitations(m) {
		if i.ContactID == d.world.Contacts[external] {
			return &i
		}
	}
	d.t.Fatalf("%s is not asked", external)
	return nil
}

// wait lets time pass in which a sender looks.
func (d *desk) wait(by time.Duration) {
	d.t.Helper()
	d.clock.Move(by)
	if err := d.sender.Drain(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// got gives what has arrived since it was last asked, by recipient. It fails when somebody got two
// letters.
func (d *desk) got() map[string]mailtest.Mail {
	d.t.Helper()
	all := d.server.Letters()
	news := map[string]mailtest.Mail{}
	for _, l := range all[d.read:] {
		if _, twice := news[l.To]; twice {
			d.t.Errorf("%s got two letters", l.To)
		}
		news[l.To] = mailtest.Parse(d.t, l.Data)
	}
	d.read = len(all)
	return news
}

// expect lets the delay pass and checks who gets a letter that begins its subject so; nobody else
// gets any.
func (d *desk) expect(act string, recipients ...string) map[string]mailtest.Mail {
	d.t.Helper()
	d.wait(d.office.Delay)
	news := d.got()
	for to, m := range news {
		if !slices.Contains(recipients, to) {
			d.t.Errorf("%s got %q", to, m.Subject)
		} else if !strings.HasPrefix(m.Subject, act+": ") {
			d.t.Errorf("%s got %q, want %s", to, m.Subject, act)
		}
	}
	for _, to := range recipients {
		if _, arrived := news[to]; !arrived {
			d.t.Errorf("%s got no letter", to)
		}
	}
	return news
}

// property gives the value of a line of a calendar part, "" when it has none.
func property(m mailtest.Mail, name string) string {
	unfolded := strings.ReplaceAll(strings.ReplaceAll(string(m.Calendar), "\r\n ", ""), "\r\n\t", "")
	_, event, _ := strings.Cut(unfolded, "BEGIN:VEVENT")
	for line := range strings.Lines(event) {
		line = strings.TrimRight(line, "\r\n")
		if head, value, found := strings.Cut(line, ":"); found && (head == name || strings.HasPrefix(head, name+";")) {
			return head[len(name):] + ":" + value
		}
	}
	return ""
}

func (d *desk) letters() (all []post.Letter) {
	d.t.Helper()
	d.write(func(tx *store.Tx) (err error) {
		all, _, err = post.List(tx, access.System(), 1000, 0)
		return err
	})
	return all
}

// states counts the letters in each state.
func (d *desk) states() map[post.State]int {
	d.t.Helper()
	count := map[post.State]int{}
	for _, l := range d.letters() {
		count[l.State]++
	}
	return count
}

// Who is asked to which of our forums, and reads mail.
var (
	network = []string{"samordnare@vingaker.example", "medlem@vingaker.example", "teamet@katrineholm.example", "ida@miranda.example"}
	police  = []string{"gun.ronn@vingaker.example", "chef@vingaker.example", "hans.gran@omrade-vast.example"}
	school  = []string{"jan.lonn@skola.example", "lena.oxel@vingaker.example"} // Karin Pil is rung up
)

// member is somebody without the right to plan.
func (d *desk) member(tx *store.Tx) access.Actor {
	d.t.Helper()
	by, err := access.Load(tx, d.world.Identities[access.Member])
	if err != nil {
		d.t.Fatal(err)
	}
	return by
}
