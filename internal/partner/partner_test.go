package partner_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// each builds the world on both databases and gives its coordinator.
func each(t *testing.T, body func(t *testing.T, db *store.DB, w *sample.World, by access.Actor)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		var w *sample.World
		var by access.Actor
		write(t, db, func(tx *store.Tx) (err error) {
			if w, err = sample.Build(tx, "hash"); err != nil {
				return err
			}
			by, err = access.Load(tx, w.Identities[access.Coordinator])
			return err
		})
		body(t, db, w, by)
	})
}

func write(t *testing.T, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func fields(err error) (names []string) {
	if f, ok := err.(*fault.Fault); ok {
		for _, field := range f.Fields {
			names = append(names, field.Name)
		}
	}
	return names
}

func TestContact(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, w *sample.World, by access.Actor) {
		var home partner.Organisation
		write(t, db, func(tx *store.Tx) (err error) {
			home, err = partner.Home(tx)
			return err
		})
		right := func() partner.Reach {
			return partner.Reach{Name: "Per Lind", Kind: partner.Person, Email: "Per.Lind@Kommun.Example", OrganisationID: home.ID, Language: lang.Swedish}
		}
		stranger := uuid.New()
		for name, test := range map[string]struct {
			change func(*partner.Reach)
			fields []string
		}{
			"no name":                       {func(r *partner.Reach) { r.Name = " " }, []string{"name"}},
			"a name of two lines":           {func(r *partner.Reach) { r.Name = "Per\nBcc: x" }, []string{"name"}},
			"a name that is too long":       {func(r *partner.Reach) { r.Name = strings.Repeat("å", 201) }, []string{"name"}},
			"no kind":                       {func(r *partner.Reach) { r.Kind = "" }, []string{"kind"}},
			"an address that is none":       {func(r *partner.Reach) { r.Email = "per" }, []string{"email"}},
			"an address with a line break":  {func(r *partner.Reach) { r.Email = "per@kommun.example\r\nRCPT TO:<x@y.example>" }, []string{"email"}},
			"neither address nor telephone": {func(r *partner.Reach) { r.Email = "" }, []string{"email"}},
			"by telephone without a number": {func(r *partner.Reach) { r.ByPhone = true }, []string{"phone"}},
			"an organisation that is not":   {func(r *partner.Reach) { r.OrganisationID = stranger }, []string{"organisationId"}},
			"a role that is not":            {func(r *partner.Reach) { r.RoleID = &stranger }, []string{"roleId"}},
			"a deputy that is not":          {func(r *partner.Reach) { r.DeputyID = &stranger }, []string{"deputyId"}},
			"an address that somebody has":  {func(r *partner.Reach) { r.Email = "IDA@miranda.example" }, []string{"email"}},
			"everything wrong, all at once": {func(r *partner.Reach) { *r = partner.Reach{Phone: "a\nb"} }, []string{"name", "kind", "organisationId", "email", "phone"}},
		} {
			t.Run("refuses "+name, func(t *testing.T) {
				r := right()
				test.change(&r)
				err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
					_, err := partner.AddContact(tx, by, r)
					return err
				})
				if got := fields(err); fault.KindOf(err) != fault.Invalid || !slices.Equal(got, test.fields) {
					t.Errorf("%v: %v", got, err)
				}
			})
		}
		t.Run("is kept with its address in small letters, and its version counts", func(t *testing.T) {
			write(t, db, func(tx *store.Tx) error {
				c, err := partner.AddContact(tx, by, right())
				if err != nil {
					return err
				}
				if c.Email != "per.lind@kommun.example" || c.Version != 1 {
					t.Errorf("%+v", c)
				}
				r := right()
				r.Phone = "070-1740605"
				if c, err = partner.ChangeContact(tx, by, c.ID, 1, r); err != nil || c.Version != 2 {
					t.Errorf("%+v %v", c, err)
				}
				if _, err := partner.ChangeContact(tx, by, c.ID, 1, r); fault.KindOf(err) != fault.Conflict {
					t.Errorf("an old reading: %v", err)
				}
				return nil
			})
		})
		t.Run("an address is free when its owner has left", func(t *testing.T) {
			if err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
				if err := tx.DB.Model(&partner.Contact{}).Where("id = ?", w.Contacts["miranda-samordning"]).Update("left_at", tx.Now).Error; err != nil {
					return err
				}
				r := right()
				r.Email = "ida@miranda.example"
				_, err := partner.AddContact(tx, by, r)
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestWhoReadsContacts(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, w *sample.World, by access.Actor) {
		// domain.md §2.5: members those they sit in a forum with
		want := map[access.Role][]string{
			access.Coordinator: nil, access.Manager: nil,
			access.Member:    {"Anna Ek", "Bo Alm", "Teamet i Katrineholm", "Tjej- och kvinnojouren Miranda"},
			access.GroupLead: {}, access.Registrar: {}, access.Administrator: {},
		}
		for role, names := range want {
			t.Run(string(role), func(t *testing.T) {
				write(t, db, func(tx *store.Tx) error {
					a, err := access.Load(tx, w.Identities[role])
					if err != nil {
						return err
					}
					all, err := partner.Contacts(tx, a)
					var got []string
					for _, c := range all {
						got = append(got, c.Shown())
					}
					if names == nil && len(got) != len(w.Contacts) || names != nil && !slices.Equal(got, names) {
						t.Errorf("%v", got)
					}
					_, foreign := partner.FindContact(tx, a, w.Contacts["omradespolis"])
					if seen := foreign == nil; seen != (names == nil) || !seen && fault.KindOf(foreign) != fault.NotFound {
						t.Errorf("another forum's: %v", foreign)
					}
					return err
				})
			})
		}
		t.Run("only a coordinator adds and changes", func(t *testing.T) {
			for _, role := range access.Roles[1:] {
				if err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
					a, err := access.Load(tx, w.Identities[role])
					if err != nil {
						return err
					}
					if _, err := partner.ChangeContact(tx, a, w.Contacts["anna-ek"], 1, partner.Reach{}); fault.KindOf(err) != fault.NotFound {
						t.Errorf("%s: %v", role, err)
					}
					_, err = partner.AddContact(tx, a, partner.Reach{})
					return err
				}); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%s: %v", role, err)
				}
			}
		})
	})
}

func TestShown(t *testing.T) {
	c := partner.Contact{Name: "Ida Asp", Organisation: partner.Organisation{Name: "Föreningen"}}
	if c.Shown() != "Ida Asp" {
		t.Error(c.Shown())
	}
	c.Protected = true
	if c.Shown() != "Föreningen" {
		t.Error(c.Shown())
	}
	c.Role = &partner.Role{Name: "Samordnare"}
	if c.Shown() != "Föreningen, Samordnare" {
		t.Error(c.Shown())
	}
}

func TestEstablish(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Run("names the municipality once, and renames it after", func(t *testing.T) {
			write(t, db, func(tx *store.Tx) error {
				if _, err := partner.Home(tx); fault.KindOf(err) != fault.NotFound {
					t.Errorf("before set-up: %v", err)
				}
				first, err := partner.Establish(tx, access.System(), " Vingåkers kommun ")
				if err != nil {
					return err
				}
				second, err := partner.Establish(tx, access.System(), "Exempelby kommun")
				if err != nil {
					return err
				}
				home, err := partner.Home(tx)
				if first.ID != second.ID || home.Name != "Exempelby kommun" {
					t.Errorf("%+v %+v %+v", first, second, home)
				}
				return err
			})
		})
		t.Run("refuses no name and two lines", func(t *testing.T) {
			for _, name := range []string{"", "A\nB"} {
				if err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
					_, err := partner.Establish(tx, access.System(), name)
					return err
				}); fault.KindOf(err) != fault.Invalid {
					t.Errorf("%q: %v", name, err)
				}
			}
		})
	})
}

func TestOrganisations(t *testing.T) {
	each(t, func(t *testing.T, db *store.DB, w *sample.World, by access.Actor) {
		t.Run("stand in Swedish order, å ä ö last", func(t *testing.T) {
			write(t, db, func(tx *store.Tx) error {
				for _, name := range []string{"Öberg", "Zetterberg", "Ärlig", "Ahlberg", "Åberg"} {
					if _, err := partner.AddOrganisation(tx, by, name, "", nil); err != nil {
						return err
					}
				}
				all, err := partner.Organisations(tx, by)
				var got []string
				for _, o := range all {
					if o.ExternalID == nil {
						got = append(got, o.Name)
					}
				}
				if !slices.Equal(got, []string{"Ahlberg", "Zetterberg", "Åberg", "Ärlig", "Öberg"}) {
					t.Errorf("%v", got)
				}
				return err
			})
		})
		t.Run("are not for guests", func(t *testing.T) {
			err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
				_, err := partner.Organisations(tx, access.Guest())
				return err
			})
			if fault.KindOf(err) != fault.NotFound {
				t.Errorf("got %v", err)
			}
		})
	})
}
