package poll

import (
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// MostDates is how many dates another convener can give in one answer.
const MostDates = 12

// DateRequest is that the contact of another convener is asked which dates of a year it plans.
type DateRequest struct {
	ID         uuid.UUID
	ForumID    uuid.UUID
	ContactID  uuid.UUID
	Year       int64
	FromDay    almanac.Date // the promised meetings are to come between them
	ToDay      almanac.Date
	Most       int64  // dates that can be given
	Note       string // the asker's own line, in the letter
	Version    int64
	AskedByID  *uuid.UUID
	AskedAt    time.Time // the latest time
	AnsweredAt *time.Time

	Forum   forum.Forum
	Contact partner.Contact
	Offers  []DateOffer `gorm:"foreignKey:RequestID"`
}

// TableName is the table of DateRequest.
func (DateRequest) TableName() string { return "date_requests" }

// DateOffer is a date that the other convener plans.
type DateOffer struct {
	ID        uuid.UUID
	RequestID uuid.UUID
	Date      almanac.Date
	Starts    almanac.Clock
	Ends      almanac.Clock
	MeetingID *uuid.UUID // that it became; nil: none
	SettledAt *time.Time // registered or left; nil: waits
}

// TableName is the table of DateOffer.
func (DateOffer) TableName() string { return "date_offers" }

// Slot gives the date as a time.
func (o DateOffer) Slot() Time { return Time{Date: o.Date, Starts: o.Starts, Ends: o.Ends} }

// Waiting gives the dates that nobody has registered or left.
func (r DateRequest) Waiting() (all []DateOffer) {
	for _, o := range r.Offers {
		if o.SettledAt == nil {
			all = append(all, o)
		}
	}
	return all
}

// Room tells how many dates can still be given, with those that wait.
func (r DateRequest) Room() int { return int(r.Most) - (len(r.Offers) - len(r.Waiting())) }

// DateWish is a question to be asked.
type DateWish struct {
	ForumID   uuid.UUID
	ContactID uuid.UUID
	Year      int
	From, To  almanac.Date
	Most      int
	Note      string // already checked: it leaves the house
}

func wholeRequest(tx *store.Tx) *gorm.DB {
	return tx.DB.Preload("Forum").Preload("Forum.Convener").Preload("Contact.Organisation").Preload("Contact.Role").
		Preload("Offers", func(q *gorm.DB) *gorm.DB { return q.Order("date, starts, id") })
}

// DatesByID gives a request to whoever writes a letter about it or opens it by a link of its own.
func DatesByID(tx *store.Tx, id uuid.UUID) (*DateRequest, error) {
	r := &DateRequest{}
	return r, store.Found(wholeRequest(tx).First(r, "date_requests.id = ?", id).Error)
}

// FindDates gives a request about a forum that the actor convenes.
func FindDates(tx *store.Tx, by access.Actor, id uuid.UUID) (*DateRequest, error) {
	r := &DateRequest{}
	return r, store.Found(wholeRequest(tx).Scopes(by.ConvenedForums(tx, "date_requests.forum_id")).First(r, "date_requests.id = ?", id).Error)
}

// ListDates gives the requests about forums that the actor convenes, the latest first. year 0: all.
func ListDates(tx *store.Tx, by access.Actor, year int) (all []DateRequest, err error) {
	q := wholeRequest(tx).Scopes(by.ConvenedForums(tx, "date_requests.forum_id")).Order("date_requests.asked_at DESC, date_requests.id DESC")
	if year != 0 {
		q = q.Where("date_requests.year = ?", year)
	}
	return all, q.Find(&all).Error
}

// AskDates records the question. Asked once more about the same year, it is the same request. It refuses
// with fault.NotFound when the actor may not plan the forum, with fault.Conflict when we convene it or
// the contact was asked on the same day, and with fault.Invalid for a contact of anybody else.
func AskDates(tx *store.Tx, by access.Actor, zone *time.Location, w DateWish) (*DateRequest, error) {
	f, err := forum.Find(tx, by, w.ForumID)
	if err != nil {
		return nil, err
	}
	if err := by.MayConvene(tx, w.ForumID); err != nil {
		return nil, err
	}
	if f.ConvenedBy != forum.Other || f.ConvenerID == nil {
		return nil, NotTheirs()
	}
	c, err := partner.ForLetter(tx, w.ContactID)
	if fault.KindOf(err) == fault.NotFound || err == nil && (c.OrganisationID != *f.ConvenerID || c.LeftAt != nil || c.StandIn) {
		return nil, fault.On("contactId", "Välj en kontakt hos den som kallar.")
	}
	if err != nil {
		return nil, err
	}
	var before []DateRequest
	if err := tx.DB.Limit(1).Find(&before, "forum_id = ? AND contact_id = ? AND year = ?", f.ID, c.ID, w.Year).Error; err != nil {
		return nil, err
	}
	r := DateRequest{ID: store.NewID(), ForumID: f.ID, ContactID: c.ID, Year: int64(w.Year)}
	if len(before) > 0 {
		r = before[0]
		if almanac.DateOf(r.AskedAt, zone) == almanac.DateOf(tx.Now, zone) {
			return nil, fault.New(fault.Conflict, "Ni bad om datum i dag. Vänta på svaret.")
		}
	}
	r.FromDay, r.ToDay, r.Most, r.Note = w.From, w.To, int64(min(max(w.Most, 1), MostDates)), w.Note
	r.Version, r.AskedByID, r.AskedAt = r.Version+1, by.By(), tx.Now
	if err := tx.DB.Omit("Forum", "Contact", "Offers").Save(&r).Error; err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "ask for dates", "date-request", r.ID); err != nil {
		return nil, err
	}
	return DatesByID(tx, r.ID)
}

// NotTheirs says that nobody else is to be asked for a forum's dates.
func NotTheirs() error {
	return fault.New(fault.Conflict, "Ingen annan organisation kallar till forumet. Det finns ingen att be om datum.")
}

// Offer records the dates that the other convener plans, in the place of those that wait. It refuses with
// fault.Invalid, naming each field, when there is none, or one that does not hold.
func Offer(tx *store.Tx, by access.Actor, zone *time.Location, r *DateRequest, slots []Slot) error {
	if err := tx.Hold(&DateRequest{}, r.ID); err != nil {
		return err
	}
	now, err := DatesByID(tx, r.ID)
	if err != nil {
		return err
	}
	if len(slots) == 0 {
		return fault.On("date-0", "Skriv minst ett datum.")
	}
	if len(slots) > now.Room() {
		return fault.New(fault.Conflict, "Du kan skriva högst %d datum till.", now.Room())
	}
	fresh, err := now.offers(zone, tx.Now, slots)
	if err != nil {
		return err
	}
	if err := tx.DB.Where("request_id = ? AND settled_at IS NULL", r.ID).Delete(&DateOffer{}).Error; err != nil {
		return err
	}
	if len(fresh) > 0 {
		if err := tx.DB.Create(&fresh).Error; err != nil {
			return err
		}
	}
	err = tx.DB.Model(&DateRequest{}).Where("id = ?", r.ID).Updates(map[string]any{"answered_at": tx.Now, "version": now.Version + 1}).Error
	if err != nil {
		return err
	}
	return access.Log(tx, by, "give dates", "date-request", r.ID)
}

// offers checks the dates. One that was settled already is not taken again.
func (r DateRequest) offers(zone *time.Location, now time.Time, slots []Slot) (fresh []DateOffer, err error) {
	var wrong []error
	same := func(s Slot) func(DateOffer) bool {
		return func(o DateOffer) bool { return o.Date == s.Date && o.Starts == s.Starts }
	}
	settled := slices.DeleteFunc(slices.Clone(r.Offers), func(o DateOffer) bool { return o.SettledAt == nil })
	for _, s := range slots {
		t := Time{Date: s.Date, Starts: s.Starts, Ends: s.Ends}
		start, err := almanac.Instant(s.Date, s.Starts, zone)
		switch {
		case err != nil:
			wrong = append(wrong, fault.At("dates", err))
		case s.Ends <= s.Starts:
			wrong = append(wrong, fault.On("dates", "%s: tiden måste sluta efter att den har börjat.", t))
		case !start.After(now):
			wrong = append(wrong, fault.On("dates", "%s har redan varit. Välj en tid som kommer.", t))
		case s.Date.Year > 2100:
			wrong = append(wrong, fault.On("dates", "Välj ett år mellan 2000 och 2100."))
		case !slices.ContainsFunc(fresh, same(s)) && !slices.ContainsFunc(settled, same(s)):
			fresh = append(fresh, DateOffer{ID: store.NewID(), RequestID: r.ID, Date: s.Date, Starts: s.Starts, Ends: s.Ends})
		}
	}
	return fresh, fault.Join(wrong...)
}

// LockDates locks a request about a forum that the actor convenes and gives it whole. It refuses with
// fault.Conflict when it has changed since version: other dates have come.
func LockDates(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*DateRequest, error) {
	if err := tx.Hold(&DateRequest{}, id); err != nil {
		return nil, err
	}
	r, err := FindDates(tx, by, id)
	if err != nil {
		return nil, err
	}
	return r, partner.CheckVersion(r.Version, version)
}

// Settle records what became of a date: a meeting, or nothing for nil.
func Settle(tx *store.Tx, o DateOffer, meetingID *uuid.UUID) error {
	return store.Changed(tx.DB.Model(&DateOffer{}).Where("id = ? AND settled_at IS NULL", o.ID).Updates(map[string]any{"meeting_id": meetingID, "settled_at": tx.Now}))
}

// Settled raises the version of a request whose dates were dealt with.
func Settled(tx *store.Tx, r *DateRequest) error {
	return tx.DB.Model(&DateRequest{}).Where("id = ?", r.ID).Update("version", r.Version+1).Error
}

// forgetDates removes the requests whose period ended thirty days ago, with links and dates. The meetings
// stay.
func forgetDates(tx *store.Tx) error {
	var ids []uuid.UUID
	if err := tx.DB.Model(&DateRequest{}).Where("to_day < ?", almanac.DateOf(tx.Now, tx.Now.Location()).AddDays(-keptFor)).Order("id").Pluck("id", &ids).Error; err != nil {
		return err
	}
	for _, id := range ids {
		if err := access.DropLinks(tx, access.ToDates, id); err != nil {
			return err
		}
		if err := tx.DB.Where("request_id = ?", id).Delete(&DateOffer{}).Error; err != nil {
			return err
		}
		if err := tx.DB.Where("id = ?", id).Delete(&DateRequest{}).Error; err != nil {
			return err
		}
	}
	return nil
}
