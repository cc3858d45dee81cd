package minutes_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// desk is the sample world with minutes begun of a meeting that was held.
type desk struct {
	*testing.T
	db    *store.DB
	world *sample.World
	id    uuid.UUID
}

func open(t *testing.T, db *store.DB, forum string) *desk {
	t.Helper()
	d := &desk{T: t, db: db}
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	d.write(func(tx *store.Tx) (err error) {
		if d.world, err = sample.Build(tx, "hash"); err != nil {
			return err
		}
		day := meeting.Time{Date: almanac.Date{Year: 2026, Month: 11, Day: 17}, Starts: 9 * 60, Ends: 10 * 60}
		held, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: d.world.Forums[forum], Time: day, Zone: zone, Held: true})
		if err != nil {
			return err
		}
		m, err := minutes.Open(tx, d.as(tx, access.Coordinator), held.ID)
		if err == nil {
			d.id = m.ID
		}
		return err
	})
	return d
}

// held records a meeting of the forum that was held on a day of November.
func (d *desk) held(day int) (id uuid.UUID) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, access.System(), d.id)
		if err != nil {
			return err
		}
		t := meeting.Time{Date: almanac.Date{Year: 2026, Month: 11, Day: day}, Starts: 9 * 60, Ends: 10 * 60}
		made, err := meeting.Schedule(tx, access.System(), meeting.Proposal{ForumID: m.Meeting.ForumID, Time: t, Zone: m.Meeting.Location(), Held: true})
		if err == nil {
			id = made.ID
		}
		return err
	})
	return id
}

func (d *desk) write(fn func(*store.Tx) error) {
	d.Helper()
	if err := d.db.Write(d.Context(), fn); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) as(tx *store.Tx, role access.Role) access.Actor {
	d.Helper()
	a, err := access.Load(tx, d.world.Identities[role])
	if err != nil {
		d.Fatal(err)
	}
	return a
}

// refused runs a verb as the coordinator and gives the kind of its refusal.
func (d *desk) refused(fn func(*store.Tx, access.Actor) error) fault.Kind {
	d.Helper()
	err := d.db.Write(d.Context(), func(tx *store.Tx) error { return fn(tx, d.as(tx, access.Coordinator)) })
	if err == nil {
		d.Fatal("it was not refused")
	}
	return fault.KindOf(err)
}

// add writes an item under the first heading.
func (d *desk) add(w minutes.Written) (item *minutes.Item) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		by := d.as(tx, access.Coordinator)
		m, err := minutes.Draft(tx, by, d.id)
		if err != nil {
			return err
		}
		item, err = minutes.Add(tx, by, d.id, m.Agenda[0].ID, w)
		return err
	})
	return item
}

// finalise freezes what stands now.
func (d *desk) finalise(reason, confirmed string) (frozen *minutes.Frozen, document *minutes.Document) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		by := d.as(tx, access.Coordinator)
		_, hash, _, err := minutes.Preview(tx, by, d.id, reason)
		if err != nil {
			return err
		}
		frozen, document, err = minutes.Finalise(tx, by, d.id, hash, reason, confirmed)
		return err
	})
	return frozen, document
}

func TestOpen(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		d.write(func(tx *store.Tx) error {
			m, err := minutes.Draft(tx, d.as(tx, access.Coordinator), d.id)
			if err != nil {
				return err
			}
			if len(m.Agenda) != 6 || m.Agenda[0].Title != "Öppnande och närvaro" {
				t.Errorf("the agenda is not the forum's: %v", m.Agenda)
			}
			if len(m.Attendances) != 3 { // nobody was asked: those whom the plan names
				t.Errorf("%d attendances", len(m.Attendances))
			}
			again, err := minutes.Open(tx, d.as(tx, access.Coordinator), m.MeetingID)
			if err == nil && again.ID != m.ID {
				t.Error("opened twice, they are two")
			}
			return err
		})
	})
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		t.Run("refuses a forum of individual cases", func(t *testing.T) {
			d := open(t, db, "rvt-miranda")
			zone := time.UTC
			kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				day := meeting.Time{Date: almanac.Date{Year: 2026, Month: 11, Day: 17}, Starts: 9 * 60, Ends: 10 * 60}
				m, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: d.world.Forums["anhorigstod-kontakt"], Time: day, Zone: zone, Held: true})
				if err != nil {
					return err
				}
				_, err = minutes.Open(tx, by, m.ID)
				return err
			})
			if kind != fault.Invalid {
				t.Errorf("refused as %s", kind)
			}
		})
	})
}

func TestSave(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		item := d.add(minutes.Written{Kind: minutes.Note, Text: "Det första."})
		d.write(func(tx *store.Tx) error {
			_, err := minutes.Save(tx, d.as(tx, access.Coordinator), item.ID, 1, minutes.Written{Kind: minutes.Note, Text: "Annas text."})
			return err
		})
		t.Run("two who write the same item lose nothing", func(t *testing.T) {
			kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Save(tx, by, item.ID, 1, minutes.Written{Kind: minutes.Note, Text: "Bos text."})
				return err
			})
			if kind != fault.Conflict {
				t.Errorf("refused as %s", kind)
			}
			d.write(func(tx *store.Tx) error {
				m, err := minutes.Draft(tx, d.as(tx, access.Coordinator), d.id)
				if err == nil && m.Items[0].Text != "Annas text." {
					t.Errorf("the saved text is %q", m.Items[0].Text)
				}
				return err
			})
		})
		for name, w := range map[string]minutes.Written{
			"an empty text":            {Kind: minutes.Note, Text: " \r\n "},
			"a text of 1 MB":           {Kind: minutes.Note, Text: strings.Repeat("a", 1<<20)},
			"an action of nobody":      {Kind: minutes.Action, Text: "Skriva"},
			"an item passed to no one": {Kind: minutes.Relay, Text: "Läs"},
			"an unknown receiver":      {Kind: minutes.Relay, Text: "Läs", Receivers: []uuid.UUID{uuid.New()}},
			"an unknown kind":          {Kind: "poem", Text: "Ros"},
			"a control character":      {Kind: minutes.Note, Text: "a\x00b"},
		} {
			t.Run("refuses "+name, func(t *testing.T) {
				kind := d.refused(func(tx *store.Tx, by access.Actor) error {
					_, err := minutes.Save(tx, by, item.ID, 2, w)
					return err
				})
				if kind != fault.Invalid {
					t.Errorf("refused as %s", kind)
				}
			})
		}
	})
}

func TestFinalise(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		t.Run("refuses what is empty", func(t *testing.T) {
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, hash, _, err := minutes.Preview(tx, by, d.id, "")
				if err == nil {
					_, _, err = minutes.Finalise(tx, by, d.id, hash, "", "")
				}
				return err
			}); kind != fault.Invalid {
				t.Errorf("refused as %s", kind)
			}
		})
		d.add(minutes.Written{Kind: minutes.Decision, Text: "Telefontolk erbjuds."})
		item := d.add(minutes.Written{Kind: minutes.Action, Text: "Skriva rutin", Owner: "Teamet", Due: almanac.Date{Year: 2027, Month: 1, Day: 15}})
		t.Run("refuses what is no longer as it was seen", func(t *testing.T) {
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, _, err := minutes.Finalise(tx, by, d.id, "another hash", "", "")
				return err
			}); kind != fault.Conflict {
				t.Errorf("refused as %s", kind)
			}
		})
		first, document := d.finalise("", "")
		t.Run("freezes canonical JSON with its hash", func(t *testing.T) {
			sum := sha256.Sum256([]byte(first.Document))
			again, err := json.Marshal(document)
			if err != nil || string(again) != first.Document || hex.EncodeToString(sum[:]) != first.SHA256 {
				t.Errorf("%v: %s", err, first.Document)
			}
			if document.Agenda[0].Items[0].Label != "B1" || document.Agenda[0].Items[1].Label != "U1" {
				t.Errorf("labels: %+v", document.Agenda[0].Items)
			}
		})
		t.Run("a correction is a new version with a reason, and the first stays byte by byte", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Strike(tx, d.as(tx, access.Coordinator), item.ID, 1)
				return err
			})
			d.add(minutes.Written{Kind: minutes.Note, Text: "Ett tillägg."})
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, hash, _, err := minutes.Preview(tx, by, d.id, "")
				if err == nil {
					_, _, err = minutes.Finalise(tx, by, d.id, hash, "", "")
				}
				return err
			}); kind != fault.Invalid {
				t.Errorf("without a reason: %s", kind)
			}
			second, _ := d.finalise("En mening saknades", "")
			d.write(func(tx *store.Tx) error {
				by := d.as(tx, access.Manager)
				old, err := minutes.Read(tx, by, d.id, 1)
				if err != nil {
					return err
				}
				latest, err := minutes.Read(tx, by, d.id, 0)
				if err != nil {
					return err
				}
				if old.Frozen.Document != first.Document || latest.Frozen.Document != second.Document || latest.Frozen.Number != 2 {
					t.Error("a version changed")
				}
				if old.Actions[item.ID].Outcome != "dropped" {
					t.Errorf("the struck action is %q", old.Actions[item.ID].Outcome)
				}
				return nil
			})
		})
	})
}

func TestPersonalNumberBlocks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		d.add(minutes.Written{Kind: minutes.Note, Text: "Numret 19910101-2384 nämndes."})
		if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
			_, hash, suspects, err := minutes.Preview(tx, by, d.id, "")
			if err != nil {
				return err
			}
			if len(suspects) != 1 || suspects[0].Shown != "910101-••••" {
				t.Errorf("suspects: %+v", suspects)
			}
			_, _, err = minutes.Finalise(tx, by, d.id, hash, "", "")
			return err
		}); kind != fault.Invalid {
			t.Errorf("refused as %s", kind)
		}
		frozen, _ := d.finalise("", "Det är ett ärendenummer")
		if frozen.Confirmed != "Det är ett ärendenummer" {
			t.Errorf("the reason is not kept: %q", frozen.Confirmed)
		}
	})
}

func TestWhoReads(t *testing.T) {
	for forum, members := range map[string]bool{"rvt-miranda": true, "polis-avstamning": false} { // the sample's member sits in the first
		t.Run(forum, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				d := open(t, db, forum)
				d.add(minutes.Written{Kind: minutes.Note, Text: "Hemligt utkast."})
				may := map[access.Role]bool{access.Coordinator: true, access.Manager: true, access.Registrar: true, access.Member: members}
				check := func(finalised bool) {
					for _, role := range access.Roles {
						d.write(func(tx *store.Tx) error {
							by := d.as(tx, role)
							_, err := minutes.Read(tx, by, d.id, 0)
							if got, want := err == nil, finalised && may[role]; got != want {
								t.Errorf("%s reads (finalised: %v): %v, %v", role, finalised, got, err)
							}
							_, err = minutes.Draft(tx, by, d.id)
							if got, want := err == nil, role == access.Coordinator; got != want {
								t.Errorf("%s reads the draft: %v", role, got)
							}
							return nil
						})
					}
				}
				check(false)
				d.finalise("", "")
				check(true)
				d.write(func(tx *store.Tx) error {
					var n int64
					err := tx.DB.Table("log_entries").Where("action = 'read minutes' AND object_id = ?", d.id).Count(&n).Error
					if n == 0 {
						t.Error("nobody's reading was logged")
					}
					return err
				})
			})
		})
	}
}
