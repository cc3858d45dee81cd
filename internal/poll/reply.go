package poll

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Answer is what somebody says of one time.
type Answer string

// The answers.
const (
	Yes      Answer = "yes"
	IfNeeded Answer = "if-needed"
	No       Answer = "no"
)

// Reply is what one of those asked has answered. A change replaces it.
type Reply struct {
	ID         uuid.UUID
	AskedID    uuid.UUID
	Comment    string
	Via        string     // link or phone
	IdentityID *uuid.UUID // who recorded it, by phone
	At         time.Time

	Choices []Choice
}

// TableName is the table of Reply.
func (Reply) TableName() string { return "date_poll_replies" }

// Choice is the answer to one time.
type Choice struct {
	ReplyID uuid.UUID `gorm:"primaryKey"`
	TimeID  uuid.UUID `gorm:"primaryKey"`
	Answer  Answer
}

// TableName is the table of Choice.
func (Choice) TableName() string { return "date_poll_choices" }

// To gives what the reply says of a time, empty for nothing.
func (r *Reply) To(id uuid.UUID) Answer {
	if r != nil {
		for _, c := range r.Choices {
			if c.TimeID == id {
				return c.Answer
			}
		}
	}
	return ""
}

// says tells whether a reply says this already.
func (r *Reply) says(times []Time, answers []Answer, comment string) bool {
	for _, t := range times {
		if r.To(t.ID) != answers[t.Position] {
			return false
		}
	}
	return r != nil && r.Comment == comment
}

// Response is what somebody answers: one answer to each time, by the times' positions.
type Response struct {
	Answers []Answer
	Comment string
	Via     string // link or phone
}

// to gives the answer to a time, empty for none.
func (r Response) to(t Time) Answer {
	if int(t.Position) >= len(r.Answers) {
		return ""
	}
	return r.Answers[t.Position]
}

// Field names the answer to the time at a position in forms.
func Field(position int64) string { return fmt.Sprintf("choice-%d", position) }

// Take records what one of those asked answers. The latest counts. It refuses with fault.Conflict when
// the poll has ended, and with fault.Invalid, naming each time without an answer.
func Take(tx *store.Tx, by access.Actor, p *Poll, a *Asked, r Response) error {
	if err := tx.Hold(&Poll{}, p.ID); err != nil { // two taps at once are one answer, and none comes after the booking
		return err
	}
	now, err := ByID(tx, p.ID)
	if err != nil {
		return err
	}
	if now.Closing != nil {
		return ended(now)
	}
	var wrong []error
	for _, t := range now.Times { // as they are: one may have been added since the form was read
		if said := r.to(t); said != Yes && said != IfNeeded && said != No {
			wrong = append(wrong, fault.On(Field(t.Position), "Välj ett svar för %s.", t))
		}
	}
	comment, commentErr := deidentify.OptionalLine(tx.Now, "comment", r.Comment, 500)
	if err := fault.Join(append(wrong, commentErr)...); err != nil {
		return err
	}
	if was := now.Find(a.ID); was == nil || was.Reply.says(now.Times, r.Answers, comment) { // the same answer again is one
		return nil
	}
	reply := &Reply{ID: store.NewID(), AskedID: a.ID, Comment: comment, Via: r.Via, IdentityID: by.By(), At: tx.Now}
	for _, t := range now.Times {
		reply.Choices = append(reply.Choices, Choice{reply.ID, t.ID, r.to(t)})
	}
	if err := forgetReplies(tx, "asked_id = ?", a.ID); err != nil {
		return err
	}
	if err := tx.DB.Omit("Choices").Create(reply).Error; err != nil {
		return err
	}
	if err := tx.DB.Create(&reply.Choices).Error; err != nil {
		return err
	}
	a.Reply = reply
	return access.Log(tx, by, "answer date poll", "date-poll", p.ID)
}

// Nudge is that one of those asked was reminded.
type Nudge struct {
	ID        uuid.UUID
	AskedID   uuid.UUID
	Automatic bool
	LetterID  uuid.UUID
	At        time.Time
}

// TableName is the table of Nudge.
func (Nudge) TableName() string { return "date_poll_nudges" }

// Nudges lists the reminders of a poll, the latest first.
func Nudges(tx *store.Tx, id uuid.UUID) (all []Nudge, err error) {
	return all, tx.DB.Joins("JOIN date_poll_asked ON date_poll_asked.id = date_poll_nudges.asked_id").
		Where("date_poll_asked.poll_id = ?", id).Order("date_poll_nudges.at DESC, date_poll_nudges.id DESC").Find(&all).Error
}

// Nudged records one.
func Nudged(tx *store.Tx, n Nudge) error {
	n.ID, n.At = store.NewID(), tx.Now
	return tx.DB.Create(&n).Error
}
