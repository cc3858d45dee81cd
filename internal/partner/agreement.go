package partner

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// AgreementKind says what sort of agreement it is.
type AgreementKind string

// The kinds.
const (
	Contract      AgreementKind = "avtal"
	Partnership   AgreementKind = "iop" // idéburet offentligt partnerskap
	Understanding AgreementKind = "overenskommelse"
)

// AgreementKinds are all kinds, as a form lists them.
var AgreementKinds = []AgreementKind{Contract, Partnership, Understanding}

// Words says the kind as people do.
func (k AgreementKind) Words() lang.Sentence {
	switch k {
	case Partnership:
		return lang.Say("IOP")
	case Understanding:
		return lang.Say("Överenskommelse")
	}
	return lang.Say("Avtal")
}

// Agreement is what is agreed with a partner, and for how long.
type Agreement struct {
	ID            uuid.UUID
	ExternalID    *string
	Kind          AgreementKind
	Subject       string       // what it is about, in a few words; empty: not said
	Quote         string       // what the plan says of it
	ValidFrom     almanac.Date // zero: not stated
	ValidTo       almanac.Date // last day; zero: not stated, or until somebody gives notice
	NoticeMonths  *int64       // nil: not stated
	FollowUp      almanac.Date // when it is to be followed up next; zero: not decided
	ResponsibleID *uuid.UUID
	Note          string
	Version       int64
	CreatedAt     time.Time

	Parties     []Organisation `gorm:"many2many:agreement_parties"`
	Responsible *Contact
	Ending      *Ending
	ForumIDs    []uuid.UUID `gorm:"-"`
}

// Ending is that an agreement was ended.
type Ending struct {
	AgreementID uuid.UUID    `gorm:"primaryKey"`
	LastDay     almanac.Date // on which it holds
	Reason      string
	IdentityID  *uuid.UUID
	At          time.Time
}

// TableName is the table of Ending.
func (Ending) TableName() string { return "agreement_endings" }

// Named is what the agreement is called: what it is about, or with whom it is.
func (a Agreement) Named() string {
	if a.Subject != "" {
		return a.Subject
	}
	var names []string
	for _, p := range a.Parties {
		if !p.Home {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// LastNotice is the last day to give notice so that the agreement does not go on, zero when that is not known.
func (a Agreement) LastNotice() almanac.Date {
	if a.ValidTo.IsZero() || a.NoticeMonths == nil {
		return almanac.Date{}
	}
	return a.ValidTo.AddMonths(-int(*a.NoticeMonths))
}

// Notice says the time of notice.
func (a Agreement) Notice() lang.Sentence {
	switch {
	case a.NoticeMonths == nil:
		return lang.Say("Inte angivet")
	case *a.NoticeMonths == 1:
		return lang.Say("1 månad")
	}
	return lang.Say("%d månader", *a.NoticeMonths)
}

// Term is how an agreement stands on a day.
type Term string

// The terms.
const (
	Ended    Term = "ended"
	Unstated Term = "unstated" // nobody has said from when or until when it holds
	Coming   Term = "coming"
	Running  Term = "running"
	Expired  Term = "expired"
)

// Term tells how the agreement stands today.
func (a Agreement) Term(today almanac.Date) Term {
	switch {
	case a.Ending != nil && a.Ending.LastDay.Before(today):
		return Ended
	case a.ValidFrom.IsZero() && a.ValidTo.IsZero():
		return Unstated
	case !a.ValidFrom.IsZero() && a.ValidFrom.After(today):
		return Coming
	case !a.ValidTo.IsZero() && a.ValidTo.Before(today):
		return Expired
	}
	return Running
}

// Words says how the agreement stands today.
func (a Agreement) Words(today almanac.Date) lang.Sentence {
	switch a.Term(today) {
	case Ended:
		return lang.Say("Avslutat, gällde till och med %s", a.Ending.LastDay.String())
	case Unstated:
		return lang.Say("Löptiden är inte angiven")
	case Coming:
		return lang.Say("Gäller från och med %s", a.ValidFrom.String())
	case Expired:
		return lang.Say("Gick ut %s", a.ValidTo.String())
	}
	switch {
	case a.Ending != nil:
		return lang.Say("Uppsagt, gäller till och med %s", a.Ending.LastDay.String())
	case a.ValidTo.IsZero():
		return lang.Say("Gäller tills vidare")
	}
	return lang.Say("Gäller till och med %s", a.ValidTo.String())
}

// How many days ahead somebody is told that an agreement needs them.
const (
	followUpAhead = 30
	noticeAhead   = 60
	expiryAhead   = 60
)

// NeedKind says what an agreement needs.
type NeedKind string

// The needs.
const (
	NeedsFollowUp NeedKind = "follow-up"
	NeedsNotice   NeedKind = "notice" // the last day to give notice is near
	NeedsRenewal  NeedKind = "renewal"
)

// Need is something that an agreement needs soon, or should have got.
type Need struct {
	Kind NeedKind
	Day  almanac.Date
	Late bool
}

// Words says it.
func (n Need) Words() lang.Sentence {
	switch {
	case n.Kind == NeedsFollowUp && n.Late:
		return lang.Say("Skulle ha följts upp senast %s", n.Day.String())
	case n.Kind == NeedsFollowUp:
		return lang.Say("Ska följas upp senast %s", n.Day.String())
	case n.Kind == NeedsNotice:
		return lang.Say("Sista dag att säga upp är %s", n.Day.String())
	case n.Late:
		return lang.Say("Gick ut %s. Förnya eller avsluta det", n.Day.String())
	}
	return lang.Say("Går ut %s", n.Day.String())
}

// Needs gives what the agreement needs today, the nearest day first. A last day to give notice that has been
// is over: then the agreement's own last day counts.
func (a Agreement) Needs(today almanac.Date) (all []Need) {
	if a.Ending != nil {
		return nil
	}
	near := func(d almanac.Date, ahead int) bool { return !d.IsZero() && !d.After(today.AddDays(ahead)) }
	if near(a.FollowUp, followUpAhead) {
		all = append(all, Need{NeedsFollowUp, a.FollowUp, a.FollowUp.Before(today)})
	}
	last := a.LastNotice()
	if near(last, noticeAhead) && !last.Before(today) {
		all = append(all, Need{NeedsNotice, last, false})
	} else if near(a.ValidTo, expiryAhead) {
		all = append(all, Need{NeedsRenewal, a.ValidTo, a.ValidTo.Before(today)})
	}
	slices.SortStableFunc(all, func(x, y Need) int { return x.Day.Compare(y.Day) })
	return all
}

// Lacks says what nobody has filled in yet, in words; empty: nothing.
func (a Agreement) Lacks() (all []lang.Sentence) {
	for _, l := range []struct {
		lacks bool
		text  lang.Sentence
	}{
		{len(a.Parties) < 2, lang.Say("vem som är vår part")},
		{a.ValidFrom.IsZero(), lang.Say("från när det gäller")},
		{a.ValidTo.IsZero() && a.NoticeMonths == nil, lang.Say("till när det gäller, eller uppsägningstiden")},
		{a.FollowUp.IsZero(), lang.Say("när det ska följas upp")},
		{a.ResponsibleID == nil, lang.Say("vem som ser till det")},
	} {
		if l.lacks {
			all = append(all, l.text)
		}
	}
	return all
}

func wholeAgreement(tx *store.Tx) *gorm.DB {
	return tx.DB.Preload("Parties", func(q *gorm.DB) *gorm.DB { return q.Order("home DESC, name, id") }).
		Preload("Responsible.Organisation").Preload("Responsible.Role").Preload("Ending")
}

// Agreements lists the agreements, those that are ended last.
func Agreements(tx *store.Tx, by access.Actor) ([]Agreement, error) {
	if err := mayRead(by); err != nil {
		return nil, err
	}
	var all []Agreement
	err := wholeAgreement(tx).Joins("LEFT JOIN agreement_endings ON agreement_endings.agreement_id = agreements.id").
		Order("agreement_endings.agreement_id IS NOT NULL, agreements.kind, agreements.created_at, agreements.id").Find(&all).Error
	if err != nil {
		return nil, err
	}
	for n := range all {
		if err := all[n].fillForums(tx); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// FindAgreement gives one agreement.
func FindAgreement(tx *store.Tx, by access.Actor, id uuid.UUID) (*Agreement, error) {
	if err := mayRead(by); err != nil {
		return nil, err
	}
	a := &Agreement{}
	if err := store.Found(wholeAgreement(tx).First(a, "agreements.id = ?", id).Error); err != nil {
		return nil, err
	}
	return a, a.fillForums(tx)
}

func (a *Agreement) fillForums(tx *store.Tx) error {
	a.ForumIDs = []uuid.UUID{}
	return tx.DB.Table("agreement_forums").Where("agreement_id = ?", a.ID).Order("forum_id").Pluck("forum_id", &a.ForumIDs).Error
}

// Terms are what a coordinator says of an agreement.
type Terms struct {
	Kind          AgreementKind
	Subject       string
	PartyIDs      []uuid.UUID
	ValidFrom     almanac.Date
	ValidTo       almanac.Date
	NoticeMonths  *int64
	FollowUp      almanac.Date
	ForumIDs      []uuid.UUID
	ResponsibleID *uuid.UUID
	Note          string
}

// AddAgreement records an agreement. It refuses with fault.Invalid, naming each field.
func AddAgreement(tx *store.Tx, by access.Actor, t Terms) (*Agreement, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	a := &Agreement{ID: store.NewID(), Version: 1, CreatedAt: tx.Now}
	if err := a.take(tx, t); err != nil {
		return nil, err
	}
	if err := tx.DB.Omit("Parties", "Responsible", "Ending").Create(a).Error; err != nil {
		return nil, err
	}
	if err := a.link(tx, t); err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "add agreement", "agreement", a.ID); err != nil {
		return nil, err
	}
	return FindAgreement(tx, by, a.ID)
}

// ChangeAgreement replaces what is said of an agreement. version is the one that was read; the refusal is
// fault.Conflict when it has changed since.
func ChangeAgreement(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, t Terms) (*Agreement, error) {
	a, err := lockAgreement(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	if err := a.take(tx, t); err != nil {
		return nil, err
	}
	a.Version++
	if err := tx.DB.Omit("Parties", "Responsible", "Ending").Save(a).Error; err != nil {
		return nil, err
	}
	if err := a.link(tx, t); err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "change agreement", "agreement", id); err != nil {
		return nil, err
	}
	return FindAgreement(tx, by, id)
}

// EndAgreement records that an agreement is ended: on and until lastDay it holds. It refuses with
// fault.Conflict when it was ended before or has changed since version.
func EndAgreement(tx *store.Tx, by access.Actor, id uuid.UUID, version int64, lastDay almanac.Date, reason string) (*Agreement, error) {
	a, err := lockAgreement(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	reason, reasonErr := fault.OptionalLine("reason", reason, 300)
	var dayErr error
	switch {
	case lastDay.IsZero():
		dayErr = fault.On("lastDay", "Skriv sista dagen som avtalet gäller.")
	case !a.ValidFrom.IsZero() && lastDay.Before(a.ValidFrom):
		dayErr = fault.On("lastDay", "Sista dagen kan inte ligga före den första.")
	}
	if err := fault.Join(dayErr, reasonErr, noNumbers("reason", reason, tx.Now)); err != nil {
		return nil, err
	}
	e := Ending{id, lastDay, reason, by.By(), tx.Now}
	if err := tx.DB.Create(&e).Error; err != nil {
		if store.IsDuplicate(err) {
			return nil, fault.New(fault.Conflict, "Avtalet är redan avslutat.")
		}
		return nil, err
	}
	if err := tx.DB.Model(&Agreement{}).Where("id = ?", id).Update("version", a.Version+1).Error; err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "end agreement", "agreement", id); err != nil {
		return nil, err
	}
	return FindAgreement(tx, by, id)
}

func lockAgreement(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*Agreement, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	a := &Agreement{}
	if err := tx.Hold(a, id); err != nil {
		return nil, err
	}
	return a, CheckVersion(a.Version, version)
}

// mostNotice is the longest time of notice, in months.
const mostNotice = 60

// take checks terms and puts them in.
func (a *Agreement) take(tx *store.Tx, t Terms) error {
	subject, subjectErr := fault.OptionalLine("subject", t.Subject, 200)
	note, noteErr := "", error(nil)
	if strings.TrimSpace(t.Note) != "" {
		note, noteErr = fault.Text("note", t.Note, 4000)
	}
	var kindErr, daysErr, noticeErr, partyErr error
	if !slices.Contains(AgreementKinds, t.Kind) {
		kindErr = fault.On("kind", "Välj ett av alternativen.")
	}
	if !t.ValidFrom.IsZero() && !t.ValidTo.IsZero() && t.ValidTo.Before(t.ValidFrom) {
		daysErr = fault.On("validTo", "Sista dagen kan inte ligga före den första.")
	}
	if t.NoticeMonths != nil && (*t.NoticeMonths < 0 || *t.NoticeMonths > mostNotice) {
		noticeErr = fault.On("noticeMonths", "Skriv uppsägningstiden i hela månader, 0 till %d.", mostNotice)
	}
	if len(t.PartyIDs) == 0 {
		partyErr = fault.On("partyId", "Välj minst en part.")
	}
	if partyErr == nil {
		partyErr = allExist(tx.DB.Table("organisations"), t.PartyIDs, "partyId", "Välj en organisation ur listan.")
	}
	forumErr := allExist(tx.DB.Table("forums").Where("NOT occasion"), t.ForumIDs, "forumId", "Välj ett forum ur listan.")
	responsibleErr := exists(tx, &Contact{}, t.ResponsibleID, "responsibleId", "Välj en kontakt ur listan.")
	if err := fault.Join(kindErr, subjectErr, partyErr, daysErr, noticeErr, forumErr, responsibleErr, noteErr,
		noNumbers("subject", subject, tx.Now), noNumbers("note", note, tx.Now)); err != nil {
		return err
	}
	a.Kind, a.Subject, a.ValidFrom, a.ValidTo, a.NoticeMonths = t.Kind, subject, t.ValidFrom, t.ValidTo, t.NoticeMonths
	a.FollowUp, a.ResponsibleID, a.Note = t.FollowUp, t.ResponsibleID, note
	return nil
}

// noNumbers refuses a text that holds a number of a person or a case.
func noNumbers(field, text string, today time.Time) error {
	if len(deidentify.Find(text, today)) > 0 {
		return fault.On(field, "Här står något som ser ut som ett personnummer eller ett ärendenummer. Ta bort det.")
	}
	return nil
}

// allExist refuses ids that no row of a table has.
func allExist(among *gorm.DB, ids []uuid.UUID, field, sentence string) error {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	var n int64
	if err := among.Where("id IN ?", ids).Count(&n).Error; err != nil {
		return err
	}
	if n != int64(len(ids)) {
		return fault.On(field, sentence)
	}
	return nil
}

// link replaces whom and which forums the agreement is with and about.
func (a *Agreement) link(tx *store.Tx, t Terms) error {
	for _, to := range []struct {
		table, column string
		ids           []uuid.UUID
	}{{"agreement_parties", "organisation_id", t.PartyIDs}, {"agreement_forums", "forum_id", t.ForumIDs}} {
		if err := tx.DB.Exec("DELETE FROM "+to.table+" WHERE agreement_id = ?", a.ID).Error; err != nil { // #nosec G202 -- names of ours
			return err
		}
		done := map[uuid.UUID]bool{}
		for _, id := range to.ids {
			if done[id] {
				continue
			}
			done[id] = true
			if err := tx.DB.Table(to.table).Create(map[string]any{"agreement_id": a.ID, to.column: id}).Error; err != nil {
				return err
			}
		}
	}
	return nil
}
