package secretariat_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func TestLink(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		d.expect("Inbjudan", police...)
		i := d.invitation(m, "omradespolis")
		token := i.AnswerToken(d.office.Key)
		open := func(token string) func(*store.Tx) error {
			return func(tx *store.Tx) error { _, err := secretariat.Open(tx, token); return err }
		}
		t.Run("opens one meeting and the holder's own answer", func(t *testing.T) {
			d.write(func(tx *store.Tx) error {
				o, err := secretariat.Open(tx, token)
				if err == nil && (o.Meeting.ID != m.ID || o.Answer != nil || o.Title != "Avstämning, Vingåkers kommun") {
					t.Errorf("%+v", o)
				}
				return err
			})
		})
		t.Run("changes nothing by being opened", func(t *testing.T) {
			before := d.rows()
			for range 5 {
				d.write(open(token))
			}
			if after := d.rows(); after != before {
				t.Errorf("%s became %s", before, after)
			}
		})
		t.Run("is not found in part, in capitals or with more", func(t *testing.T) {
			bare := strings.TrimPrefix(token, invite.AnswerPrefix)
			tries := []string{"", " ", invite.AnswerPrefix, bare, strings.ToUpper(token), invite.AnswerPrefix + strings.ToUpper(bare), token + "a", token + "=", token + " ", " " + token,
				token + "/", token + "\x00", token + "\n", "feed_" + bare, i.ReplyToken(d.office.Key), invite.AnswerPrefix + i.ReplyToken(d.office.Key),
				i.ID.String(), invite.AnswerPrefix + i.ID.String(), i.AnswerHash, invite.AnswerPrefix + i.AnswerHash, "%", invite.AnswerPrefix + "%", token[:len(token)-1] + "_"}
			for n := range token {
				tries = append(tries, token[:n], token[n+1:])
				if c := token[n]; c >= 'a' && c <= 'z' {
					tries = append(tries, token[:n]+strings.ToUpper(token[n:n+1])+token[n+1:])
				}
			}
			d.write(func(tx *store.Tx) error {
				for _, try := range tries {
					if _, err := secretariat.Open(tx, try); try != token && fault.KindOf(err) != fault.NotFound {
						t.Errorf("%q: %v", try, err)
					}
				}
				return nil
			})
		})
		t.Run("is not found once the contact has left", func(t *testing.T) {
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				if err := tx.DB.Model(&partner.Contact{}).Where("id = ?", i.ContactID).Update("left_at", tx.Now).Error; err != nil {
					return err
				}
				return open(token)(tx)
			})
		})
		t.Run("is not found once it is revoked, to read or to answer", func(t *testing.T) {
			d.withdraw(m, "omradespolis")
			d.refused(fault.NotFound, open(token))
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				_, err := secretariat.TakeAnswer(tx, d.office, token, 0, invite.Reply{PartStat: invite.Accepted})
				return err
			})
			d.refused(fault.NotFound, func(tx *store.Tx) error {
				_, err := secretariat.RecordAnswer(tx, d.by, d.office, i.ID, invite.Reply{PartStat: invite.Accepted})
				return err
			})
		})
	})
}

// rows counts what an answer could add to.
func (d *desk) rows() (counts string) {
	d.t.Helper()
	d.write(func(tx *store.Tx) error {
		for _, table := range []string{"answers", "invitations", "letters", "log_entries"} {
			var n int64
			if err := tx.DB.Table(table).Count(&n).Error; err != nil {
				return err
			}
			counts += fmt.Sprintf(" %s %d", table, n)
		}
		return nil
	})
	return counts
}

func TestTakeAnswer(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m := d.book("polis-avstamning")
		d.convene(m, "")
		d.expect("Inbjudan", police...)
		token := d.invitation(m, "omradespolis").AnswerToken(d.office.Key)
		take := func(sequence int64, r invite.Reply) func(*store.Tx) error {
			return func(tx *store.Tx) error {
				_, err := secretariat.TakeAnswer(tx, d.office, token, sequence, r)
				return err
			}
		}
		answers := func() []invite.Answer { return d.invitation(m, "omradespolis").Answers }
		t.Run("the same answer twice is one, also at once", func(t *testing.T) {
			var group sync.WaitGroup
			for range 8 {
				group.Go(func() {
					if err := d.db.Write(t.Context(), take(0, invite.Reply{PartStat: invite.Accepted, Comment: "Kommer sent."})); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			if got := answers(); len(got) != 1 || got[0].Via != "link" || got[0].IdentityID != nil {
				t.Errorf("%+v", got)
			}
		})
		t.Run("another answer counts instead, and both are kept", func(t *testing.T) {
			d.clock.Move(time.Second)
			d.write(take(0, invite.Reply{PartStat: invite.Delegated, Substitute: " Petra Hassel "}))
			if got := answers(); len(got) != 2 || got[0].PartStat != invite.Delegated || got[0].Substitute != "Petra Hassel" {
				t.Errorf("%+v", got)
			}
		})
		for name, r := range map[string]invite.Reply{
			"no answer":                  {},
			"an answer that is none":     {PartStat: "PERHAPS"},
			"needs action":               {PartStat: invite.NeedsAction},
			"a substitute without name":  {PartStat: invite.Delegated, Substitute: "  "},
			"a comment of two lines":     {PartStat: invite.Accepted, Comment: "a\nb"},
			"a comment that is too long": {PartStat: invite.Accepted, Comment: strings.Repeat("å", 501)},
		} {
			t.Run("refuses "+name, func(t *testing.T) { d.refused(fault.Invalid, take(0, r)) })
		}
		t.Run("an answer to the time before a move is refused, whatever was shown", func(t *testing.T) {
			m = d.move(m, func(at *meeting.Time) { at.Starts++ })
			d.refused(fault.Conflict, take(0, invite.Reply{PartStat: invite.Accepted}))
			if i := d.invitation(m, "omradespolis"); i.Current(m) != nil {
				t.Error("the old answer counts already now")
			}
			d.expect("Ny tid", police...)
			d.refused(fault.Conflict, take(0, invite.Reply{PartStat: invite.Accepted}))
			d.refused(fault.Conflict, take(2, invite.Reply{PartStat: invite.Accepted}))
			d.write(take(1, invite.Reply{PartStat: invite.Tentative}))
			if a := d.invitation(m, "omradespolis").Current(m); a == nil || a.PartStat != invite.Tentative {
				t.Errorf("%+v", a)
			}
		})
		t.Run("the link of the first letter is the link of the second", func(t *testing.T) {
			if d.invitation(m, "omradespolis").AnswerToken(d.office.Key) != token {
				t.Error("another link")
			}
		})
		t.Run("a cancelled meeting takes no answer", func(t *testing.T) {
			gone := d.cancel(m)
			d.refused(fault.Conflict, take(gone.Sequence, invite.Reply{PartStat: invite.Accepted}))
			m = d.undo(gone)
		})
		t.Run("nor does one that is over", func(t *testing.T) {
			d.clock.Move(m.EndsAt.Sub(d.db.Now()))
			d.refused(fault.Conflict, take(m.Sequence, invite.Reply{PartStat: invite.Accepted}))
			d.clock.Move(30 * 24 * time.Hour) // from then on the link is nobody's
			d.refused(fault.NotFound, take(m.Sequence, invite.Reply{PartStat: invite.Accepted}))
		})
	})
}
