package access_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// logged writes n entries.
func (h *house) logged(n int, by access.Actor, action string) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		for range n {
			if err := access.Log(tx, by, action, "minutes", store.NewID()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (h *house) seal() []access.LogSeal {
	h.t.Helper()
	made, err := access.SealLog(h.t.Context(), h.db)
	if err != nil {
		h.t.Fatal(err)
	}
	return made
}

func (h *house) chain() access.Chain {
	h.t.Helper()
	c, err := access.VerifyLog(h.t.Context(), h.db, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func (h *house) exec(statement string, args ...any) error {
	return h.db.Write(h.t.Context(), func(tx *store.Tx) error { return tx.DB.Exec(statement, args...).Error })
}

func TestLogIsAppendOnly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.clock.Move(time.Hour)
		h.seal()
		manager := h.load(access.Manager)
		h.clock.Move(40 * 24 * time.Hour)
		h.seal()
		h.write(func(tx *store.Tx) error {
			m, err := access.ParseMonth("2026-11")
			if err != nil {
				return err
			}
			s, err := access.SampleMonth(tx, manager, m, time.UTC)
			if err != nil {
				return err
			}
			_, err = access.SignReview(tx, manager, m, time.UTC, s.Seed, nothing(s), "", access.Chain{})
			return err
		})
		for table, change := range map[string]string{"log_entries": "action = 'x'", "log_seals": "hash = 'x'", "log_seal_entries": "position = 999", "log_reviews": "comment = 'x'", "log_review_entries": "remark = 'x'"} {
			var before int64
			count := func() (n int64) {
				h.write(func(tx *store.Tx) error { return tx.DB.Table(table).Count(&n).Error })
				return n
			}
			if before = count(); before == 0 {
				t.Fatalf("%s is empty: nothing is proved", table)
			}
			statements := []string{"UPDATE " + table + " SET " + change, "DELETE FROM " + table}
			if h.db.IsPostgres() {
				statements = append(statements, "TRUNCATE "+table+" CASCADE")
			}
			for _, statement := range statements {
				if err := h.exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
					t.Errorf("%s: %v", statement, err)
				}
			}
			if after := count(); after != before {
				t.Errorf("%s: %d rows became %d", table, before, after)
			}
		}
		t.Run("nor is a row replaced", func(t *testing.T) {
			if h.db.IsPostgres() {
				return // its ON CONFLICT DO UPDATE is an UPDATE, refused above
			}
			if err := h.exec("INSERT OR REPLACE INTO log_entries SELECT id, at, identity_id, actor, 'x', object_kind, object_id, outcome FROM log_entries LIMIT 1"); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("got %v", err)
			}
		})
	})
}

func nothing(s *access.Sampled) map[uuid.UUID]string {
	remarks := map[uuid.UUID]string{}
	for _, e := range s.Entries {
		remarks[e.ID] = ""
	}
	return remarks
}

func TestSealLog(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.load(access.Coordinator)
		t.Run("leaves alone what is younger than five minutes", func(t *testing.T) {
			if made := h.seal(); len(made) != 0 {
				t.Errorf("%+v", made)
			}
			if c := h.chain(); !c.Holds() || c.Head.Number != 0 || c.Unsealed == 0 {
				t.Errorf("%+v", c)
			}
		})
		h.clock.Move(6 * time.Minute)
		t.Run("seals the rest, once", func(t *testing.T) {
			made := h.seal()
			if len(made) != 1 || made[0].Number != 1 || made[0].Previous != "" || len(made[0].Hash) != 64 {
				t.Fatalf("%+v", made)
			}
			if c := h.chain(); !c.Holds() || c.Unsealed != 0 || c.Sealed != made[0].Entries || c.Head.Hash != made[0].Hash {
				t.Errorf("%+v", c)
			}
			if again := h.seal(); len(again) != 0 {
				t.Errorf("%+v", again)
			}
		})
		t.Run("an entry that was committed late comes into the next seal, and both hold", func(t *testing.T) {
			late := access.LogEntry{ID: uuid.Must(uuid.NewV7()), At: h.clock.Time().Add(-time.Hour).Truncate(time.Microsecond), Actor: "system", Action: "late", ObjectKind: "log", Outcome: "done"}
			h.write(func(tx *store.Tx) error { return tx.DB.Create(&late).Error })
			made := h.seal()
			if len(made) != 1 || made[0].Entries != 1 || !made[0].FirstAt.Equal(late.At) || made[0].Number != 2 {
				t.Fatalf("%+v", made)
			}
			if c := h.chain(); !c.Holds() || c.Unsealed != 0 {
				t.Errorf("%+v", c)
			}
		})
		t.Run("many entries become several seals, and instances that seal at once make each once", func(t *testing.T) {
			h.logged(4500, by, "look")
			h.clock.Move(time.Hour)
			var all sync.WaitGroup
			for range 4 {
				all.Go(func() {
					if _, err := access.SealLog(context.Background(), h.db); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			h.seal()
			if c := h.chain(); !c.Holds() || c.Unsealed != 0 || c.Head.Number != 5 {
				t.Errorf("%+v", c)
			}
		})
		t.Run("waits for nobody who writes, and what they commit afterwards is sealed next", func(t *testing.T) {
			if !h.db.IsPostgres() {
				return // one writer at a time: there is no other transaction to be early
			}
			written, goOn := make(chan bool), make(chan bool)
			done := make(chan error)
			go func() {
				done <- h.db.Write(context.Background(), func(tx *store.Tx) error {
					err := access.Log(tx, by, "slow", "minutes", uuid.Nil)
					written <- true
					<-goOn
					return err
				})
			}()
			<-written
			h.clock.Move(time.Second)
			h.logged(1, by, "quick")
			h.clock.Move(time.Hour)
			made := h.seal()
			if len(made) != 1 || made[0].Entries != 1 {
				t.Fatalf("%+v", made)
			}
			goOn <- true
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			if made = h.seal(); len(made) != 1 || made[0].Entries != 1 {
				t.Fatalf("%+v", made)
			}
			if c := h.chain(); !c.Holds() || c.Unsealed != 0 {
				t.Errorf("%+v", c)
			}
		})
	})
}

// Somebody with the database in hand can take the triggers away. The chain tells.
func TestVerifyLog(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by := h.load(access.Coordinator)
		for range 4 {
			h.logged(3, by, "look")
			h.clock.Move(time.Hour)
			h.seal()
		}
		for _, table := range []string{"log_entries", "log_seals", "log_seal_entries"} {
			statements := []string{"DROP TRIGGER " + table + "_unchanged", "DROP TRIGGER " + table + "_kept"}
			if h.db.IsPostgres() {
				statements = []string{"ALTER TABLE " + table + " DISABLE TRIGGER USER"}
			}
			for _, s := range statements {
				if err := h.exec(s); err != nil {
					t.Fatal(err)
				}
			}
		}
		var victim access.LogEntry
		h.write(func(tx *store.Tx) error {
			return tx.DB.Joins("JOIN log_seal_entries ON log_seal_entries.entry_id = log_entries.id").Where("seal_number = 2").Order("position").First(&victim).Error
		})
		// what is done to the log, and how it is made good again
		for name, c := range map[string]struct {
			change, back string
			args, again  []any
			breaks       []int64
		}{
			"another time":        {"UPDATE log_entries SET at = ? WHERE id = ?", "UPDATE log_entries SET at = ? WHERE id = ?", []any{victim.At.Add(time.Microsecond), victim.ID}, []any{victim.At, victim.ID}, []int64{2}},
			"somebody else":       {"UPDATE log_entries SET identity_id = ? WHERE id = ?", "UPDATE log_entries SET identity_id = ? WHERE id = ?", []any{h.world.Identities[access.Manager], victim.ID}, []any{by.ID, victim.ID}, []int64{2}},
			"nobody":              {"UPDATE log_entries SET identity_id = NULL WHERE id = ?", "UPDATE log_entries SET identity_id = ? WHERE id = ?", []any{victim.ID}, []any{by.ID, victim.ID}, []int64{2}},
			"another kind of who": {"UPDATE log_entries SET actor = 'system' WHERE id = ?", "UPDATE log_entries SET actor = 'identity' WHERE id = ?", []any{victim.ID}, []any{victim.ID}, []int64{2}},
			"another act":         {"UPDATE log_entries SET action = 'read' WHERE id = ?", "UPDATE log_entries SET action = 'look' WHERE id = ?", []any{victim.ID}, []any{victim.ID}, []int64{2}},
			"another kind":        {"UPDATE log_entries SET object_kind = 'x' WHERE id = ?", "UPDATE log_entries SET object_kind = 'minutes' WHERE id = ?", []any{victim.ID}, []any{victim.ID}, []int64{2}},
			"another object":      {"UPDATE log_entries SET object_id = NULL WHERE id = ?", "UPDATE log_entries SET object_id = ? WHERE id = ?", []any{victim.ID}, []any{*victim.ObjectID, victim.ID}, []int64{2}},
			"another outcome":     {"UPDATE log_entries SET outcome = 'x' WHERE id = ?", "UPDATE log_entries SET outcome = 'done' WHERE id = ?", []any{victim.ID}, []any{victim.ID}, []int64{2}},
			"text moved between columns": {"UPDATE log_entries SET action = 'loo', object_kind = 'kminutes' WHERE id = ?", "UPDATE log_entries SET action = 'look', object_kind = 'minutes' WHERE id = ?",
				[]any{victim.ID}, []any{victim.ID}, []int64{2}},
			"an entry out of its seal": {"DELETE FROM log_seal_entries WHERE entry_id = ?", "INSERT INTO log_seal_entries (entry_id, seal_number, position) VALUES (?, 2, 1)", []any{victim.ID}, []any{victim.ID}, []int64{2}},
			"another order":            {"UPDATE log_seal_entries SET position = 99 WHERE entry_id = ?", "UPDATE log_seal_entries SET position = 1 WHERE entry_id = ?", []any{victim.ID}, []any{victim.ID}, []int64{2}},
			"a seal with another hash": {"UPDATE log_seals SET hash = 'x' WHERE number = ?", "UPDATE log_seals SET hash = ? WHERE number = ?", []any{int64(4)}, []any{h.chain().Head.Hash, int64(4)}, []int64{4}},
			"a seal with another time": {"UPDATE log_seals SET sealed_at = ? WHERE number = 4", "UPDATE log_seals SET sealed_at = ? WHERE number = 4", []any{h.clock.Time().Add(time.Second)}, []any{h.chain().Head.SealedAt}, []int64{4}},
		} {
			t.Run("names the seal with "+name, func(t *testing.T) {
				if err := h.exec(c.change, c.args...); err != nil {
					t.Fatal(err)
				}
				var broken []int64
				for _, b := range h.chain().Breaks {
					broken = append(broken, b.Number)
				}
				if !slices.Equal(broken, c.breaks) {
					t.Errorf("breaks %v, not %v", broken, c.breaks)
				}
				if err := h.exec(c.back, c.again...); err != nil {
					t.Fatal(err)
				}
				if c := h.chain(); !c.Holds() {
					t.Fatalf("not made good again: %+v", c.Breaks)
				}
			})
		}
		t.Run("every column counts", func(t *testing.T) {
			// the columns changed above, with id, which log_seal_entries refers to
			if got := csvHeader(h); !slices.Equal(got, []string{"id", "at", "actor", "identity_id", "action", "object_kind", "object_id", "outcome"}) {
				t.Errorf("columns %v: one that is new belongs in LogEntry.values, in the export and in the cases above", got)
			}
		})
		t.Run("a whole seal taken away in the middle", func(t *testing.T) {
			for _, s := range []string{"DELETE FROM log_seal_entries WHERE seal_number = 3", "DELETE FROM log_seals WHERE number = 3"} {
				if err := h.exec(s); err != nil {
					t.Fatal(err)
				}
			}
			c := h.chain()
			if len(c.Breaks) != 2 || c.Breaks[0].Number != 3 || c.Breaks[1].Number != 4 || c.Breaks[0].Why.In(lang.English) != "The seal is missing." {
				t.Errorf("%+v", c.Breaks)
			}
		})
	})
}

// csvHeader gives the table's columns in the export's order, those it does not know last.
func csvHeader(h *house) []string {
	var out bytes.Buffer
	var columns []string
	h.write(func(tx *store.Tx) error {
		if _, err := access.WriteLog(tx, access.System(), access.LogSelection{Limit: 1}, &out); err != nil {
			return err
		}
		types, err := tx.DB.Migrator().ColumnTypes(&access.LogEntry{})
		for _, c := range types {
			columns = append(columns, c.Name())
		}
		return err
	})
	header, err := csv.NewReader(&out).Read()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range columns {
		if !slices.Contains(header, c) {
			header = append(header, c)
		}
	}
	return header
}

func TestReview(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		manager, coordinator, administrator := h.load(access.Manager), h.load(access.Coordinator), h.load(access.Administrator)
		october, err := access.ParseMonth("2026-10")
		if err != nil {
			t.Fatal(err)
		}
		november, zone := access.Month("2026-11"), time.UTC
		sample := func() (s *access.Sampled) {
			h.write(func(tx *store.Tx) (err error) { s, err = access.SampleMonth(tx, manager, november, zone); return err })
			return s
		}
		sign := func(s *access.Sampled, remarks map[uuid.UUID]string) error {
			return h.db.Write(t.Context(), func(tx *store.Tx) error {
				_, err := access.SignReview(tx, manager, november, zone, s.Seed, remarks, "Allt ser bra ut.", h.chain())
				return err
			})
		}
		h.logged(1000, coordinator, "schedule meeting")
		h.logged(12, manager, "read minutes")
		t.Run("a month that is not over is not there", func(t *testing.T) {
			h.refused(fault.NotFound, func(tx *store.Tx) error { _, err := access.SampleMonth(tx, manager, november, zone); return err })
			for _, text := range []string{"2026-13", "2026-1", "x", "", "2026-11-01", "0001-01"} {
				if _, err := access.ParseMonth(text); fault.KindOf(err) != fault.NotFound {
					t.Errorf("%q: %v", text, err)
				}
			}
		})
		h.clock.Move(10 * 24 * time.Hour)
		t.Run("one that is not sealed yet is refused", func(t *testing.T) {
			h.refused(fault.Conflict, func(tx *store.Tx) error { _, err := access.SampleMonth(tx, manager, november, zone); return err })
		})
		h.seal()
		first := sample()
		t.Run("one in twenty, in order, the same each time, with reads of minutes among them", func(t *testing.T) {
			if want := (int(first.Total) + 19) / 20; first.Total < 1012 || len(first.Entries) != want {
				t.Errorf("%d of %d", len(first.Entries), first.Total)
			}
			reads := 0
			for n, e := range first.Entries {
				if e.Action == "read minutes" {
					reads++
				}
				if n > 0 && e.At.Before(first.Entries[n-1].At) {
					t.Error("not in order")
				}
			}
			if reads != 12 {
				t.Errorf("%d of 12 reads of minutes", reads)
			}
			h.logged(5, manager, "read minutes") // in December
			h.clock.Move(time.Hour)
			h.seal()
			if again := sample(); again.Seed != first.Seed || !slices.EqualFunc(again.Entries, first.Entries, func(a, b access.LogEntry) bool { return a.ID == b.ID }) {
				t.Error("another sample")
			}
		})
		t.Run("waits for managers, and for administrators only where there are none", func(t *testing.T) {
			waits := func(by access.Actor) (months []access.Month) {
				h.write(func(tx *store.Tx) (err error) { months, err = access.ToReview(tx, by, zone); return err })
				return months
			}
			if m := waits(manager); !slices.Equal(m, []access.Month{november}) {
				t.Errorf("%v", m)
			}
			if m := append(waits(administrator), waits(coordinator)...); len(m) != 0 {
				t.Errorf("%v", m)
			}
			h.write(func(tx *store.Tx) error { return access.Disable(tx, access.System(), manager.ID) })
			if m := waits(administrator); !slices.Equal(m, []access.Month{november}) {
				t.Errorf("%v", m)
			}
			h.write(func(tx *store.Tx) error {
				return tx.DB.Model(&access.Identity{}).Where("id = ?", manager.ID).Update("disabled_at", nil).Error
			})
		})
		t.Run("is for managers and administrators", func(t *testing.T) {
			for _, role := range []access.Role{access.Coordinator, access.Registrar, access.Member, access.GroupLead} {
				by := h.load(role)
				h.refused(fault.NotFound, func(tx *store.Tx) error { _, err := access.SampleMonth(tx, by, november, zone); return err })
				h.refused(fault.NotFound, func(tx *store.Tx) error { _, err := access.ReviewMonths(tx, by, zone); return err })
				h.refused(fault.NotFound, func(tx *store.Tx) error {
					_, err := access.SignReview(tx, by, november, zone, first.Seed, nothing(first), "", access.Chain{})
					return err
				})
			}
		})
		t.Run("is not signed half, nor another sample, and then nothing is kept", func(t *testing.T) {
			half := nothing(first)
			delete(half, first.Entries[3].ID)
			if err := sign(first, half); fault.KindOf(err) != fault.Invalid {
				t.Errorf("half: %v", err)
			}
			other := *first
			other.Seed = "x"
			if err := sign(&other, nothing(first)); fault.KindOf(err) != fault.Conflict {
				t.Errorf("another: %v", err)
			}
			if s := sample(); s.Review != nil {
				t.Error("signed")
			}
		})
		t.Run("is signed once, with the chain's head, and exported", func(t *testing.T) {
			h.refused(fault.Conflict, func(tx *store.Tx) error {
				return access.ExportReview(tx, manager, november, zone, &bytes.Buffer{})
			})
			remarks := nothing(first)
			remarks[first.Entries[0].ID] = "=Vem var det här?"
			if err := sign(first, remarks); err != nil {
				t.Fatal(err)
			}
			if err := sign(first, remarks); fault.KindOf(err) != fault.Conflict {
				t.Errorf("twice: %v", err)
			}
			s := sample()
			if s.Review == nil || !s.Review.ChainHeld || s.Review.SealNumber != h.chain().Head.Number || s.Remarks[first.Entries[0].ID] != "=Vem var det här?" || len(s.Entries) != len(first.Entries) || s.Total != first.Total {
				t.Errorf("%+v", s.Review)
			}
			var out bytes.Buffer
			h.write(func(tx *store.Tx) error { return access.ExportReview(tx, manager, november, zone, &out) })
			rows, err := csv.NewReader(&out).ReadAll()
			if err != nil || len(rows) != 10+len(first.Entries) || rows[0][1] != "2026-11" || rows[10][8] != "'=Vem var det här?" {
				t.Errorf("%v: %d rows, %v", err, len(rows), rows[:min(len(rows), 11)])
			}
			h.write(func(tx *store.Tx) error {
				months, err := access.ReviewMonths(tx, administrator, zone)
				if len(months) != 1 || months[0].Review == nil {
					t.Errorf("%+v", months)
				}
				return err
			})
		})
		t.Run("an empty month has nothing to look at and can be signed", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				s, err := access.SampleMonth(tx, manager, october, zone)
				if err == nil && (s.Total != 0 || len(s.Entries) != 0) {
					t.Errorf("%+v", s)
				}
				return err
			})
		})
		t.Run("20 at least, 100 at most", func(t *testing.T) {
			// the clock stands in December
			h.logged(2500, coordinator, "schedule meeting")
			h.clock.Move(40 * 24 * time.Hour)
			h.seal()
			h.write(func(tx *store.Tx) error {
				s, err := access.SampleMonth(tx, manager, "2026-12", zone)
				if err == nil && (s.Total < 2500 || len(s.Entries) != 100) {
					t.Errorf("%d of %d", len(s.Entries), s.Total)
				}
				return err
			})
			h.logged(30, coordinator, "schedule meeting") // January
			h.clock.Move(40 * 24 * time.Hour)
			h.seal()
			h.write(func(tx *store.Tx) error {
				s, err := access.SampleMonth(tx, manager, "2027-01", zone)
				if err == nil && len(s.Entries) != 20 {
					t.Errorf("%d of %d", len(s.Entries), s.Total)
				}
				return err
			})
		})
	})
}

func TestLogSelection(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		by, administrator := h.load(access.Coordinator), h.load(access.Administrator)
		h.clock.Move(48 * time.Hour)
		begin := h.clock.Time()
		h.logged(3, by, "look")
		h.clock.Move(time.Hour)
		h.write(func(tx *store.Tx) error { return access.Log(tx, access.Guest(), "answer", "invitation", uuid.Nil) })
		for name, c := range map[string]struct {
			access.LogSelection
			want int64
		}{
			"from":          {access.LogSelection{From: begin}, 4},
			"to, exclusive": {access.LogSelection{From: begin, To: begin.Add(time.Hour)}, 3},
			"who":           {access.LogSelection{From: begin, Identity: &by.ID}, 3},
			"guests":        {access.LogSelection{From: begin, Actor: "guest"}, 1},
			"action":        {access.LogSelection{From: begin, Action: "look"}, 3},
			"page":          {access.LogSelection{From: begin, Limit: 2, Offset: 2}, 4},
		} {
			h.write(func(tx *store.Tx) error {
				found, total, err := access.LogEntries(tx, administrator, c.LogSelection)
				if total != c.want || c.Limit > 0 && len(found) != 2 || c.Limit == 0 && int64(len(found)) != total {
					t.Errorf("%s: %d of %d", name, len(found), total)
				}
				return err
			})
		}
		t.Run("an export is logged, and coordinators make none", func(t *testing.T) {
			h.refused(fault.NotFound, func(tx *store.Tx) error {
				_, err := access.ExportLog(tx, by, access.LogSelection{}, &bytes.Buffer{})
				return err
			})
			var out bytes.Buffer
			h.write(func(tx *store.Tx) error {
				n, err := access.ExportLog(tx, administrator, access.LogSelection{From: begin}, &out)
				if n != 4 {
					t.Errorf("%d rows", n)
				}
				return err
			})
			rows, err := csv.NewReader(&out).ReadAll()
			if err != nil || len(rows) != 5 || rows[4][4] != "answer" || rows[1][1] != begin.Format("2006-01-02T15:04:05.000000Z") {
				t.Errorf("%v %v", err, rows)
			}
			h.write(func(tx *store.Tx) error {
				found, _, err := access.LogEntries(tx, administrator, access.LogSelection{Limit: 1})
				if err == nil && found[0].Action != "export log" {
					t.Errorf("%+v", found[0])
				}
				return err
			})
		})
		t.Run("who and what occur", func(t *testing.T) {
			h.write(func(tx *store.Tx) error {
				n, err := access.InLog(tx, administrator)
				if n.Names[by.ID] == "" || !slices.Contains(n.Actions, "look") {
					t.Errorf("%+v", n)
				}
				return err
			})
		})
	})
}
