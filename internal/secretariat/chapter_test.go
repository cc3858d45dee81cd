package secretariat_test

import (
	"slices"
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/planreading"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// chapterOf is what the example plan says of collaboration, as somebody pastes it.
func chapterOf(t *testing.T) (string, *secretariat.PlanFile) {
	file := parse(t, string(sample.Plan))
	text := "5. Samverkan\n\n"
	for _, a := range file.Agreements {
		text += a.Quote + " "
	}
	for _, f := range file.Forums {
		text += f.Quote + "\n"
	}
	return text + "I enskilda ärenden sker samverkan med barnpsykiatrin. Polisen samverkar inte med skolan varje månad.", file
}

// takeAll confirms every passage as it was read.
func takeAll(tx *store.Tx, by access.Actor, text string, change func(*secretariat.ChapterChoice)) ([]secretariat.Line, error) {
	c, err := secretariat.ReadChapter(tx, by, text)
	if err != nil {
		return nil, err
	}
	var choices []secretariat.ChapterChoice
	for _, row := range c.Rows {
		if row.Acts() {
			choice := row.Proposed()
			if change != nil {
				change(&choice)
			}
			choices = append(choices, choice)
		}
	}
	return secretariat.TakeChapter(tx, by, text, c.Hash, choices)
}

func TestReadChapter_changes_nothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		text, _ := chapterOf(t)
		before := everything(t, db)
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := secretariat.ReadChapter(tx, access.System(), text)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if everything(t, db) != before {
			t.Error("something was left")
		}
	})
}

func TestTakeChapter_records_forums_as_the_file_does(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		text, file := chapterOf(t)
		by := access.System()
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := partner.Establish(tx, by, "Vingåkers kommun"); err != nil {
				return err
			}
			_, err := takeAll(tx, by, text, nil)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Read(t.Context(), func(tx *store.Tx) error {
			recorded(t, tx, by, file)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		t.Run("again, doubles nothing", func(t *testing.T) {
			before := everything(t, db)
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				c, err := secretariat.ReadChapter(tx, by, text)
				if err != nil {
					return err
				}
				for _, row := range c.Rows {
					if row.Acts() || row.There == "" && row.Kind != planreading.Unknown {
						t.Errorf("%q is new", row.Quote)
					}
				}
				_, err = secretariat.TakeChapter(tx, by, text, c.Hash, []secretariat.ChapterChoice{c.Rows[1].Proposed()})
				if fault.KindOf(err) != fault.Invalid {
					t.Errorf("took one that is here: %v", err)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if everything(t, db) != before {
				t.Error("something was doubled")
			}
		})
	})
}

// recorded compares what is in the database with what the plan's file says.
func recorded(t *testing.T, tx *store.Tx, by access.Actor, file *secretariat.PlanFile) {
	t.Helper()
	forums, err := forum.List(tx, by)
	if err != nil || len(forums) != len(file.Forums) {
		t.Fatalf("%d forums, %v", len(forums), err)
	}
	for _, want := range file.Forums {
		i := slices.IndexFunc(forums, func(f forum.Forum) bool { return f.Quote == want.Quote })
		if i < 0 {
			t.Errorf("%s is not there", want.ID)
			continue
		}
		f := forums[i]
		var participants []string
		for _, p := range f.Participants {
			if p.Role != nil {
				participants = append(participants, *p.Role.ExternalID)
			} else {
				participants = append(participants, *p.Organisation.ExternalID)
			}
		}
		wanted := want.Participants
		if want.ID == "apt" {
			wanted = nil // whose workplaces it is stands in a sentence that is not pasted
		}
		if !slices.Equal(participants, wanted) || f.OpenEnded != want.OpenEnded || !f.InPlan {
			t.Errorf("%s has %v, %+v", want.ID, participants, f)
		}
		if want.Convener == nil && f.ConvenedBy != forum.Unstated || want.Convener != nil && (f.Convener == nil || *f.Convener.ExternalID != *want.Convener) {
			t.Errorf("%s is convened by %s", want.ID, f.ConvenedBy)
		}
		if want.Cadence.Text != nil && f.Cadence.Text != *want.Cadence.Text || f.Cadence.Measured() != (want.Cadence.Min != nil) {
			t.Errorf("%s meets %+v", want.ID, f.Cadence)
		}
	}
	agreements, err := partner.Agreements(tx, by)
	if err != nil || len(agreements) != len(file.Agreements) {
		t.Errorf("%d agreements, %v", len(agreements), err)
	}
	organisations, err := partner.Organisations(tx, by)
	if err != nil || !slices.ContainsFunc(organisations, func(o partner.Organisation) bool { return o.Name == "Barnpsykiatrin" }) {
		t.Errorf("who is named for individual cases is not listed: %v", err)
	}
	for _, o := range organisations {
		if o.Name == "Våldsgruppen" && o.ParentID == nil {
			t.Error("our own group is nobody's")
		}
	}
}

func TestTakeChapter_knows_what_a_file_brought_in(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		text, file := chapterOf(t)
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			if _, err := secretariat.ImportPlan(tx, access.System(), file, secretariat.ImportChoices{}); err != nil {
				return err
			}
			c, err := secretariat.ReadChapter(tx, access.System(), text)
			if err != nil {
				return err
			}
			for _, row := range c.Rows {
				if row.Acts() {
					t.Errorf("%q is new", row.Quote)
				}
				for _, m := range row.Mentions {
					if !m.Known {
						t.Errorf("%s is not known", m.Name)
					}
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTakeChapter_takes_what_a_person_changed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		by := access.System()
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			_, err := takeAll(tx, by, "Polisen och skolan träffas varje månad.", func(c *secretariat.ChapterChoice) {
				c.Name, c.NeutralTitle, c.Cadence, c.Convener = "Torsdagsmötet", "Träff", "3–4 gånger om året", secretariat.WeConvene
				c.Participants, c.More = c.Participants[:1], "kommunpolisen\nFöreningen Exempel\n"
			})
			if err != nil {
				return err
			}
			all, err := forum.List(tx, by)
			if len(all) != 1 || all[0].Name != "Torsdagsmötet" || all[0].ConvenedBy != forum.Us || all[0].Cadence.Min != 3 || all[0].Cadence.Max != 4 {
				t.Fatalf("%+v", all)
			}
			var names []string
			for _, p := range all[0].Participants {
				names = append(names, p.Name())
			}
			if !slices.Equal(names, []string{"Polisen", "Kommunpolis", "Föreningen Exempel"}) {
				t.Errorf("%v take part", names)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTakeChapter_refuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		text := "Polisen och skolan träffas varje månad."
		for name, want := range map[string]struct {
			change func(*secretariat.ChapterChoice)
			field  string
		}{
			"no name":                  {func(c *secretariat.ChapterChoice) { c.Name = " " }, "name-0"},
			"a telling title":          {func(c *secretariat.ChapterChoice) { c.NeutralTitle = "Hedersvåld" }, "neutralTitle-0"},
			"a cadence it cannot read": {func(c *secretariat.ChapterChoice) { c.Cadence = "ofta" }, "cadence-0"},
			"another's participant":    {func(c *secretariat.ChapterChoice) { c.Participants = []string{"o:sn"} }, "participants-0"},
			"no convener like that":    {func(c *secretariat.ChapterChoice) { c.Convener = "x" }, "convener-0"},
			"a scope that is none":     {func(c *secretariat.ChapterChoice) { c.Scope = "x" }, "scope-0"},
			"a number of somebody's":   {func(c *secretariat.ChapterChoice) { c.More = "19910101-2384" }, "more-0"},
			"no such passage":          {func(c *secretariat.ChapterChoice) { c.Passage = 7 }, "take"},
		} {
			before := everything(t, db)
			err := db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := takeAll(tx, access.System(), text, want.change)
				return err
			})
			if fault.KindOf(err) != fault.Invalid || !fault.Concerns(err, want.field) || everything(t, db) != before {
				t.Errorf("%s: %v", name, err)
			}
		}
		for name, verb := range map[string]func(*store.Tx) error{
			"a stale reading": func(tx *store.Tx) error {
				_, err := secretariat.TakeChapter(tx, access.System(), text, "another", []secretariat.ChapterChoice{{}})
				return err
			},
			"a personal number": func(tx *store.Tx) error {
				_, err := secretariat.ReadChapter(tx, access.System(), text+" 19910101-2384")
				return err
			},
			"a guest": func(tx *store.Tx) error {
				_, err := secretariat.ReadChapter(tx, access.Guest(), text)
				return err
			},
			"nothing chosen": func(tx *store.Tx) error {
				c, err := secretariat.ReadChapter(tx, access.System(), text)
				if err != nil {
					return err
				}
				_, err = secretariat.TakeChapter(tx, access.System(), text, c.Hash, nil)
				return err
			},
		} {
			err := db.Rehearse(t.Context(), verb)
			wanted, special := map[string]fault.Kind{"a stale reading": fault.Conflict, "a guest": fault.NotFound}[name]
			if !special {
				wanted = fault.Invalid
			}
			if err == nil || fault.KindOf(err) != wanted || strings.Contains(err.Error(), "2384") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
