package secretariat_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// vingaker gives the example plan, brought in and in force.
func vingaker(t *testing.T, db *store.DB) (p *plan.Plan) {
	t.Helper()
	by := access.System()
	if err := db.Write(t.Context(), func(tx *store.Tx) error {
		file, err := secretariat.ParsePlan(strings.NewReader(string(sample.Plan)))
		if err != nil {
			return err
		}
		if _, err := secretariat.ImportPlan(tx, by, file, secretariat.ImportChoices{}); err != nil {
			return err
		}
		p, err = plan.Current(tx, by)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return p
}

func copyOf(t *testing.T, db *store.DB, p *plan.Plan, format string) (text string) {
	t.Helper()
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		c, err := secretariat.CopyPlan(tx, access.System(), secretariat.Office{Zone: time.UTC}, p.ID, format, nil)
		if err == nil {
			text = string(c.Data)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return text
}

// tryRows gives what a text would do.
func tryRows(ctx context.Context, db *store.DB, text, label string) (im *secretariat.RowsImport, err error) {
	rows, err := secretariat.ReadPlanRows(text)
	if err != nil {
		return nil, err
	}
	return im, db.Rehearse(ctx, func(tx *store.Tx) (err error) {
		im, err = secretariat.ImportPlanRows(tx, access.System(), rows, label)
		return err
	})
}

func TestTheFirstPlanThatIsImportedIsInForce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := vingaker(t, db)
		if p.State() != plan.InForce || p.Decision() != nil {
			t.Errorf("%s %+v", p.State(), p.Decision())
		}
		var named []string
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			names, err := secretariat.OfficeNames(tx, access.System())
			for _, g := range p.Goals {
				for _, m := range g.Measures {
					if by := m.ByActivity(names); len(by) > 0 {
						named = append(named, m.ExternalID+" "+strings.Join(by, ", "))
					}
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(named, "; "); got != "1.6 Arbetsgrupperna; 3.2 Vuxenhandläggare, Relationsvåldsteamet" {
			t.Errorf("enligt aktiviteten: %s", got)
		}
	})
}

func TestAPlanThatIsTakenOutComesInAgainAsTheSame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := vingaker(t, db)
		for _, format := range []string{"yaml", "csv"} {
			im, err := tryRows(t.Context(), db, copyOf(t, db, p, format), "Ny "+format)
			if err != nil {
				t.Fatal(format, err)
			}
			if im.Diff.Any() || im.Diff.Count(plan.Same) != 18 {
				t.Errorf("%s: %+v %+v", format, im.Diff.Fields, im.Diff.Goals)
			}
		}
		for _, format := range []string{"pdf", "odt", "docx"} {
			if copyOf(t, db, p, format) == "" {
				t.Errorf("%s is empty", format)
			}
		}
	})
}

func TestATableThatIsPastedIsPreviewedAndBecomesADraft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		p := vingaker(t, db)
		first := p.Row("1.3")
		table := "Nr\tÅtgärd\tAktivitet/insats\tTidsram\tAnsvariga\tFärg\n" +
			"Delmål 1: Att alla ska ha kunskap\n" +
			"1.1\t" + first.Measure + "\t• Utbildning i FREDA\n• Utbildning enligt SOSFS 2014:4\tsnarast\tIFO\tröd\n" +
			"1.2\tEn helt ny åtgärd\t\t2027\t\t\n" +
			"\t\tutan åtgärd\t\t\t\n"
		im, err := tryRows(t.Context(), db, table, "2027")
		if err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, l := range im.Lines {
			said = append(said, string(l.Outcome)+" "+l.ID+" "+l.Text.In(lang.Swedish))
		}
		all := strings.Join(said, "\n")
		for _, want := range []string{"noted Färg Kolumnen läses inte.", "changed 1.1 Samma rad som 1.3 nu", "noted 1.1 Tidsramen ”snarast”", "noted 5 Raden har ingen åtgärd", "Finns inte i det du läser in"} {
			if !strings.Contains(all, want) {
				t.Errorf("%q is missing in\n%s", want, all)
			}
		}
		m := im.Plan.Row("1.1")
		if m.RowID != first.RowID || len(m.Activities) != 2 || m.Activities[0] != "Utbildning i FREDA" || im.Plan.Goals[0].Goal != "Att alla ska ha kunskap" || len(im.Notes) != 1 {
			t.Errorf("%+v %+v", m, im.Notes)
		}
		// Nothing was kept, and the same text makes a draft.
		rows, err := secretariat.ReadPlanRows(table)
		if err != nil {
			t.Fatal(err)
		}
		for n, hash := range []string{"another", im.Hash} {
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				if all, err := plan.List(tx, access.System()); err != nil || len(all) != 1 {
					t.Errorf("%d versions: %v", len(all), err)
				}
				_, err := secretariat.DoImportPlanRows(tx, access.System(), rows, "2027", hash)
				return err
			})
			if n == 0 && fault.KindOf(err) != fault.Conflict || n == 1 && err != nil {
				t.Errorf("%s: %v", hash, err)
			}
		}
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			all, err := plan.List(tx, access.System())
			if err != nil || len(all) != 2 || all[1].State() != plan.Draft || all[1].VersionLabel != "2027" {
				t.Errorf("%+v %v", all, err)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestReadPlanRows(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"semicolons":                {"Delmål;Åtgärd;Aktivitet;Tidsram;Ansvarig\nKunskap;Utbilda;\"Ett\nTvå\";2027;IFO\n", "1 Kunskap: 1.1 Utbilda [Ett|Två] 2027 IFO"},
		"Excel's quotes":            {"Nr\tÅtgärd\tAktivitet\n2.4\tUtbilda\t\"- Ett\n- Två\"\n", "2 : 2.4 Utbilda [Ett|Två]  "},
		"a long last cell":          {"Nr\tÅtgärd\tAktivitet\n1.1\tUtbilda\tEtt\nTvå\n1.2\tSe över\tTre\n", "1 : 1.1 Utbilda [Ett|Två]  ; 1.2 Se över [Tre]  "},
		"numbers are made":          {"Åtgärd,Ansvarig\nUtbilda,IFO\nSe över,\n", "1 : 1.1 Utbilda []  IFO; 1.2 Se över []  "},
		"goals by the row's number": {"Nr;Åtgärd\n1.1;A\n2.1;B\n", "1 : 1.1 A []  |2 : 2.1 B []  "},
		"a formula's quote":         {"Nr;Åtgärd\n1.1;'=A\n", "1 : 1.1 =A []  "},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := secretariat.ReadPlanRows(c.text)
			if err != nil {
				t.Fatal(err)
			}
			var goals []string
			for _, g := range rows.Plan.Goals {
				var all []string
				for _, m := range g.Measures {
					all = append(all, m.ExternalID+" "+m.Measure+" ["+strings.Join(m.Activities, "|")+"] "+m.Timeframe+" "+m.Responsible)
				}
				goals = append(goals, g.ExternalID+" "+g.Words()+": "+strings.Join(all, "; "))
			}
			if got := strings.Join(goals, "|"); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	for _, text := range []string{"", "  \n", "Namn;E-post\nKim;kim@vingaker.example", "\xff\xfe", strings.Repeat("x", secretariat.MaxPlanRows+1), "schema_version: 2", "goals: ["} {
		if _, err := secretariat.ReadPlanRows(text); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	for _, text := range []string{"Åtgärd;Ansvarig\nGäller 910101-2384;IFO\n"} {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			if _, err := tryRows(t.Context(), db, text, "1"); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%.20q: %v", text, err)
			}
		})
	}
}
