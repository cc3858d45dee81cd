package post

import (
	"strings"
	"time"

	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/store"
)

// Selection says which letters a list shows: one of the states, or one of these.
type Selection string

// The selections beside the states. The empty one is all, the latest first.
const (
	Next    Selection = "next"    // on their way out, those that are due first
	Gone    Selection = "gone"    // done with, the last first
	Trouble Selection = "trouble" // in trouble, and the actor's to deal with
)

// States are where a letter can be, in the order of its way.
var States = []State{Queued, Sending, Retry, Unknown, Sent, Filed, Failed, Bounced, Superseded, Withdrawn}

// onWay keeps the letters that leave by themselves: also those that are asked about again.
func onWay(q *gorm.DB) *gorm.DB {
	return q.Where("letters.state IN ? OR (letters.state = ? AND letters.settled_at IS NULL)", []State{Queued, Sending, Retry}, Unknown)
}

// Select lists the letters of a selection, without their bytes. Coordinators see them; administrators see them
// with the recipient masked. It refuses with fault.NotFound anybody else.
func Select(tx *store.Tx, by access.Actor, which Selection, limit, offset int) (letters []Letter, total int64, err error) {
	if err := by.Require(access.Coordinator, access.Administrator); err != nil {
		return nil, 0, err
	}
	q, order := tx.DB.Model(&Letter{}), "letters.created_at DESC, letters.id DESC"
	switch which {
	case "":
	case Next:
		q, order = onWay(q), "letters.not_before, letters.created_at, letters.id"
	case Gone:
		q, order = q.Where("letters.settled_at IS NOT NULL"), "letters.settled_at DESC, letters.id DESC"
	case Trouble:
		q = inTrouble(tx).Scopes(theirs(by))
	default:
		q = q.Where("letters.state = ?", which)
	}
	q = q.Session(&gorm.Session{})
	if err := q.Count(&total).Error; err != nil {
		return nil, 0, err
	}
	err = q.Omit("sealed").Order(order).Limit(limit).Offset(offset).Find(&letters).Error
	for i := range letters {
		letters[i].maskFor(by)
	}
	return letters, total, err
}

// List gives the latest letters first. It refuses as Select does.
func List(tx *store.Tx, by access.Actor, limit, offset int) ([]Letter, int64, error) {
	return Select(tx, by, "", limit, offset)
}

// maskFor takes the recipient out of what an administrator sees, but that of letters to accounts: those are the
// administrator's own business.
func (l *Letter) maskFor(by access.Actor) {
	if by.Is(access.Coordinator) || l.Kind == Account {
		return
	}
	shown := masked(l.Recipient)
	l.Problem, l.Answer = strings.ReplaceAll(l.Problem, l.Recipient, shown), strings.ReplaceAll(l.Answer, l.Recipient, shown)
	l.Recipient, l.RecipientName = shown, ""
}

// masked shows enough of an address to find a mail server's trouble, not whom it is for.
func masked(address string) string { return "…" + domain(address) }

// Outgoing is how mail gets out, for whoever runs the service.
type Outgoing struct {
	LastSent *Letter      // without bytes; nil: none was ever handed over
	LastFail *Letter      // the latest that a server has not taken, still waiting or lost; nil: none since LastSent
	Oldest   *time.Time   // since when the oldest that is due has waited; nil: none waits
	Waiting  int64        // that leave by themselves
	Held     *SendingHold // nil: letters are sent
	Slowed   []Pace       // domains that wait now
}

// Out tells how mail gets out.
func Out(tx *store.Tx) (o Outgoing, err error) {
	latest := func(order string, where string, args ...any) (*Letter, error) {
		var found []Letter
		err := tx.DB.Omit("sealed").Where(where, args...).Order(order).Limit(1).Find(&found).Error
		if err != nil || len(found) == 0 {
			return nil, err
		}
		return &found[0], nil
	}
	if o.LastSent, err = latest("settled_at DESC", "state IN ?", []State{Sent, Filed}); err != nil {
		return o, err
	}
	since := time.Time{}
	if o.LastSent != nil {
		since = *o.LastSent.SettledAt
	}
	if o.LastFail, err = latest("COALESCE(settled_at, not_before) DESC", "problem <> '' AND state IN ? AND COALESCE(settled_at, not_before) > ?", []State{Retry, Unknown, Failed}, since); err != nil {
		return o, err
	}
	if o.Oldest, err = OldestUnsent(tx); err != nil {
		return o, err
	}
	if err = onWay(tx.DB.Model(&Letter{})).Count(&o.Waiting).Error; err != nil {
		return o, err
	}
	if o.Held, err = SendingHeld(tx); err != nil {
		return o, err
	}
	return o, tx.DB.Order("domain").Find(&o.Slowed, "not_before > ?", tx.Now).Error
}
