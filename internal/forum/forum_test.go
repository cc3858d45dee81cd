package forum_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func build(t *testing.T, db *store.DB) (w *sample.World) {
	t.Helper()
	write(t, db, func(tx *store.Tx) (err error) {
		w, err = sample.Build(tx, "hash")
		return err
	})
	return w
}

func write(t *testing.T, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// refusal gives what fn is refused with; its transaction leaves nothing.
func refusal(t *testing.T, db *store.DB, fn func(*store.Tx) error) error {
	t.Helper()
	return db.Rehearse(t.Context(), fn)
}

func actor(t *testing.T, db *store.DB, id uuid.UUID) (a access.Actor) {
	t.Helper()
	write(t, db, func(tx *store.Tx) (err error) {
		a, err = access.Load(tx, id)
		return err
	})
	return a
}

// fields are the names of the fields that a refusal points at.
func fields(err error) (names []string) {
	if f, ok := err.(*fault.Fault); ok {
		for _, field := range f.Fields {
			names = append(names, field.Name)
		}
	}
	return names
}

func TestChange(t *testing.T) {
	long := strings.Repeat("å", 201)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := build(t, db)
		coordinator := actor(t, db, w.Identities[access.Coordinator])
		var f *forum.Forum
		write(t, db, func(tx *store.Tx) (err error) {
			f, err = forum.Find(tx, coordinator, w.Forums["polis-avstamning"])
			return err
		})
		stranger := uuid.New()
		for name, test := range map[string]struct {
			change func(*forum.Settings)
			field  string
		}{
			"no name":                       {func(s *forum.Settings) { s.Name = "  " }, "name"},
			"a name that is too long":       {func(s *forum.Settings) { s.Name = long }, "name"},
			"a name of two lines":           {func(s *forum.Settings) { s.Name = "a\r\nb" }, "name"},
			"no neutral title":              {func(s *forum.Settings) { s.NeutralTitle = "" }, "neutralTitle"},
			"a title of nothing to see":     {func(s *forum.Settings) { s.NeutralTitle = "\u200b\u00ad" }, "neutralTitle"},
			"a title that is too long":      {func(s *forum.Settings) { s.NeutralTitle = long }, "neutralTitle"},
			"a title with a line break":     {func(s *forum.Settings) { s.NeutralTitle = "Möte\nLOCATION:Hemma" }, "neutralTitle"},
			"a title with a return":         {func(s *forum.Settings) { s.NeutralTitle = "Möte\rX" }, "neutralTitle"},
			"a title with a NUL":            {func(s *forum.Settings) { s.NeutralTitle = "Möte\x00" }, "neutralTitle"},
			"a title with a line separator": {func(s *forum.Settings) { s.NeutralTitle = "Möte\u2028X" }, "neutralTitle"},
			"a place of two lines":          {func(s *forum.Settings) { s.Place = "Rum 1\nRum 2" }, "place"},
			"a place that is too long":      {func(s *forum.Settings) { s.Place = long }, "place"},
			"a telling place for all":       {func(s *forum.Settings) { s.Place, s.OutwardPlace = "Polishuset", forum.FullPlace }, "place"},
			"an unknown scope":              {func(s *forum.Settings) { s.Scope = "secret" }, "scope"},
			"an unknown convener":           {func(s *forum.Settings) { s.ConvenedBy = "nobody" }, "convenedBy"},
			"others without organisation":   {func(s *forum.Settings) { s.ConvenedBy, s.ConvenerID = forum.Other, nil }, "convenerId"},
			"others that are not there":     {func(s *forum.Settings) { s.ConvenedBy, s.ConvenerID = forum.Other, &stranger }, "convenerId"},
			"an unknown level":              {func(s *forum.Settings) { s.Level = "open" }, "level"},
			"an unknown outward place":      {func(s *forum.Settings) { s.OutwardPlace = "map" }, "outwardPlace"},
			"a Saturday":                    {func(s *forum.Settings) { s.Weekday = 6 }, "weekday"},
			"a Sunday":                      {func(s *forum.Settings) { s.Weekday = 0 }, "weekday"},
			"no length":                     {func(s *forum.Settings) { s.Minutes = 0 }, "minutes"},
			"a day's length":                {func(s *forum.Settings) { s.Minutes = 721 }, "minutes"},
			"a time after midnight":         {func(s *forum.Settings) { s.Starts = 24 * 60 }, "starts"},
			"a time before it":              {func(s *forum.Settings) { s.Starts = -1 }, "starts"},
			"a thirteenth month":            {func(s *forum.Settings) { s.ExemptMonths = []int{7, 13} }, "exemptMonths"},
			"a month zero":                  {func(s *forum.Settings) { s.ExemptMonths = []int{0} }, "exemptMonths"},
			"a reminder a year before":      {func(s *forum.Settings) { s.RemindDays = 250 }, "remindDays"},
			"asked again a month before":    {func(s *forum.Settings) { s.AskAgainDays = 21 }, "askAgainDays"},
			"asked again afterwards":        {func(s *forum.Settings) { s.AskAgainDays = -1 }, "askAgainDays"},
			"a cadence backwards":           {func(s *forum.Settings) { s.Cadence.Months = -1 }, "cadenceMonths"},
			"more at least than at most":    {func(s *forum.Settings) { s.Cadence.Min, s.Cadence.Max = 4, 3 }, "cadenceMax"},
			"a long story of a cadence":     {func(s *forum.Settings) { s.Cadence.Text = long }, "cadenceText"},
		} {
			t.Run("refuses "+name, func(t *testing.T) {
				s := f.Settings()
				test.change(&s)
				err := refusal(t, db, func(tx *store.Tx) error {
					_, err := forum.Change(tx, coordinator, f.ID, f.Version, s)
					return err
				})
				if fault.KindOf(err) != fault.Invalid || !slices.Contains(fields(err), test.field) {
					t.Errorf("got %v", err)
				}
			})
		}
		t.Run("names every mistake at once", func(t *testing.T) {
			s := f.Settings()
			s.Name, s.NeutralTitle, s.Weekday = "", "Heder", 7
			err := refusal(t, db, func(tx *store.Tx) error {
				_, err := forum.Change(tx, coordinator, f.ID, f.Version, s)
				return err
			})
			if got := fields(err); !slices.Equal(got, []string{"name", "neutralTitle", "weekday"}) {
				t.Errorf("got %v", got)
			}
		})
		t.Run("keeps what it takes, and counts the version", func(t *testing.T) {
			s := f.Settings()
			s.NeutralTitle, s.ExemptMonths, s.OutwardPlace, s.Place = " Avstämning\u00ad ", []int{6, 7}, forum.FullPlace, "Rum 2"
			var after *forum.Forum
			write(t, db, func(tx *store.Tx) (err error) {
				if _, err = forum.Change(tx, coordinator, f.ID, f.Version, s); err != nil {
					return err
				}
				after, err = forum.Find(tx, coordinator, f.ID)
				return err
			})
			if after.NeutralTitle != "Avstämning" || !slices.Equal(after.ExemptMonths, []int{6, 7}) || after.Place != "Rum 2" || after.Version != f.Version+1 {
				t.Errorf("%+v", after)
			}
		})
		t.Run("refuses what was read before another change", func(t *testing.T) {
			err := refusal(t, db, func(tx *store.Tx) error {
				_, err := forum.Change(tx, coordinator, f.ID, f.Version, f.Settings())
				return err
			})
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("got %v", err)
			}
		})
		t.Run("is not found for a member and for a forum that is not there", func(t *testing.T) {
			member := actor(t, db, w.Identities[access.Member])
			for _, try := range []struct {
				by access.Actor
				id uuid.UUID
			}{{member, w.Forums["rvt-miranda"]}, {member, f.ID}, {coordinator, uuid.New()}, {access.Guest(), f.ID}} {
				err := refusal(t, db, func(tx *store.Tx) error {
					_, err := forum.Change(tx, try.by, try.id, 1, f.Settings())
					return err
				})
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: %v", try.by.Name, err)
				}
			}
		})
	})
}

// The words of domain.md §2.1 that never leave the house, as people write them.
var telling = []string{
	"våld", "heder", "hot", "våldsutsatt", "tvångsgifte", "könsstympning", "utsatt", "offer", "förövare", "kvinnojour",
	"Relationsvåldsteamet", "Brottsofferjouren", "Kriminalvården", "polis",
	"Samverkan mot våld", "HEDER", "Hedersgruppen", "Våldsgruppen", "Kommunpolisen", "Polis – heder", "Tjej- och kvinnojouren",
	"Hot- och riskbedömning", "våld i nära relation", "Va\u030ald", "Vå\u00adld", "Vå\u200bld", "he\u2060der",
}

func TestNeutralLine(t *testing.T) {
	for _, word := range telling {
		if title, err := forum.NeutralLine("neutralTitle", word); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q is let out as %q", word, title)
		}
	}
	for _, title := range []string{"Nätverksträff", "Avstämning", "Nätverksmöte", "Månadsträff", "Länsmöte", "Arbetsgruppsmöte", "APT", "Förebyggande möte", "Möte i hotellet"} {
		if _, err := forum.NeutralLine("neutralTitle", title); err != nil {
			t.Errorf("%q: %v", title, err)
		}
	}
}

func TestFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := build(t, db)
		s := forum.Usual()
		s.Name, s.NeutralTitle, s.PromisedFrom = "Ny grupp", "Arbetsgruppsmöte", almanac.Date{Year: 2027, Month: 1, Day: 1}
		t.Run("gives a forum outside the plan", func(t *testing.T) {
			by := actor(t, db, w.Identities[access.Coordinator])
			var found *forum.Forum
			write(t, db, func(tx *store.Tx) error {
				made, err := forum.Found(tx, by, s, nil)
				if err != nil {
					return err
				}
				found, err = forum.Find(tx, by, made.ID)
				return err
			})
			if found.InPlan || found.ExternalID != nil || found.Version != 1 || found.PromisedFrom != s.PromisedFrom || found.Settings().Name != "Ny grupp" {
				t.Errorf("%+v", found)
			}
		})
		for _, role := range access.Roles {
			if role == access.Coordinator {
				continue
			}
			t.Run("is not for a "+string(role), func(t *testing.T) {
				by := actor(t, db, w.Identities[role])
				err := refusal(t, db, func(tx *store.Tx) error {
					_, err := forum.Found(tx, by, s, nil)
					return err
				})
				if fault.KindOf(err) != fault.NotFound {
					t.Errorf("got %v", err)
				}
			})
		}
	})
}

func TestSeat(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := build(t, db)
		by := actor(t, db, w.Identities[access.Coordinator])
		id, contact := w.Forums["polis-avstamning"], w.Contacts["frivarden"]
		members := func() (names []string) {
			t.Helper()
			write(t, db, func(tx *store.Tx) error {
				all, err := forum.Members(tx, by, id)
				for _, m := range all {
					names = append(names, m.Contact.Name)
				}
				return err
			})
			return names
		}
		before := members()
		t.Run("once, however often it is asked", func(t *testing.T) {
			for range 2 {
				write(t, db, func(tx *store.Tx) error { return forum.Seat(tx, by, id, contact) })
			}
			if got := members(); !slices.Equal(got, append(slices.Clone(before), "Nils Ask")) {
				t.Errorf("got %v", got)
			}
		})
		t.Run("unseat takes out, and twice is as once", func(t *testing.T) {
			for range 2 {
				write(t, db, func(tx *store.Tx) error { return forum.Unseat(tx, by, id, contact) })
			}
			if got := members(); !slices.Equal(got, before) {
				t.Errorf("got %v", got)
			}
		})
		t.Run("somebody who has left is no member and cannot be seated", func(t *testing.T) {
			err := refusal(t, db, func(tx *store.Tx) error {
				if err := tx.DB.Table("contacts").Where("id = ?", contact).Update("left_at", tx.Now).Error; err != nil {
					return err
				}
				return forum.Seat(tx, by, id, contact)
			})
			if fault.KindOf(err) != fault.Invalid || !slices.Equal(fields(err), []string{"contactId"}) {
				t.Errorf("got %v", err)
			}
		})
		for name, try := range map[string]struct {
			by             access.Actor
			forum, contact uuid.UUID
			want           fault.Kind
		}{
			"a contact that is not there": {by, id, uuid.New(), fault.Invalid},
			"a forum that is not there":   {by, uuid.New(), contact, fault.NotFound},
			"by a member":                 {actor(t, db, w.Identities[access.Member]), w.Forums["rvt-miranda"], contact, fault.NotFound},
			"by the administrator":        {actor(t, db, w.Identities[access.Administrator]), id, contact, fault.NotFound},
		} {
			t.Run("refuses "+name, func(t *testing.T) {
				err := refusal(t, db, func(tx *store.Tx) error { return forum.Seat(tx, try.by, try.forum, try.contact) })
				if fault.KindOf(err) != try.want {
					t.Errorf("got %v", err)
				}
				if try.want == fault.NotFound {
					if err := refusal(t, db, func(tx *store.Tx) error { return forum.Unseat(tx, try.by, try.forum, try.contact) }); fault.KindOf(err) != fault.NotFound {
						t.Errorf("unseat: %v", err)
					}
				}
			})
		}
	})
}
