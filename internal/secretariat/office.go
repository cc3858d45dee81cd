// Package secretariat is the desk: the acts that take more than one room. Call a meeting, move
// it, call it off, take an answer, remind, plan a year, bring in a plan. Each verb runs in the
// caller's transaction; a preview runs the same verb and takes it back.
package secretariat

import (
	"time"

	"samverkan/internal/mail"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Office is what the desk writes letters with.
type Office struct {
	Key       *seal.Key
	BaseURL   string         // links begin with it, without a slash at the end
	From      string         // the service's mailbox: sender and organizer, never a person
	Zone      *time.Location // in which the municipality lives
	Plain     bool           // the mail server knows no plus-addresses: replies carry no token of their own
	Reads     bool           // answers by mail are read
	Delay     time.Duration  // between an act and its letters: time to change one's mind
	OpenEvery int            // months between letters to a contact of all that is open with it; 0: none
	Parking   post.Capacity  // how many letters that came in may wait for a person; zero: as usual
	HalfYears bool           // the first half of each year is followed up too
	DKIM      *mail.DKIM     // signs letters; nil: the mail server does, or nobody
}

// gather is how long letters wait, by choice, for more changes to go in the same letter.
const gather = 10 * time.Minute

// Gathering is the office when letters are to wait for more changes.
func (o Office) Gathering() Office {
	o.Delay = max(o.Delay, gather)
	return o
}

// post writes a letter, signed when there is a key for that.
func (o Office) post(tx *store.Tx, d post.Draft) (*post.Letter, error) {
	d.Mail.DKIM = o.DKIM
	return post.Write(tx, o.Key, d)
}
