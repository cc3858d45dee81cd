package secretariat

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// SeveralReview is everything that calling several meetings off sends: what each meeting's cancellation
// does, and one covering letter to whoever gets more than one of them.
type SeveralReview struct {
	Meetings []*Review // in the order of the meetings
	Covers   Review    // the covering letters
	People   int       // how many get letters
	Hash     string
}

// CancelSeveral calls meetings of one forum off, each as Cancel does, and owes whoever is owed more than one
// CANCEL a covering letter that leaves with them. It refuses with fault.Invalid when none is chosen, when one
// is not the forum's and when the forum is not ours to convene, and otherwise as Cancel does.
func CancelSeveral(tx *store.Tx, by access.Actor, o Office, forumID uuid.UUID, ids []uuid.UUID, reason, note string) (*SeveralReview, error) {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }) // locked in one order
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil, fault.On("meetingId", "Välj minst ett möte att ställa in.")
	}
	r := &SeveralReview{}
	for _, id := range ids {
		one, err := o.cancelOneOf(tx, by, forumID, id, reason, note)
		if err != nil {
			return nil, err
		}
		r.Meetings = append(r.Meetings, one)
	}
	sortByStart(r.Meetings)
	return r, o.coverAll(tx, r)
}

func sortByStart(all []*Review) {
	slices.SortStableFunc(all, func(a, b *Review) int { return a.Meeting.StartsAt.Compare(b.Meeting.StartsAt) })
}

// DoCancelSeveral is CancelSeveral for what was reviewed with the given hash. It refuses with fault.Conflict
// when what would be done is no longer what was seen.
func DoCancelSeveral(tx *store.Tx, by access.Actor, o Office, forumID uuid.UUID, ids []uuid.UUID, reason, note, hash string) error {
	r, err := CancelSeveral(tx, by, o, forumID, ids, reason, note)
	if err == nil {
		err = asSeen(r.Hash, hash)
	}
	return err
}

func (o Office) cancelOneOf(tx *store.Tx, by access.Actor, forumID, id uuid.UUID, reason, note string) (*Review, error) {
	now, err := meeting.Find(tx, by, id)
	if err != nil {
		return nil, err
	}
	if now.ForumID != forumID {
		return nil, fault.Missing()
	}
	if _, err := ourMeeting(tx, by, id, now.Version); err != nil {
		return nil, err
	}
	return Preview(tx, by, o, id, func(tx *store.Tx) error {
		_, err := Cancel(tx, by, o, id, now.Version, reason, note)
		return err
	})
}

// coverAll owes the covering letters of what r has called off, and adds to r what they say.
func (o Office) coverAll(tx *store.Tx, r *SeveralReview) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	seen, off := sha256.New(), map[uuid.UUID][]*meeting.Meeting{}
	var order []partner.Contact
	for _, one := range r.Meetings {
		fmt.Fprintf(seen, "%s\x00%d\x00%s\x00", one.Meeting.ID, one.Meeting.Version, one.Hash)
		for _, n := range one.Notices {
			if n.Letter == nil {
				continue
			}
			if _, known := off[n.Contact.ID]; !known {
				order = append(order, n.Contact)
			}
			off[n.Contact.ID] = append(off[n.Contact.ID], one.Meeting)
		}
	}
	r.People, r.Covers.Meeting = len(order), r.Meetings[0].Meeting
	for _, c := range order {
		if len(off[c.ID]) < 2 {
			continue
		}
		if err := invite.OweCover(tx, c.ID, tx.Now.Add(o.Delay)); err != nil {
			return err
		}
		_, rendered, err := o.draftCover(home, c, off[c.ID])
		if err != nil {
			return err
		}
		fmt.Fprintf(seen, "%s\x00%s\x00%s\x00", c.ID, rendered.Subject, rendered.Text)
		r.Covers.Letters++
		r.Covers.Notices = append(r.Covers.Notices, Notice{Contact: c, Kind: post.CancelledSeveral, Letter: rendered})
	}
	r.Hash = hex.EncodeToString(seen.Sum(nil))
	return nil
}

// draftCover writes the covering letter: neutral titles and times alone. The calendars take the CANCELs.
func (o Office) draftCover(home string, c partner.Contact, off []*meeting.Meeting) (*post.Draft, *post.Rendered, error) {
	l := lang.Parse(string(c.Language))
	listed := post.Section{Heading: l.Text("Inställda möten")}
	var ids []string
	for _, m := range off {
		listed.Things = append(listed.Things, post.Thing{Title: Outwardly(m, home, access.Full, l).Title, When: When(m.Time(), l)})
		ids = append(ids, m.ID.String())
	}
	rendered, err := post.RenderDigest(l, post.Collected{
		Subject: l.Text("Inställt: %d möten, %s", len(off), listed.Things[0].Title), Heading: l.Text("%d möten är inställda", len(off)), Sections: []post.Section{listed},
		Care: l.Text("Avbokningen av varje möte kommer i ett eget brev, så att din kalender stämmer."), Municipality: home,
	})
	if err != nil {
		return nil, nil, err
	}
	d := o.draft(post.CancelledSeveral, home, mail.Mailbox{Name: recipientName(c), Address: c.Email}, rendered)
	d.Digest = sum(ids...)
	return d, &rendered, nil
}

// calledOff lists the meetings of a cover that are still off and whose CANCEL its contact got, or gets.
func calledOff(tx *store.Tx, id uuid.UUID) (off []*meeting.Meeting, err error) {
	covered, err := invite.Covered(tx, id)
	if err != nil {
		return nil, err
	}
	for n := range covered {
		m, err := meeting.ForLetter(tx, covered[n].MeetingID)
		if err != nil {
			return nil, err
		}
		held, err := heldOf(tx, &covered[n])
		if err != nil {
			return nil, err
		}
		last, err := post.LastOf(tx, covered[n].ID, post.Invitation, post.Update, post.Reschedule, post.Cancellation, post.Withdrawal)
		if err != nil {
			return nil, err
		}
		got := last != nil && last.Kind == post.Cancellation && !last.CreatedAt.Before(m.Cancellation.At)
		if got || owed(&covered[n], m, held, "", !m.StartsAt.After(tx.Now)) == post.Cancellation {
			off = append(off, m)
		}
	}
	return off, nil
}

// WriteCover writes a covering letter that is due, of what is still called off; it gives nil when that is
// less than two meetings.
func WriteCover(tx *store.Tx, o Office, id uuid.UUID) (*post.Letter, error) {
	cover, err := invite.LockCover(tx, id)
	if err != nil || cover.OwedFrom == nil || cover.OwedFrom.After(tx.Now) { // another sender was first
		return nil, err
	}
	if err := invite.CoverSettled(tx, id); err != nil {
		return nil, err
	}
	c, err := partner.ForLetter(tx, cover.ContactID)
	if err != nil || !reached(*c) {
		return nil, err
	}
	off, err := calledOff(tx, id)
	if err != nil || len(off) < 2 {
		return nil, err
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	d, _, err := o.draftCover(home, *c, off)
	if err != nil {
		return nil, err
	}
	d.SubjectID, d.NotBefore = &id, tx.Now
	return o.post(tx, *d)
}

// writeCovers writes every covering letter that is due, each in a transaction of its own.
func writeCovers(ctx context.Context, db *store.DB, o Office) (first error) {
	var due []uuid.UUID
	if err := db.Read(ctx, func(tx *store.Tx) (err error) {
		due, err = invite.DueCovers(tx)
		return err
	}); err != nil {
		return err
	}
	for _, id := range due {
		err := db.Write(ctx, func(tx *store.Tx) error {
			_, err := WriteCover(tx, o, id)
			return err
		})
		if err != nil && first == nil {
			first = fmt.Errorf("cover %s: %w", id, err)
		}
	}
	return first
}

// entitledToCover tells whether what a covering letter says still holds.
func entitledToCover(tx *store.Tx, l *post.Letter) (bool, error) {
	cover, err := invite.LockCover(tx, *l.SubjectID)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	c, err := partner.ForLetter(tx, cover.ContactID)
	if err != nil || !reached(*c) || c.Email != l.Recipient {
		return false, err
	}
	off, err := calledOff(tx, cover.ID)
	var ids []string
	for _, m := range off {
		ids = append(ids, m.ID.String())
	}
	return sum(ids...) == l.Digest, err
}
