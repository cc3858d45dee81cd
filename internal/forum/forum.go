// Package forum holds the standing forums: who takes part, who convenes, how often they promised
// to meet, and what of them may be seen outside. A forum convened by others gets no dates from us,
// and outsiders get no letters about it.
package forum

import (
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Scope says what a forum speaks of.
type Scope string

// The scopes.
const (
	Overall         Scope = "overall"
	Consultation    Scope = "consultation"
	IndividualCases Scope = "individualCases" // calendar only: no notes, no proposed dates
	Internal        Scope = "internal"
)

// ConvenedBy says who calls a forum's meetings.
type ConvenedBy string

// The conveners.
const (
	Unstated ConvenedBy = "unstated" // the plan does not say, and nobody has decided
	Us       ConvenedBy = "us"
	Other    ConvenedBy = "other" // the organisation in ConvenerID
)

// OutwardPlace is what may stand as LOCATION in calendars.
type OutwardPlace string

// The outward places.
const (
	NoPlace           OutwardPlace = "none"
	MunicipalityPlace OutwardPlace = "municipality"
	FullPlace         OutwardPlace = "full" // the coordinator has said that the place is not sensitive
)

// Forum is a standing forum.
type Forum struct {
	ID            uuid.UUID
	ExternalID    *string // its id in the imported plan
	Name          string  // never leaves the house
	NeutralTitle  string  // stands in calendars, followed by the municipality
	Scope         Scope
	Occasion      bool // the envelope of one meeting of no forum; see occasion.go
	InPlan        bool // false: shown as "inte i planen"
	ConvenedBy    ConvenedBy
	ConvenerID    *uuid.UUID
	Cadence       Cadence `gorm:"embedded;embeddedPrefix:cadence_"`
	ExemptMonths  []int   `gorm:"serializer:json"` // 1-12
	SchoolYear    bool    // no meetings in the schools' breaks
	PromisedFrom  almanac.Date
	Quote         string
	OpenQuestions []string `gorm:"serializer:json"`
	OpenEnded     bool     // others may take part than the plan names
	Level         access.Level
	OutwardPlace  OutwardPlace
	Weekday       int           // preferred: 1 Monday … 5 Friday
	Starts        almanac.Clock // preferred
	Minutes       int           // usual length
	Place         string        // usual place; never leaves the house by itself
	Agenda        []string      `gorm:"serializer:json"` // standing items of every meeting
	RemindDays    int           // working days before a meeting; 0: no reminder
	AskAgainDays  int           // working days before a meeting that those who have not answered are asked again; 0: never
	OursNeeded    int           // how many of ours must come to a meeting; 0: nobody has to
	ProposalDays  int           // working days before a meeting that items may be proposed until; 0: never
	RelayDays     int           // working days to go through what its meetings pass on
	Version       int64
	CreatedAt     time.Time

	Convener     *partner.Organisation
	Participants []Participant
}

// Ends is when a meeting at the preferred time is over.
func (f Forum) Ends() almanac.Clock { return f.Starts + almanac.Clock(f.Minutes) }

// Participant is an organisation or a role that the plan says takes part.
type Participant struct {
	ID             uuid.UUID
	ForumID        uuid.UUID
	OrganisationID *uuid.UUID
	RoleID         *uuid.UUID
	Position       int64

	Organisation *partner.Organisation
	Role         *partner.Role
}

// Unproposable says why we propose no dates for the forum; the zero Sentence when we do.
func (f Forum) Unproposable() lang.Sentence {
	switch {
	case f.ConvenedBy == Other:
		return lang.Say("Andra kallar till det här forumet. Vänta in deras datum.")
	case f.Scope == IndividualCases:
		return lang.Say("Forumet gäller enskilda ärenden och får inga föreslagna datum.")
	case !f.Promise().Measured():
		return lang.Say("Planen säger inte hur ofta forumet ska träffas.")
	case f.ConvenedBy != Us:
		return lang.Say("Ingen är utsedd att kalla. Ange oss som sammankallande för att få förslag.")
	}
	return lang.Sentence{}
}

// TableName is the table of Participant.
func (Participant) TableName() string { return "forum_participants" }

// Name is how the plan names the participant.
func (p Participant) Name() string {
	if p.Role != nil {
		return p.Role.Name
	}
	if p.Organisation != nil {
		return p.Organisation.Name
	}
	return ""
}

// Member is a contact that is invited to a forum's meetings.
type Member struct {
	ID        uuid.UUID
	ForumID   uuid.UUID
	ContactID uuid.UUID
	CreatedAt time.Time

	Contact partner.Contact
}

// TableName is the table of Member.
func (Member) TableName() string { return "forum_members" }

// List gives the forums that the actor sees, those of the plan first.
func List(tx *store.Tx, by access.Actor) ([]Forum, error) {
	var all []Forum
	err := whole(tx).Scopes(standing, by.SeesForum(tx, "forums.id")).Order("in_plan DESC, created_at, id").Find(&all).Error
	return all, err
}

// Title is what a forum is called.
type Title struct {
	ID   uuid.UUID
	Name string
}

// Titles lists what forums are called, by name: those that the actor sees, and for administrators, who
// give roles in them, all.
func Titles(tx *store.Tx, by access.Actor) ([]Title, error) {
	q := tx.DB.Model(&Forum{}).Scopes(standing).Select("id, name")
	if !by.Is(access.Administrator) {
		q = q.Scopes(by.SeesForum(tx, "forums.id"))
	}
	var all []Title
	err := q.Find(&all).Error
	lang.SortByName(all, func(t Title) string { return t.Name })
	return all, err
}

// Find gives one standing forum. It refuses with fault.NotFound when the actor does not see it.
func Find(tx *store.Tx, by access.Actor, id uuid.UUID) (*Forum, error) {
	f := &Forum{}
	return f, store.Found(whole(tx).Scopes(standing, by.SeesForum(tx, "forums.id")).First(f, "forums.id = ?", id).Error)
}

// ByExternalID gives the forum that an imported file names so.
func ByExternalID(tx *store.Tx, by access.Actor, id string) (*Forum, error) {
	f := &Forum{}
	return f, store.Found(whole(tx).Scopes(standing, by.SeesForum(tx, "forums.id")).First(f, "forums.external_id = ?", id).Error)
}

func whole(tx *store.Tx) *gorm.DB {
	return tx.DB.Preload("Convener").
		Preload("Participants", func(q *gorm.DB) *gorm.DB { return q.Order("position") }).
		Preload("Participants.Organisation").Preload("Participants.Role")
}

// Members lists who is invited to a forum's meetings and is still there. Whoever sees the forum
// sees them; a protected contact shows as its organisation and role.
func Members(tx *store.Tx, by access.Actor, forumID uuid.UUID) ([]Member, error) {
	var all []Member
	err := tx.DB.Scopes(by.SeesForum(tx, "forum_members.forum_id")).
		Joins("JOIN contacts ON contacts.id = forum_members.contact_id AND contacts.left_at IS NULL").
		Preload("Contact.Organisation").Preload("Contact.Role").
		Order("forum_members.created_at, forum_members.id").
		Find(&all, "forum_members.forum_id = ?", forumID).Error
	return all, err
}

// Seats gives the contacts that belong to each forum, for planning: whoever is in two forums cannot
// be in both at once. It tells no names.
func Seats(tx *store.Tx) (map[uuid.UUID][]uuid.UUID, error) {
	var all []Member
	err := tx.DB.Joins("JOIN contacts ON contacts.id = forum_members.contact_id AND contacts.left_at IS NULL").
		Order("forum_members.forum_id, forum_members.contact_id").Find(&all).Error
	seats := map[uuid.UUID][]uuid.UUID{}
	for _, m := range all {
		seats[m.ForumID] = append(seats[m.ForumID], m.ContactID)
	}
	return seats, err
}

// Seat makes a contact a member of a forum. Seating twice changes nothing.
func Seat(tx *store.Tx, by access.Actor, forumID, contactID uuid.UUID) error {
	if err := plannable(tx, by, forumID); err != nil {
		return err
	}
	var n int64
	if err := tx.DB.Model(&partner.Contact{}).Where("id = ? AND left_at IS NULL AND NOT stand_in", contactID).Count(&n).Error; err != nil {
		return err
	}
	if n == 0 {
		return fault.On("contactId", "Välj en kontakt ur listan.")
	}
	if err := tx.DB.Model(&Member{}).Where("forum_id = ? AND contact_id = ?", forumID, contactID).Count(&n).Error; err != nil || n > 0 {
		return err
	}
	m := Member{ID: store.NewID(), ForumID: forumID, ContactID: contactID, CreatedAt: tx.Now}
	if err := tx.DB.Omit("Contact").Create(&m).Error; err != nil {
		return err
	}
	return access.Log(tx, by, "seat member", "forum", forumID)
}

// plannable refuses with fault.NotFound unless the forum or occasion is there and the actor may plan it.
func plannable(tx *store.Tx, by access.Actor, id uuid.UUID) error {
	if _, err := Owner(tx, by, id); err != nil {
		return err
	}
	return by.MayConvene(tx, id)
}

// Unseat takes a contact out of a forum. Invitations that were sent stay. Unseating somebody who
// does not sit there changes nothing.
func Unseat(tx *store.Tx, by access.Actor, forumID, contactID uuid.UUID) error {
	if err := plannable(tx, by, forumID); err != nil {
		return err
	}
	gone := tx.DB.Delete(&Member{}, "forum_id = ? AND contact_id = ?", forumID, contactID)
	if gone.Error != nil || gone.RowsAffected == 0 {
		return gone.Error
	}
	return access.Log(tx, by, "unseat member", "forum", forumID)
}

// Sits tells whether a contact is a member of a forum and still there. A link to something of the
// forum asks it at each request.
func Sits(tx *store.Tx, forumID, contactID uuid.UUID) (bool, error) {
	var n int64
	err := tx.DB.Model(&Member{}).Joins("JOIN contacts ON contacts.id = forum_members.contact_id AND contacts.left_at IS NULL").
		Where("forum_members.forum_id = ? AND forum_members.contact_id = ?", forumID, contactID).Count(&n).Error
	return n > 0, err
}

// SeatsOf lists the forums that a contact sits in, by name.
func SeatsOf(tx *store.Tx, by access.Actor, contact uuid.UUID) ([]Title, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	var all []Title
	err := tx.DB.Model(&Forum{}).Scopes(standing).Select("forums.id, forums.name").Joins("JOIN forum_members ON forum_members.forum_id = forums.id").
		Where("forum_members.contact_id = ?", contact).Find(&all).Error
	lang.SortByName(all, func(t Title) string { return t.Name })
	return all, err
}

// Succeed gives a contact's seats in all forums to another one, who may sit there already, or to nobody for
// nil. Whoever keeps the contacts may, also in forums that others convene: it is the same seat.
func Succeed(tx *store.Tx, by access.Actor, from uuid.UUID, to *uuid.UUID) error {
	if err := by.Require(access.Coordinator); err != nil {
		return err
	}
	var seats []Member
	if err := tx.DB.Find(&seats, "contact_id = ?", from).Error; err != nil {
		return err
	}
	for _, seat := range seats {
		if err := tx.DB.Delete(&Member{}, "id = ?", seat.ID).Error; err != nil {
			return err
		}
		action := "unseat member"
		sits := false
		if to != nil {
			var err error
			if sits, err = Sits(tx, seat.ForumID, *to); err != nil {
				return err
			}
		}
		if to != nil && !sits {
			m := Member{ID: store.NewID(), ForumID: seat.ForumID, ContactID: *to, CreatedAt: tx.Now}
			if err := tx.DB.Omit("Contact").Create(&m).Error; err != nil {
				return err
			}
			action = "succeed member"
		}
		if err := access.Log(tx, by, action, "forum", seat.ForumID); err != nil {
			return err
		}
	}
	return nil
}

// Settings are what a coordinator decides about a forum.
type Settings struct {
	Name         string
	NeutralTitle string
	Scope        Scope
	ConvenedBy   ConvenedBy
	ConvenerID   *uuid.UUID
	Cadence      Cadence
	ExemptMonths []int
	SchoolYear   bool
	PromisedFrom almanac.Date
	Level        access.Level
	OutwardPlace OutwardPlace
	Weekday      int
	Starts       almanac.Clock
	Minutes      int
	Place        string
	Agenda       []string
	RemindDays   int
	AskAgainDays int
	OursNeeded   int
	ProposalDays int
	RelayDays    int
}

// Settings gives the forum's settings as they stand.
func (f Forum) Settings() Settings {
	return Settings{f.Name, f.NeutralTitle, f.Scope, f.ConvenedBy, f.ConvenerID, f.Cadence, f.ExemptMonths, f.SchoolYear, f.PromisedFrom,
		f.Level, f.OutwardPlace, f.Weekday, f.Starts, f.Minutes, f.Place, f.Agenda, f.RemindDays, f.AskAgainDays, f.OursNeeded, f.ProposalDays, f.RelayDays}
}

// mostDays is the largest number of working days before a meeting that a reminder may be set to.
const mostDays = 20

// mostRelayDays is the largest number of working days that receivers may have.
const mostRelayDays = 60

// mostOurs is the largest number of ours that may have to come.
const mostOurs = 20

// AskAgain gives how many working days before a meeting those who have not answered are asked again
// when nothing else is said: twice as far as the reminder to all.
func AskAgain(remindDays int) int { return min(2*remindDays, mostDays) }

// Usual are the settings of a forum of which nothing is decided.
func Usual() Settings {
	return Settings{Scope: Overall, ConvenedBy: Unstated, ExemptMonths: []int{}, Level: access.Neutral, OutwardPlace: MunicipalityPlace,
		Weekday: 2, Starts: 9 * 60, Minutes: 90, RemindDays: 2, AskAgainDays: AskAgain(2), OursNeeded: 1, ProposalDays: 5, RelayDays: 10,
		Agenda: []string{"Öppnande och närvaro", "Föregående anteckningar och uppgifter", "Laget runt", "Att föra vidare", "Övriga frågor", "Nästa möte"}}
}

// Found creates a forum. It refuses with fault.Invalid, naming each field.
func Found(tx *store.Tx, by access.Actor, s Settings, more func(*Forum)) (*Forum, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	f := &Forum{ID: store.NewID(), OpenQuestions: []string{}, Version: 1, CreatedAt: tx.Now}
	if err := f.take(tx, s); err != nil {
		return nil, err
	}
	if more != nil {
		more(f)
	}
	if err := tx.DB.Omit("Convener", "Participants").Create(f).Error; err != nil {
		return nil, err
	}
	if err := access.CalendarChanged(tx); err != nil {
		return nil, err
	}
	return f, access.Log(tx, by, "found "+f.kind(), "forum", f.ID)
}

// Change replaces a forum's settings. version is the one that was read; the refusal is
// fault.Conflict when the forum has changed since.
func Change(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, s Settings) (*Forum, error) {
	if err := by.MayConvene(tx, id); err != nil {
		return nil, err
	}
	f := &Forum{}
	if err := tx.Hold(f, id); err != nil {
		return nil, err
	}
	if err := partner.CheckVersion(f.Version, version); err != nil {
		return nil, err
	}
	if err := f.take(tx, s); err != nil {
		return nil, err
	}
	f.Version++
	if err := tx.DB.Omit("Convener", "Participants").Save(f).Error; err != nil {
		return nil, err
	}
	if err := access.CalendarChanged(tx); err != nil {
		return nil, err
	}
	return f, access.Log(tx, by, "change "+f.kind(), "forum", id)
}

// take checks settings and puts them in.
func (f *Forum) take(tx *store.Tx, s Settings) error {
	name, nameErr := deidentify.Line(tx.Now, "name", s.Name, 200)
	title, titleErr := NeutralLine("neutralTitle", s.NeutralTitle)
	cadence, cadenceErr := deidentify.OptionalLine(tx.Now, "cadenceText", s.Cadence.Text, 200)
	place, placeErr := deidentify.OptionalLine(tx.Now, "place", s.Place, 200)
	if placeErr == nil && s.OutwardPlace == FullPlace && place != "" {
		_, placeErr = NeutralLine("place", place)
	}
	items, agendaErr := agenda(tx, s.Agenda)
	if err := fault.Join(nameErr, titleErr, cadenceErr, placeErr, agendaErr, s.check(), checkConvener(tx, s)); err != nil {
		return err
	}
	f.Name, f.NeutralTitle, f.Scope, f.ConvenedBy, f.ConvenerID = name, title, s.Scope, s.ConvenedBy, s.ConvenerID
	f.Cadence, f.ExemptMonths, f.SchoolYear, f.PromisedFrom = s.Cadence, s.ExemptMonths, s.SchoolYear, s.PromisedFrom
	f.Level, f.OutwardPlace, f.Weekday, f.Starts, f.Minutes = s.Level, s.OutwardPlace, s.Weekday, s.Starts, s.Minutes
	f.Cadence.Text, f.Place, f.Agenda = cadence, place, items
	f.RemindDays, f.AskAgainDays, f.OursNeeded, f.ProposalDays, f.RelayDays = s.RemindDays, s.AskAgainDays, s.OursNeeded, s.ProposalDays, s.RelayDays
	if f.ExemptMonths == nil {
		f.ExemptMonths = []int{}
	}
	if f.ConvenedBy != Other {
		f.ConvenerID = nil
	}
	return nil
}

// NeutralLine checks a text that leaves the house: one line, and no word that tells what the
// collaboration is about.
func NeutralLine(field, text string) (string, error) {
	text, err := fault.Line(field, text, 200)
	if err != nil {
		return "", err
	}
	if word, tells := deidentify.Telling(text); tells {
		return "", fault.On(field, "Ordet ”%s” berättar vad mötet handlar om, och texten syns i kalendrar och på låsta telefoner. Välj ett neutralt ord, till exempel Nätverksträff.", word)
	}
	return text, nil
}

func checkConvener(tx *store.Tx, s Settings) error {
	if s.ConvenedBy != Other {
		return nil
	}
	var n int64
	if s.ConvenerID != nil {
		if err := tx.DB.Model(&partner.Organisation{}).Where("id = ?", *s.ConvenerID).Count(&n).Error; err != nil {
			return err
		}
	}
	if n == 0 {
		return fault.On("convenerId", "Välj vilken organisation som är sammankallande.")
	}
	return nil
}

func (s Settings) check() error {
	return fault.Join(
		among("scope", s.Scope, Overall, Consultation, IndividualCases, Internal),
		among("convenedBy", s.ConvenedBy, Unstated, Us, Other),
		among("level", s.Level, access.Protected, access.Neutral, access.Full),
		among("outwardPlace", s.OutwardPlace, NoPlace, MunicipalityPlace, FullPlace),
		within("weekday", s.Weekday, 1, 5), within("minutes", s.Minutes, 5, 720), within("remindDays", s.RemindDays, 0, mostDays), within("askAgainDays", s.AskAgainDays, 0, mostDays), within("oursNeeded", s.OursNeeded, 0, mostOurs), within("proposalDays", s.ProposalDays, 0, mostDays), within("relayDays", s.RelayDays, 1, mostRelayDays),
		within("starts", int(s.Starts), 0, 24*60-1), s.Cadence.check(), checkMonths(s.ExemptMonths))
}

func among[T comparable](field string, value T, allowed ...T) error {
	for _, a := range allowed {
		if a == value {
			return nil
		}
	}
	return fault.On(field, "Välj ett av alternativen.")
}

func within(field string, value, low, high int) error {
	if value < low || value > high {
		return fault.On(field, "Skriv ett tal från %d till %d.", low, high)
	}
	return nil
}

func checkMonths(months []int) error {
	for _, m := range months {
		if err := within("exemptMonths", m, 1, 12); err != nil {
			return err
		}
	}
	return nil
}
