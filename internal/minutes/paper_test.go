package minutes_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// told is finalised minutes with one of each, and a person's name in some places.
func told(t *testing.T, db *store.DB) (*desk, *minutes.Document) {
	t.Helper()
	d := open(t, db, "polis-avstamning")
	d.add(minutes.Written{Kind: minutes.Note, Text: "Samtal med **Kim** Nilsson.\n\n- om rutiner\n- om Kim  Nilsson igen"})
	d.add(minutes.Written{Kind: minutes.Decision, Text: "Rutinen gäller från 1 mars."})
	d.add(minutes.Written{Kind: minutes.Action, Text: "Skriver ett förslag", Owner: "Kim Nilsson"})
	d.write(func(tx *store.Tx) error {
		group, _, err := store.ByExternalID(tx, &partner.WorkGroup{}, "vuxen")
		if err != nil {
			return err
		}
		by := d.as(tx, access.Coordinator)
		m, err := minutes.Draft(tx, by, d.id)
		if err == nil {
			_, err = minutes.Add(tx, by, d.id, m.Agenda[1].ID, minutes.Written{Kind: minutes.Relay, Text: "Ring teamet först.", Receivers: []uuid.UUID{group}})
		}
		return err
	})
	_, frozen := d.finalise("", "")
	return d, frozen
}

func TestACopyOnPaperSaysWhatWasFrozen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d, frozen := told(t, db)
		download := func(format minutes.Format) (c *minutes.Copy) {
			d.write(func(tx *store.Tx) (err error) {
				c, err = minutes.Download(tx, d.as(tx, access.Registrar), d.id, 0, format)
				return err
			})
			return c
		}
		for _, format := range minutes.Formats {
			first := download(format)
			// What happens later changes nothing: another name of a group, a correction.
			d.write(func(tx *store.Tx) error {
				return tx.DB.Model(&partner.WorkGroup{}).Where("external_id = ?", "vuxen").Update("name", "Nytt namn "+string(format)).Error
			})
			if again := download(format); !bytes.Equal(first.Data, again.Data) {
				t.Errorf("%s: the second copy is another one", format)
			}
			if want := "anteckningar-2026-11-17-version-1." + string(format); first.Name != want {
				t.Errorf("the file is called %s, want %s", first.Name, want)
			}
		}
		text := document.Plain(frozen.Paper(d.db.Now()).Body)
		for _, want := range []string{"Samtal med Kim Nilsson.\nom rutiner\n", "Beslut B1: Rutinen gäller från 1 mars.", "Uppgift U1: Skriver ett förslag\nAnsvarig: Kim Nilsson.", "Att föra vidare: Ring teamet först.\nTill: Vuxenhandläggare.", "Version 1, färdigställd 20"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
			_, err := minutes.Download(tx, by, d.id, 0, "exe")
			return err
		}); kind != fault.NotFound {
			t.Errorf("another format: %v", kind)
		}
		if kind := d.refused(func(tx *store.Tx, _ access.Actor) error {
			_, err := minutes.Download(tx, d.as(tx, access.GroupLead), d.id, 0, minutes.PDF)
			return err
		}); kind != fault.NotFound {
			t.Errorf("somebody who may not read: %v", kind)
		}
	})
}

func TestADisclosedCopyHidesWhatIsSecretAndLeavesTheOriginal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d, frozen := told(t, db)
		item := frozen.Agenda[0].Items[1].ID
		disclose := func(m minutes.Masks, note string) error {
			return db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := minutes.Disclose(tx, d.as(tx, access.Registrar), d.id, 0, m, note)
				return err
			})
		}
		if err := disclose(minutes.Masks{Words: []string{"Kim Nilsson"}}, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a decision: %v", err)
		}
		// "**Kim** Nilsson" is read as Kim Nilsson, but is not found as it was typed.
		if err := disclose(minutes.Masks{Words: []string{"kim nilsson"}}, "26 kap. 1 § OSL"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a name that can still be read: %v", err)
		}
		m := minutes.Masks{Words: []string{"nilsson", "", " Kim \r"}, Items: []uuid.UUID{item}}
		if err := disclose(m, "26 kap. 1 § OSL"); err != nil {
			t.Fatal(err)
		}
		hidden, n := frozen.Mask(minutes.Masks{Words: []string{"nilsson", "kim"}, Items: []uuid.UUID{item}})
		text := document.Plain(hidden.Paper(db.Now()).Body)
		if n != 7 || strings.Contains(text, "Kim") || strings.Contains(text, "Nilsson") || strings.Contains(text, "1 mars") {
			t.Errorf("%d places, and it reads\n%s", n, text)
		}
		if whole := document.Plain(frozen.Paper(db.Now()).Body); !strings.Contains(whole, "om Kim  Nilsson igen") {
			t.Errorf("the original was changed:\n%s", whole)
		}
		d.write(func(tx *store.Tx) error {
			all, err := minutes.Disclosures(tx, d.as(tx, access.Coordinator), d.id)
			if err != nil {
				return err
			}
			if len(all) != 1 || all[0].Masked != 7 || all[0].Decision != "26 kap. 1 § OSL" {
				t.Errorf("the list: %+v", all)
			}
			c, err := minutes.DisclosedCopy(tx, d.as(tx, access.Registrar), all[0].ID)
			if err == nil && !bytes.HasPrefix(c.Data, []byte("%PDF-")) {
				t.Errorf("the copy begins %.10q", c.Data)
			}
			return err
		})
	})
}

func TestFinishedMinutesWaitForARegistryNumber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d, _ := told(t, db)
		waits := func(role access.Role) (n int) {
			d.write(func(tx *store.Tx) error {
				all, err := minutes.Unregistered(tx, d.as(tx, role))
				for _, m := range all {
					if m.ID == d.id {
						n++
					}
				}
				return err
			})
			return n
		}
		if n := waits(access.Registrar); n != 1 {
			t.Errorf("%d wait for the registrar", n)
		}
		register := func(role access.Role, number string) error {
			return db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := minutes.Register(tx, d.as(tx, role), d.id, 0, number)
				return err
			})
		}
		for _, wrong := range []string{"", "?", "SN\n1", strings.Repeat("1", 41)} {
			if err := register(access.Registrar, wrong); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%q: %v", wrong, err)
			}
		}
		if err := register(access.Member, "SN 2026/12"); err == nil {
			t.Errorf("a member registers: %v", err)
		}
		for _, right := range []string{"SN 2026/12", "SN 2026/123"} { // the second mends the first
			if err := register(access.Registrar, right); err != nil {
				t.Fatal(err)
			}
		}
		d.write(func(tx *store.Tx) error {
			o, err := minutes.Read(tx, d.as(tx, access.Registrar), d.id, 1)
			if err == nil && o.Registry != "SN 2026/123" {
				t.Errorf("it is %q", o.Registry)
			}
			return err
		})
		if n := waits(access.Registrar) + waits(access.Coordinator); n != 0 {
			t.Errorf("%d still wait", n)
		}
		d.add(minutes.Written{Kind: minutes.Note, Text: "Ett tillägg."})
		d.finalise("En mening saknades.", "")
		if n := waits(access.Coordinator); n != 1 {
			t.Errorf("%d wait after a correction, which is a document of its own", n)
		}
	})
}
