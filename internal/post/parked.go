package post

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// ParkedKind says what a parked letter seems to be.
type ParkedKind string

// The kinds.
const (
	ParkedMail       ParkedKind = "letter"     // somebody has written
	ParkedReply      ParkedKind = "reply"      // an answer that is in doubt
	ParkedProposal   ParkedKind = "proposal"   // another time is proposed
	ParkedInvitation ParkedKind = "invitation" // another convener invites, moves or cancels
	ParkedBounce     ParkedKind = "bounce"     // a letter came back, and which is not known
	Unread           ParkedKind = "unread"     // too large, or not to be read
)

// What was done with a parked letter.
const (
	DoneNothing  = "nothing"
	DoneAnswer   = "answer"   // counted as somebody's
	DoneAccepted = "accepted" // the proposed time
	DoneDeclined = "declined" // the proposed time
	DoneImported = "imported" // as a meeting of another convener
)

// ParkedLetter is a letter that came in and that a person has to look at.
type ParkedLetter struct {
	ID           uuid.UUID
	Kind         ParkedKind
	Reason       string     // a word that pages put into a sentence
	InvitationID *uuid.UUID // whose it seems to be about; nil: not known
	MeetingID    *uuid.UUID
	Sealed       []byte // Content; nil 30 days after it was settled
	ReceivedAt   time.Time
	SettledAt    *time.Time
	SettledByID  *uuid.UUID
	Outcome      string // what was done; empty: it waits

	Content Content `gorm:"-"` // zero when Sealed is gone or was sealed with another key
}

// Content is what of a letter is kept for a person to read. It is sealed: strangers write what they
// like, and sometimes about somebody.
type Content struct {
	From     string // address
	FromName string
	Subject  string
	Text     string

	PartStat   string // of a reply
	Comment    string
	By         string // address of the ATTENDEE
	Substitute string
	Sequence   int64
	Vouched    bool // By is believed to have written it; Unverified says by what
	Unverified bool

	Starts   time.Time // of a proposal; zero: not said
	Ends     time.Time
	Calendar []byte // the calendar part of another convener's invitation
}

// Capacity is how much may wait for a person at a time: strangers write as much as they like, and must not fill
// the database. Zero fields: as usual.
type Capacity struct {
	Letters int64
	Bytes   int64 // of what is kept of them, sealed
}

// Usual is the capacity of an installation: more letters than anybody reads, less room than anybody misses.
var Usual = Capacity{Letters: 1000, Bytes: 50 << 20}

// ErrNoRoom says that so much waits for a person that no more is taken: the letter stays in its mailbox.
var ErrNoRoom = errors.New("post: no room for more letters that wait for a person")

// Occupied is what waits for a person.
type Occupied struct {
	Letters int64
	Bytes   int64
	Full    bool
}

// Occupancy tells how much waits for a person, and whether there is room for more.
func Occupancy(tx *store.Tx, c Capacity) (o Occupied, err error) {
	err = tx.DB.Model(&ParkedLetter{}).Select("COUNT(*) AS letters, COALESCE(SUM(LENGTH(sealed)), 0) AS bytes").Where("settled_at IS NULL").Scan(&o).Error
	letters, bytes := c.Letters, c.Bytes
	if letters == 0 {
		letters = Usual.Letters
	}
	if bytes == 0 {
		bytes = Usual.Bytes
	}
	o.Full = o.Letters >= letters || o.Bytes >= bytes
	return o, err
}

// ParkIfRoom is Park while there is room. It refuses with ErrNoRoom.
func ParkIfRoom(tx *store.Tx, key *seal.Key, c Capacity, p ParkedLetter) (*ParkedLetter, error) {
	o, err := Occupancy(tx, c)
	if err != nil {
		return nil, err
	}
	if o.Full {
		return nil, ErrNoRoom
	}
	return Park(tx, key, p)
}

// Park keeps a letter for a person.
func Park(tx *store.Tx, key *seal.Key, p ParkedLetter) (*ParkedLetter, error) {
	p.ID, p.ReceivedAt = store.NewID(), tx.Now
	plain, err := json.Marshal(p.Content)
	if err != nil {
		return nil, err
	}
	p.Sealed = key.Seal(plain, p.ID.String())
	return &p, tx.DB.Create(&p).Error
}

func (p *ParkedLetter) open(key *seal.Key) {
	if plain, err := key.Open(p.Sealed, p.ID.String()); err == nil {
		_ = json.Unmarshal(plain, &p.Content) // what cannot be read is shown as such
	}
}

// Parked lists the parked letters, those that wait first, and how many there are. Only coordinators see
// them.
func Parked(tx *store.Tx, by access.Actor, key *seal.Key, limit, offset int) (all []ParkedLetter, total int64, err error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, 0, err
	}
	if err := tx.DB.Model(&ParkedLetter{}).Count(&total).Error; err != nil {
		return nil, 0, err
	}
	err = tx.DB.Order("settled_at IS NOT NULL, received_at DESC, id DESC").Limit(limit).Offset(offset).Find(&all).Error
	for n := range all {
		all[n].open(key)
	}
	return all, total, err
}

// WaitingAbout lists the letters that are parked for a reason, about an invitation, and that nobody has
// settled, the oldest first.
func WaitingAbout(tx *store.Tx, key *seal.Key, invitationID uuid.UUID, reason string) (all []ParkedLetter, err error) {
	err = tx.DB.Where("invitation_id = ? AND reason = ? AND settled_at IS NULL", invitationID, reason).Order("received_at, id").Find(&all).Error
	for n := range all {
		all[n].open(key)
	}
	return all, err
}

// Waits counts the parked letters that nobody has settled.
func Waits(tx *store.Tx) (n int64, err error) {
	return n, tx.DB.Model(&ParkedLetter{}).Where("settled_at IS NULL").Count(&n).Error
}

// FindParked gives one parked letter. Only coordinators see it, and the log says who read it.
func FindParked(tx *store.Tx, by access.Actor, key *seal.Key, id uuid.UUID) (*ParkedLetter, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	p := &ParkedLetter{}
	if err := store.Found(tx.DB.First(p, "id = ?", id).Error); err != nil {
		return nil, err
	}
	p.open(key)
	return p, access.Log(tx, by, "read parked letter", "parked-letter", id)
}

// Settle records what a person did with a parked letter of one of kinds; none: of any. It refuses with
// fault.Conflict when somebody was there before.
func Settle(tx *store.Tx, by access.Actor, key *seal.Key, id uuid.UUID, outcome string, kinds ...ParkedKind) (*ParkedLetter, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	p := &ParkedLetter{}
	if err := tx.Hold(p, id); err != nil {
		return nil, err
	}
	if len(kinds) > 0 && !slices.Contains(kinds, p.Kind) {
		return nil, fault.Missing()
	}
	if p.SettledAt != nil {
		return nil, fault.New(fault.Conflict, "Någon har redan tagit hand om brevet.")
	}
	p.open(key)
	p.SettledAt, p.SettledByID, p.Outcome = &tx.Now, by.By(), outcome
	err := tx.DB.Model(&ParkedLetter{}).Where("id = ?", id).Updates(map[string]any{"settled_at": tx.Now, "settled_by_id": by.By(), "outcome": outcome}).Error
	if err != nil {
		return nil, err
	}
	return p, access.Log(tx, by, "settle parked letter", "parked-letter", id)
}

// ForgetReceived drops what parked letters said 30 days after they were settled, and after 400 days
// that a letter was received at all.
func ForgetReceived(tx *store.Tx) error {
	err := tx.DB.Model(&ParkedLetter{}).Where("sealed IS NOT NULL AND settled_at < ?", tx.Now.AddDate(0, 0, -30)).Update("sealed", nil).Error
	if err != nil {
		return err
	}
	return tx.DB.Where("at < ?", tx.Now.AddDate(0, 0, -400)).Delete(&ReceivedLetter{}).Error
}
