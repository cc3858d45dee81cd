package app_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app"
	"samverkan/internal/config"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
	"samverkan/internal/work"
)

// asProgram makes the test's own file the program: what is killed here is a process. Its value is by how
// much its clock is behind the machine's.
const asProgram = "RUN_AS_PROGRAM"

func TestMain(m *testing.M) {
	if behind, is := os.LookupEnv(asProgram); is {
		if err := serveProgram(behind); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	storetest.Main(m)
}

func serveProgram(behind string) error {
	late, err := time.ParseDuration(behind)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, err := config.Read(os.Environ())
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	a, err := app.New(ctx, c, "test", slog.New(slog.NewJSONHandler(os.Stderr, nil)), func() time.Time { return time.Now().Add(-late) })
	if err != nil {
		return err
	}
	return errors.Join(a.Serve(ctx, l), a.Close())
}

// program is the product as a process of its own.
type program struct {
	*exec.Cmd
	log  *logged
	done chan struct{}
}

// launch starts the program on the house's database and folder; several may run.
func (h *house) launch(settings ...string) *program {
	h.Helper()
	c := h.app.Config
	p := &program{Cmd: exec.Command(os.Args[0]), log: &logged{}, done: make(chan struct{})}
	p.Stderr = p.log
	p.Env = append(os.Environ(), append(settings, asProgram+"="+time.Since(h.clock).String(),
		"SAMVERKAN_MAIL_PER_MINUTE=0", "SAMVERKAN_DATABASE_URL="+c.DatabaseURL, "SAMVERKAN_DATA_DIR="+c.DataDir, "SAMVERKAN_BASE_URL="+c.BaseURL,
		"SAMVERKAN_SMTP_URL="+c.SMTPURL, "SAMVERKAN_MAIL_FROM="+c.MailFrom, "SAMVERKAN_IMAP_URL="+c.IMAPURL)...)
	if err := p.Start(); err != nil {
		h.Fatal(err)
	}
	go func() {
		_ = p.Wait()
		close(p.done)
	}()
	h.Cleanup(func() { p.end(syscall.SIGKILL) })
	return p
}

// end sends a signal and tells how long the program took to go.
func (p *program) end(s syscall.Signal) time.Duration {
	began := time.Now()
	_ = p.Process.Signal(s)
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		_ = p.Process.Kill()
		<-p.done
	}
	return time.Since(began)
}

// until waits for something that the program does, and shows its log when it does not come.
func (h *house) until(p *program, what string, is func() bool) {
	h.Helper()
	for end := time.Now().Add(60 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			text := p.log.String()
			h.Fatalf("%s does not come: …%s", what, text[max(0, len(text)-4000):])
		}
	}
}

// convened asks n people to a meeting, so that a letter is owed to each.
func (h *house) convened(n int, date string) (meetingID string) {
	h.Helper()
	day, err := almanac.ParseDate(date, almanac.Date{})
	if err != nil {
		h.Fatal(err)
	}
	h.write(func(tx *store.Tx) error {
		by, home := access.System(), h.world.Forums["rvt-miranda"]
		f, err := forum.Find(tx, by, home)
		if err != nil {
			return err
		}
		s := f.Settings()
		s.Name = "Stora mötet"
		if f, err = forum.Found(tx, by, s, nil); err != nil {
			return err
		}
		organisations, err := partner.Organisations(tx, by)
		if err != nil {
			return err
		}
		for i := range n {
			c, err := partner.AddContact(tx, by, partner.Reach{Name: fmt.Sprint("Gäst ", i), Kind: partner.Person, Email: guestAddress(i), OrganisationID: organisations[0].ID})
			if err != nil {
				return err
			}
			if err := forum.Seat(tx, by, f.ID, c.ID); err != nil {
				return err
			}
		}
		m, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: f.ID, Zone: h.app.Office.Zone, Time: meeting.Time{Date: day, Starts: 13 * 60, Ends: 14 * 60}})
		if err != nil {
			return err
		}
		meetingID = m.ID.String()
		return secretariat.Convene(tx, by, h.app.Office, m.ID, 1, "")
	})
	return meetingID
}

func guestAddress(n int) string { return fmt.Sprintf("gast%03d@mottagare.example", n) }

// passes moves the times of rows that wait back, as if time had gone by, and wakes a sender.
func (h *house) passes() {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		err := tx.DB.Model(&post.Letter{}).Where("state IN ? OR (state = ? AND settled_at IS NULL)", post.Waiting, post.Unknown).
			Update("not_before", tx.Now.Add(-time.Second)).Error
		if err != nil {
			return err
		}
		return tx.Enqueue(post.Wake{}, tx.Now.Add(-time.Hour))
	})
}

// leasesEnd is the minute after which a dead sender's letters are taken over.
func (h *house) leasesEnd() {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		return tx.DB.Model(&post.Letter{}).Where("state = ?", post.Sending).Update("leased_until", tx.Now.Add(-24*time.Hour)).Error
	})
}

// waiting counts what is still to be sent: invitations without their letter, and letters.
func (h *house) waiting() (n int64) {
	h.Helper()
	h.read(func(tx *store.Tx) error {
		var owed int64
		err := errors.Join(tx.DB.Model(&invite.Invitation{}).Where("owed_from IS NOT NULL").Count(&owed).Error,
			tx.DB.Model(&post.Letter{}).Where("state IN ? OR (state = ? AND settled_at IS NULL)", append(post.Waiting, post.Sending), post.Unknown).Count(&n).Error)
		n += owed
		return err
	})
	return n
}

// arrived is what the mail server took.
type arrived struct{ lost, doubles, newID, changed int }

// counts compares what the server took with what the n guests were to get, one letter each of those
// that match.
func (h *house) counts(n int, match func([]byte) bool) (a arrived) {
	h.Helper()
	copies := map[string][][]byte{}
	for _, r := range h.mail.Letters() {
		if match(r.Data) {
			copies[r.To] = append(copies[r.To], r.Data)
		}
	}
	for i := range n {
		got := copies[guestAddress(i)]
		if len(got) == 0 {
			a.lost++
			continue
		}
		first := mailtest.Parse(h, got[0]).Header.Get("Message-ID")
		for _, more := range got[1:] {
			a.doubles++
			if mailtest.Parse(h, more).Header.Get("Message-ID") != first {
				a.newID++
			} else if !bytes.Equal(more, got[0]) {
				a.changed++
			}
		}
	}
	return a
}

func anyLetter([]byte) bool    { return true }
func isReminder(l []byte) bool { return !bytes.Contains(l, []byte("text/calendar")) }

// R1, R2: the program is shot at random moments of a batch. Nothing is lost, nothing comes under another
// Message-ID, and each shot doubles at most the two letters that were in flight.
func TestR1KilledInABatch(t *testing.T) {
	t.Parallel() // it waits for most of its time
	onBoth(t, func(h *house) {
		const guests, kills = 100, 3
		h.convened(guests, "2027-02-03")
		h.clock = h.clock.Add(time.Minute)
		h.mail.SlowAtDot(3 * time.Millisecond)
		for range kills {
			p, before := h.launch(), len(h.mail.Letters())
			h.until(p, "the batch", func() bool { return len(h.mail.Letters()) > before+2 })
			time.Sleep(time.Duration(rand.IntN(120)) * time.Millisecond)
			p.end(syscall.SIGKILL)
			h.leasesEnd()
		}
		if h.waiting() == 0 {
			h.Error("the batch was over before the last shot")
		}
		p := h.launch()
		h.until(p, "the end of the batch", func() bool { return h.waiting() == 0 })
		a := h.counts(guests, anyLetter)
		h.Logf("%+v", a)
		if a.lost+a.newID+a.changed > 0 || a.doubles > 2*kills {
			h.Errorf("after %d shots: %+v", kills, a)
		}
	})
}

// R21: told to end in a batch, the program ends what is in flight: nothing is lost or doubled. A server
// that does not answer the final dot holds it up for no longer than 20 s.
func TestR21ToldToEndInABatch(t *testing.T) {
	t.Parallel() // it waits for most of its time
	onBoth(t, func(h *house) {
		const guests = 60
		h.convened(guests, "2027-02-03")
		h.clock = h.clock.Add(time.Minute)
		h.mail.SlowAtDot(10 * time.Millisecond)
		for range 3 {
			p, before := h.launch(), len(h.mail.Letters())
			h.until(p, "the batch", func() bool { return len(h.mail.Letters()) > before+2 })
			time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
			if took := p.end(syscall.SIGTERM); took > 20*time.Second || p.ProcessState.ExitCode() != 0 {
				h.Errorf("out after %s, exit %d: %s", took, p.ProcessState.ExitCode(), p.log)
			}
		}
		h.mail.HangAfterDot(1)
		p, before := h.launch(), len(h.mail.Letters())
		h.until(p, "the silence", func() bool { return len(h.mail.Letters()) > before })
		if took := p.end(syscall.SIGTERM); took > 20*time.Second || p.ProcessState.ExitCode() != 0 {
			h.Errorf("out of a silent server after %s, exit %d", took, p.ProcessState.ExitCode())
		}
		p = h.launch()
		h.until(p, "the end of the batch", func() bool {
			h.passes()
			return h.waiting() == 0
		})
		if a := h.counts(guests, anyLetter); a.lost+a.newID+a.changed > 0 || a.doubles != 1 {
			h.Errorf("%+v; only the silence makes one double", a)
		}
	})
}

// R3 to R9 with the whole program: of everything that a server does wrong, only what it took without
// saying so comes twice.
func TestR3ServerThatMisbehaves(t *testing.T) {
	onBoth(t, func(h *house) {
		const guests, refused = 50, 3
		h.convened(guests, "2027-02-03")
		h.clock = h.clock.Add(time.Minute)
		for i := range refused {
			h.mail.RefuseRcpt(guestAddress(i), 550, -1)
		}
		for i := range 10 {
			h.mail.RefuseRcpt(guestAddress(refused+i), 451, 1+i%4)
		}
		h.mail.RefuseConnections(2)
		h.mail.DropAfterDot(4)
		h.mail.DropBeforeDot(3)
		h.mail.RefuseDot(3)
		h.mail.SayGoodbye(2)
		p := h.launch()
		h.until(p, "the end of the batch", func() bool {
			h.passes()
			time.Sleep(200 * time.Millisecond)
			return h.waiting() == 0
		})
		a := h.counts(guests, anyLetter)
		if a.lost != refused || a.doubles != 4 || a.newID+a.changed > 0 {
			h.Errorf("%+v; %d were refused for good and four taken without a word", a, refused)
		}
		h.read(func(tx *store.Tx) error {
			var failed []post.Letter
			err := tx.DB.Find(&failed, "state = ?", post.Failed).Error
			for _, l := range failed {
				if !strings.Contains(l.Problem, "550") {
					h.Errorf("failed by %s", l.Problem)
				}
			}
			if len(failed) != refused {
				h.Errorf("%d failed", len(failed))
			}
			return err
		})
	})
}

// R14: two instances on one database, reminders due; one is frozen in the middle and the other shot.
func TestR14TwoInstances(t *testing.T) {
	t.Parallel() // it waits for most of its time
	h := newHouse(t, storetest.Postgres(t))
	const guests = 80
	h.clock = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) // a Monday
	h.convened(guests, "2026-11-26")
	h.pass(time.Minute)
	if a := h.counts(guests, anyLetter); a != (arrived{}) {
		t.Fatalf("%+v before anything breaks", a)
	}
	h.clock = time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC) // two working days before
	h.mail.SlowAtDot(10 * time.Millisecond)
	reminders := func() (n int) {
		for _, l := range h.mail.Letters() {
			if isReminder(l.Data) {
				n++
			}
		}
		return n
	}
	one, other := h.launch(), h.launch()
	h.write(func(tx *store.Tx) error { return tx.Enqueue(work.Remind{}, tx.Now.Add(-time.Hour)) })
	h.until(one, "the first reminder", func() bool { return reminders() > 10 })
	_ = one.Process.Signal(syscall.SIGSTOP)
	h.until(other, "more from the other", func() bool { return reminders() > 30 })
	other.end(syscall.SIGKILL)
	h.leasesEnd()
	third := h.launch()
	h.until(third, "the end of the reminders", func() bool { return h.waiting() == 0 })
	_ = one.Process.Signal(syscall.SIGCONT)
	h.write(func(tx *store.Tx) error { return tx.Enqueue(work.Remind{}, tx.Now.Add(-time.Hour)) })
	time.Sleep(time.Second) // for what the thawed one does with its letters
	for _, p := range []*program{one, third} {
		if took := p.end(syscall.SIGTERM); took > 20*time.Second {
			t.Errorf("out after %s", took)
		}
	}
	a := h.counts(guests, isReminder)
	t.Logf("%+v", a)
	if a.lost+a.newID+a.changed > 0 || a.doubles > 4 { // two letters in flight in each
		t.Errorf("%+v", a)
	}
}

// R19: the program is shot between reading a reply and putting it away; then the mailbox begins anew and
// holds everything once more. Each reply is one answer.
func TestR19KilledInTheMailbox(t *testing.T) {
	t.Parallel() // it waits for most of its time
	withMailbox(t, func(h *house, m *mailtest.Mailbox) {
		const guests, kills = 60, 2
		id := h.convened(guests, "2027-02-03")
		h.pass(time.Minute)
		var replies [][]byte
		for n, r := range h.mail.Letters() {
			if strings.HasPrefix(r.To, "gast") {
				replies = append(replies, answered(mailtest.Parse(t, r.Data), "REPLY", []string{"ACCEPTED", "DECLINED"}[n%2], h.clock.Add(time.Duration(n)*time.Second), ""))
			}
		}
		deliver := func() {
			for _, reply := range replies {
				m.Deliver(reply)
			}
		}
		answers := func() (n int64) {
			h.read(func(tx *store.Tx) error {
				return tx.DB.Table("answers").Joins("JOIN invitations ON invitations.id = answers.invitation_id").Where("meeting_id = ?", id).Count(&n).Error
			})
			return n
		}
		wake := func() *program {
			p := h.launch()
			h.write(func(tx *store.Tx) error { return tx.Enqueue(work.PollInbox{}, tx.Now.Add(-time.Hour)) })
			return p
		}
		h.clock = h.clock.Add(time.Hour)
		deliver()
		for range kills {
			before := answers()
			p := wake()
			// A busy machine may have read all of them before it is noticed here.
			h.until(p, "an answer", func() bool { n := answers(); return n > before || n == guests })
			time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
			p.end(syscall.SIGKILL)
		}
		p := wake()
		h.until(p, "an empty mailbox", func() bool { return m.Count("INBOX") == 0 })
		m.Renew()
		deliver()
		h.write(func(tx *store.Tx) error { return tx.Enqueue(work.PollInbox{}, tx.Now.Add(-time.Hour)) })
		h.until(p, "an empty mailbox", func() bool { return m.Count("INBOX") == 0 })
		if n := answers(); len(replies) != guests || n != guests {
			h.Errorf("%d answers from %d replies", n, len(replies))
		}
		p.end(syscall.SIGTERM)
	})
}
