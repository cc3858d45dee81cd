package inbox_test

import (
	"fmt"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// written is a letter that somebody has to read.
func (d *door) written(n int) []byte {
	return []byte(fmt.Sprintf("Message-ID: <skrap-%d@annan.example>\r\nFrom: nagon@annan.example\r\nTo: moten@vingaker.example\r\nSubject: Brev %d\r\n\r\nHej.\r\n", n, n))
}

func (d *door) left() int64 {
	d.Helper()
	var all []post.Mailbox
	d.write(func(tx *store.Tx) (err error) {
		all, err = post.Mailboxes(tx)
		return err
	})
	return all[0].LeftBehind
}

// A flood fills the desk, not the database: what there is no room for stays in the mailbox.
func TestNoRoomForMore(t *testing.T) {
	each(t, func(d *door) {
		d.poller.Office.Parking = post.Capacity{Letters: 3}
		for n := range 8 {
			d.mailbox.Deliver(d.written(n))
		}
		d.mailbox.Deliver(d.reply("svar", "ACCEPTED", 1, ""))
		d.poll()
		d.Run("the rest stays, unmoved, and an answer behind it is counted", func(t *testing.T) {
			if n := len(d.parked()); n != 3 {
				t.Errorf("%d parked", n)
			}
			if len(d.answers()) != 1 {
				t.Errorf("%d answers", len(d.answers()))
			}
			d.folders(5, 4)
			if n := d.left(); n != 5 {
				t.Errorf("%d left behind", n)
			}
		})
		d.Run("however often it is read: it is not an attempt, and not fetched again", func(t *testing.T) {
			before := d.log.Len()
			for range 6 {
				d.poll()
			}
			if d.log.Len() != before {
				t.Errorf("%s", d.log.String()[before:])
			}
			if n := len(d.parked()); n != 3 {
				t.Errorf("%d parked", n)
			}
			d.folders(5, 4)
		})
		d.Run("is taken, in order, as soon as somebody has read", func(t *testing.T) {
			waiting := d.parked()[0].ID
			d.write(func(tx *store.Tx) error {
				return secretariat.Dismiss(tx, access.System(), d.poller.Office, waiting)
			})
			d.poll()
			d.folders(4, 5)
			if n := d.left(); n != 4 {
				t.Errorf("%d left behind", n)
			}
			d.poller.Office.Parking = post.Capacity{}
			d.poll()
			d.folders(0, 9)
			if n := d.left(); n != 0 || len(d.parked()) != 8 {
				t.Errorf("%d left behind, %d parked", n, len(d.parked()))
			}
			for _, p := range d.parked() {
				if p.Kind != post.ParkedMail {
					t.Errorf("%s: %s", p.Kind, p.Reason)
				}
			}
		})
	})
}

func TestNoRoomByBytes(t *testing.T) {
	each(t, func(d *door) {
		d.poller.Office.Parking = post.Capacity{Bytes: 400}
		for n := range 20 {
			d.mailbox.Deliver(d.written(n))
		}
		d.poll()
		n := len(d.parked())
		if n == 0 || n > 5 || d.left() != int64(20-n) {
			d.Errorf("%d parked, %d left behind", n, d.left())
		}
		d.folders(20-n, n)
	})
}
