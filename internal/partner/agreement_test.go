package partner_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func on(month, day int) almanac.Date {
	return almanac.Date{Year: 2027, Month: 1, Day: 1}.AddMonths(month - 1).AddDays(day - 1)
}

func TestAgreementNeeds(t *testing.T) {
	three := int64(3)
	whole := partner.Agreement{ValidFrom: on(1, 1), ValidTo: on(12, 31), NoticeMonths: &three, FollowUp: on(6, 1)}
	ended := whole
	ended.Ending = &partner.Ending{LastDay: on(8, 1)}
	open := partner.Agreement{ValidFrom: on(1, 1), NoticeMonths: &three}
	for name, c := range map[string]struct {
		of    partner.Agreement
		today almanac.Date
		want  []string
	}{
		"nothing long before":                               {whole, on(3, 1), nil},
		"a follow-up thirty days before":                    {whole, on(5, 2), []string{"Ska följas upp senast 2027-06-01"}},
		"a follow-up that is late, in words":                {whole, on(7, 1), []string{"Skulle ha följts upp senast 2027-06-01"}},
		"the last day to give notice":                       {whole, on(9, 1), []string{"Skulle ha följts upp senast 2027-06-01", "Sista dag att säga upp är 2027-09-30"}},
		"nothing about notice when that day has been":       {whole, on(10, 5), []string{"Skulle ha följts upp senast 2027-06-01"}},
		"renewal when the end is near":                      {whole, on(12, 1), []string{"Skulle ha följts upp senast 2027-06-01", "Går ut 2027-12-31"}},
		"renewal when it has expired":                       {whole, on(13, 5), []string{"Skulle ha följts upp senast 2027-06-01", "Gick ut 2027-12-31. Förnya eller avsluta det"}},
		"nothing when it is ended":                          {ended, on(12, 1), nil},
		"nothing when it goes on until somebody ends it":    {open, on(12, 1), nil},
		"nothing while nobody knows from or until when":     {partner.Agreement{}, on(12, 1), nil},
		"and without a time of notice the end sixty before": {partner.Agreement{ValidTo: on(12, 31)}, on(11, 1), []string{"Går ut 2027-12-31"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, n := range c.of.Needs(c.today) {
				got = append(got, n.Words().In("sv"))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAgreementTerm(t *testing.T) {
	for want, a := range map[partner.Term]partner.Agreement{
		partner.Unstated: {}, partner.Coming: {ValidFrom: on(5, 1)}, partner.Running: {ValidFrom: on(1, 1)}, partner.Expired: {ValidTo: on(2, 1)},
		partner.Ended: {ValidFrom: on(1, 1), Ending: &partner.Ending{LastDay: on(2, 1)}},
	} {
		if got := a.Term(on(3, 1)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestAgreements(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		by := access.System()
		write := func(fn func(*store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		refused := func(want fault.Kind, field string, fn func(*store.Tx) error) {
			t.Helper()
			err := db.Rehearse(t.Context(), fn)
			if fault.KindOf(err) != want || field != "" && !fault.Concerns(err, field) {
				t.Errorf("%v, want %s on %s", err, want, field)
			}
		}
		var home, other *partner.Organisation
		write(func(tx *store.Tx) (err error) {
			if home, err = partner.Establish(tx, by, "Exempelby"); err != nil {
				return err
			}
			other, err = partner.AddOrganisation(tx, by, "Föreningen", "ideell", nil)
			return err
		})
		terms := partner.Terms{Kind: partner.Partnership, PartyIDs: []uuid.UUID{home.ID, other.ID, other.ID}, ValidFrom: on(1, 1), ValidTo: on(12, 31)}
		var made *partner.Agreement
		write(func(tx *store.Tx) (err error) {
			made, err = partner.AddAgreement(tx, by, terms)
			return err
		})
		if len(made.Parties) != 2 || made.Named() != "Föreningen" || len(made.Lacks()) != 2 {
			t.Errorf("%+v lacks %v", made, made.Lacks())
		}
		for field, spoil := range map[string]func(*partner.Terms){
			"kind":         func(t *partner.Terms) { t.Kind = "x" },
			"partyId":      func(t *partner.Terms) { t.PartyIDs = []uuid.UUID{uuid.Must(uuid.NewV7())} },
			"validTo":      func(t *partner.Terms) { t.ValidTo = on(-3, 1) },
			"noticeMonths": func(t *partner.Terms) { n := int64(-1); t.NoticeMonths = &n },
			"forumId":      func(t *partner.Terms) { t.ForumIDs = []uuid.UUID{home.ID} },
			"note":         func(t *partner.Terms) { t.Note = "Gäller 19121212-1212" },
			"subject":      func(t *partner.Terms) { t.Subject = "19121212-1212" },
		} {
			wrong := terms
			spoil(&wrong)
			refused(fault.Invalid, field, func(tx *store.Tx) error { _, err := partner.AddAgreement(tx, by, wrong); return err })
		}
		write(func(tx *store.Tx) error {
			changed := terms
			changed.PartyIDs, changed.Subject = terms.PartyIDs[1:], "Skyddat"
			now, err := partner.ChangeAgreement(tx, by, made.ID, made.Version, changed)
			if err == nil && (len(now.Parties) != 1 || now.Named() != "Skyddat" || now.Version != 2) {
				t.Errorf("%+v", now)
			}
			return err
		})
		refused(fault.Conflict, "", func(tx *store.Tx) error { _, err := partner.ChangeAgreement(tx, by, made.ID, 1, terms); return err })
		refused(fault.Invalid, "lastDay", func(tx *store.Tx) error {
			_, err := partner.EndAgreement(tx, by, made.ID, 2, almanac.Date{}, "")
			return err
		})
		write(func(tx *store.Tx) error {
			now, err := partner.EndAgreement(tx, by, made.ID, 2, on(6, 30), "Ersatt")
			if err == nil && (now.Ending == nil || now.Term(on(7, 1)) != partner.Ended || now.Term(on(6, 30)) != partner.Running) {
				t.Errorf("%+v", now)
			}
			return err
		})
		refused(fault.Conflict, "", func(tx *store.Tx) error {
			_, err := partner.EndAgreement(tx, by, made.ID, 3, on(6, 30), "")
			return err
		})
		refused(fault.NotFound, "", func(tx *store.Tx) error { _, err := partner.Agreements(tx, access.Guest()); return err })
	})
}
