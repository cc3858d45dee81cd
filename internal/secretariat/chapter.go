package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/planreading"
	"samverkan/internal/store"
)

// Chapter is a pasted text as it was read, beside what is here already.
type Chapter struct {
	*planreading.Reading
	Rows []ChapterRow // one for each passage
	Hash string       // of the text and the reading; goes with the confirmation

	vocabulary *planreading.Vocabulary
	ours       map[string]bool // keys of organisations of our own
}

// ChapterRow is a passage with what it would become.
type ChapterRow struct {
	planreading.Passage
	Number   int
	Pieces   []planreading.Piece
	There    string     // the name of what is here already; empty: nothing
	ForumID  *uuid.UUID // of the forum that is here
	Convener string     // proposed: a key, WeConvene, or empty
}

// WeConvene stands for ourselves where somebody is chosen.
const WeConvene = "us"

// Acts tells whether the row can be taken.
func (r ChapterRow) Acts() bool { return r.Kind != planreading.Unknown && r.There == "" && !r.Repeats }

// ChapterChoice is what a person says of one passage.
type ChapterChoice struct {
	Passage      int
	Name         string // of a forum
	NeutralTitle string
	Scope        forum.Scope
	Convener     string   // a key, WeConvene, or empty: the plan does not say
	Participants []string // keys
	More         string   // names of more participants, one on each line
	Cadence      string
}

// ReadChapter reads a pasted text and changes nothing. It refuses with fault.Invalid an empty text, one that
// is too long, and one with a number that is certain to be a person's or a case's.
func ReadChapter(tx *store.Tx, by access.Actor, text string) (*Chapter, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	if found := deidentify.Certain(deidentify.Find(text, tx.Now)); len(found) > 0 {
		return nil, fault.On("text", "Det ser ut att stå ett personnummer eller ett ärendenummer i texten (%s). Ta bort det.", deidentify.Shown(found))
	}
	bodies, ours, err := register(tx, by)
	if err != nil {
		return nil, err
	}
	c := &Chapter{vocabulary: planreading.Knowing(bodies), ours: ours}
	if c.Reading, err = planreading.Read(text, c.vocabulary); err != nil {
		return nil, err
	}
	return c, c.compare(tx, by)
}

// register gives the organisations and roles that are here, and the keys of our own.
func register(tx *store.Tx, by access.Actor) (all []planreading.Body, ours map[string]bool, err error) {
	organisations, err := partner.Organisations(tx, by)
	if err != nil {
		return nil, nil, err
	}
	own, err := partner.Ours(tx)
	if err != nil {
		return nil, nil, err
	}
	ours = map[string]bool{}
	for _, o := range organisations {
		all = append(all, planreading.Body{Key: o.ID.String(), ID: value(o.ExternalID), Name: o.Name, Short: o.Short, Kind: o.Kind, Names: o.Aliases})
		ours[o.ID.String()] = own[o.ID]
	}
	roles, err := partner.RolesNamed(tx, by)
	for _, r := range roles {
		b := planreading.Body{Key: r.ID.String(), ID: value(r.ExternalID), Name: r.Name, Names: r.Aliases, Role: true}
		if r.OrganisationID != nil {
			b.Organisation = r.OrganisationID.String()
		}
		all = append(all, b)
	}
	return all, ours, err
}

// compare finds what is here already: a forum of that name, or of those words in the plan.
func (c *Chapter) compare(tx *store.Tx, by access.Actor) error {
	forums, err := forum.List(tx, by)
	if err != nil {
		return err
	}
	agreements, err := partner.Agreements(tx, by)
	if err != nil {
		return err
	}
	sum := sha256.New()
	for n, p := range c.Passages {
		row := ChapterRow{Passage: p, Number: n, Pieces: c.Pieces(p)}
		switch p.Kind {
		case planreading.Forum, planreading.Channel:
			for _, f := range forums {
				if samePlanWords(f.Quote, p.Quote) || samePlanWords(f.Name, p.Name) {
					row.There, row.ForumID = f.Name, &f.ID
					break
				}
			}
		case planreading.Agreement:
			for _, a := range agreements {
				if samePlanWords(a.Quote, p.Quote) {
					row.There = a.Named()
					break
				}
			}
		case planreading.Cases:
			if !slices.ContainsFunc(p.Participants(), func(m planreading.Mention) bool { return !m.Known }) {
				row.There = c.names(p.Participants())
			}
		}
		row.Convener = c.convener(p)
		c.Rows = append(c.Rows, row)
		fmt.Fprintf(sum, "%s\x00%s\x00%s\x00%v\x00", p.Quote, p.Kind, row.There, p.Repeats)
	}
	c.Hash = hex.EncodeToString(sum.Sum(nil)[:16])
	return nil
}

func (c *Chapter) names(all []planreading.Mention) string {
	var names []string
	for _, m := range all {
		names = append(names, m.Name)
	}
	return strings.Join(names, ", ")
}

// convener gives who a passage says convenes: a role is its organisation's, and one of ours is us.
func (c *Chapter) convener(p planreading.Passage) string {
	m := p.Convener()
	if m == nil {
		return ""
	}
	key := m.Key
	if m.Role {
		key = m.Organisation
	}
	if b, _ := c.vocabulary.Body(key); c.ours[key] || b.Ours {
		return WeConvene
	}
	return key
}

// samePlanWords compares words of a plan without their spaces, dashes and capitals.
func samePlanWords(a, b string) bool {
	plain := func(s string) string {
		return strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("–", "-", "\u00ad", "").Replace(s)), " "))
	}
	return plain(a) == plain(b) && strings.TrimSpace(a) != ""
}

// Proposed is the choice that takes a row as it was read.
func (r ChapterRow) Proposed() ChapterChoice {
	choice := ChapterChoice{Passage: r.Number, Name: r.Name, NeutralTitle: r.Neutral, Scope: r.Scope, Convener: r.Convener}
	for _, m := range r.Participants() {
		choice.Participants = append(choice.Participants, m.Key)
	}
	if r.Rhythm != nil {
		choice.Cadence = r.Rhythm.Words
	}
	return choice
}

// Conveners gives the organisations of a row that may be chosen as convening, with what was proposed.
func (r ChapterRow) Conveners() (all []planreading.Body) {
	for _, b := range r.Named() {
		if !b.Role {
			all = append(all, b)
		}
	}
	return all
}

// TakeChapter records what a person confirmed of a text that was read, as ImportPlan records a file: the same text
// gives the same passages, and hash is that of the reading that was shown. It refuses with fault.Conflict when the reading is
// another by now, and with fault.Invalid, naming fields with the passage's number ("name-3"), what cannot be recorded.
func TakeChapter(tx *store.Tx, by access.Actor, text, hash string, choices []ChapterChoice) ([]Line, error) {
	c, err := ReadChapter(tx, by, text)
	if err != nil {
		return nil, err
	}
	if c.Hash != hash {
		return nil, fault.New(fault.Conflict, "Något har ändrats sedan texten lästes. Granska den igen.")
	}
	if len(choices) == 0 {
		return nil, fault.On("take", "Välj minst en mening.")
	}
	t := taking{c: c, im: &importing{tx: tx, by: by, organisations: map[string]uuid.UUID{}, roles: map[string]uuid.UUID{},
		choices: ImportChoices{PromisedFrom: almanac.Date{Year: tx.Now.Year(), Month: 1, Day: 1}}}}
	seen := map[int]bool{}
	for _, choice := range choices {
		if choice.Passage < 0 || choice.Passage >= len(c.Rows) || seen[choice.Passage] || !c.Rows[choice.Passage].Acts() {
			return nil, fault.On("take", "Meningen går inte att läsa in. Granska texten igen.")
		}
		seen[choice.Passage] = true
		if err := t.take(c.Rows[choice.Passage], choice); err != nil {
			return nil, err
		}
	}
	if err := access.CalendarChanged(tx); err != nil {
		return nil, err
	}
	return t.im.lines, access.Log(tx, by, "import plan", "plan", uuid.Nil)
}
