package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/plan"
	"samverkan/internal/store"
)

// PlanRowStanding is what is kept of a row of the plan, whatever the version.
type PlanRowStanding struct {
	RowID        uuid.UUID       `json:"rowId" format:"uuid"`
	Measure      Measure         `json:"measure" doc:"Som raden står i den version som gäller, annars i den senaste. / As the row stands in the version in force, otherwise in the latest."`
	ReviewMonths int             `json:"reviewMonths" doc:"Hur ofta den gås igenom; 0: aldrig. / How often it is gone through; 0: never."`
	Due          day             `json:"due,omitempty" format:"date" doc:"Sista dagen, eller nästa genomgång. / The last day, or the next review."`
	Waits        bool            `json:"waits" doc:"Ska gås igenom inom 30 dagar, eller skulle ha gåtts igenom. / Is to be gone through within 30 days, or should have been."`
	Reviews      []PlanRowReview `json:"reviews" doc:"De senaste först. / The latest first."`
	Routines     []Routine       `json:"routines"`
	Methods      []Method        `json:"methods"`
}

// PlanRowReview is that a row was gone through.
type PlanRowReview struct {
	Day  day    `json:"day,omitempty" format:"date" doc:"Tomt: i dag. / Empty: today."`
	Note string `json:"note,omitempty" maxLength:"500"`
}

// Routine is a routine of a row. Its text is kept elsewhere.
type Routine struct {
	ID           uuid.UUID `json:"id" format:"uuid"`
	RowID        uuid.UUID `json:"rowId" format:"uuid"`
	Name         string    `json:"name"`
	Place        string    `json:"place,omitempty" doc:"En länk, eller var den finns. / A link, or where it is kept."`
	ReviewMonths int64     `json:"reviewMonths"`
	LastReviewed day       `json:"lastReviewed,omitempty" format:"date"`
	Due          day       `json:"due" format:"date"`
	Reviews      []day     `json:"reviews" doc:"De senaste först. / The latest first."`
	Version      int64     `json:"version" doc:"Samma som i ETag. / The same as in ETag."`
}

// RoutineSettings is what is said of a routine.
type RoutineSettings struct {
	Name         string `json:"name" maxLength:"200" example:"Fråga om våld"`
	Place        string `json:"place,omitempty" maxLength:"500" example:"https://intranat.exempel.se/rutin"`
	ReviewMonths int64  `json:"reviewMonths" minimum:"1" maximum:"60" example:"12"`
}

// Method is a method and how many are trained in it. Nobody is named.
type Method struct {
	ID     uuid.UUID      `json:"id" format:"uuid"`
	RowID  uuid.UUID      `json:"rowId" format:"uuid"`
	Name   string         `json:"name" example:"FREDA"`
	Counts []TrainedCount `json:"counts" doc:"De senaste först. / The latest first."`
}

// TrainedCount is how many are trained on a day, and how many are needed.
type TrainedCount struct {
	Day     day   `json:"day,omitempty" format:"date" doc:"Tomt: i dag. / Empty: today."`
	Trained int64 `json:"trained" minimum:"0" maximum:"10000"`
	Needed  int64 `json:"needed" minimum:"0" maximum:"10000"`
}

// PlanRows is a list of rows.
type PlanRows struct {
	PlanRows []PlanRowStanding `json:"planRows"`
	Extent
}

func (r planReader) row(s plan.Standing) PlanRowStanding {
	return PlanRowStanding{s.Measure.RowID, r.measure(*s.Measure), s.Every(), dayOf(s.Due), s.Waits(r.today),
		each(s.Kept.Reviews, func(v plan.Review) PlanRowReview { return PlanRowReview{dayOf(v.Day), v.Note} }), each(s.Kept.Routines, showRoutine), each(s.Kept.Methods, showMethod)}
}

func showRoutine(r plan.Routine) Routine {
	return Routine{r.ID, r.RowID, r.Name, r.Place, r.ReviewMonths, dayOf(r.Last()), dayOf(r.Due()), each(r.Reviews, func(v plan.RoutineReview) day { return dayOf(v.Day) }), r.Version}
}

func showMethod(m plan.Method) Method {
	return Method{m.ID, m.RowID, m.Name, each(m.Counts, func(c plan.Count) TrainedCount { return TrainedCount{dayOf(c.Day), c.Trained, c.Needed} })}
}

func (d *door) listPlanRows(ctx context.Context, in *Paging) (*shown[PlanRows], error) {
	out := &shown[PlanRows]{}
	return out, d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		current, err := plan.Current(tx, by)
		if err != nil {
			return err
		}
		all, err := plan.Standings(tx, by, current)
		if err != nil {
			return err
		}
		r, err := d.planReader(ctx, tx, by)
		out.Body = PlanRows{part(*in, all, r.row), in.of(int64(len(all)))}
		return err
	})
}

func (d *door) getPlanRow(ctx context.Context, in *One) (*shown[PlanRowStanding], error) {
	out := &shown[PlanRowStanding]{}
	return out, d.read(ctx, func(tx *store.Tx, by access.Actor) error { return d.showPlanRow(ctx, tx, by, in.ID, out) })
}

func (d *door) showPlanRow(ctx context.Context, tx *store.Tx, by access.Actor, rowID uuid.UUID, out *shown[PlanRowStanding]) error {
	_, s, err := plan.History(tx, by, rowID)
	if err != nil {
		return err
	}
	r, err := d.planReader(ctx, tx, by)
	if err == nil {
		out.Body = r.row(*s)
	}
	return err
}

// onPlanRow does something to what is kept of a row, and shows it.
func (d *door) onPlanRow(ctx context.Context, rowID uuid.UUID, verb func(*store.Tx, access.Actor) error) (*shown[PlanRowStanding], error) {
	out := &shown[PlanRowStanding]{}
	return out, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		if err := verb(tx, by); err != nil {
			return err
		}
		return d.showPlanRow(ctx, tx, by, rowID, out)
	})
}

func (d *door) setRhythm(ctx context.Context, in *struct {
	One
	Body struct {
		ReviewMonths *int64 `json:"reviewMonths,omitempty" minimum:"1" maximum:"60" doc:"Utelämnat: som tidsramen säger. / Left out: as the time frame says."`
	}
}) (*shown[PlanRowStanding], error) {
	return d.onPlanRow(ctx, in.ID, func(tx *store.Tx, by access.Actor) error { return plan.SetRhythm(tx, by, in.ID, in.Body.ReviewMonths) })
}

func (d *door) goThroughRow(ctx context.Context, in *struct {
	One
	Body PlanRowReview
}) (*shown[PlanRowStanding], error) {
	on, err := in.Body.Day.readAny("day")
	if err != nil {
		return nil, err
	}
	return d.onPlanRow(ctx, in.ID, func(tx *store.Tx, by access.Actor) error {
		return plan.GoThrough(tx, by, d.today(tx), in.ID, on, in.Body.Note)
	})
}

func (d *door) addRoutine(ctx context.Context, in *struct {
	One
	Body RoutineSettings
}) (*edited[Routine], error) {
	return d.onRoutine(ctx, func(tx *store.Tx, by access.Actor) (*plan.Routine, error) {
		return plan.AddRoutine(tx, by, plan.Routine{RowID: in.ID, Name: in.Body.Name, Place: in.Body.Place, ReviewMonths: in.Body.ReviewMonths})
	})
}

// onRoutine does something to a routine, and shows it.
func (d *door) onRoutine(ctx context.Context, verb func(*store.Tx, access.Actor) (*plan.Routine, error)) (*edited[Routine], error) {
	out := &edited[Routine]{}
	return out, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		r, err := verb(tx, by)
		if err == nil {
			out.ETag, out.Body = etag(r.Version), showRoutine(*r)
		}
		return err
	})
}

func (d *door) changeRoutine(ctx context.Context, in *struct {
	One
	Conditional
	Body RoutineSettings
}) (*edited[Routine], error) {
	return d.onRoutine(ctx, func(tx *store.Tx, by access.Actor) (*plan.Routine, error) {
		r, err := plan.FindRoutine(tx, by, in.ID)
		if err != nil {
			return nil, err
		}
		if err := mustMatch(in.IfMatch, r.Version); err != nil {
			return nil, err
		}
		return plan.ChangeRoutine(tx, by, in.ID, r.Version, plan.Routine{Name: in.Body.Name, Place: in.Body.Place, ReviewMonths: in.Body.ReviewMonths})
	})
}

func (d *door) reviewRoutine(ctx context.Context, in *struct {
	One
	Body struct {
		Day day `json:"day,omitempty" format:"date" doc:"Tomt: i dag. / Empty: today."`
	}
}) (*edited[Routine], error) {
	on, err := in.Body.Day.readAny("day")
	if err != nil {
		return nil, err
	}
	return d.onRoutine(ctx, func(tx *store.Tx, by access.Actor) (*plan.Routine, error) {
		return plan.ReviewRoutine(tx, by, d.today(tx), in.ID, on)
	})
}

func (d *door) endRoutine(ctx context.Context, in *One) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		_, err := plan.EndRoutine(tx, by, in.ID)
		return err
	})
}

func (d *door) addMethod(ctx context.Context, in *struct {
	One
	Body struct {
		Name string `json:"name" maxLength:"100" example:"FREDA"`
	}
}) (*shown[Method], error) {
	return d.onMethod(ctx, func(tx *store.Tx, by access.Actor) (*plan.Method, error) {
		return plan.AddMethod(tx, by, in.ID, in.Body.Name)
	})
}

// onMethod does something to a method, and shows it.
func (d *door) onMethod(ctx context.Context, verb func(*store.Tx, access.Actor) (*plan.Method, error)) (*shown[Method], error) {
	out := &shown[Method]{}
	return out, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := verb(tx, by)
		if err == nil {
			out.Body = showMethod(*m)
		}
		return err
	})
}

func (d *door) countTrained(ctx context.Context, in *struct {
	One
	Body TrainedCount
}) (*shown[Method], error) {
	on, err := in.Body.Day.readAny("day")
	if err != nil {
		return nil, err
	}
	return d.onMethod(ctx, func(tx *store.Tx, by access.Actor) (*plan.Method, error) {
		return plan.CountTrained(tx, by, d.today(tx), in.ID, on, in.Body.Trained, in.Body.Needed)
	})
}

func (d *door) endMethod(ctx context.Context, in *One) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		_, err := plan.EndMethod(tx, by, in.ID)
		return err
	})
}
