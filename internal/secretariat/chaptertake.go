package secretariat

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/planreading"
	"samverkan/internal/store"
)

// taking is one confirmed chapter on its way in.
type taking struct {
	c  *Chapter
	im *importing
}

// take records what one passage was confirmed to be.
func (t taking) take(row ChapterRow, choice ChapterChoice) error {
	switch row.Kind {
	case planreading.Agreement:
		return t.agreement(row)
	case planreading.Cases:
		for _, m := range row.Participants() {
			if _, _, err := t.body(m.Body); err != nil {
				return err
			}
		}
		return nil
	}
	return onPassage(row.Number, t.forum(row, choice))
}

// fieldOf are what a choice calls the fields of a forum.
var fieldOf = map[string]string{"cadenceText": "cadence", "convenerId": "convener"}

// onPassage gives a refusal's fields the number of the passage that they are in.
func onPassage(number int, err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		return err
	}
	numbered := *f
	numbered.Fields = make([]fault.Field, 0, len(f.Fields))
	for _, field := range f.Fields {
		if ours, other := fieldOf[field.Name]; other {
			field.Name = ours
		}
		field.Name += "-" + strconv.Itoa(number)
		numbered.Fields = append(numbered.Fields, field)
	}
	return &numbered
}

func (t taking) forum(row ChapterRow, choice ChapterChoice) error {
	scope, scopeErr := wordOf(choice.Scope)
	_, nameErr := deidentify.Line(t.im.tx.Now, "name", choice.Name, 200)
	_, titleErr := forum.NeutralLine("neutralTitle", choice.NeutralTitle)
	err := fault.Join(nameErr, titleErr, scopeErr)
	if err != nil {
		return err
	}
	if _, known, refused := forum.Understood(choice.Cadence); !known && refused == nil && choice.Cadence != "" {
		_, err := forum.ParseCadence(choice.Cadence)
		return fault.At("cadence", err)
	}
	f := planForum{Name: choice.Name, NeutralTitle: choice.NeutralTitle, Scope: scope, OpenEnded: row.OpenEnded, Quote: row.Quote}
	if f.ID, err = t.free(&forum.Forum{}, choice.Name); err != nil {
		return err
	}
	if choice.Cadence != "" {
		f.Cadence.Text = &choice.Cadence
	}
	if err := t.convene(row, choice, &f); err != nil {
		return err
	}
	if f.Participants, err = t.participants(row, choice); err != nil {
		return err
	}
	if row.Rhythms > 1 {
		f.OpenQuestions = append(f.OpenQuestions, "Planen nämner flera löften om hur ofta. Är det ett forum eller flera?")
	}
	before := len(t.im.lines)
	if err := t.im.takeForum(f); err != nil {
		return err
	}
	for _, l := range t.im.lines[before:] {
		if l.Outcome == Mistake {
			return &fault.Fault{Kind: fault.Invalid, Text: l.Text.Key, Args: l.Text.Args, Fields: []fault.Field{{Name: "name", Text: l.Text.Key, Args: l.Text.Args}}}
		}
	}
	return nil
}

// wordOf is a scope in the words of a plan file.
func wordOf(scope forum.Scope) (string, error) {
	for word, s := range scopes {
		if s == scope {
			return word, nil
		}
	}
	return "", fault.On("scope", "Välj ett av alternativen.")
}

func (t taking) convene(row ChapterRow, choice ChapterChoice, f *planForum) error {
	switch choice.Convener {
	case "":
		return nil
	case WeConvene:
		t.im.choices.OurConvening = append(t.im.choices.OurConvening, f.ID)
		return nil
	}
	b, ok := t.c.vocabulary.Body(choice.Convener)
	if !ok {
		b, ok = among(row, choice.Convener)
	}
	if !ok || b.Role {
		return fault.On("convener", "Välj vilken organisation som är sammankallande.")
	}
	key, _, err := t.body(b)
	f.Convener = &key
	return err
}

// among finds a body that the passage itself names: one with a name of its own is in no list.
func among(row ChapterRow, key string) (planreading.Body, bool) {
	for _, b := range row.Named() {
		if b.Key == key {
			return b, true
		}
	}
	return planreading.Body{}, false
}

// participants records who takes part: those that were ticked, and those that were written in.
func (t taking) participants(row ChapterRow, choice ChapterChoice) (keys []string, err error) {
	seen := map[string]bool{}
	add := func(b planreading.Body) error {
		key, _, err := t.body(b)
		if err == nil && !seen[key] {
			seen[key] = true
			keys = append(keys, key)
		}
		return err
	}
	for _, chosen := range choice.Participants {
		b, ok := among(row, chosen)
		if !ok {
			return nil, fault.On("participants", "Välj deltagarna ur listan.")
		}
		if err := add(b); err != nil {
			return nil, err
		}
	}
	for _, name := range strings.FieldsFunc(choice.More, func(r rune) bool { return r == '\n' || r == ';' }) {
		if name, err = deidentify.OptionalLine(t.im.tx.Now, "more", name, 200); err != nil {
			return nil, err
		}
		if name == "" {
			continue
		}
		b, known := t.c.vocabulary.Find(name)
		if !known {
			b = planreading.Body{Key: "more:" + partner.PlainName(name), Name: name, Kind: "verksamhet"}
		}
		if err := add(b); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// body gives the key of an organisation or a role in the import, and records it when it is not here.
func (t taking) body(b planreading.Body) (key string, id uuid.UUID, err error) {
	into := t.im.organisations
	if b.Role {
		into = t.im.roles
	}
	if id, done := into[b.Key]; done {
		return b.Key, id, nil
	}
	if b.Known {
		id, err = uuid.Parse(b.Key)
		into[b.Key] = id
		return b.Key, id, err
	}
	if b.Role {
		id, err = t.role(b)
	} else {
		id, err = t.organisation(b)
	}
	into[b.Key] = id
	return b.Key, id, err
}

func (t taking) organisation(b planreading.Body) (uuid.UUID, error) {
	external, err := t.free(&partner.Organisation{}, b.ID, b.Name)
	if err != nil {
		return uuid.Nil, err
	}
	t.im.say(Created, "organisation", external, "%s", b.Name)
	id, err := t.im.takeOrganisation(planOrganisation{ID: external, Name: b.Name, Short: b.Short, Kind: b.Kind, Aliases: b.Names})
	if err != nil || !b.Ours {
		return id, err
	}
	home, err := partner.Home(t.im.tx)
	if fault.KindOf(err) == fault.NotFound {
		return id, nil
	}
	if err == nil {
		err = t.im.tx.DB.Model(&partner.Organisation{}).Where("id = ?", id).Update("parent_id", home.ID).Error
	}
	return id, err
}

func (t taking) role(b planreading.Body) (uuid.UUID, error) {
	external, err := t.free(&partner.Role{}, b.ID, b.Name)
	if err != nil {
		return uuid.Nil, err
	}
	row := partner.Role{ID: store.NewID(), ExternalID: &external, Name: b.Name, Aliases: list(b.Names)}
	if of, ok := t.c.vocabulary.Body(b.Organisation); ok {
		_, id, err := t.body(of)
		if err != nil {
			return uuid.Nil, err
		}
		row.OrganisationID = &id
	}
	t.im.say(Created, "role", external, "%s", b.Name)
	return row.ID, t.im.tx.DB.Create(&row).Error
}

// free gives an id for a plan file that nothing of this kind has: the first name that is not empty, as
// an id, with a number when it is taken.
func (t taking) free(model any, names ...string) (string, error) {
	id := ""
	for _, n := range names {
		if id = planID(n); id != "" {
			break
		}
	}
	if id == "" {
		id = "utan-namn"
	}
	for n := 1; ; n++ {
		tried := id
		if n > 1 {
			tried = fmt.Sprintf("%s-%d", id, n)
		}
		_, taken, err := store.ByExternalID(t.im.tx, model, tried)
		if err != nil || !taken {
			return tried, err
		}
	}
}

// planID makes an id of a name, as plan files have them.
func planID(name string) string {
	name = strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "é", "e").Replace(strings.ToLower(name))
	id := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }), "-")
	return id[:min(len(id), 80)]
}

func (t taking) agreement(row ChapterRow) error {
	a := planAgreement{Kind: row.Agreed, Quote: row.Quote}
	parties, ours := 0, false
	for _, m := range row.Participants() {
		b := m.Body
		if b.Role {
			of, ok := t.c.vocabulary.Body(b.Organisation)
			if !ok {
				continue
			}
			b = of
		}
		key, _, err := t.body(b)
		if err != nil {
			return err
		}
		a.Parties = append(a.Parties, &key)
		parties++
		ours = ours || t.c.ours[b.Key] || b.Ours
	}
	if parties < 2 && !ours {
		a.Parties = append(a.Parties, nil)
	}
	var err error
	if a.ID, err = t.free(&partner.Agreement{}, a.Kind+"-"+t.c.names(row.Participants())); err != nil {
		return err
	}
	return t.im.takeAgreements(&PlanFile{Agreements: []planAgreement{a}})
}
