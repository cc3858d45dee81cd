package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/planreading"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// PlanText is a text out of a plan.
type PlanText struct {
	Text string `json:"text" minLength:"1" maxLength:"204800" doc:"Kapitlet om samverkan. / The chapter on collaboration."`
}

// PlanReading is how a text was read. Its hash goes with the confirmation.
type PlanReading struct {
	Hash         string        `json:"hash" example:"9f2c…"`
	Passages     []PlanPassage `json:"passages"`
	OnlyForCases []PlanBody    `json:"onlyForCases" doc:"Nämns bara för enskilda ärenden; får inget forum. / Named for individual cases only; get no forum."`
}

// PlanPassage is one sentence, with those that go on about the same forum.
type PlanPassage struct {
	Number       int        `json:"number" example:"0"`
	Kind         string     `json:"kind" enum:"forum,agreement,channel,cases,unknown"`
	Quote        string     `json:"quote"`
	Pieces       []PlanWord `json:"pieces" doc:"Hela meningen i delar; as säger hur en del förstods. / The whole passage in parts; as says how a part was understood."`
	Takeable     bool       `json:"takeable" doc:"Kan bekräftas. / Can be confirmed."`
	Existing     string     `json:"existing,omitempty" doc:"Namnet på det som finns redan. / The name of what is here already."`
	ForumID      *uuid.UUID `json:"forumId,omitempty" format:"uuid" doc:"Forumet som finns redan. / The forum that is here already."`
	Repeats      bool       `json:"repeats" doc:"Nämns tidigare i texten. / Named before in the text."`
	Doubt        string     `json:"doubt,omitempty" doc:"Varför meningen inte lästes. / Why the passage was not read."`
	Name         string     `json:"name,omitempty"`
	NeutralTitle string     `json:"neutralTitle,omitempty"`
	Scope        string     `json:"scope,omitempty" enum:"overall,consultation,individualCases,internal"`
	Convener     string     `json:"convener,omitempty" doc:"En key, us för oss själva, eller tomt. / A key, us for ourselves, or empty."`
	Participants []PlanBody `json:"participants"`
	OpenEnded    bool       `json:"openEnded"`
	Cadence      string     `json:"cadence,omitempty" example:"var sjätte månad"`
	Measured     bool       `json:"measured" doc:"Löftet går att mäta. / The promise can be measured."`
	Agreement    string     `json:"agreement,omitempty" enum:"avtal,iop,overenskommelse"`
}

// PlanWord is a part of a passage.
type PlanWord struct {
	Text string `json:"text"`
	As   string `json:"as,omitempty" enum:"topic,cadence,participant,convener,party,aside"`
	Key  string `json:"key,omitempty" doc:"Vem som nämns. / Who is named."`
}

// PlanBody is an organisation or a role that a text names.
type PlanBody struct {
	Key   string `json:"key"`
	Name  string `json:"name"`
	Role  bool   `json:"role"`
	Known bool   `json:"known" doc:"Finns i registret; annars läggs den till. / In the register; otherwise it is added."`
}

func showPlanReading(c *secretariat.Chapter, l lang.Language) PlanReading {
	return PlanReading{c.Hash, each(c.Rows, func(r secretariat.ChapterRow) PlanPassage { return showPassage(r, l) }), each(c.OnlyForCases(), showBody)}
}

func showBody(b planreading.Body) PlanBody { return PlanBody{b.Key, b.Name, b.Role, b.Known} }

func showPassage(r secretariat.ChapterRow, l lang.Language) PlanPassage {
	p := PlanPassage{Number: r.Number, Kind: string(r.Kind), Quote: r.Quote, Takeable: r.Acts(), Existing: r.There, ForumID: r.ForumID, Repeats: r.Repeats,
		Name: r.Name, NeutralTitle: r.Neutral, Convener: r.Convener, OpenEnded: r.OpenEnded, Agreement: r.Agreed,
		Participants: each(r.Participants(), func(m planreading.Mention) PlanBody { return showBody(m.Body) })}
	if r.Name != "" {
		p.Scope = string(r.Scope)
	}
	if r.Rhythm != nil {
		p.Cadence, p.Measured = r.Rhythm.Words, r.Rhythm.Measured
	}
	if r.Doubt.Key != "" {
		p.Doubt = r.Doubt.In(l)
	}
	p.Pieces = each(r.Pieces, func(w planreading.Piece) PlanWord {
		word := PlanWord{Text: w.Text, As: string(w.As)}
		if w.Body != nil {
			word.Key = w.Body.Key
		}
		return word
	})
	return p
}

func (d *door) readPlanText(ctx context.Context, in *struct{ Body PlanText }) (*shown[PlanReading], error) {
	out := &shown[PlanReading]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		c, err := secretariat.ReadChapter(tx, by, in.Body.Text)
		if err == nil {
			out.Body = showPlanReading(c, readerIn(ctx).language)
		}
		return err
	})
	return out, err
}

// PlanTextConfirmation is what a person confirmed of a reading.
type PlanTextConfirmation struct {
	PlanText
	Hash     string       `json:"hash" minLength:"1" maxLength:"64" doc:"Läsningens hash. / The hash of the reading."`
	Passages []PlanChoice `json:"passages" minItems:"1" maxItems:"1000"`
}

// PlanChoice is what is to become of one passage. What is left out of a forum is as it was read.
type PlanChoice struct {
	Number       int       `json:"number" minimum:"0"`
	Name         *string   `json:"name,omitempty" maxLength:"200"`
	NeutralTitle *string   `json:"neutralTitle,omitempty" maxLength:"200"`
	Scope        *string   `json:"scope,omitempty" enum:"overall,consultation,individualCases,internal"`
	Convener     *string   `json:"convener,omitempty" maxLength:"200" doc:"En key ur texten eller registret, us, eller tomt. / A key of the text or the register, us, or empty."`
	Participants *[]string `json:"participants,omitempty" maxItems:"100" doc:"Key för var och en som texten nämner. / The key of each that the text names."`
	More         []string  `json:"more,omitempty" maxItems:"100" doc:"Fler deltagare, vid namn. / More participants, by name."`
	Cadence      *string   `json:"cadence,omitempty" maxLength:"200"`
}

// over gives the choice that a reading proposes, with what was said instead.
func (p PlanChoice) over(c secretariat.ChapterChoice) secretariat.ChapterChoice {
	for from, into := range map[*string]*string{p.Name: &c.Name, p.NeutralTitle: &c.NeutralTitle, p.Convener: &c.Convener, p.Cadence: &c.Cadence} {
		if from != nil {
			*into = *from
		}
	}
	if p.Scope != nil {
		c.Scope = forum.Scope(*p.Scope)
	}
	if p.Participants != nil {
		c.Participants = *p.Participants
	}
	for _, name := range p.More {
		c.More += name + "\n"
	}
	return c
}

// PlanTaken says what was recorded.
type PlanTaken struct {
	Lines []PlanLine `json:"lines"`
}

// PlanLine is one thing that was recorded, or that somebody should look at.
type PlanLine struct {
	Outcome string `json:"outcome" enum:"created,existed,noted,mistake"`
	Kind    string `json:"kind" example:"forum"`
	ID      string `json:"externalId" example:"lokal-samverkan"`
	Text    string `json:"text"`
}

func (d *door) takePlanText(ctx context.Context, in *struct{ Body PlanTextConfirmation }) (*shown[PlanTaken], error) {
	out := &shown[PlanTaken]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		c, err := secretariat.ReadChapter(tx, by, in.Body.Text)
		if err != nil {
			return err
		}
		choices := each(in.Body.Passages, func(p PlanChoice) secretariat.ChapterChoice {
			choice := secretariat.ChapterChoice{Passage: p.Number}
			if p.Number < len(c.Rows) {
				choice = c.Rows[p.Number].Proposed()
			}
			return p.over(choice)
		})
		lines, err := secretariat.TakeChapter(tx, by, in.Body.Text, in.Body.Hash, choices)
		out.Body = PlanTaken{each(lines, func(l secretariat.Line) PlanLine {
			return PlanLine{string(l.Outcome), l.Kind, l.ID, l.Text.In(readerIn(ctx).language)}
		})}
		return err
	})
	return out, err
}
