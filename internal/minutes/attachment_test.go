package minutes_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/file"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// attach puts a file to the meeting.
func (d *desk) attach(u minutes.Upload) *minutes.Attachment {
	d.Helper()
	var made *minutes.Attachment
	d.write(func(tx *store.Tx) (err error) {
		made, err = minutes.Attach(tx, d.as(tx, access.Coordinator), d.meeting(tx), u)
		return err
	})
	return made
}

func (d *desk) meeting(tx *store.Tx) uuid.UUID {
	d.Helper()
	m, err := minutes.Draft(tx, access.System(), d.id)
	if err != nil {
		d.Fatal(err)
	}
	return m.MeetingID
}

// opens gives what somebody of a role gets of a file, and the kind of the refusal.
func (d *desk) opens(role access.Role, id uuid.UUID) (got string, kind fault.Kind) {
	d.Helper()
	err := d.db.Write(d.Context(), func(tx *store.Tx) error {
		c, err := minutes.OpenAttachment(tx, d.as(tx, role), id)
		if err == nil {
			got = string(c.Data)
		}
		return err
	})
	if err != nil && fault.KindOf(err) == fault.Internal {
		d.Fatal(err)
	}
	return got, fault.KindOf(err)
}

// lists gives the names of the meeting's files that somebody of a role sees.
func (d *desk) lists(role access.Role) (names []string) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		all, err := minutes.Attachments(tx, d.as(tx, role), d.meeting(tx))
		for _, a := range all {
			names = append(names, a.Name)
		}
		return err
	})
	return names
}

// finish freezes the minutes as they are.
func (d *desk) finish(reason string) (doc *minutes.Document) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		_, hash, _, err := minutes.Preview(tx, d.as(tx, access.Coordinator), d.id, reason)
		if err == nil {
			_, doc, err = minutes.Finalise(tx, d.as(tx, access.Coordinator), d.id, hash, reason, "")
		}
		return err
	})
	return doc
}

func (d *desk) note(text string) {
	d.Helper()
	d.write(func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, access.System(), d.id)
		if err == nil {
			_, err = minutes.Add(tx, d.as(tx, access.Coordinator), d.id, m.Agenda[0].ID, minutes.Written{Kind: minutes.Note, Text: text})
		}
		return err
	})
}

func TestAttachments(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda") // whose member the sample's is
		rutin := d.attach(minutes.Upload{Name: `C:\Mina dokument\rutin` + "\u202e.txt", Data: []byte("Rutin för jour")})
		t.Run("its name is safe, and its text is read", func(t *testing.T) {
			if rutin.Name != "C--Mina dokument-rutin.txt" || rutin.Text != "Rutin för jour" || !rutin.Readable || rutin.Kind != "txt" {
				t.Errorf("%+v", rutin)
			}
		})
		t.Run("those who keep the notes see it at once, nobody else does", func(t *testing.T) {
			if got, _ := d.opens(access.Coordinator, rutin.ID); got != "Rutin för jour" {
				t.Errorf("%q", got)
			}
			for _, role := range []access.Role{access.Member, access.Manager, access.Registrar, access.GroupLead} {
				if _, kind := d.opens(role, rutin.ID); kind != fault.NotFound || len(d.lists(role)) > 0 {
					t.Errorf("%s: %s", role, kind)
				}
			}
		})
		t.Run("one to read beforehand is seen by those who may read the notes", func(t *testing.T) {
			before := d.attach(minutes.Upload{Name: "underlag.txt", Data: []byte("Underlag"), Shown: true})
			if got, _ := d.opens(access.Member, before.ID); got != "Underlag" {
				t.Errorf("%q", got)
			}
			if _, kind := d.opens(access.GroupLead, before.ID); kind != fault.NotFound {
				t.Errorf("a group's lead: %s", kind)
			}
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Show(tx, d.as(tx, access.Coordinator), before.ID, false)
				return err
			})
			if _, kind := d.opens(access.Member, before.ID); kind != fault.NotFound {
				t.Errorf("hidden again: %s", kind)
			}
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Detach(tx, d.as(tx, access.Coordinator), before.ID)
				return err
			})
			d.write(func(tx *store.Tx) error {
				if _, err := file.Read(tx, before.SHA256); fault.KindOf(err) != fault.NotFound {
					t.Errorf("its bytes are still there: %v", err)
				}
				return nil
			})
		})
		t.Run("a personal number in its name or text is refused, unless it is said why it may stand", func(t *testing.T) {
			word, err := document.DOCX(document.Document{Title: "Lista", Language: "sv", Body: []document.Block{document.Words("Gäller 19900101-2385 och andra.")}})
			if err != nil {
				t.Fatal(err)
			}
			for name, u := range map[string]minutes.Upload{
				"text": {Name: "lista.docx", Data: word}, "name": {Name: "19900101-2385.txt", Data: []byte("text")},
			} {
				err := db.Rehearse(t.Context(), func(tx *store.Tx) error {
					_, err := minutes.Attach(tx, d.as(tx, access.Coordinator), d.meeting(tx), u)
					return err
				})
				if !fault.Concerns(err, "confirmed") {
					t.Errorf("%s: %v", name, err)
				}
			}
			kept := d.attach(minutes.Upload{Name: "lista.docx", Data: word, Confirmed: "Ett påhittat nummer i en utbildning."})
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Detach(tx, d.as(tx, access.Coordinator), kept.ID)
				return err
			})
		})
		t.Run("what is too large, and one more than twenty, is refused", func(t *testing.T) {
			large := minutes.Upload{Name: "a.txt", Data: bytes.Repeat([]byte("a"), minutes.MaxAttachment+1)}
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Attach(tx, by, d.meeting(tx), large)
				return err
			}); kind != fault.Invalid {
				t.Error(kind)
			}
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				for range 20 {
					if _, err := minutes.Attach(tx, by, d.meeting(tx), minutes.Upload{Name: "a.txt", Data: []byte("a")}); err != nil {
						if !strings.Contains(err.Error(), "redan") {
							t.Error(err)
						}
						return err
					}
				}
				return nil
			}); kind != fault.Invalid {
				t.Error(kind)
			}
		})
		d.note("Vi talade om rutinen.")
		first := d.finish("")
		t.Run("the finished document names it, and its readers open it", func(t *testing.T) {
			want := minutes.DocumentAttachment{ID: rutin.ID, Name: rutin.Name, Size: 15, SHA256: rutin.SHA256}
			if len(first.Attachments) != 1 || first.Attachments[0] != want {
				t.Errorf("%+v", first.Attachments)
			}
			if paper := document.Plain(first.Paper(storetest.Now).Body); !strings.Contains(paper, "Bilagor") || !strings.Contains(paper, rutin.Name) {
				t.Errorf("the paper does not name it: %s", paper)
			}
			for _, role := range []access.Role{access.Member, access.Manager, access.Registrar} {
				if got, kind := d.opens(role, rutin.ID); got != "Rutin för jour" {
					t.Errorf("%s: %s", role, kind)
				}
			}
		})
		t.Run("a mask hides its name", func(t *testing.T) {
			masked, count := first.Mask(minutes.Masks{Words: []string{"rutin"}})
			if count == 0 || strings.Contains(masked.Attachments[0].Name, "rutin") || strings.Contains(document.Plain(masked.Paper(storetest.Now).Body), "rutin.txt") {
				t.Errorf("%d %+v", count, masked.Attachments)
			}
		})
		t.Run("a correction may drop it; the version that names it keeps it", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				_, err := minutes.Detach(tx, d.as(tx, access.Coordinator), rutin.ID)
				return err
			})
			if second := d.finish("Fel fil."); len(second.Attachments) != 0 {
				t.Errorf("%+v", second.Attachments)
			}
			if got, _ := d.opens(access.Member, rutin.ID); got != "Rutin för jour" {
				t.Errorf("the first version's file: %q", got)
			}
			d.write(func(tx *store.Tx) error {
				o, err := minutes.Read(tx, d.as(tx, access.Member), d.id, 1)
				if err == nil && len(o.Document.Attachments) != 1 {
					t.Errorf("%+v", o.Document.Attachments)
				}
				return err
			})
		})
	})
}

func TestLayFile(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := open(t, db, "rvt-miranda")
		old := minutes.Upload{Name: "2026-11-17.txt", Data: []byte("Så sades det.")}
		t.Run("a meeting with notes takes none", func(t *testing.T) {
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.LayFile(tx, by, d.meeting(tx), old)
				return err
			}); kind != fault.Conflict {
				t.Error(kind)
			}
		})
		held := d.held(10)
		t.Run("a sheet is no notes", func(t *testing.T) {
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.LayFile(tx, by, held, minutes.Upload{Name: "a.csv", Data: []byte("a;b")})
				return err
			}); kind != fault.Invalid {
				t.Error(kind)
			}
		})
		var laid *minutes.Attachment
		d.write(func(tx *store.Tx) (err error) {
			laid, err = minutes.LayFile(tx, d.as(tx, access.Coordinator), held, old)
			return err
		})
		t.Run("who may read the forum's notes reads them", func(t *testing.T) {
			if got, kind := d.opens(access.Member, laid.ID); got != "Så sades det." {
				t.Error(kind)
			}
			if _, kind := d.opens(access.GroupLead, laid.ID); kind != fault.NotFound {
				t.Error(kind)
			}
		})
		t.Run("they count as notes, and never as finished ones", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				begun, err := minutes.Begun(tx, held)
				if err != nil || !begun {
					t.Errorf("%v, %v", begun, err)
				}
				if _, there, err := minutes.FinalisedOf(tx, held); there || err != nil {
					t.Errorf("finished: %v", err)
				}
				unregistered, err := minutes.Unregistered(tx, access.System())
				if len(unregistered) > 0 {
					t.Errorf("%d wait for a number", len(unregistered))
				}
				return err
			})
			if kind := d.refused(func(tx *store.Tx, by access.Actor) error {
				_, err := minutes.Open(tx, by, held)
				return err
			}); kind != fault.Conflict {
				t.Error(kind)
			}
		})
	})
}
