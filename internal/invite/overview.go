package invite

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/access"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Overview is that a contact was sent all its meetings of a year in one letter, with one page to answer by.
type Overview struct {
	ID        uuid.UUID
	Year      int64
	ContactID uuid.UUID
	Note      string // the sender's own line, in the letter
	SentByID  *uuid.UUID
	CreatedAt time.Time // when it was sent first
	SentAt    time.Time // and last

	Contact partner.Contact
	Told    []Telling
	Answers []Preliminary
}

// TableName is the table of Overview.
func (Overview) TableName() string { return "year_overviews" }

// Telling is a meeting that a letter of an overview told of.
type Telling struct {
	OverviewID uuid.UUID `gorm:"primaryKey"`
	MeetingID  uuid.UUID `gorm:"primaryKey"`
	Sequence   int64     // of the meeting, as it was told last
}

// TableName is the table of Telling.
func (Telling) TableName() string { return "overview_tellings" }

// Preliminary is what a contact answered by an overview before it was asked to the meeting. When it is asked,
// this becomes the answer to its invitation, if the time is still the one that it was given to.
type Preliminary struct {
	OverviewID uuid.UUID `gorm:"primaryKey"`
	MeetingID  uuid.UUID `gorm:"primaryKey"`
	PartStat   PartStat
	Remote     bool // a yes: by video or telephone
	Sequence   int64
	At         time.Time
	AnswerID   *uuid.UUID // that it became; nil: none yet

	Overview Overview
}

// TableName is the table of Preliminary.
func (Preliminary) TableName() string { return "overview_answers" }

// TellingOf gives how a letter told of a meeting, nil when none did.
func (o Overview) TellingOf(meetingID uuid.UUID) *Telling {
	at := slices.IndexFunc(o.Told, func(t Telling) bool { return t.MeetingID == meetingID })
	if at < 0 {
		return nil
	}
	return &o.Told[at]
}

// AnswerTo gives what was answered to a meeting before the contact was asked to it, nil when nothing.
func (o Overview) AnswerTo(meetingID uuid.UUID) *Preliminary {
	at := slices.IndexFunc(o.Answers, func(p Preliminary) bool { return p.MeetingID == meetingID })
	if at < 0 {
		return nil
	}
	return &o.Answers[at]
}

// Answer gives a preliminary answer in the form of one to an invitation.
func (p Preliminary) Answer() *Answer {
	return &Answer{PartStat: p.PartStat, Remote: p.Remote, Sequence: p.Sequence, Via: "link", At: p.At}
}

func wholeOverview(tx *store.Tx) *gorm.DB {
	return tx.DB.Preload("Contact.Organisation").Preload("Contact.Role").Preload("Told").Preload("Answers")
}

// OverviewByID gives an overview to whoever writes its letter or opens it by a link of its own.
func OverviewByID(tx *store.Tx, id uuid.UUID) (*Overview, error) {
	o := &Overview{}
	return o, store.Found(wholeOverview(tx).First(o, "year_overviews.id = ?", id).Error)
}

// Overviews gives the overviews of a year by contact, to whoever plans it.
func Overviews(tx *store.Tx, by access.Actor, year int) (map[uuid.UUID]*Overview, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	var all []Overview
	err := wholeOverview(tx).Find(&all, "year_overviews.year = ?", year).Error
	of := map[uuid.UUID]*Overview{}
	for n := range all {
		of[all[n].ContactID] = &all[n]
	}
	return of, err
}

// Survey records that a contact is sent an overview that tells of some meetings. A second one is the same
// overview, with the same link.
func Survey(tx *store.Tx, by access.Actor, year int, contact uuid.UUID, note string, told []*meeting.Meeting) (*Overview, error) {
	var found []Overview
	if err := tx.DB.Limit(1).Find(&found, "year = ? AND contact_id = ?", year, contact).Error; err != nil {
		return nil, err
	}
	o := Overview{ID: store.NewID(), Year: int64(year), ContactID: contact, CreatedAt: tx.Now}
	if len(found) > 0 {
		o = found[0]
	}
	o.Note, o.SentByID, o.SentAt = note, by.By(), tx.Now
	if err := tx.DB.Omit("Contact", "Told", "Answers").Save(&o).Error; err != nil {
		return nil, err
	}
	for _, m := range told {
		if err := tx.DB.Clauses(clause.OnConflict{UpdateAll: true}).Create(&Telling{o.ID, m.ID, m.Sequence}).Error; err != nil {
			return nil, err
		}
	}
	return &o, access.Log(tx, by, "send overview", "year-overview", o.ID)
}

// AnswerAhead records what a contact answers by its overview to a meeting to which it is not asked yet. The
// latest counts.
func AnswerAhead(tx *store.Tx, by access.Actor, o *Overview, m *meeting.Meeting, stat PartStat, remote bool) error {
	p := Preliminary{OverviewID: o.ID, MeetingID: m.ID, PartStat: stat, Remote: remote && stat == Accepted, Sequence: m.Sequence, At: tx.Now}
	if err := tx.DB.Clauses(clause.OnConflict{UpdateAll: true}).Omit("Overview").Create(&p).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "answer overview", "meeting", m.ID)
}

// Preliminaries lists what was answered to a meeting by overviews, with whose it is.
func Preliminaries(tx *store.Tx, meetingID uuid.UUID) (all []Preliminary, err error) {
	return all, tx.DB.Preload("Overview.Contact.Organisation").Preload("Overview.Contact.Role").
		Order("at, overview_id").Find(&all, "meeting_id = ?", meetingID).Error
}

// takeOver makes the answer that a contact gave by its overview the answer to the invitation that it gets now.
// One that was given to another time counts no more, and whoever has answered an invitation before has said it there.
func takeOver(tx *store.Tx, i *Invitation) error {
	var found []Preliminary
	err := tx.DB.Joins("JOIN year_overviews ON year_overviews.id = overview_answers.overview_id").
		Joins("JOIN meetings ON meetings.id = overview_answers.meeting_id AND meetings.sequence = overview_answers.sequence").
		Where("overview_answers.meeting_id = ? AND year_overviews.contact_id = ?", i.MeetingID, i.ContactID).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return err
	}
	var before int64
	if err := tx.DB.Model(&Answer{}).Where("invitation_id = ?", i.ID).Count(&before).Error; err != nil || before > 0 {
		return err
	}
	a := found[0].Answer()
	a.ID, a.InvitationID = store.NewID(), i.ID
	if err := tx.DB.Create(a).Error; err != nil {
		return err
	}
	i.Answers = []Answer{*a}
	return became(tx, found[0], &a.ID)
}

func became(tx *store.Tx, p Preliminary, answer *uuid.UUID) error {
	return tx.DB.Model(&Preliminary{}).Where("overview_id = ? AND meeting_id = ?", p.OverviewID, p.MeetingID).Update("answer_id", answer).Error
}

// handBack makes an answer that an invitation took over preliminary again, before the invitation is dropped.
func handBack(tx *store.Tx, invitation uuid.UUID) error {
	var taken []Preliminary
	answers := tx.DB.Model(&Answer{}).Select("id").Where("invitation_id = ?", invitation)
	if err := tx.DB.Find(&taken, "answer_id IN (?)", answers).Error; err != nil {
		return err
	}
	for _, p := range taken {
		if err := became(tx, p, nil); err != nil {
			return err
		}
		if err := tx.DB.Delete(&Answer{}, "id = ?", *p.AnswerID).Error; err != nil {
			return err
		}
	}
	return nil
}

// Overviewed tells whether an overview has told of a meeting or was answered about it.
func Overviewed(tx *store.Tx, meetingID uuid.UUID) (bool, error) {
	for _, of := range []any{&Telling{}, &Preliminary{}} {
		var n int64
		if err := tx.DB.Model(of).Where("meeting_id = ?", meetingID).Count(&n).Error; err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// ToMeetings lists the invitations to meetings, withdrawn ones too; of one contact, or with nil of all.
func ToMeetings(tx *store.Tx, meetings []uuid.UUID, contact *uuid.UUID) (all []Invitation, err error) {
	q := whole(tx).Where("meeting_id IN ?", meetings).Order("created_at, id")
	if contact != nil {
		q = q.Where("contact_id = ?", *contact)
	}
	return all, q.Find(&all).Error
}

// ForgetOverviews removes the overviews of a year that ended thirty days ago, with links and what was answered
// ahead. Answers to invitations stay.
func ForgetOverviews(tx *store.Tx) error {
	var ids []uuid.UUID
	if err := tx.DB.Model(&Overview{}).Where("year < ?", tx.Now.Add(-linkLives).Year()).Order("id").Pluck("id", &ids).Error; err != nil {
		return err
	}
	for _, id := range ids {
		if err := access.DropLinks(tx, access.ToOverview, id); err != nil {
			return err
		}
		for _, of := range []any{&Telling{}, &Preliminary{}} {
			if err := tx.DB.Delete(of, "overview_id = ?", id).Error; err != nil {
				return err
			}
		}
		if err := tx.DB.Delete(&Overview{}, "id = ?", id).Error; err != nil {
			return err
		}
	}
	return nil
}
