// Package invite holds who was asked to a meeting, the link each answers by, what they answered to
// which SEQUENCE, and whether a letter is owed to them. It sends nothing: what is owed is a
// question that the desk answers when the time has come.
package invite

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// AnswerPrefix begins the token of an answer link, so that a scanner of leaked secrets knows it.
const AnswerPrefix = "rsvp_"

// Invitation is that a contact was asked to a meeting.
type Invitation struct {
	ID            uuid.UUID
	MeetingID     uuid.UUID
	ContactID     uuid.UUID
	Generation    int64      // of its tokens; raising it revokes them
	AnswerHash    string     // of the token in the answer link
	ReplyHash     string     // of the token in the address that replies go to
	AskedSequence int64      // the meeting's SEQUENCE in the latest letter that asked for an answer
	OwedFrom      *time.Time // from then on a letter may be owed; nil: the recipient is up to date
	OwedAt        *time.Time // when the act was done that it is about; nil: nobody's to take back
	Note          string     // the convener's own line to all, in the next letter
	CreatedAt     time.Time  // when the contact was asked, for the last time
	WithdrawnAt   *time.Time // the contact is no longer asked
	StandsForID   *uuid.UUID // the invitation in whose place this one is; nil: asked for their own part
	StoodDownAt   *time.Time // withdrawn because they are needed no more; nil beside WithdrawnAt: a person took them out

	Contact partner.Contact
	Answers []Answer
	Earlier *Earlier // called before the meeting was kept here; nil: not
}

// PartStat is an answer, in iCalendar's words (RFC 5545 §3.2.12).
type PartStat string

// The answers.
const (
	NeedsAction PartStat = "NEEDS-ACTION"
	Accepted    PartStat = "ACCEPTED"
	Declined    PartStat = "DECLINED"
	Tentative   PartStat = "TENTATIVE"
	Delegated   PartStat = "DELEGATED" // somebody else comes instead
)

// Answer is one answer. The latest counts, and only for the SEQUENCE that it was given to.
type Answer struct {
	ID           uuid.UUID
	InvitationID uuid.UUID
	PartStat     PartStat
	Substitute   string // name of who comes instead, with Delegated
	Comment      string
	Sequence     int64
	Via          string     // link, phone or mail
	IdentityID   *uuid.UUID // who recorded it, by phone
	At           time.Time
	Unverified   bool   // by mail, without the invitation's own address: only the sender's was looked at
	Attending    string // who comes, when a mailbox that several read says that somebody may. Empty: not said

	SubstituteEmail string // address of Substitute or Attending, when they get a letter of their own
	Remote          bool   // a yes: by video or telephone
}

// Several tells whether several people read the letters: then who of them comes is asked.
func (i Invitation) Several() bool { return i.Contact.Kind == partner.Mailbox }

// AnswerToken gives the token in the invitation's link. Every letter repeats it.
func (i Invitation) AnswerToken(key *seal.Key) string {
	return AnswerPrefix + key.Token("answer", i.ID.String(), i.Generation)
}

// ReplyToken gives the token in the address that replies by mail go to.
func (i Invitation) ReplyToken(key *seal.Key) string {
	return key.Token("reply", i.ID.String(), i.Generation)
}

// Current gives the answer that counts for m, nil when there is none. After the time has changed
// everybody is asked again (RFC 5546 §3.2.2.1); but a change that was taken back before anybody
// heard of it leaves the answers as they were.
func (i Invitation) Current(m *meeting.Meeting) *Answer {
	if last := i.Last(); i.OwedFrom != nil && last != nil && last.Sequence < m.Sequence {
		return nil
	}
	return i.Standing()
}

// Standing gives the answer to what the contact was last asked, nil when there is none. A change
// that asks nobody again leaves it in force.
func (i Invitation) Standing() *Answer {
	if last := i.Last(); last != nil && last.Sequence >= i.AskedSequence {
		return last
	}
	return nil
}

// Last gives the latest answer to any SEQUENCE, nil when there is none.
func (i Invitation) Last() *Answer {
	if len(i.Answers) == 0 {
		return nil
	}
	return &i.Answers[0]
}

// Issue asks a contact to a meeting. Asking one who is asked changes nothing, but that whoever came in
// somebody's place is asked for their own part; asking one who was withdrawn asks again, with new tokens.
func Issue(tx *store.Tx, key *seal.Key, meetingID, contactID uuid.UUID) (*Invitation, error) {
	return issue(tx, key, meetingID, contactID, nil)
}

// issue asks a contact to a meeting in the place of the invitation standsFor, nil for their own part.
func issue(tx *store.Tx, key *seal.Key, meetingID, contactID uuid.UUID, standsFor *uuid.UUID) (*Invitation, error) {
	var found []Invitation
	if err := tx.DB.Limit(1).Find(&found, "meeting_id = ? AND contact_id = ?", meetingID, contactID).Error; err != nil {
		return nil, err
	}
	i := &Invitation{ID: store.NewID(), MeetingID: meetingID, ContactID: contactID, Generation: 1, CreatedAt: tx.Now}
	if len(found) > 0 {
		i = &found[0]
		if i.WithdrawnAt == nil && (i.StandsForID == nil || standsFor != nil) {
			return i, nil
		}
		if i.WithdrawnAt == nil {
			i.StandsForID = nil
			return i, tx.DB.Model(&Invitation{}).Where("id = ?", i.ID).Update("stands_for_id", nil).Error
		}
		i.Generation, i.WithdrawnAt, i.StoodDownAt, i.CreatedAt = i.Generation+1, nil, nil, tx.Now
	}
	i.StandsForID = standsFor
	i.AnswerHash, i.ReplyHash = seal.Hash(i.AnswerToken(key)), seal.Hash(i.ReplyToken(key))
	if err := tx.DB.Omit("Contact", "Answers", "Earlier").Save(i).Error; err != nil || standsFor != nil {
		return i, err
	}
	return i, takeOver(tx, i)
}

// Withdraw ends an invitation: its links die with the commit.
func Withdraw(tx *store.Tx, key *seal.Key, id uuid.UUID) (*Invitation, error) {
	i := &Invitation{}
	if err := tx.Hold(i, id); err != nil {
		return nil, err
	}
	if i.WithdrawnAt != nil {
		return i, nil
	}
	if err := access.Retire(tx, access.ToAnswer, i.AnswerHash, i.ID); err != nil { // asked again, its holder may ask for the new link
		return nil, err
	}
	i.Generation, i.WithdrawnAt = i.Generation+1, &tx.Now
	i.AnswerHash, i.ReplyHash = seal.Hash(i.AnswerToken(key)), seal.Hash(i.ReplyToken(key))
	return i, tx.DB.Omit("Contact", "Answers", "Earlier").Save(i).Error
}

// Readmit takes a withdrawal back: the links in the letters that were sent before it open again.
func Readmit(tx *store.Tx, key *seal.Key, id uuid.UUID) error {
	i := &Invitation{}
	if err := tx.Hold(i, id); err != nil || i.WithdrawnAt == nil {
		return err
	}
	i.Generation, i.WithdrawnAt, i.StoodDownAt = i.Generation-1, nil, nil
	i.AnswerHash, i.ReplyHash = seal.Hash(i.AnswerToken(key)), seal.Hash(i.ReplyToken(key))
	return tx.DB.Omit("Contact", "Answers", "Earlier").Save(i).Error
}

// Owe says that from a moment on a letter may be owed to everybody who was asked to a meeting, with
// the convener's own line in it. What each is owed is decided then, by comparing.
func Owe(tx *store.Tx, meetingID uuid.UUID, from time.Time, note string) error {
	return tx.DB.Model(&Invitation{}).Where("meeting_id = ?", meetingID).
		Updates(map[string]any{"owed_from": from, "owed_at": tx.Now, "note": note}).Error
}

// OweOne is Owe for one invitation.
func OweOne(tx *store.Tx, id uuid.UUID, from time.Time, note string) error {
	return tx.DB.Model(&Invitation{}).Where("id = ?", id).Updates(map[string]any{"owed_from": from, "owed_at": tx.Now, "note": note}).Error
}

// OweBefore says that what is owed is about an earlier act, done at, or with nil about none that anybody
// can take back. The note of the later one goes.
func OweBefore(tx *store.Tx, id uuid.UUID, from time.Time, at *time.Time) error {
	return tx.DB.Model(&Invitation{}).Where("id = ?", id).Updates(map[string]any{"owed_from": from, "owed_at": at, "note": ""}).Error
}

// OweNone says that nothing is owed to anybody who was asked to a meeting.
func OweNone(tx *store.Tx, meetingID uuid.UUID) error {
	return tx.DB.Model(&Invitation{}).Where("meeting_id = ?", meetingID).Updates(map[string]any{"owed_from": nil, "owed_at": nil, "note": ""}).Error
}

// IDsOf lists the invitations to a meeting, withdrawn ones too.
func IDsOf(tx *store.Tx, meetingID uuid.UUID) (ids []uuid.UUID, err error) {
	return ids, tx.DB.Model(&Invitation{}).Where("meeting_id = ?", meetingID).Pluck("id", &ids).Error
}

// Forget removes all that is kept of who was asked to a meeting of which nobody has heard.
func Forget(tx *store.Tx, meetingID uuid.UUID) error {
	ids, err := IDsOf(tx, meetingID)
	if err != nil {
		return err
	}
	for _, row := range []any{&Telling{}, &Preliminary{}} {
		if err := tx.DB.Delete(row, "meeting_id = ?", meetingID).Error; err != nil {
			return err
		}
	}
	for _, row := range []any{&Answer{}, &Call{}} {
		if err := tx.DB.Delete(row, "invitation_id IN ?", ids).Error; err != nil {
			return err
		}
	}
	if err := tx.DB.Model(&Invitation{}).Where("meeting_id = ?", meetingID).Update("stands_for_id", nil).Error; err != nil {
		return err
	}
	for _, row := range []any{&Outing{}, &Lateness{}, &Invitation{}} {
		if err := tx.DB.Delete(row, "meeting_id = ?", meetingID).Error; err != nil {
			return err
		}
	}
	return nil
}

// Drop removes an invitation that nobody has heard of: no letter was written and no answer given to it. One
// that was given before, by the overview of the year, is preliminary again.
func Drop(tx *store.Tx, id uuid.UUID) error {
	taken := tx.DB.Table("overview_answers").Select("1").Where("overview_answers.answer_id = answers.id")
	unheard := tx.DB.Model(&Invitation{}).Where("id = ?", id).
		Where("NOT EXISTS (?)", tx.DB.Table("letters").Select("1").Where("letters.subject_id = invitations.id")).
		Where("NOT EXISTS (?)", tx.DB.Table("earlier_calls").Select("1").Where("earlier_calls.invitation_id = invitations.id")).
		Where("NOT EXISTS (?)", tx.DB.Table("answers").Select("1").Where("answers.invitation_id = invitations.id AND NOT EXISTS (?)", taken))
	var n int64
	if err := unheard.Count(&n).Error; err != nil || n == 0 {
		return err
	}
	if err := handBack(tx, id); err != nil {
		return err
	}
	return tx.DB.Delete(&Invitation{}, "id = ?", id).Error
}

// Due lists the invitations to whom a letter may be owed now.
func Due(tx *store.Tx) (ids []uuid.UUID, err error) {
	return ids, tx.DB.Model(&Invitation{}).Where("owed_from <= ?", tx.Now).Order("owed_from, id").Pluck("id", &ids).Error
}

// Owing lists the invitations to whom a letter may be owed, now or later, those that are due first.
func Owing(tx *store.Tx, limit int) (all []Invitation, total int64, err error) {
	if err := tx.DB.Model(&Invitation{}).Where("owed_from IS NOT NULL").Count(&total).Error; err != nil {
		return nil, 0, err
	}
	return all, total, whole(tx).Where("owed_from IS NOT NULL").Order("owed_from, id").Limit(limit).Find(&all).Error
}

// Waiting counts the invitations of forums, nil for all, about which a letter waits to be written or sent.
func Waiting(tx *store.Tx, forums []uuid.UUID) (n int64, err error) {
	letters := tx.DB.Model(&post.Letter{}).Select("1").Where("letters.subject_id = invitations.id AND letters.state IN ?", post.Waiting)
	q := tx.DB.Model(&Invitation{}).Where("invitations.owed_from IS NOT NULL OR EXISTS (?)", letters)
	if forums != nil {
		q = q.Joins("JOIN meetings ON meetings.id = invitations.meeting_id").Where("meetings.forum_id IN ?", forums)
	}
	return n, q.Count(&n).Error
}

// Settled says that nothing more is owed to an invitation. asked is the SEQUENCE in which its
// contact was last asked for an answer.
func Settled(tx *store.Tx, id uuid.UUID, asked int64) error {
	return tx.DB.Model(&Invitation{}).Where("id = ?", id).Updates(map[string]any{"owed_from": nil, "owed_at": nil, "note": "", "asked_sequence": asked}).Error
}

func whole(tx *store.Tx) *gorm.DB {
	return tx.DB.Preload("Contact.Organisation").Preload("Contact.Role").Preload("Earlier").
		Preload("Answers", func(q *gorm.DB) *gorm.DB { return q.Order("at DESC, id DESC") })
}

// Lock locks an invitation and gives it whole.
func Lock(tx *store.Tx, id uuid.UUID) (*Invitation, error) {
	if err := tx.Hold(&Invitation{}, id); err != nil {
		return nil, err
	}
	i := &Invitation{}
	return i, store.Found(whole(tx).First(i, "invitations.id = ?", id).Error)
}

// Of lists the invitations to a meeting that the actor sees, withdrawn ones last.
func Of(tx *store.Tx, by access.Actor, meetingID uuid.UUID) ([]Invitation, error) {
	if _, err := meeting.Find(tx, by, meetingID); err != nil {
		return nil, err
	}
	return of(tx, meetingID)
}

func of(tx *store.Tx, meetingID uuid.UUID) ([]Invitation, error) {
	all, err := OfAll(tx, []meeting.Meeting{{ID: meetingID}})
	return all[meetingID], err
}

// OfAll lists the invitations to several meetings that the caller has seen, by meeting, withdrawn ones last.
func OfAll(tx *store.Tx, meetings []meeting.Meeting) (map[uuid.UUID][]Invitation, error) {
	ids := make([]uuid.UUID, len(meetings))
	for n := range meetings {
		ids[n] = meetings[n].ID
	}
	var all []Invitation
	if err := whole(tx).Order("withdrawn_at IS NOT NULL, created_at, id").Find(&all, "meeting_id IN ?", ids).Error; err != nil {
		return nil, err
	}
	of := map[uuid.UUID][]Invitation{}
	for _, i := range all {
		of[i.MeetingID] = append(of[i.MeetingID], i)
	}
	return of, nil
}

// Find gives an invitation to a meeting that the actor sees.
func Find(tx *store.Tx, by access.Actor, id uuid.UUID) (*Invitation, error) {
	i := &Invitation{}
	if err := store.Found(whole(tx).First(i, "invitations.id = ?", id).Error); err != nil {
		return nil, err
	}
	_, err := meeting.Find(tx, by, i.MeetingID)
	return i, err
}

// ByAnswerToken gives the invitation that a link opens. It refuses with fault.NotFound whether the
// token is unknown, revoked or mistyped, after one look-up in an index.
func ByAnswerToken(tx *store.Tx, token string) (*Invitation, error) {
	i := &Invitation{}
	if !strings.HasPrefix(token, AnswerPrefix) {
		return i, fault.Missing()
	}
	err := whole(tx).First(i, "invitations.answer_hash = ? AND withdrawn_at IS NULL", seal.Hash(token)).Error
	return i, store.Found(err)
}

// ByLinkHash gives the invitation that a link opens or once opened, withdrawn or not; nil when there
// is none.
func ByLinkHash(tx *store.Tx, hash string) (*Invitation, error) {
	var found []Invitation
	if err := whole(tx).Limit(1).Find(&found, "invitations.answer_hash = ?", hash).Error; err != nil {
		return nil, err
	}
	if len(found) == 0 {
		id, known, err := access.RetiredFor(tx, access.ToAnswer, hash)
		if err != nil || !known {
			return nil, err
		}
		if err := whole(tx).Limit(1).Find(&found, "invitations.id = ?", id).Error; err != nil || len(found) == 0 {
			return nil, err
		}
	}
	return &found[0], nil
}

// linkLives is how long after the meeting an answer link opens its page.
const linkLives = 30 * 24 * time.Hour

// LinkOpens tells whether the link to a meeting that ended then still opens its page.
func LinkOpens(tx *store.Tx, m *meeting.Meeting) bool { return m.EndsAt.Add(linkLives).After(tx.Now) }

// Reply is what somebody answers.
type Reply struct {
	PartStat   PartStat
	Substitute string
	Comment    string
	Attending  string // who comes; kept only for a mailbox
	Via        string // link, phone or mail
	Unverified bool

	// Addresses of Substitute and of Attending, when they are to get a letter of their own.
	SubstituteEmail, AttendingEmail string
	Remote                          bool // a yes: by video or telephone
}

// Take records an answer to a meeting at sequence. The latest counts, so an answer may be changed;
// the same answer again is one. It refuses with fault.Invalid, naming each field.
func Take(tx *store.Tx, by access.Actor, i *Invitation, sequence int64, r Reply) (*Answer, error) {
	var choice error
	switch r.PartStat {
	case Accepted, Declined, Tentative:
		r.Substitute = ""
	case Delegated:
		// One level is all: whoever stands in is known to who named them, and nobody here would know a third.
		if i.StandsForID != nil {
			choice = fault.On("partStat", "Den som kommer i någon annans ställe kan inte i sin tur skicka en ersättare. Säg till den som bad dig, eller till samordnaren.")
		}
	default:
		choice = fault.On("partStat", "Välj ett av svaren.")
	}
	substitute, substituteErr := deidentify.OptionalLine(tx.Now, "substitute", r.Substitute, 200)
	if substituteErr == nil && r.PartStat == Delegated && substitute == "" {
		substituteErr = fault.On("substitute", "Skriv namnet på den som kommer i stället.")
	}
	comment, commentErr := deidentify.OptionalLine(tx.Now, "comment", r.Comment, 500)
	if !i.Several() || r.PartStat != Accepted && r.PartStat != Tentative {
		r.Attending = ""
	}
	attending, attendingErr := deidentify.OptionalLine(tx.Now, "attending", r.Attending, 200)
	_, address, addressErr := r.Named(i)
	if err := fault.Join(choice, substituteErr, attendingErr, addressErr, commentErr); err != nil {
		return nil, err
	}
	a := Answer{store.NewID(), i.ID, r.PartStat, substitute, comment, sequence, r.Via, by.By(), tx.Now, r.Unverified, attending, address, r.Remote && r.PartStat == Accepted}
	if last := i.Last(); last != nil && last.says(a) {
		return last, nil
	}
	if err := tx.DB.Create(&a).Error; err != nil {
		return nil, err
	}
	i.Answers = append([]Answer{a}, i.Answers...)
	return &a, access.Log(tx, by, "answer", "invitation", i.ID)
}

// says tells whether an answer says the same as another.
func (a Answer) says(b Answer) bool {
	return a.PartStat == b.PartStat && a.Substitute == b.Substitute && a.Comment == b.Comment && a.Attending == b.Attending && a.Sequence == b.Sequence &&
		a.SubstituteEmail == b.SubstituteEmail && a.Remote == b.Remote
}

// Call is that somebody rang a contact up and told of a change.
type Call struct {
	InvitationID uuid.UUID `gorm:"primaryKey"`
	Sequence     int64     `gorm:"primaryKey;autoIncrement:false"` // of the meeting, as they were told of it
	IdentityID   *uuid.UUID
	At           time.Time
}

// Rung records that a contact was told by telephone of a meeting as it is at sequence. Saying it again
// changes nothing.
func Rung(tx *store.Tx, by access.Actor, i *Invitation, sequence int64) error {
	q := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Create(&Call{i.ID, sequence, by.By(), tx.Now})
	if q.Error != nil || q.RowsAffected == 0 {
		return q.Error
	}
	return access.Log(tx, by, "tell by phone", "invitation", i.ID)
}

// Told gives which of some invitations' contacts were told by telephone of a meeting as it is at
// sequence.
func Told(tx *store.Tx, invitations []uuid.UUID, sequence int64) (map[uuid.UUID]bool, error) {
	var all []Call
	err := tx.DB.Find(&all, "invitation_id IN ? AND sequence = ?", invitations, sequence).Error
	told := map[uuid.UUID]bool{}
	for _, c := range all {
		told[c.InvitationID] = true
	}
	return told, err
}

// ToRemind lists the invitations to a meeting whose contact gets letters and waits for a reminder of a
// kind, and was not reminded yet: one who was, so many days before the meeting or fewer, needs no
// reminder that was meant for earlier. address narrows it to one contact; empty: all.
func ToRemind(tx *store.Tx, m *meeting.Meeting, kind string, days int64, address string) ([]Invitation, error) {
	q := whole(tx).Joins("JOIN contacts ON contacts.id = invitations.contact_id AND contacts.left_at IS NULL AND contacts.email <> '' AND NOT contacts.by_phone").
		Where("invitations.meeting_id = ? AND invitations.withdrawn_at IS NULL AND invitations.owed_from IS NULL", m.ID).
		Where("NOT EXISTS (?)", tx.DB.Model(&post.Reminded{}).Select("1").
			Where("reminders.subject_id = invitations.id AND reminders.recipient = contacts.email AND reminders.sequence = ? AND reminders.days <= ?", m.Sequence, days))
	if address != "" {
		q = q.Where("contacts.email = ?", address)
	}
	var all []Invitation
	if err := q.Order("invitations.created_at, invitations.id").Find(&all).Error; err != nil || len(all) == 0 {
		return nil, err
	}
	asked, err := of(tx, m.ID)
	if err != nil {
		return nil, err
	}
	minds := map[uuid.UUID]bool{}
	for n := range asked {
		minds[asked[n].ID] = Seat{&asked[n], asked[n].standIn(asked)}.Minds(m, kind)
	}
	return slices.DeleteFunc(all, func(i Invitation) bool { return !minds[i.ID] }), nil
}

// Minds tells whether an invitation's contact is to be reminded by a kind.
func Minds(tx *store.Tx, i *Invitation, m *meeting.Meeting, kind string) (bool, error) {
	asked, err := of(tx, m.ID)
	return Seat{i, i.standIn(asked)}.Minds(m, kind), err
}

// Rekey makes the tokens of every invitation anew with another key. Links that were sent stop
// working; the next letter to each carries one that works.
func Rekey(tx *store.Tx, key *seal.Key) error {
	var all []Invitation
	if err := tx.DB.Find(&all).Error; err != nil {
		return err
	}
	for _, i := range all {
		err := tx.DB.Model(&Invitation{}).Where("id = ?", i.ID).
			Updates(map[string]any{"answer_hash": seal.Hash(i.AnswerToken(key)), "reply_hash": seal.Hash(i.ReplyToken(key))}).Error
		if err != nil {
			return err
		}
	}
	return nil
}
