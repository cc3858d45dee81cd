package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Occasion is what is decided about a meeting of no forum.
type Occasion struct {
	Name         string `json:"name" maxLength:"200" example:"Utbildning för nämnden" doc:"Lämnar aldrig huset. / Never leaves the house."`
	NeutralTitle string `json:"neutralTitle" maxLength:"200" example:"Utbildning" doc:"Står i kalendrar, följd av kommunen. / Stands in calendars, followed by the municipality."`
	Level        string `json:"level" enum:"protected,neutral,full"`
	OutwardPlace string `json:"outwardPlace" enum:"none,municipality,full"`
}

// Participants are who is to be invited.
type Participants struct {
	ContactIDs      []uuid.UUID `json:"contactIds,omitempty" maxItems:"500"`
	OrganisationIDs []uuid.UUID `json:"organisationIds,omitempty" maxItems:"200" doc:"Alla kontakter där. / All contacts there."`
	WorkGroupIDs    []uuid.UUID `json:"workGroupIds,omitempty" maxItems:"200" doc:"Ledaren, och alla kontakter i arbetsgruppens organisation. / The lead, and all contacts in the work group's organisation."`
}

// forumOf gives the forum that a meeting belongs to; nil for none.
func forumOf(m *meeting.Meeting) *uuid.UUID {
	if m.Forum.Occasion {
		return nil
	}
	return &m.ForumID
}

func showOccasion(o forum.Occasion) *Occasion {
	return &Occasion{o.Name, o.NeutralTitle, string(o.Level), string(o.OutwardPlace)}
}

func (o Occasion) read(p *Participants, measure *uuid.UUID) secretariat.Occasion {
	w := secretariat.Occasion{MeasureID: measure,
		Occasion: forum.Occasion{Name: o.Name, NeutralTitle: o.NeutralTitle, Level: access.Level(o.Level), OutwardPlace: forum.OutwardPlace(o.OutwardPlace)}}
	if p != nil {
		w.Participants = secretariat.Participants{Contacts: p.ContactIDs, Organisations: p.OrganisationIDs, Groups: p.WorkGroupIDs}
	}
	return w
}

// measureOf finds a row of the plan by its id or by the plan's own; nil for none.
func measureOf(tx *store.Tx, by access.Actor, id string) (*uuid.UUID, error) {
	if id == "" {
		return nil, nil
	}
	m, err := plan.Row(tx, by, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.On("measureId", "Välj en rad ur planen.")
	}
	if err != nil {
		return nil, err
	}
	return &m.ID, nil
}

// OccasionSettings are what can be changed of a meeting of no forum, besides its time.
type OccasionSettings struct {
	Occasion
	MeasureID    string        `json:"measureId,omitempty" maxLength:"200" example:"5.3" doc:"Raden i planen: id eller planens egen beteckning. Utan: ingen. / The row of the plan: id or the plan's own. None: no row."`
	Participants *Participants `json:"participants,omitempty" doc:"Vilka som ska bjudas in. De som redan är inbjudna stannar. / Who is to be invited. Those who are invited already stay."`
}

type occasionCall struct {
	One
	Conditional
	Body OccasionSettings
}

func (d *door) changeOccasion(ctx context.Context, in *occasionCall) (*edited[Meeting], error) {
	return d.editMeeting(ctx, in.One, in.Conditional, func(tx *store.Tx, by access.Actor, m *meeting.Meeting) error {
		measure, err := measureOf(tx, by, in.Body.MeasureID)
		if err != nil {
			return err
		}
		_, err = secretariat.ReviseOccasion(tx, by, m.ID, m.Version, in.Body.Occasion.read(in.Body.Participants, measure))
		return err
	})
}

// PlanRow names a row of the plan.
type PlanRow struct {
	MeasureID string `json:"measureId,omitempty" maxLength:"200" example:"5.3" doc:"Id eller planens egen beteckning. Utan: mötet hör inte till någon rad. / Id or the plan's own. None: the meeting belongs to no row."`
}

type tieCall struct {
	One
	Conditional
	Body PlanRow
}

func (d *door) tieMeeting(ctx context.Context, in *tieCall) (*edited[Meeting], error) {
	return d.editMeeting(ctx, in.One, in.Conditional, func(tx *store.Tx, by access.Actor, m *meeting.Meeting) error {
		measure, err := measureOf(tx, by, in.Body.MeasureID)
		if err != nil {
			return err
		}
		_, err = meeting.Tie(tx, by, m.ID, m.Version, measure)
		return err
	})
}

// editMeeting changes a meeting that is as the caller read it, and shows it as it has become.
func (d *door) editMeeting(ctx context.Context, one One, c Conditional, verb func(*store.Tx, access.Actor, *meeting.Meeting) error) (*edited[Meeting], error) {
	out := &edited[Meeting]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := meeting.Find(tx, by, one.ID)
		if err != nil {
			return err
		}
		if err := by.MayConvene(tx, m.ForumID); err != nil {
			return err
		}
		if err := mustMatch(c.IfMatch, m.Version); err != nil {
			return err
		}
		if err := verb(tx, by, m); err != nil {
			return err
		}
		if m, err = meeting.Find(tx, by, one.ID); err != nil {
			return err
		}
		out.ETag, out.Body = etag(m.Version), showMeeting(m, by)
		return nil
	})
	return out, err
}
