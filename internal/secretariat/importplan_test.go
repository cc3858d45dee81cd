package secretariat_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func parse(t *testing.T, text string) *secretariat.PlanFile {
	t.Helper()
	file, err := secretariat.ParsePlan(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestImportPlan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		file := parse(t, string(sample.Plan))
		by := access.System()
		choices := secretariat.ImportChoices{ExemptSummer: true, OurConvening: sample.OurForums, PromisedFrom: almanac.Date{Year: 2027, Month: 2, Day: 1}}
		take := func(into *[]secretariat.Line) func(*store.Tx) error {
			return func(tx *store.Tx) (err error) {
				*into, err = secretariat.ImportPlan(tx, by, file, choices)
				return err
			}
		}
		var lines []secretariat.Line
		t.Run("rehearsed, says what it would do and leaves nothing", func(t *testing.T) {
			before := everything(t, db)
			if err := db.Rehearse(t.Context(), take(&lines)); err != nil {
				t.Fatal(err)
			}
			if len(lines) < 80 || everything(t, db) != before {
				t.Errorf("%d lines, and something was left: %v", len(lines), everything(t, db) != before)
			}
		})
		t.Run("brings in what the example plan has", func(t *testing.T) {
			if err := db.Write(t.Context(), take(&lines)); err != nil {
				t.Fatal(err)
			}
			check(t, db, by)
		})
		t.Run("says in words what it did, and what somebody should look at", func(t *testing.T) {
			outcomes := map[secretariat.Outcome]int{}
			for _, l := range lines {
				outcomes[l.Outcome]++
				if l.Text.In(lang.Swedish) == "" || l.Text.In(lang.English) == "" {
					t.Errorf("%+v", l)
				}
			}
			if outcomes[secretariat.Created] < 60 || outcomes[secretariat.Noted] < 15 || outcomes[secretariat.Existed]+outcomes[secretariat.Mistake] > 0 {
				t.Errorf("%v", outcomes)
			}
			has(t, lines, secretariat.Noted, "iop-miranda", "vem som är vår part")
			has(t, lines, secretariat.Noted, "apt", "inte vem som är sammankallande")
			has(t, lines, secretariat.Noted, "skola-forskola", "Löftet blir ”varje månad utom juli och augusti”")
			has(t, lines, secretariat.Noted, "skola-forskola", "skolans lov")
			has(t, lines, secretariat.Noted, "lanssamverkan", "Öppen fråga: Vilken länsstyrelse?")
		})
		t.Run("again, changes nothing and says so", func(t *testing.T) {
			before := everything(t, db)
			if err := db.Write(t.Context(), take(&lines)); err != nil {
				t.Fatal(err)
			}
			for _, l := range lines {
				if l.Outcome == secretariat.Created || l.Outcome == secretariat.Mistake {
					t.Errorf("%+v", l)
				}
			}
			if everything(t, db) != before {
				t.Error("something changed")
			}
		})
		t.Run("again, overwrites no decision", func(t *testing.T) {
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				f, err := forum.ByExternalID(tx, by, "polis-avstamning")
				if err != nil {
					return err
				}
				s := f.Settings()
				s.NeutralTitle, s.Weekday = "Torsdagsmöte", 4
				if _, err := forum.Change(tx, by, f.ID, f.Version, s); err != nil {
					return err
				}
				if _, err := secretariat.ImportPlan(tx, by, file, choices); err != nil {
					return err
				}
				f, err = forum.ByExternalID(tx, by, "polis-avstamning")
				if f.NeutralTitle != "Torsdagsmöte" || f.Weekday != 4 {
					t.Errorf("%+v", f)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("is a coordinator's", func(t *testing.T) {
			err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
				_, err := secretariat.ImportPlan(tx, access.Guest(), file, choices)
				return err
			})
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("got %v", err)
			}
		})
	})
}

func has(t *testing.T, lines []secretariat.Line, outcome secretariat.Outcome, id, words string) {
	t.Helper()
	if !slices.ContainsFunc(lines, func(l secretariat.Line) bool {
		return l.Outcome == outcome && l.ID == id && strings.Contains(l.Text.In(lang.Swedish), words)
	}) {
		t.Errorf("no %s line for %s says %q", outcome, id, words)
	}
}

// check looks at what the example plan became.
func check(t *testing.T, db *store.DB, by access.Actor) {
	t.Helper()
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		forums, err := forum.List(tx, by)
		if err != nil {
			return err
		}
		convened := map[string]forum.ConvenedBy{}
		for _, f := range forums {
			convened[*f.ExternalID] = f.ConvenedBy
			if !f.InPlan || f.PromisedFrom.String() != "2027-02-01" || len(f.Participants) == 0 {
				t.Errorf("%+v", f)
			}
		}
		want := map[string]forum.ConvenedBy{"rvt-miranda": forum.Us, "polis-avstamning": forum.Us, "skola-forskola": forum.Us, "lanssamverkan": forum.Other, "lokal-samverkan": forum.Other,
			"anhorigstod-kontakt": forum.Unstated, "brottsforebyggande": forum.Unstated, "apt": forum.Unstated}
		if fmt.Sprint(convened) != fmt.Sprint(want) {
			t.Errorf("forums %v", convened)
		}
		agreements, err := partner.Agreements(tx, by)
		if err != nil || len(agreements) != 2 || len(agreements[0].Parties)+len(agreements[1].Parties) != 3 {
			t.Errorf("agreements %+v, %v", agreements, err)
		}
		p, err := plan.Current(tx, by)
		if err != nil {
			return err
		}
		goals, measures := len(p.Goals), 0
		for _, g := range p.Goals {
			measures += len(g.Measures)
		}
		if goals != 5 || measures != 18 || p.Goals[0].Measures[7].ExternalID != "1.8" || p.Goals[0].Measures[7].Responsible != "Våldsgruppen" || p.Goals[4].Heading != "Övrigt" {
			t.Errorf("%d goals, %d measures", goals, measures)
		}
		home, err := partner.Home(tx)
		if home.Name != "Vingåkers kommun" {
			t.Errorf("home is %q", home.Name)
		}
		for _, f := range forums {
			if *f.ExternalID == "skola-forskola" && !slices.Equal(f.ExemptMonths, []int{7, 8}) || *f.ExternalID == "polis-avstamning" && !slices.Equal(f.ExemptMonths, []int{7}) {
				t.Errorf("%s is exempt in %v", *f.ExternalID, f.ExemptMonths)
			}
			if *f.ExternalID == "lanssamverkan" && (f.Cadence.Min != 3 || f.Cadence.Max != 4 || f.Cadence.Months != 0 || f.Convener.Name != "Länsstyrelsen") {
				t.Errorf("%+v", f)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// everything gives all rows of all tables, to compare.
func everything(t *testing.T, db *store.DB) string {
	t.Helper()
	var all strings.Builder
	if err := db.Read(t.Context(), func(tx *store.Tx) error {
		for _, table := range store.Tables {
			var rows []map[string]any
			if err := tx.DB.Table(table).Order("1").Find(&rows).Error; err != nil {
				return err
			}
			fmt.Fprintln(&all, table, rows)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestEstablishedHome(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Run("the plan's municipality is the one that set-up named", func(t *testing.T) {
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				if _, err := partner.Establish(tx, access.System(), "Vingåkers kommun"); err != nil {
					return err
				}
				if _, err := secretariat.ImportPlan(tx, access.System(), parse(t, string(sample.Plan)), secretariat.ImportChoices{}); err != nil {
					return err
				}
				all, err := partner.Organisations(tx, access.System())
				n := 0
				for _, o := range all {
					if o.Name == "Vingåkers kommun" {
						n++
					}
				}
				if n != 1 {
					t.Errorf("%d of them", n)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
	})
}

const head = "schema_version: 1\nsource: {title: Plan}\norganisations:\n  - {id: k, name: Kommunen, kind: kommun}\n  - {id: a, name: Enhet A, kind: enhet, parent: k}\nroles:\n  - {id: r, name: Samordnare, organisation: a}\n"

func oneForum(lines string) string {
	return head + "forums:\n  - id: f\n    name: Forum\n    neutral_title: Avstämning\n    scope: overgripande\n    participants: [a, r]\n    cadence: {}\n" + lines
}

func TestImportRefuses(t *testing.T) {
	mistakes := map[string]struct{ text, id, words string }{
		"an unknown participant":           {strings.Replace(oneForum(""), "[a, r]", "[a, nobody]", 1), "f", "”nobody”"},
		"an unknown convener":              {oneForum("    convener: nobody\n"), "f", "”nobody”"},
		"a bad scope":                      {strings.Replace(oneForum(""), "overgripande", "hemligt", 1), "f", "”hemligt” är ingen inriktning"},
		"a bad interval":                   {strings.Replace(oneForum(""), "{}", "{interval: P1W}", 1), "f", "”P1W” är inget intervall"},
		"half a count":                     {strings.Replace(oneForum(""), "{}", "{min_per_year: 3}", 1), "f", "både min_per_year och max_per_year"},
		"a count backwards":                {strings.Replace(oneForum(""), "{}", "{min_per_year: 4, max_per_year: 3}", 1), "f", "tal från 4"},
		"a telling neutral title":          {strings.Replace(oneForum(""), "Avstämning", "Samverkan mot våld", 1), "f", "”våld”"},
		"no neutral title":                 {strings.Replace(oneForum(""), "neutral_title: Avstämning", "neutral_title: ''", 1), "f", "Fyll i"},
		"an id that comes twice":           {oneForum("  - {id: f, name: Forum 2, neutral_title: Möte, scope: internt}\n"), "f", "två gånger"},
		"a role with no organisation":      {strings.Replace(head, "organisation: a}", "organisation: x}", 1), "r", "”x”"},
		"an organisation with no id":       {strings.Replace(head, "id: a,", "id: '',", 1), "", "saknar id"},
		"an organisation with no name":     {strings.Replace(head, "name: Enhet A", "name: ' '", 1), "a", "Namn saknas"},
		"an organisation that comes twice": {strings.Replace(head, "roles:", "  - {id: a, name: Enhet B}\nroles:", 1), "a", "två gånger"},
		"a parent that is not there":       {strings.Replace(head, "parent: k", "parent: x", 1), "a", "”x” finns inte"},
		"an organisation above itself":     {strings.Replace(head, "parent: k", "parent: a", 1), "a", "tillbaka till"},
		"two above each other":             {strings.Replace(strings.Replace(head, "parent: k", "parent: b", 1), "roles:", "  - {id: b, name: B, parent: a}\nroles:", 1), "b", "tillbaka till"},
		"a party that is not there":        {head + "agreements:\n  - {id: x, kind: avtal, quote: Avtal, parties: [a, y]}\n", "x", "”y”"},
		"a work group of nobody":           {head + "work_groups:\n  - {id: w, name: Grupp, organisation: y}\n", "w", "”y”"},
		"a measure that comes twice":       {head + "goals:\n  - {id: '1', goal: Mål, rows: [{id: '1.1', measure: A}, {id: '1.1', measure: B}]}\n", "1.1", "två gånger"},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Run("nothing that is right", func(t *testing.T) {
			if err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
				_, err := secretariat.ImportPlan(tx, access.System(), parse(t, oneForum("")), secretariat.ImportChoices{})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
		for name, test := range mistakes {
			t.Run(name+", naming it, and imports nothing", func(t *testing.T) {
				before := everything(t, db)
				var lines []secretariat.Line
				err := db.Write(t.Context(), func(tx *store.Tx) (err error) {
					lines, err = secretariat.ImportPlan(tx, access.System(), parse(t, test.text), secretariat.ImportChoices{})
					return err
				})
				if fault.KindOf(err) != fault.Invalid {
					t.Fatalf("got %v", err)
				}
				has(t, lines, secretariat.Mistake, test.id, test.words)
				if everything(t, db) != before {
					t.Error("something was imported")
				}
			})
		}
	})
}

func TestParsePlan(t *testing.T) {
	for name, test := range map[string]struct{ text, words string }{
		"an empty file":            {"", "Filen är tom."},
		"a file of comments":       {"# bara\n# ord\n", "Filen är tom."},
		"a file with spaces":       {"\n\n   \n", "Filen är tom."},
		"a file that is no YAML":   {"schema_version: 1\n\tname: [", "går inte att läsa"},
		"a picture":                {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "går inte att läsa"},
		"a text":                   {"Handlingsplan mot det ena och det andra", "går inte att läsa"},
		"a list":                   {"- a\n- b\n", "går inte att läsa"},
		"an unknown field":         {"schema_version: 1\nlanguage: sv\nfourums: []\n", "3"},
		"an unknown field further": {"schema_version: 1\nforums:\n  - id: f\n    colour: red\n", "4"},
		"a field given twice":      {"schema_version: 1\nlanguage: sv\nlanguage: en\n", "3"},
		"a text for a number":      {"schema_version: ett\n", "1"},
		"another format":           {"schema_version: 2\n", "format 1"},
		"no format":                {"language: sv\n", "schema_version: 1"},
		"more than a megabyte":     {"schema_version: 1\nvision: " + strings.Repeat("a", secretariat.MaxPlanFile), "större än 1 MB"},
	} {
		t.Run("refuses "+name, func(t *testing.T) {
			_, err := secretariat.ParsePlan(strings.NewReader(test.text))
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), test.words) {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("is not kept busy by aliases of aliases", func(t *testing.T) {
		text := "schema_version: 1\nplan_lifecycle:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
		for n := range 12 {
			text += fmt.Sprintf("  a%d: &a%d [%s]\n", n+1, n+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", n), 10), ", "))
		}
		if file, err := secretariat.ParsePlan(strings.NewReader(text)); err == nil && file.Lifecycle == nil {
			t.Error("neither read nor refused")
		}
	})
	t.Run("reads the example plan", func(t *testing.T) {
		file, err := secretariat.ParsePlan(bytes.NewReader(sample.Plan))
		if err != nil || len(file.Forums) != 8 {
			t.Errorf("%v", err)
		}
	})
}
