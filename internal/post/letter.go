// Package post holds letters: what each says, in what order they leave, and what became of them.
// A letter's bytes are fixed when its row is written and never change. The row is the truth: it
// alone keeps retries, waits and failures; River only wakes the sender.
package post

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/mail"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Kind says what a letter is about.
type Kind string

// The kinds.
const (
	Invitation   Kind = "invitation"
	Update       Kind = "update"       // title or place changed, the time did not
	Reschedule   Kind = "reschedule"   // the time changed: answer again
	Cancellation Kind = "cancellation" // the meeting is off
	Withdrawal   Kind = "withdrawal"   // this recipient is no longer invited
	Reminder     Kind = "reminder"
	Unanswered   Kind = "unanswered"   // a reminder to whoever has not answered
	Relay        Kind = "relay"        // items to go through in a work group
	Notes        Kind = "notes"        // finished notes can be read
	Action       Kind = "action"       // an action to report on
	Approval     Kind = "approval"     // a draft of notes waits for approval
	Views        Kind = "views"        // a draft of notes can be read, and objected to until a day
	DateRequest  Kind = "date-request" // another convener is asked for its dates
	Overview     Kind = "overview"     // all the recipient's meetings of a year
	Link         Kind = "link"         // a new link in the place of one that ended
	Code         Kind = "code"         // a one-time code
	Poll         Kind = "poll"         // times to choose between
	Account      Kind = "account"      // a link by which a password is chosen
	MailTest     Kind = "mail-test"

	PollReminder    Kind = "poll-reminder"    // a reminder of a date poll, to whoever has not answered
	PollMore        Kind = "poll-more"        // times were added to a date poll
	CounterDeclined Kind = "counter-declined" // the time that the recipient proposed is not taken

	ActionReminder   Kind = "action-reminder"   // an action's last day is near, or has passed
	ApprovalReminder Kind = "approval-reminder" // a draft of notes still waits for approval
	RelayReminder    Kind = "relay-reminder"    // of items that a work group has not gone through
	Plan             Kind = "plan"              // a workplace is asked to go through the plan at its APT
	PlanReminder     Kind = "plan-reminder"     // of a plan that a workplace has not gone through
	Digest           Kind = "digest"            // several reminders, and what waits for somebody with an account

	OpenActions Kind = "open-actions" // all that is open with the recipient

	CancelledSeveral Kind = "cancelled-several" // covers the cancellations of meetings that were called off at once
)

// AboutPoll tells a letter that holds a link to a date poll.
func (k Kind) AboutPoll() bool { return k == Poll || k == PollReminder || k == PollMore }

// Personal tells a letter that opens something for its recipient alone: nobody else reads it here.
func (k Kind) Personal() bool { return k == Code || k == Account }

// AboutInvitation tells a letter whose subject is an invitation.
func (k Kind) AboutInvitation() bool {
	return k == Invitation || k == Update || k == Reschedule || k == Cancellation || k == Withdrawal || k == Reminder || k == Unanswered || k == CounterDeclined
}

// Reminds tells a letter that its recipient can stop.
func (k Kind) Reminds() bool {
	return k == Reminder || k == Unanswered || k == ActionReminder || k == RelayReminder || k == PlanReminder || k == ApprovalReminder || k == PollReminder || k == Digest || k == OpenActions
}

// State says where a letter is on its way.
type State string

// The states.
const (
	Queued     State = "queued"
	Sending    State = "sending" // under a lease
	Sent       State = "sent"
	Filed      State = "filed"      // kept as a file, because there is no mail server; nobody got it
	Retry      State = "retry"      // refused for now
	Unknown    State = "unknown"    // handed over, no answer: it may have arrived
	Failed     State = "failed"     // refused for good, or given up
	Superseded State = "superseded" // a newer letter says it better; never sent
	Withdrawn  State = "withdrawn"  // the right to it was gone before it was sent
)

// Waiting are the states of letters that are not yet handed over.
var Waiting = []State{Queued, Retry}

// Letter is one letter to one recipient.
type Letter struct {
	ID            uuid.UUID
	Kind          Kind
	SubjectID     *uuid.UUID // the invitation, the guest's link or the code; letters about one leave in order
	Recipient     string     // address
	RecipientName string
	Subject       string // neutral by construction
	Method        string // iTIP METHOD; empty: no calendar part
	Sequence      int64
	Digest        string // of what the recipient's calendar will hold
	MessageID     string
	EnvelopeFrom  string
	Sealed        []byte // the bytes, sealed; nil 30 days after sending
	SHA256        string `gorm:"column:sha256"`
	State         State
	NotBefore     time.Time
	Attempts      int64
	Lease         string
	LeasedUntil   *time.Time
	Problem       string // the mail server's words
	CreatedAt     time.Time
	SettledAt     *time.Time

	RecipientDomain string
	TriedAt         *time.Time // when it was last tried; nil: never
	Answer          string     // the mail server's words when it took the letter

	doubted bool // an earlier attempt may have delivered it
}

// Draft is a letter to be written.
type Draft struct {
	Kind      Kind
	SubjectID *uuid.UUID
	Method    string
	Sequence  int64
	Digest    string
	NotBefore time.Time
	Mail      mail.Letter // without Message-ID, Date and what it replies to
}

// Wake is the job that tells a sender to look. Its content is nothing: the rows say what is due.
type Wake struct{}

// Kind is the job's stable name.
func (Wake) Kind() string { return "wake-sender" }

// Write renders a draft once, fixes the bytes in a row and wakes the sender.
func Write(tx *store.Tx, key *seal.Key, d Draft) (*Letter, error) {
	l := &Letter{
		ID: store.NewID(), Kind: d.Kind, SubjectID: d.SubjectID, Recipient: d.Mail.To.Address, RecipientName: d.Mail.To.Name,
		Subject: d.Mail.Subject, Method: d.Method, Sequence: d.Sequence, Digest: d.Digest, EnvelopeFrom: d.Mail.EnvelopeFrom,
		State: Queued, NotBefore: d.NotBefore, CreatedAt: tx.Now, RecipientDomain: domain(d.Mail.To.Address)[1:],
	}
	// The id of the row, not chance: whoever writes the same row again would write the same letter.
	l.MessageID = l.ID.String() + domain(d.Mail.From.Address)
	d.Mail.MessageID, d.Mail.Date = l.MessageID, tx.Now
	if err := d.thread(tx); err != nil {
		return nil, err
	}
	data, err := mail.Compose(d.Mail)
	if err != nil {
		return nil, fmt.Errorf("letter to be written: %w", err)
	}
	sum := sha256.Sum256(data)
	l.SHA256, l.Sealed = hex.EncodeToString(sum[:]), key.Seal(data, l.ID.String())
	if err := tx.DB.Create(l).Error; err != nil {
		return nil, err
	}
	return l, WakeAt(tx, d.NotBefore)
}

// thread makes the letter a reply to the first one about the same invitation, so that mail
// programs show them together, also when one of the letters was thrown away (RFC 5322 §3.6.4).
func (d *Draft) thread(tx *store.Tx) error {
	if d.SubjectID == nil {
		return nil
	}
	var before []string
	err := tx.DB.Model(&Letter{}).Where("subject_id = ? AND state IN ?", *d.SubjectID, handedOver).Order("created_at, id").Pluck("message_id", &before).Error
	if err != nil || len(before) == 0 {
		return err
	}
	d.Mail.InReplyTo, d.Mail.References = before[0], slices.Compact([]string{before[0], before[len(before)-1]})
	return nil
}

func domain(address string) string { return address[strings.LastIndexByte(address, '@'):] }

// WakeAt wakes a sender when the transaction has committed, not before at: one job a transaction
// and moment, however many letters it writes.
func WakeAt(tx *store.Tx, at time.Time) error {
	if !tx.Once("wake " + at.String()) {
		return nil
	}
	return tx.Enqueue(Wake{}, at)
}

// LastAsked tells when the recipient of an invitation was last asked for an answer by a letter that
// may have arrived, nil when never.
func LastAsked(tx *store.Tx, subject uuid.UUID) (*time.Time, error) {
	var found []Letter
	err := tx.DB.Select("created_at").Where("subject_id = ? AND kind IN ? AND state IN ?", subject, []Kind{Invitation, Reschedule}, handedOver).
		Order("created_at DESC, id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0].CreatedAt, nil
}

// handedOver are the states in which a recipient may hold the letter.
var handedOver = []State{Sending, Sent, Filed, Unknown}

// LastHeld gives the latest letter that put the meeting into the calendar of an invitation's
// recipient, or took it out, nil when there is none.
func LastHeld(tx *store.Tx, subject uuid.UUID) (*Letter, error) {
	var found []Letter
	err := tx.DB.Omit("sealed").Where("subject_id = ? AND method IN ? AND state IN ?", subject, []string{"REQUEST", "CANCEL"}, handedOver).
		Order("created_at DESC, id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// LastOf gives the latest letter of some kinds about a subject that its recipient may hold, nil when there is none.
func LastOf(tx *store.Tx, subject uuid.UUID, kinds ...Kind) (*Letter, error) {
	var found []Letter
	err := tx.DB.Omit("sealed").Where("subject_id = ? AND kind IN ? AND state IN ?", subject, kinds, handedOver).
		Order("created_at DESC, id DESC").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// Supersede takes back the letters about an invitation that are not yet handed over.
func Supersede(tx *store.Tx, subject uuid.UUID) error {
	return tx.DB.Model(&Letter{}).Where("subject_id = ? AND state IN ?", subject, Waiting).
		Updates(map[string]any{"state": Superseded, "settled_at": tx.Now, "sealed": nil}).Error
}

// About lists the letters about an invitation, the latest first, without their bytes.
func About(tx *store.Tx, subjects []uuid.UUID) (map[uuid.UUID][]Letter, error) {
	var all []Letter
	if err := tx.DB.Omit("sealed").Where("subject_id IN ?", subjects).Order("created_at DESC, id DESC").Find(&all).Error; err != nil {
		return nil, err
	}
	about := map[uuid.UUID][]Letter{}
	for _, l := range all {
		about[*l.SubjectID] = append(about[*l.SubjectID], l)
	}
	return about, nil
}

// Read gives a letter's bytes. Only a coordinator reads them, and the log says so. Those of a
// personal letter are nobody's to read.
func Read(tx *store.Tx, by access.Actor, key *seal.Key, id uuid.UUID) (*Letter, []byte, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, nil, err
	}
	l := &Letter{}
	if err := store.Found(tx.DB.First(l, "id = ?", id).Error); err != nil {
		return nil, nil, err
	}
	if l.Kind.Personal() {
		return l, nil, nil
	}
	if err := access.Log(tx, by, "read letter", "letter", id); err != nil || l.Sealed == nil {
		return l, nil, err
	}
	data, err := key.Open(l.Sealed, l.ID.String())
	return l, data, err
}

// Forget drops the bytes of letters that were settled 30 days ago. Hash and Message-ID stay.
func Forget(tx *store.Tx) error {
	return tx.DB.Model(&Letter{}).Where("sealed IS NOT NULL AND settled_at < ?", tx.Now.AddDate(0, 0, -30)).Update("sealed", nil).Error
}

// SendingHold stops the sender: after a restore, until somebody has looked.
type SendingHold struct {
	ID           uuid.UUID
	Reason       string
	Since        time.Time
	ReleasedAt   *time.Time
	ReleasedByID *uuid.UUID
}

// HoldSending stops the sender on all instances until ReleaseSending.
func HoldSending(tx *store.Tx, reason string) error {
	if err := tx.DB.Create(&SendingHold{ID: store.NewID(), Reason: reason, Since: tx.Now}).Error; err != nil {
		return err
	}
	return access.Log(tx, access.System(), "hold sending", "letter", uuid.Nil)
}

// SendingHeld gives the hold in force, nil when letters are sent.
func SendingHeld(tx *store.Tx) (*SendingHold, error) {
	var found []SendingHold
	err := tx.DB.Where("released_at IS NULL").Order("since").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// ReleaseSending lets letters go again. Coordinators and administrators may.
func ReleaseSending(tx *store.Tx, by access.Actor) error {
	if err := by.Require(access.Coordinator, access.Administrator); err != nil {
		return err
	}
	err := tx.DB.Model(&SendingHold{}).Where("released_at IS NULL").Updates(map[string]any{"released_at": tx.Now, "released_by_id": by.By()}).Error
	if err != nil {
		return err
	}
	if err := WakeAt(tx, tx.Now); err != nil {
		return err
	}
	return access.Log(tx, by, "release sending", "letter", uuid.Nil)
}

// claim takes the next letter that is due under a lease, nil when none is. most is how many a minute one
// domain gets, 0 for no limit.
func claim(tx *store.Tx, lease string, until time.Time, most int64) (*Letter, error) {
	if held, err := SendingHeld(tx); err != nil || held != nil {
		return nil, err
	}
	for {
		l, err := nextDue(tx)
		if err != nil || l == nil {
			return nil, err
		}
		most, open, err := turn(tx, l.RecipientDomain, most)
		if err != nil {
			return nil, err
		}
		if !open { // another instance has just closed the domain: the next look leaves it out
			continue
		}
		l.doubted = l.State == Unknown || l.State == Sending
		l.State, l.Lease, l.LeasedUntil, l.Attempts = Sending, lease, &until, l.Attempts+1
		err = tx.DB.Model(&Letter{}).Where("id = ?", l.ID).
			Updates(map[string]any{"state": Sending, "lease": lease, "leased_until": until, "attempts": l.Attempts, "tried_at": tx.Now}).Error
		if err != nil {
			return nil, err
		}
		return l, countTurn(tx, l.RecipientDomain, most)
	}
}

// nextDue locks the next letter that is due, nil when none is: those that were tried before first. Letters
// about one invitation leave in order: one waits while an older one is not settled. Those to a domain that
// has had enough for now let the others go first. A letter whose lease has run out was left by a sender that
// died; it is sent again, the same bytes. Each state is asked for by itself, in the order of the index: one
// question for all of them sorts everything that waits, once for each letter.
func nextDue(tx *store.Tx) (*Letter, error) {
	older := tx.DB.Table("letters AS older").Select("1").
		Where("older.subject_id = letters.subject_id AND older.state IN ?", []State{Queued, Retry, Sending}).
		Where("older.created_at < letters.created_at OR (older.created_at = letters.created_at AND older.id < letters.id)")
	newer := tx.DB.Table("letters AS newer").Select("1").
		Where("newer.subject_id = letters.subject_id AND newer.method <> ''").
		Where("newer.created_at > letters.created_at OR (newer.created_at = letters.created_at AND newer.id > letters.id)")
	for _, ripe := range []*gorm.DB{
		tx.DB.Where("state = ? AND leased_until < ?", Sending, tx.Now),
		tx.DB.Where("state = ? AND not_before <= ? AND NOT EXISTS (?)", Unknown, tx.Now, newer),
		tx.DB.Where("state = ? AND not_before <= ?", Retry, tx.Now),
		tx.DB.Where("state = ? AND not_before <= ?", Queued, tx.Now),
	} {
		var found []Letter
		err := tx.DB.Clauses(clause.Locking{Strength: "UPDATE", Options: "SKIP LOCKED"}).
			Where(ripe).Where("NOT EXISTS (?)", closed(tx, "letters.recipient_domain")).Where("NOT EXISTS (?)", older).
			Order("not_before, created_at, id").Limit(1).Find(&found).Error
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return &found[0], nil
		}
	}
	return nil, nil
}

// ours keeps the row only while the lease is this sender's.
func ours(q *gorm.DB, id uuid.UUID, lease string) *gorm.DB {
	return q.Where("id = ? AND state = ? AND lease = ?", id, Sending, lease)
}

// OldestUnsent tells since when the oldest letter that is due has waited, nil when none waits.
func OldestUnsent(tx *store.Tx) (*time.Time, error) {
	var found []Letter
	err := tx.DB.Select("created_at").Where("state IN ? AND created_at <= ?", []State{Queued, Retry, Sending}, tx.Now).Order("created_at").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0].CreatedAt, nil
}

// Heard tells whether anybody outside may have heard of a meeting: a letter about it or about one of its
// invitations has left or is leaving, or one that came in speaks of it.
func Heard(tx *store.Tx, meetingID uuid.UUID, invitations []uuid.UUID) (bool, error) {
	var letters, parked int64
	err := tx.DB.Model(&Letter{}).Where("subject_id IN ? AND state NOT IN ?", invitations, []State{Superseded, Withdrawn}).Count(&letters).Error
	if err != nil || letters > 0 {
		return letters > 0, err
	}
	err = tx.DB.Model(&ParkedLetter{}).Where("meeting_id = ?", meetingID).Count(&parked).Error
	return parked > 0, err
}
