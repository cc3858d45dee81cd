package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/search"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestFixtures(t *testing.T) {
	f := readFile(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.fixtures(f)
		for _, q := range f.Queries {
			found := minutes(w.find(search.Query{Words: q.Query, Limit: 100}))
			for _, id := range q.Expected {
				if !slices.Contains(found, id) {
					t.Errorf("%s %q does not find %s: %v", q.ID, q.Query, id, found)
				}
			}
			for _, id := range q.NotExpected {
				if slices.Contains(found, id) {
					t.Errorf("%s %q finds %s", q.ID, q.Query, id)
				}
			}
			if q.First != "" && (len(found) == 0 || found[0] != q.First) {
				t.Errorf("%s %q has %v first", q.ID, q.Query, found)
			}
		}
	})
}

func TestBothDatabasesFindTheSame(t *testing.T) {
	f := readFile(t)
	var queries []search.Query
	for _, q := range f.Queries {
		queries = append(queries, search.Query{Words: q.Query, Limit: 100})
	}
	for _, words := range []string{"möte", "våld barn", "\"nästa möte\"", "kontakt*", "samverkan polis", "skolan vill information", "tilhörigheter", "vem ringer polisen om skolan inte vet", "v. 28", "IOP-överenskommelsen", "familjeenheten"} {
		for offset := range 3 {
			queries = append(queries, search.Query{Words: words, Limit: 4, Offset: 4 * offset}, search.Query{Words: words, Kind: search.Relay, Offset: offset}, search.Query{Words: words, Year: 2026, Limit: 3})
		}
	}
	var answers [2][]string
	for i, address := range []string{storetest.SQLite(t), storetest.Postgres(t)} {
		w := newWorld(t, storetest.One(t, address))
		w.fixtures(f)
		for _, q := range queries {
			r := w.find(q)
			line := fmt.Sprintf("%+v: %d", q, r.Total)
			for _, h := range r.Hits {
				line += fmt.Sprintf(" %s %v", h.ID, h.Snippet)
			}
			answers[i] = append(answers[i], line)
		}
	}
	for i := range queries {
		if answers[0][i] != answers[1][i] {
			t.Errorf("SQLite and PostgreSQL differ:\n%s\n%s", answers[0][i], answers[1][i])
		}
	}
}

func TestWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.text("forum",
			"Jouren föreslog att telefontolk ska erbjudas redan vid första samtalet.",
			"Samtalet är det första, och redan vid dörren.",
			"Riskbedömningen gjordes före hämtningen.",
			"Vi får fler bilar. Kvinnans namn skrivs inte.",
			"En far ringde om råd.",
			"Skicka svaret med e-post till enheten.",
			"Epost till gruppen läses varje dag.",
			"Mötet är kl. 13.00 i v. 38.",
			"Naïve São Ðor 漢字 Ελλάς text.",
		)
		for name, test := range map[string]struct {
			words string
			found []string // beginnings of texts
		}{
			"a phrase":                            {`"vid första samtalet"`, []string{"Jouren"}},
			"a phrase in typographic quotes":      {"”vid första samtalet”", []string{"Jouren"}},
			"a phrase has no other forms":         {`"första samtal"`, nil},
			"one word in quotes is exactly it":    {`"samtal"`, nil},
			"a phrase and a word":                 {`"första samtalet" tolk`, []string{"Jouren"}},
			"a quote that does not close":         {`"första samtalet`, []string{"Samtalet", "Jouren"}},
			"the beginning of a word":             {"riskbed*", []string{"Riskbedömningen"}},
			"a lone star":                         {"* riskbedömning", []string{"Riskbedömningen"}},
			"another form":                        {"riskbedömningarna", []string{"Riskbedömningen"}},
			"a part of a compound":                {"tolk", []string{"Jouren"}},
			"every word must be there":            {"tolk bilar", nil},
			"dots matter":                         {"far", []string{"En far"}},
			"dots matter the other way":           {"får", []string{"Vi får"}},
			"a word without its dots":             {"foreslog", []string{"Jouren"}},
			"a letter is wrong":                   {"hämtnimgen", []string{"Riskbedömningen"}},
			"a letter is missing":                 {"riskbdömning", []string{"Riskbedömningen"}},
			"two letters are swapped":             {"riskbedömnnigen", []string{"Riskbedömningen"}},
			"a short word is not guessed at":      {"bilor dor", nil},
			"a minus bars a word":                 {"samtalet -tolk*", []string{"Samtalet", "Jouren"}},
			"a minus bars its forms":              {"samtalet -telefontolken", []string{"Samtalet"}},
			"a dash is a minus":                   {"samtalet –telefontolk", []string{"Samtalet"}},
			"a minus bars a phrase":               {`samtalet -"vid första samtalet"`, []string{"Samtalet"}},
			"a minus in a phrase bars nothing":    {`"-vid första samtalet"`, []string{"Jouren"}},
			"a lone minus bars nothing":           {"tolk - samtalet", []string{"Jouren"}},
			"barred in what is guessed at":        {"hämtnimgen -riskbedömning", nil},
			"e-post finds epost":                  {"e-post", []string{"Epost", "Skicka"}},
			"epost finds e-post":                  {"epost", []string{"Epost", "Skicka"}},
			"a time":                              {"13.00", []string{"Mötet"}},
			"a week":                              {"v. 38", []string{"Mötet"}},
			"operators are words":                 {"tolk AND samtalet", nil},
			"capitals do not matter":              {"TELEFONTOLK", []string{"Jouren"}},
			"a letter in two pieces":              {"fo\u0308reslog", []string{"Jouren"}},
			"a soft hyphen":                       {"telefon\u00adtolk", []string{"Jouren"}},
			"letters from elsewhere":              {"são ðor 漢字 ελλάς", []string{"Naïve"}},
			"the beginning of a word of theirs":   {"ελλ*", []string{"Naïve"}},
			"two words that are written as one":   {"telefon tolk", []string{"Jouren"}},
			"a question":                          {"vem gjorde riskbedömning före hämtning?", []string{"Riskbedömningen"}},
			"a list of words is not a question":   {"riskbedömning hämtning cirkus", nil},
			"words that carry no meaning, alone":  {"det är", []string{"Samtalet"}},
			"words that carry no meaning, absent": {"vem skulle", nil},
		} {
			t.Run(name, func(t *testing.T) {
				found := texts(w.find(search.Query{Words: test.words}))
				slices.Sort(found)
				slices.Sort(test.found)
				ok := len(found) == len(test.found)
				for i := 0; ok && i < len(found); i++ {
					ok = strings.HasPrefix(found[i], test.found[i])
				}
				if !ok {
					t.Errorf("%q finds %q, want %q", test.words, found, test.found)
				}
			})
		}
	})
}

func TestCompounds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.text("forum", "Trappansamtalen börjar.", "Kvinnojouren är stängd.", "En gemensam mötesplats.", "Relationsvåldsteamet kommer.")
		for words, want := range map[string]string{
			"trappan samtal": "Trappansamtalen", "kvinna jour": "Kvinnojouren", "möte plats": "En", "mötes plats": "En", "relationsvåld team": "Relationsvåldsteamet", "relationsvåld": "Relationsvåldsteamet",
		} {
			if found := texts(w.find(search.Query{Words: words})); len(found) != 1 || !strings.HasPrefix(found[0], want) {
				t.Errorf("%q finds %q", words, found)
			}
		}
	})
}

func TestOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		add := func(date, text string) {
			var d almanac.Date
			if err := d.UnmarshalText([]byte(date)); err != nil {
				t.Fatal(err)
			}
			m := w.id()
			w.index(m, w.item(m, text, "forum", d, search.Note, "", text))
		}
		add("2026-05-05", "sist: tolkbokningen")
		add("2026-03-03", "fyra: tolkarna")
		add("2026-02-02", "tre: tolk, samma dag men senare skriven")
		w.counter += 10_000 // ms
		add("2026-04-04", "två: tolk")
		add("2026-06-06", "ett: tolk")
		add("2026-02-02", "tre b: tolk, samma dag men senare skriven")
		add("2025-03-03", "fem: tolkar")
		want := []string{"ett", "två", "tre", "tre b", "fyra", "fem", "sist"}
		var paged []string
		for offset := range len(want) + 1 {
			r := w.find(search.Query{Words: "tolk", Limit: 1, Offset: offset})
			if r.Total != len(want) {
				t.Errorf("total %d", r.Total)
			}
			paged = append(paged, texts(r)...)
		}
		for name, got := range map[string][]string{"whole": texts(w.find(search.Query{Words: "tolk"})), "paged": paged} {
			for i := range got {
				got[i], _, _ = strings.Cut(got[i], ":")
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: %q", name, got)
			}
		}
	})
}

func TestManyItemsOfOneMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		date := almanac.Date{Year: 2026, Month: 1, Day: 1}
		m := w.id()
		var items []search.Item
		for range 50 {
			i := w.item(m, "m", "forum", date, search.Note, "", "samma stund")
			copy(i.ID[:8], m[:8]) // the same moment, to the fraction
			items = append(items, i)
		}
		w.index(m, items[:30]...)
		other := w.id()
		for i := range items {
			items[i].MinutesID = other
		}
		w.index(other, items[30:]...)
		r := w.find(search.Query{Words: "stund", Limit: 100})
		seen := map[uuid.UUID]bool{}
		for _, h := range r.Hits {
			seen[h.ID] = true
		}
		if r.Total != 50 || len(seen) != 50 {
			t.Errorf("%d found, %d different", r.Total, len(seen))
		}
	})
}

func TestFilters(t *testing.T) {
	f := readFile(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.fixtures(f)
		police, adults := w.forum("polis-avstamning"), w.group("vuxen")
		for name, test := range map[string]struct {
			q    search.Query
			want []string
		}{
			"forum":      {search.Query{Words: "polisen", Forum: &police}, []string{"dev-02"}},
			"work group": {search.Query{Words: "program", WorkGroup: &adults}, []string{"dev-05"}},
			"year":       {search.Query{Words: "rutin", Year: 2025}, nil},
			"this year":  {search.Query{Words: "lathund", Year: 2026}, []string{"dev-02"}},
			"kind":       {search.Query{Words: "telefontolk", Kind: search.Decision}, []string{"dev-01"}},
			"all":        {search.Query{Words: "lathund", Forum: &police, Year: 2026, Kind: search.Action}, []string{"dev-02"}},
		} {
			if got := minutes(w.find(test.q)); !slices.Equal(got, test.want) {
				t.Errorf("%s: %v, want %v", name, got, test.want)
			}
		}
	})
}

func TestVisibility(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.text("egna", "Tillhörigheter i egna forumet. Åtgärd.")
		w.text("andra", "Tillhörigheter i andra forumet. Hemligheten.", "Bara här står utreseförbudet.")
		own, group := w.forum("egna"), w.group("vuxen")
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			return tx.DB.Omit("Lead").Create(&partner.WorkGroup{ID: group, Name: "Vuxen"}).Error
		}); err != nil {
			t.Fatal(err)
		}
		for name, test := range map[string]struct {
			grants []access.Grant
			want   int
		}{
			"nobody":                   {nil, 0},
			"coordinator of all":       {[]access.Grant{{Role: access.Coordinator}}, 2},
			"coordinator of one":       {[]access.Grant{{Role: access.Coordinator, ForumID: &own}}, 1},
			"member of one":            {[]access.Grant{{Role: access.Member, ForumID: &own}}, 1},
			"manager":                  {[]access.Grant{{Role: access.Manager}}, 2},
			"registrar":                {[]access.Grant{{Role: access.Registrar}}, 2},
			"group lead":               {[]access.Grant{{Role: access.GroupLead, WorkGroupID: &group}}, 0},
			"administrator":            {[]access.Grant{{Role: access.Administrator}}, 0},
			"administrator and member": {[]access.Grant{{Role: access.Administrator}, {Role: access.Member, ForumID: &own}}, 1},
		} {
			t.Run(name, func(t *testing.T) {
				a := w.actor(test.grants...)
				r := w.findAs(a, search.Query{Words: "tillhörighet"})
				if r.Total != test.want || len(r.Hits) != test.want {
					t.Errorf("%d found, %d shown, want %d", r.Total, len(r.Hits), test.want)
				}
				if test.want == 2 {
					return
				}
				for _, words := range []string{"hemligheten", "utreseförbudet", "utreseforbudet", "utreseförbut", "var står utreseförbudet om hemligheten", "hem*", `"andra forumet"`} {
					if r := w.findAs(a, search.Query{Words: words}); r.Total > 0 {
						t.Errorf("%q finds %q", words, texts(r))
					}
				}
				other := w.forum("andra")
				if r := w.findAs(a, search.Query{Words: "tillhörighet", Forum: &other}); r.Total > 0 {
					t.Errorf("asked for, the other forum is found: %q", texts(r))
				}
			})
		}
		t.Run("what is hidden does not stand in the way of a guess", func(t *testing.T) {
			a := w.actor(access.Grant{Role: access.Member, ForumID: &own})
			w.text("andra", "Atgard utan ring.") // found as written, but not by her
			if r := w.findAs(a, search.Query{Words: "atgard"}); r.Total != 1 {
				t.Errorf("%q", texts(r))
			}
		})
		t.Run("a right that was taken away is gone", func(t *testing.T) {
			a := w.actor(access.Grant{Role: access.Manager})
			w.write(func(tx *store.Tx) error {
				return tx.DB.Model(&access.Grant{}).Where("identity_id = ?", a.ID).Update("valid_to", tx.Now).Error
			})
			if r := w.findAs(a, search.Query{Words: "tillhörighet"}); r.Total != 0 {
				t.Errorf("%q", texts(r))
			}
		})
		t.Run("a disabled identity finds nothing", func(t *testing.T) {
			a := w.actor(access.Grant{Role: access.Manager})
			w.write(func(tx *store.Tx) error {
				return tx.DB.Model(&access.Identity{}).Where("id = ?", a.ID).Update("disabled_at", tx.Now).Error
			})
			if r := w.findAs(a, search.Query{Words: "tillhörighet"}); r.Total != 0 {
				t.Errorf("%q", texts(r))
			}
		})
		if r := w.findAs(access.Guest(), search.Query{Words: "tillhörighet"}); r.Total != 0 {
			t.Errorf("a guest finds %q", texts(r))
		}
	})
}

func TestSnippet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		long := strings.Repeat("Inledande ord om annat som fyller sidan. ", 20) + "Sedan kom telefontolken och de andra tolkarna. " + strings.Repeat("Avslutande ord som fyller. ", 20)
		w.text("forum", "Rutin för hämtning av e-post & <b>tillhörigheter</b>.", long)
		for words, want := range map[string]string{
			"rutinen för hämtning":    "[Rutin] för [hämtning] av e-post & <b>tillhörigheter</b>.",
			`"hämtning av"`:           "Rutin för [hämtning av] e-post & <b>tillhörigheter</b>.",
			"epost":                   "Rutin för hämtning av [e]-[post] & <b>tillhörigheter</b>.",
			"till*":                   "Rutin för hämtning av e-post & <b>[tillhörigheter]</b>.",
			"tillhorigheter hämtning": "Rutin för [hämtning] av e-post & <b>[tillhörigheter]</b>.",
		} {
			if got := shown(w.find(search.Query{Words: words})); got != want {
				t.Errorf("%q: %s", words, got)
			}
		}
		got := shown(w.find(search.Query{Words: "tolk"}))
		if !strings.HasPrefix(got, "… ") || !strings.HasSuffix(got, " …") || !strings.Contains(got, "kom [telefontolken] och de andra [tolkarna]. Av") || len(got) > 400 {
			t.Errorf("%s", got)
		}
	})
}

// shown writes the first hit's snippet with marks in brackets.
func shown(r *search.Result) (line string) {
	if len(r.Hits) == 0 {
		return "nothing"
	}
	for _, p := range r.Hits[0].Snippet {
		if p.Mark {
			p.Text = "[" + p.Text + "]"
		}
		line += p.Text
	}
	return line
}

func TestRefusals(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for name, q := range map[string]search.Query{
			"nothing":          {},
			"only signs":       {Words: ` "" * -- . `},
			"too long":         {Words: strings.Repeat("ö", 201)},
			"far too long":     {Words: strings.Repeat("ord ", 2500)},
			"too many words":   {Words: "ett två tre fyra fem sex sju åtta nio tio elva tolv"},
			"a long phrase":    {Words: `"två tre fyra fem sex sju åtta nio tio elva tolv"`},
			"an unknown kind":  {Words: "ord", Kind: "person"},
			"nul and nothing":  {Words: "\x00\x00"},
			"invalid encoding": {Words: "\xff\xfe"},
		} {
			err := db.Read(t.Context(), func(tx *store.Tx) error {
				_, err := search.Find(tx, access.System(), q)
				return err
			})
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestHostile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.text("forum", "Ett ord om samverkan.")
		for _, words := range []string{
			`ord"`, `"ord" "`, "o'rd", `ord\`, "ord)", "(ord", "ord AND", "NOT ord", "NEAR(ord samverkan)", "ord:*", "terms:ord", "^ord", "ord & !samverkan | x <-> y",
			"'; DROP TABLE search_items; --", "ord\x00samverkan", "\xfford", "ord\n\r\tsamverkan", "@ord ?", "@@ ord", "%ord_", "þ", "þ6fþrd", "ﬁ ß İ ı ǆ", "🙂 ord", "ord" + strings.Repeat("*", 150),
			strings.Repeat("å", 200), strings.Repeat("漢", 200), "e\u0301\u0301\u0301", "eord sord x", strings.Repeat(`"`, 99) + "ord",
		} {
			w.find(search.Query{Words: words})
		}
		if r := w.find(search.Query{Words: "samverkan"}); r.Total != 1 {
			t.Errorf("%d found afterwards", r.Total)
		}
	})
}

// What is written almost alike comes after what was written, and says so.
func TestAlike(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.text("forum", "Återrapportering varje kvartal.", "Riskbedömningen gjordes.", "En riskbedömningg som felskrevs.", "En far ringde.", "Vi får svar.", "Samverkan utan slut.")
		r := w.find(search.Query{Words: "aterrapportering"})
		if r.Total != 1 || r.Exact != 0 || !r.Hits[0].Alike || !slices.Equal(r.Meant, []string{"återrapportering"}) {
			t.Errorf("without dots: %+v", r)
		}
		r = w.find(search.Query{Words: "riskbedömning"})
		if got := texts(r); r.Total != 2 || r.Exact != 1 || !strings.HasPrefix(got[0], "Risk") || r.Hits[0].Alike || !r.Hits[1].Alike || !slices.Equal(r.Meant, []string{"riskbedömningg"}) {
			t.Errorf("a misspelling: %q %+v", got, r)
		}
		if r := w.find(search.Query{Words: "riskbedömning", Limit: 1, Offset: 1}); len(r.Hits) != 1 || !r.Hits[0].Alike {
			t.Errorf("on the second page: %+v", r)
		}
		if r := w.find(search.Query{Words: "far"}); r.Total != 1 || r.Exact != 1 || r.Hits[0].Alike {
			t.Errorf("a short word: %+v", r)
		}
		for range 20 {
			w.text("forum", "Riskbedömning och samverkan.")
		}
		if r := w.find(search.Query{Words: "riskbedömning"}); r.Total != 21 || r.Exact != 21 {
			t.Errorf("what is found often needs no likeness: %d of %d", r.Exact, r.Total)
		}
		if r := w.find(search.Query{Words: "kom återrapportering varje kvartal till skolan?"}); !r.Partly || len(r.Hits) == 0 || r.Hits[0].Alike {
			t.Errorf("a question: %+v", r)
		}
	})
}

// What a filter's choice counts is what it shows, whatever else is chosen, and only of what may be read.
func TestCounts(t *testing.T) {
	f := readFile(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.fixtures(f)
		partners := []uuid.UUID{w.id(), w.id(), w.id()}
		for n := range 60 {
			m := w.id()
			i := w.item(m, "", []string{"polis-avstamning", "rvt-miranda"}[n%2], almanac.Date{Year: 2024 + n%3, Month: 1, Day: 1 + n%20}, search.Kinds[n%len(search.Kinds)], "Punkt", []string{"Rutinen ses över med polisen.", "Rutinn för tolk.", "Rutiner och tolk."}[n%3])
			i.OrganisationIDs = partners[:n%4]
			if i.Kind == search.Relay {
				i.WorkGroupIDs = []uuid.UUID{w.group("vuxen")}
			}
			w.index(m, i)
		}
		police := w.forum("polis-avstamning")
		everybody, member := access.System(), w.actor(access.Grant{Role: access.Member, ForumID: &police})
		for _, words := range []string{"rutin", "rutinn", "rutin -tolk", "polisen", `"ses över"`, "vem ser över rutinen för polisen?", "tol*", "saknas helt"} {
			for _, by := range []access.Actor{everybody, member} {
				for _, q := range []search.Query{{}, {Forum: &police}, {Kind: search.Decision}, {Year: 2025}, {Organisation: &partners[0]}, {Organisation: &partners[1], Year: 2024, Kind: search.Note},
					{From: almanac.Date{Year: 2024, Month: 1, Day: 3}, To: almanac.Date{Year: 2025, Month: 1, Day: 2}, Forum: &police}} {
					q.Words, q.Counted = words, true
					w.countsAreShown(by, q, partners)
				}
			}
		}
		if r := w.findAs(member, search.Query{Words: "rutin", Counted: true}); len(r.Counts.Forums) != 1 {
			t.Errorf("a member's counts name %d forums", len(r.Counts.Forums))
		}
		for name, a := range map[string]access.Actor{"nobody": w.actor(), "an administrator": w.actor(access.Grant{Role: access.Administrator}), "a guest": access.Guest()} {
			if r := w.findAs(a, search.Query{Words: "rutin", Counted: true}); r.Total != 0 || r.Counts != nil {
				t.Errorf("%s: %+v", name, r)
			}
		}
	})
}

// countsAreShown opens each choice that was counted, and some that were not.
func (w *world) countsAreShown(by access.Actor, q search.Query, partners []uuid.UUID) {
	w.t.Helper()
	counts := w.findAs(by, q).Counts
	wants := func(choice any, q search.Query, n int) {
		w.t.Helper()
		q.Counted = false
		if got := w.findAs(by, q).Total; got != n {
			w.t.Errorf("%+v: %v counts %d and shows %d", q, choice, n, got)
		}
	}
	for _, id := range w.forums {
		chosen := q
		chosen.Forum = &id
		wants("forum", chosen, counts.Forums[id])
	}
	for _, id := range partners {
		chosen := q
		chosen.Organisation = &id
		wants("organisation", chosen, counts.Organisations[id])
	}
	for _, id := range w.groups {
		chosen := q
		chosen.WorkGroup = &id
		wants("group", chosen, counts.WorkGroups[id])
	}
	for year := 2023; year < 2028; year++ {
		chosen := q
		chosen.Year = year
		wants(year, chosen, counts.Years[year])
	}
	for _, kind := range search.Kinds {
		chosen := q
		chosen.Kind = kind
		wants(kind, chosen, counts.Kinds[kind])
	}
}
