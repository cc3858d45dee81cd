package post_test

import (
	"testing"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

func TestTrouble(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		coordinator := access.Actor{Roles: []access.Role{access.Coordinator}}
		administrator := access.Actor{Roles: []access.Role{access.Administrator}}
		troubled := func(by access.Actor) (n int64) {
			t.Helper()
			o.write(func(tx *store.Tx) (err error) {
				n, err = post.Troubled(tx, by)
				return err
			})
			return n
		}
		deal := func(by access.Actor, l *post.Letter) error {
			return o.db.Write(t.Context(), func(tx *store.Tx) error { return post.Deal(tx, by, l.ID) })
		}
		o.server.RefuseRcpt("fel@kommun.example", 550, -1)
		l, fine := o.letter("fel"), o.letter("bra")
		o.drain()
		o.is(l, post.Failed)
		t.Run("stays until somebody has dealt with it, however long that is", func(t *testing.T) {
			for range 4 {
				if n := troubled(coordinator); n != 1 {
					t.Fatalf("%d troubled", n)
				}
				o.after(200 * 24 * time.Hour)
			}
			o.write(func(tx *store.Tx) error {
				all, total, err := post.Select(tx, coordinator, post.Trouble, 10, 0)
				if total != 1 || len(all) != 1 || all[0].ID != l.ID {
					t.Errorf("%d: %+v", total, all)
				}
				return err
			})
		})
		t.Run("is not dealt with by a member, nor is one that arrived", func(t *testing.T) {
			if err := deal(access.Actor{Roles: []access.Role{access.Member, access.Manager}}, l); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a member: %v", err)
			}
			if err := deal(coordinator, fine); fault.KindOf(err) != fault.Conflict {
				t.Errorf("one that arrived: %v", err)
			}
		})
		t.Run("a letter about an account is the administrator's, another's the coordinator's", func(t *testing.T) {
			var account, notes *post.Letter
			o.write(func(tx *store.Tx) (err error) {
				d := draft("fel", nil, tx.Now)
				d.Kind = post.Account
				if account, err = post.Write(tx, o.key, d); err != nil {
					return err
				}
				d = draft("fel", nil, tx.Now)
				d.Kind = post.Code
				notes, err = post.Write(tx, o.key, d)
				return err
			})
			o.drain()
			if err := deal(coordinator, account); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%v", err)
			}
			if err := deal(administrator, notes); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%v", err)
			}
			if a, c := troubled(administrator), troubled(coordinator); a != 2 || c != 1 { // the test letter is both's
				t.Errorf("%d and %d", a, c)
			}
			if err := deal(administrator, account); err != nil {
				t.Error(err)
			}
		})
		t.Run("dealt with, it is gone from the list, once, and the log says so", func(t *testing.T) {
			if err := deal(coordinator, l); err != nil {
				t.Fatal(err)
			}
			if n := troubled(coordinator); n != 0 {
				t.Errorf("%d troubled", n)
			}
			if err := deal(coordinator, l); fault.KindOf(err) != fault.Conflict {
				t.Errorf("twice: %v", err)
			}
			o.write(func(tx *store.Tx) error {
				var n int64
				err := tx.DB.Model(&access.LogEntry{}).Where("action = 'deal with letter' AND object_id = ?", l.ID).Count(&n).Error
				if n != 1 {
					t.Errorf("%d entries", n)
				}
				dealt, err2 := post.Dealings(tx, []post.Letter{*l, *fine})
				if len(dealt) != 1 || dealt[l.ID].How != post.DealtDone {
					t.Errorf("%+v", dealt)
				}
				if err2 != nil {
					return err2
				}
				return err
			})
		})
	})
}

func TestSelect(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		coordinator := access.Actor{Roles: []access.Role{access.Coordinator}}
		o.server.RefuseRcpt("vantar@kommun.example", 451, -1)
		o.server.RefuseRcpt("fel@kommun.example", 550, -1)
		sent, waits, failed := o.letter("sant"), o.letter("vantar"), o.letter("fel")
		o.drain()
		o.clock.Move(time.Second)
		queued := o.letter("ny")
		for which, want := range map[post.Selection][]*post.Letter{
			post.Next: {queued, waits}, post.Gone: {failed, sent}, post.Trouble: {failed}, "sent": {sent}, "retry": {waits}, "queued": {queued}, "filed": nil, "": {queued, failed, waits, sent},
		} {
			o.write(func(tx *store.Tx) error {
				all, total, err := post.Select(tx, coordinator, which, 10, 0)
				if int(total) != len(want) || len(all) != len(want) {
					t.Errorf("%q: %d letters, want %d", which, total, len(want))
					return err
				}
				for n := range all {
					same := false
					for _, w := range want {
						same = same || w.ID == all[n].ID
					}
					if !same || all[n].Sealed != nil || which == post.Next && all[n].ID != want[n].ID {
						t.Errorf("%q: letter %d is to %s", which, n, all[n].Recipient)
					}
				}
				return err
			})
		}
		t.Run("says how mail gets out", func(t *testing.T) {
			o.write(func(tx *store.Tx) error {
				out, err := post.Out(tx)
				if out.LastSent == nil || out.LastSent.ID != sent.ID || out.Waiting != 2 || out.Oldest == nil || out.LastFail == nil || out.LastFail.ID != waits.ID || out.Held != nil {
					t.Errorf("%+v", out)
				}
				return err
			})
		})
	})
}
