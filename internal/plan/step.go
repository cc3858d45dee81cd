package plan

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// State is how a version of the plan stands.
type State string

// The states, in their order.
const (
	Draft      State = "draft"
	Proposed   State = "proposed" // before the board
	Adopted    State = "adopted"  // by the board
	InForce    State = "inForce"
	FollowedUp State = "followedUp" // and still in force
	Revised    State = "revised"    // another version took its place, or it was repealed
)

// States are all of them.
var States = []State{Draft, Proposed, Adopted, InForce, FollowedUp, Revised}

// Words says it.
func (s State) Words() lang.Sentence {
	return map[State]lang.Sentence{Draft: lang.Say("Utkast"), Proposed: lang.Say("Föreslagen"), Adopted: lang.Say("Fastställd"), InForce: lang.Say("Gällande"),
		FollowedUp: lang.Say("Gällande, uppföljd"), Revised: lang.Say("Reviderad")}[s]
}

// Act says what one does to bring a version there.
func (s State) Act() lang.Sentence {
	return map[State]lang.Sentence{Draft: lang.Say("Gör till utkast igen"), Proposed: lang.Say("Föreslå nämnden"), Adopted: lang.Say("Fastställd av nämnden"),
		InForce: lang.Say("Låt den gälla"), FollowedUp: lang.Say("Uppföljd"), Revised: lang.Say("Sluta låta den gälla")}[s]
}

// nexts are the steps that may be taken from each state. Those to an earlier state go back.
var nexts = map[State][]State{
	Draft: {Proposed}, Proposed: {Adopted, Draft}, Adopted: {InForce, Proposed}, InForce: {FollowedUp, Revised, Adopted},
	FollowedUp: {FollowedUp, Revised}, Revised: {InForce},
}

// GoesBack tells a step that takes something back, which needs a reason; so does repealing.
func (s State) GoesBack(to State) bool {
	order := map[State]int{Draft: 0, Proposed: 1, Adopted: 2, InForce: 3, FollowedUp: 4, Revised: 5}
	return order[to] < order[s] || to == Revised
}

// Next gives the steps that may be taken from here.
func (s State) Next() []State { return nexts[s] }

// Step is that a version came into a state: when, by whom, and by which decision.
type Step struct {
	ID         uuid.UUID
	PlanID     uuid.UUID
	State      State
	Day        almanac.Date // of the decision, or from which the version holds
	Reference  string       // of the decision; empty: none stated
	Note       string
	IdentityID *uuid.UUID // nil: an import
	At         time.Time

	Identity *access.Identity
}

// TableName is the table of Step.
func (Step) TableName() string { return "plan_steps" }

// State is how the version stands.
func (p Plan) State() State {
	if len(p.Steps) == 0 {
		return Draft
	}
	return p.Steps[len(p.Steps)-1].State
}

// Holds tells whether the version is in force.
func (p Plan) Holds() bool { return p.State() == InForce || p.State() == FollowedUp }

// Editable tells whether its words may be changed.
func (p Plan) Editable() bool { return p.State() == Draft }

// Decision gives the step by which the version was adopted last; nil when it was not, or when nobody has said.
func (p Plan) Decision() *Step {
	return p.last(func(s Step) bool { return s.State == Adopted && s.Reference != "" })
}

// Since gives the step from which the version holds; nil when it never did.
func (p Plan) Since() *Step { return p.last(func(s Step) bool { return s.State == InForce }) }

func (p Plan) last(is func(Step) bool) *Step {
	for n := len(p.Steps) - 1; n >= 0; n-- {
		if is(p.Steps[n]) {
			return &p.Steps[n]
		}
	}
	return nil
}

// step keeps a step without asking whether it may be taken.
func (p *Plan) step(tx *store.Tx, by access.Actor, s Step) error {
	s.ID, s.PlanID, s.IdentityID, s.At = store.NewID(), p.ID, by.By(), tx.Now
	if s.Day.IsZero() {
		s.Day = almanac.DateOf(tx.Now, time.UTC)
	}
	if err := tx.DB.Omit("Identity").Create(&s).Error; err != nil {
		return err
	}
	p.Steps = append(p.Steps, s)
	return nil
}

// Take brings a version into another state. Adopting needs the day and the reference of the decision, going back a reason, and
// leaving the desk a label that no other version has. What came into force takes the place of what was. It refuses with
// fault.Conflict a step that the state does not allow and a version that has changed, and with fault.Invalid what is missing.
func Take(tx *store.Tx, by access.Actor, today almanac.Date, id uuid.UUID, version int64, s Step) (*Plan, error) {
	p, err := hold(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	from := p.State()
	allowed := false
	for _, next := range from.Next() {
		allowed = allowed || next == s.State
	}
	if !allowed {
		return nil, fault.New(fault.Conflict, "Planens version kan inte gå från läget %s till %s.", from.Words(), s.State.Words())
	}
	if err := p.check(tx, by, today, from, &s); err != nil {
		return nil, err
	}
	if s.State == InForce {
		if err := p.replace(tx, by, s); err != nil {
			return nil, err
		}
	}
	if err := p.step(tx, by, s); err != nil {
		return nil, err
	}
	p.Version++
	if err := tx.DB.Model(&Plan{}).Where("id = ?", id).Update("version", p.Version).Error; err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "step plan", "plan", id); err != nil {
		return nil, err
	}
	return Find(tx, by, id)
}

func (p *Plan) check(tx *store.Tx, by access.Actor, today almanac.Date, from State, s *Step) error {
	var dayErr, referenceErr, labelErr, noteErr error
	decides := s.State == Adopted && !from.GoesBack(s.State)
	if decides { // a board's paragraph and a register's number look like a case's
		s.Reference, referenceErr = fault.Line("reference", s.Reference, 100)
	} else {
		s.Reference = ""
	}
	if s.Note, noteErr = deidentify.OptionalLine(tx.Now, "note", s.Note, 500); noteErr == nil && s.Note == "" && from.GoesBack(s.State) {
		noteErr = fault.On("note", "Skriv varför.")
	}
	switch {
	case s.Day.IsZero() && decides:
		dayErr = fault.On("day", "Skriv dagen då beslutet togs.")
	case s.Day.IsZero():
		s.Day = today
	case s.Day.After(today):
		dayErr = fault.On("day", "Dagen har inte varit än. Skriv in steget när det har hänt.")
	}
	if s.State == Proposed {
		labelErr = freeLabel(tx, by, p.VersionLabel, p.ID)
	}
	if s.State == Proposed && labelErr == nil && len(p.Goals) == 0 {
		labelErr = fault.New(fault.Invalid, "Versionen har inga delmål. Lägg till minst ett.")
	}
	return fault.Join(dayErr, referenceErr, noteErr, labelErr)
}

// replace ends what was in force.
func (p *Plan) replace(tx *store.Tx, by access.Actor, s Step) error {
	all, err := List(tx, by)
	if err != nil {
		return err
	}
	for n := range all {
		if other := &all[n]; other.ID != p.ID && other.Holds() {
			if p.State() == Revised {
				return fault.New(fault.Conflict, "En annan version gäller. Låt den sluta gälla först.")
			}
			if err := other.step(tx, by, Step{State: Revised, Day: s.Day, Note: lang.Swedish.Text("Ersatt av version %s", p.Label())}); err != nil {
				return err
			}
			if err := tx.DB.Model(&Plan{}).Where("id = ?", other.ID).Update("version", other.Version+1).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

// Decide says by which decision a version that is in force was adopted, when nobody has said. It refuses with fault.Conflict
// a version whose decision is known or that does not hold.
func Decide(tx *store.Tx, by access.Actor, today almanac.Date, id uuid.UUID, version int64, day almanac.Date, reference string) (*Plan, error) {
	p, err := hold(tx, by, id, version)
	if err != nil {
		return nil, err
	}
	if !p.Holds() || p.Decision() != nil {
		return nil, fault.New(fault.Conflict, "Beslutet står redan, eller så gäller inte versionen.")
	}
	s, stands := Step{State: Adopted, Day: day, Reference: reference}, *p.Since()
	if err := p.check(tx, by, today, Proposed, &s); err != nil {
		return nil, err
	}
	if err := p.step(tx, by, s); err != nil {
		return nil, err
	}
	if err := p.step(tx, by, Step{State: InForce, Day: stands.Day}); err != nil {
		return nil, err
	}
	if err := tx.DB.Model(&Plan{}).Where("id = ?", id).Update("version", p.Version+1).Error; err != nil {
		return nil, err
	}
	if err := access.Log(tx, by, "decide plan", "plan", id); err != nil {
		return nil, err
	}
	return Find(tx, by, id)
}

// BringIn keeps the plan that a municipality works by when it begins here: when no other is in force it is, though nobody has
// said by which decision. Otherwise it is a draft.
func BringIn(tx *store.Tx, by access.Actor, p *Plan) error {
	if err := Record(tx, by, p); err != nil {
		return err
	}
	all, err := List(tx, by)
	if err != nil || all[0].Holds() {
		return err
	}
	return p.step(tx, by, Step{State: InForce, Note: lang.Swedish.Text("Gällde när den lästes in")})
}

// hold locks a version that is still as it was read, with everything in it.
func hold(tx *store.Tx, by access.Actor, id uuid.UUID, version int64) (*Plan, error) {
	if err := by.MayConvene(tx, uuid.Nil); err != nil { // whoever coordinates one forum does not write the plan
		return nil, err
	}
	if err := tx.Hold(&Plan{}, id); err != nil {
		return nil, err
	}
	p, err := Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	if p.Version != version {
		return nil, fault.New(fault.Conflict, "Någon annan har ändrat här sedan du läste. Läs in sidan igen.")
	}
	return p, nil
}

// freeLabel refuses a label that is empty or another version's.
func freeLabel(tx *store.Tx, by access.Actor, label string, id uuid.UUID) error {
	if label == "" {
		return fault.On("versionLabel", "Skriv en versionsbeteckning, till exempel 2027.")
	}
	var n int64
	err := tx.DB.Model(&Plan{}).Where("version_label = ? AND id <> ?", label, id).Count(&n).Error
	if err == nil && n > 0 {
		return fault.On("versionLabel", "En annan version heter så. Skriv en annan versionsbeteckning.")
	}
	return err
}
