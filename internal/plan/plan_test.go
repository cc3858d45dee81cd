package plan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/law"
	"samverkan/internal/plan"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var by = access.System()

// world is a database with one plan in it.
type world struct {
	*testing.T
	db *store.DB
}

func (w world) write(fn func(tx *store.Tx) error) {
	w.Helper()
	if err := w.db.Write(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

func (w world) current() (p *plan.Plan) {
	w.Helper()
	w.write(func(tx *store.Tx) (err error) {
		p, err = plan.Current(tx, by)
		return err
	})
	return p
}

func today(tx *store.Tx) almanac.Date { return almanac.DateOf(tx.Now, time.UTC) }

func (w world) record(title string) (p *plan.Plan) {
	w.Helper()
	p = &plan.Plan{Title: title, VersionLabel: title, Goals: []plan.Goal{
		{ExternalID: "2", Goal: "Första"}, {ExternalID: "1", Heading: "Andra", Measures: []plan.Measure{
			{ExternalID: "1.2", Measure: "B", Activities: []string{"Åk", "\"Sov\""}, Timeframe: "Fortlöpande"}, {ExternalID: "1.1", Measure: "A", Timeframe: "2023"}}}}}
	w.write(func(tx *store.Tx) error { return plan.Record(tx, by, p) })
	return p
}

// take brings a version on, and gives it as it has become.
func (w world) take(p *plan.Plan, s plan.State) *plan.Plan {
	w.Helper()
	w.write(func(tx *store.Tx) (err error) {
		p, err = plan.Find(tx, by, p.ID)
		if err != nil {
			return err
		}
		p, err = plan.Take(tx, by, today(tx), p.ID, p.Version, plan.Step{State: s, Day: today(tx), Reference: "§ 45, SN 2026/123", Note: "Skäl"})
		return err
	})
	return p
}

func (w world) refuses(kind fault.Kind, fn func(tx *store.Tx) error) {
	w.Helper()
	if err := w.db.Write(w.Context(), fn); fault.KindOf(err) != kind {
		w.Errorf("got %v, want %v", err, kind)
	}
}

func eachWorld(t *testing.T, body func(w world, clock *storetest.Clock)) {
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) { body(world{t, db}, clock) })
}

func TestCurrent(t *testing.T) {
	eachWorld(t, func(w world, clock *storetest.Clock) {
		if p := w.current(); p != nil {
			w.Errorf("before the first: %+v", p)
		}
		first := w.record("Plan 1")
		p := w.current()
		if len(p.Goals) != 2 || p.Goals[0].Goal != "Första" || len(p.Goals[1].Measures) != 2 || p.Goals[1].Measures[0].Measure != "B" ||
			p.Goals[1].Measures[0].Activities[1] != "\"Sov\"" || len(p.Goals[1].Measures[1].Activities) != 0 {
			w.Errorf("not in its own order: %+v", p)
		}
		clock.Move(time.Second)
		w.record("Plan 2")
		if p := w.current(); p.Title != "Plan 2" {
			w.Errorf("of drafts the latest: %+v", p)
		}
		for _, s := range []plan.State{plan.Proposed, plan.Adopted, plan.InForce} {
			first = w.take(first, s)
		}
		if p := w.current(); p.Title != "Plan 1" || p.Decision().Reference != "§ 45, SN 2026/123" {
			w.Errorf("the one in force: %+v", p)
		}
		w.refuses(fault.NotFound, func(tx *store.Tx) error {
			_, err := plan.Current(tx, access.Guest())
			return err
		})
	})
}

func TestStepsGoOneAtATimeAndOneVersionIsInForce(t *testing.T) {
	eachWorld(t, func(w world, clock *storetest.Clock) {
		first := w.record("Ett")
		w.refuses(fault.Conflict, func(tx *store.Tx) error {
			_, err := plan.Take(tx, by, today(tx), first.ID, 1, plan.Step{State: plan.InForce})
			return err
		})
		w.take(first, plan.Proposed)
		for _, bad := range []plan.Step{{State: plan.Adopted, Reference: "§ 1"}, {State: plan.Adopted, Day: almanac.Date{Year: 2020, Month: 1, Day: 1}}, {State: plan.Adopted, Day: almanac.Date{Year: 2100, Month: 1, Day: 1}, Reference: "§ 1"}, {State: plan.Draft}} {
			w.refuses(fault.Invalid, func(tx *store.Tx) error {
				_, err := plan.Take(tx, by, today(tx), first.ID, 2, bad)
				return err
			})
		}
		w.refuses(fault.Conflict, func(tx *store.Tx) error {
			_, err := plan.Take(tx, by, today(tx), first.ID, 1, plan.Step{State: plan.Draft, Note: "Gammal"})
			return err
		})
		w.take(first, plan.Draft)
		for _, s := range []plan.State{plan.Proposed, plan.Adopted, plan.InForce, plan.FollowedUp, plan.FollowedUp} {
			first = w.take(first, s)
		}
		clock.Move(time.Hour)
		var second *plan.Plan
		w.write(func(tx *store.Tx) (err error) {
			second, err = plan.Copy(tx, by, first.ID, "Två")
			return err
		})
		w.refuses(fault.Invalid, func(tx *store.Tx) error {
			_, err := plan.Copy(tx, by, first.ID, "Två")
			return err
		})
		for _, s := range []plan.State{plan.Proposed, plan.Adopted, plan.InForce} {
			second = w.take(second, s)
		}
		w.write(func(tx *store.Tx) error {
			all, err := plan.List(tx, by)
			if err != nil || len(all) != 2 || all[0].ID != second.ID || all[1].State() != plan.Revised || !strings.Contains(all[1].Steps[len(all[1].Steps)-1].Note, "Två") {
				w.Errorf("%v %+v", err, all)
			}
			return nil
		})
		w.refuses(fault.Conflict, func(tx *store.Tx) error { // while another is
			p, _ := plan.Find(tx, by, first.ID)
			_, err := plan.Take(tx, by, today(tx), p.ID, p.Version, plan.Step{State: plan.InForce, Note: "Ånger"})
			return err
		})
	})
}

func TestADraftIsEditedAndItsRowsStayTheSame(t *testing.T) {
	eachWorld(t, func(w world, clock *storetest.Clock) {
		first := w.record("Ett")
		a, b := first.Goals[1].Measures[1], first.Goals[1].Measures[0]
		var p *plan.Plan
		step := func(fn func(tx *store.Tx) (*plan.Plan, error)) {
			w.Helper()
			w.write(func(tx *store.Tx) (err error) {
				p, err = fn(tx)
				return err
			})
		}
		step(func(tx *store.Tx) (*plan.Plan, error) { return plan.Copy(tx, by, first.ID, "Två") })
		if p.Line(a.RowID) == nil || p.Line(a.RowID).ID == a.ID {
			w.Error("a copy has the same rows, and measures of its own")
		}
		step(func(tx *store.Tx) (*plan.Plan, error) { return plan.Move(tx, by, p.ID, p.Version, a.RowID, true) })
		step(func(tx *store.Tx) (*plan.Plan, error) { return plan.Renumber(tx, by, p.ID, p.Version) })
		if p.Row("2.1").RowID != a.RowID || p.Row("2.2").RowID != b.RowID || p.Goals[0].ExternalID != "1" {
			w.Errorf("moved and numbered: %+v", p.Goals)
		}
		changed := *p.Line(a.RowID)
		changed.Measure = "A, men tydligare"
		step(func(tx *store.Tx) (*plan.Plan, error) {
			return plan.PutRow(tx, by, p.ID, p.Version, p.Goals[0].LineID, changed)
		})
		step(func(tx *store.Tx) (*plan.Plan, error) {
			return plan.PutRow(tx, by, p.ID, p.Version, p.Goals[1].LineID, plan.Measure{ExternalID: "2.9", Measure: "C"})
		})
		step(func(tx *store.Tx) (*plan.Plan, error) {
			return plan.PutGoal(tx, by, p.ID, p.Version, plan.Goal{ExternalID: "3", Goal: "Tredje"})
		})
		step(func(tx *store.Tx) (*plan.Plan, error) { return plan.Strike(tx, by, p.ID, p.Version, b.RowID) })
		w.write(func(tx *store.Tx) error {
			d := plan.Compare(first, p)
			if d.Count(plan.Added) != 1 || d.Count(plan.Removed) != 1 || d.Count(plan.Changed) != 1 || d.Count(plan.Same) != 0 {
				w.Errorf("%+v", d)
			}
			for _, g := range d.Goals {
				for _, r := range g.Rows {
					if r.Change == plan.Changed && (r.Fields[0].Name != "externalId" || r.Fields[1].Name != "measure" || r.Fields[len(r.Fields)-1].Name != "goal") {
						w.Errorf("fields: %+v", r.Fields)
					}
				}
			}
			return nil
		})
		w.refuses(fault.Invalid, func(tx *store.Tx) error { // a number that another has
			_, err := plan.PutRow(tx, by, p.ID, p.Version, p.Goals[1].LineID, plan.Measure{ExternalID: "2.9", Measure: "D"})
			return err
		})
		w.refuses(fault.Invalid, func(tx *store.Tx) error { // another plan's row
			q := *p
			q.Goals = append([]plan.Goal{}, plan.Goal{ExternalID: "1", Goal: "x", Measures: []plan.Measure{{ExternalID: "1", Measure: "x", RowID: uuid.New()}}})
			_, err := plan.Rewrite(tx, by, p.ID, p.Version, &q)
			return err
		})
		w.refuses(fault.Invalid, func(tx *store.Tx) error { // a personal number
			_, err := plan.PutRow(tx, by, p.ID, p.Version, p.Goals[1].LineID, plan.Measure{ExternalID: "4", Measure: "Gäller 910101-2384"})
			return err
		})
		w.refuses(fault.Conflict, func(tx *store.Tx) error {
			_, err := plan.Strike(tx, by, p.ID, p.Version-1, a.RowID)
			return err
		})
		p = w.take(p, plan.Proposed)
		w.refuses(fault.Conflict, func(tx *store.Tx) error { // no draft any more
			_, err := plan.Strike(tx, by, p.ID, p.Version, a.RowID)
			return err
		})
	})
}

func TestReadFrame(t *testing.T) {
	for text, want := range map[string]string{
		"": "unstated", "Fortlöpande under handlingsplanens gällandetid.": "continuous", "Löpande": "continuous", "Årligen": "continuous 12", "varje kvartal": "continuous 3", "Tills vidare": "continuous",
		"2023": "2023-12-31", "2026": "2026-12-31", "2025-2027": "2027-12-31", "2025–2027": "2027-12-31", "2025/26": "2026-12-31", "Under 2026": "2026-12-31", "slutet av år 2026": "2026-12-31",
		"hösten 2026": "2026-11-30", "Våren 2027": "2027-05-31", "HT 2026": "2026-12-31", "vårterminen 2027": "2027-06-30", "Q1 2027": "2027-03-31", "första kvartalet 2027": "2027-03-31",
		"kvartal 3 2026": "2026-09-30", "andra halvåret 2026": "2026-12-31", "första halvåret 2027": "2027-06-30", "senast 2026-03-31": "2026-03-31", "Senast 31 mars 2026": "2026-03-31",
		"mars 2027": "2027-03-31", "februari 2028": "2028-02-29", "jan-mars 2027": "2027-03-31", "2026-01-01–2026-06-30": "2026-06-30",
		"Q1": "unread", "snarast": "unread", "hösten": "unread", "efter beslut 2026": "unread", "31 februari 2026": "unread", "2026-13-01": "unread", "vid behov": "unread",
	} {
		f := plan.ReadFrame(text)
		got := string(f.Kind)
		if f.Kind == plan.Dated {
			got = f.Due.String()
		} else if f.Months > 0 {
			got += " " + map[int64]string{12: "12", 3: "3"}[f.Months]
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestWhoAnswersStandsInTheActivity(t *testing.T) {
	names := []string{"Våldsgruppen", "Relationsvåldsteamet", "vuxenhandläggare", "IFO-chef", "Socialnämnden"}
	for _, c := range []struct {
		m    plan.Measure
		want string
	}{
		{plan.Measure{Responsible: "IFO chef", Activities: []string{"Våldsgruppen ansvarar"}}, "IFO chef"},
		{plan.Measure{Activities: []string{"Arbetsgrupperna ansvarar för att regelbundet se över sina rutiner"}}, "Enligt aktiviteten: Arbetsgrupperna"},
		{plan.Measure{Activities: []string{"Bedömning görs i samråd med vuxenhandläggare.", "Vid öppet intag gör Relationsvåldsteamet den bedömningen."}}, "Enligt aktiviteten: Vuxenhandläggare, Relationsvåldsteamet"},
		{plan.Measure{Activities: []string{"Utveckla rutin för när vårdnadsöverflyttning ska initieras av socialnämnd."}}, "inte angiven"},
		{plan.Measure{Activities: []string{"Våldsgruppens möten hålls"}}, "inte angiven"},
		{plan.Measure{}, "inte angiven"},
	} {
		if got := c.m.Answers(names).In(lang.Swedish); got != c.want {
			t.Errorf("%v: %s", c.m, got)
		}
	}
}

func TestARowWaitsUntilItIsGoneThrough(t *testing.T) {
	eachWorld(t, func(w world, clock *storetest.Clock) {
		p := w.record("Ett")
		continuous, dated := p.Goals[1].Measures[0], p.Goals[1].Measures[1]
		standing := func(row uuid.UUID) (s plan.Standing, at almanac.Date) {
			w.Helper()
			w.write(func(tx *store.Tx) error {
				all, err := plan.Standings(tx, by, w.mustCurrent(tx))
				s, at = all[slices.IndexFunc(all, func(s plan.Standing) bool { return s.Measure.RowID == row })], today(tx)
				return err
			})
			return s, at
		}
		if s, at := standing(dated.RowID); !s.Late(at) || s.Due.String() != "2023-12-31" {
			w.Errorf("2023 is over: %+v", s)
		}
		if s, at := standing(continuous.RowID); s.Waits(at) || s.Months != 12 {
			w.Errorf("it was recorded today: %+v", s)
		}
		three := int64(3)
		w.write(func(tx *store.Tx) error { return plan.SetRhythm(tx, by, continuous.RowID, &three) })
		clock.Move(80 * 24 * time.Hour)
		if s, at := standing(continuous.RowID); !s.Waits(at) || s.Late(at) {
			w.Errorf("within thirty days of three months: %+v", s)
		}
		w.write(func(tx *store.Tx) error {
			if err := plan.GoThrough(tx, by, today(tx), continuous.RowID, almanac.Date{}, "Rutinen håller"); err != nil {
				return err
			}
			return plan.GoThrough(tx, by, today(tx), dated.RowID, almanac.Date{}, "")
		})
		for _, row := range []uuid.UUID{continuous.RowID, dated.RowID} {
			if s, at := standing(row); s.Waits(at) {
				w.Errorf("gone through today: %+v", s)
			}
		}
		w.refuses(fault.Invalid, func(tx *store.Tx) error {
			return plan.GoThrough(tx, by, today(tx), dated.RowID, today(tx).AddDays(1), "")
		})
		zero := int64(0)
		w.refuses(fault.Invalid, func(tx *store.Tx) error { return plan.SetRhythm(tx, by, dated.RowID, &zero) })
	})
}

func (w world) mustCurrent(tx *store.Tx) *plan.Plan {
	w.Helper()
	p, err := plan.Current(tx, by)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

func TestRoutinesAndMethodsFollowTheRow(t *testing.T) {
	eachWorld(t, func(w world, clock *storetest.Clock) {
		p := w.record("Ett")
		row := p.Goals[1].Measures[0].RowID
		var routine *plan.Routine
		var method *plan.Method
		w.write(func(tx *store.Tx) (err error) {
			if routine, err = plan.AddRoutine(tx, by, plan.Routine{RowID: row, Name: "Fråga om våld", Place: "https://intranat.vingaker.example/rutin", ReviewMonths: 12}); err != nil {
				return err
			}
			if !routine.Waits(today(tx)) {
				w.Error("one that nobody has looked at waits")
			}
			if routine, err = plan.ReviewRoutine(tx, by, today(tx), routine.ID, almanac.Date{}); err != nil {
				return err
			}
			if routine.Waits(today(tx)) || routine.Last() != today(tx) {
				w.Errorf("looked at today: %+v", routine)
			}
			if method, err = plan.AddMethod(tx, by, row, "FREDA"); err != nil {
				return err
			}
			if _, err = plan.CountTrained(tx, by, today(tx), method.ID, today(tx).AddDays(-400), 1, 4); err != nil {
				return err
			}
			method, err = plan.CountTrained(tx, by, today(tx), method.ID, almanac.Date{}, 3, 4)
			return err
		})
		if len(method.Counts) != 2 || method.Counts[0].Lacking() != 1 || method.Counts[1].Trained != 1 {
			w.Errorf("counts are dated and stay: %+v", method.Counts)
		}
		for _, name := range []string{"Fatima Hassan", "FREDA Fatima Hassan", "kim@vingaker.example"} {
			w.refuses(fault.Invalid, func(tx *store.Tx) error {
				_, err := plan.AddMethod(tx, by, row, name)
				return err
			})
		}
		for _, name := range []string{"SARA", "SARA-SV", "PATRIARK", "FREDA-kortfrågor", "Trappan", "Signs of Safety", "Motiverande samtal (MI)"} {
			w.write(func(tx *store.Tx) error {
				_, err := plan.AddMethod(tx, by, row, name)
				return err
			})
		}
		clock.Move(time.Hour)
		w.write(func(tx *store.Tx) error {
			if _, err := plan.Copy(tx, by, p.ID, "Två"); err != nil {
				return err
			}
			versions, s, err := plan.History(tx, by, row)
			if err != nil || len(versions) != 2 || len(s.Kept.Routines) != 1 || len(s.Kept.Methods) != 8 {
				w.Errorf("%v %+v", err, s)
			}
			return err
		})
	})
}

func TestThePaperMarksChangesByWords(t *testing.T) {
	line, row, gone := uuid.New(), uuid.New(), uuid.New()
	before := &plan.Plan{Title: "Plan", VersionLabel: "1", Goals: []plan.Goal{{LineID: line, ExternalID: "1", Goal: "Mål", Measures: []plan.Measure{
		{RowID: row, ExternalID: "1.1", Measure: "Fråga om våld enligt SOSFS 2014:4"}, {RowID: gone, ExternalID: "1.2", Measure: "Bort"}}}}}
	after := &plan.Plan{Title: "Plan", VersionLabel: "2", Vision: "Ingen ska utsättas", Goals: []plan.Goal{{LineID: line, ExternalID: "1", Goal: "Mål", Measures: []plan.Measure{
		{RowID: row, ExternalID: "1.1", Measure: "Alltid fråga om våld enligt SOSFS 2014:4"}, {RowID: uuid.New(), ExternalID: "1.3", Measure: "Till", Activities: []string{"Våldsgruppen ansvarar"}}}}}}
	notes := after.LawNotes(law.Shipped(), almanac.Date{Year: 2026, Month: 11, Day: 24})
	d := after.Paper(plan.Compare(before, after), notes, nil)
	text := document.Plain(d.Body)
	for _, want := range []string{"[± Ändrad]", "[+ Ny]", "[− Borttagen]", "Bort", "Enligt aktiviteten: Våldsgruppen", "Åtgärd 1.1: SOSFS 2014:4 gällde till och med 2022-10-31. Nu gäller HSLF-FS 2022:39."} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	for name, write := range map[string]func(document.Document) ([]byte, error){"pdf": document.PDF, "odt": document.ODT, "docx": document.DOCX} {
		data, err := write(d)
		if err != nil {
			t.Fatal(err)
		}
		if name == "pdf" {
			continue // its text is read by document's own tests
		}
		if read, _, err := document.Extract(name, data); err != nil || !strings.Contains(read, "± Ändrad") || !strings.Contains(read, "Lagrum att se över") {
			t.Errorf("%s: %v %s", name, err, read)
		}
	}
	if plain := document.Plain(after.Paper(nil, nil, nil).Body); strings.Contains(plain, "[") {
		t.Errorf("marks without a comparison: %s", plain)
	}
}
