package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Notice is what one contact will get.
type Notice struct {
	InvitationID uuid.UUID
	Contact      partner.Contact
	Kind         post.Kind // empty: no letter
	Letter       *post.Rendered
	Effect       string // what happens in the recipient's calendar, a key of package lang
	Ring         bool   // reached by telephone: somebody rings
	Fresh        bool   // asked by this very act, to the meeting as it stands: a letter on paper can be printed already
	Answer       *invite.Answer
	Seat         invite.Seat // with who comes instead
	StandsFor    string      // whose place it is, as pages show it; empty: their own
	Called       bool        // has a booking from before, which the letter says to remove
	AnswerKept   bool        // the earlier answer still counts
	Out          bool        // no longer asked: nothing that was answered counts
}

// Review is everything that an act will send, before it is done.
type Review struct {
	Meeting *meeting.Meeting
	Notices []Notice
	Letters int    // how many will be sent
	Hash    string // sending carries it: what is sent is what was seen
	Busy    int    // members whose own calendar says that they are busy then
}

// placeholder stands for each recipient's own link in a preview: the real one is made with the
// invitation.
const placeholder = "…"

// review shows what the acts done so far in tx will send about a meeting.
func review(tx *store.Tx, by access.Actor, o Office, meetingID uuid.UUID) (*Review, error) {
	m, err := meeting.Find(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	invitations, err := invite.Of(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	seats := map[uuid.UUID]invite.Seat{}
	for _, s := range invite.Seats(invitations) {
		seats[s.ID] = s
	}
	r := &Review{Meeting: m}
	if r.Busy, err = BusyMembers(tx, by, m); err != nil {
		return nil, err
	}
	seen := sha256.New()
	for n := range invitations {
		i := &invitations[n]
		if i.OwedFrom == nil {
			continue
		}
		notice := Notice{InvitationID: i.ID, Contact: i.Contact, Answer: i.Last(), Ring: !reached(i.Contact) && i.WithdrawnAt == nil, Fresh: i.CreatedAt.Equal(tx.Now), Out: i.WithdrawnAt != nil}
		if i.StandsForID != nil {
			notice.StandsFor = seats[*i.StandsForID].Contact.Shown()
		} else {
			notice.Seat = seats[i.ID]
		}
		d, rendered, err := draft(tx, o, home, i, m, o.BaseURL+"/i/"+placeholder)
		if err != nil {
			return nil, err
		}
		if d != nil {
			r.Letters++
			notice.Kind, notice.Letter, notice.Called = d.Kind, rendered, i.Earlier != nil
			notice.Effect = effect(d.Kind, notice.Called)
			fmt.Fprintf(seen, "%s\x00%s\x00%s\x00%s\x00%d\x00", i.ContactID, d.Mail.To.Address, rendered.Subject, rendered.Text, d.Sequence)
		}
		notice.AnswerKept = i.Current(m) != nil || i.Standing() != nil && d != nil && d.Kind == post.Update
		r.Notices = append(r.Notices, notice)
	}
	r.Hash = hex.EncodeToString(seen.Sum(nil))
	return r, nil
}

// effect says what a letter does in the recipient's calendar, in keys of package lang.
// called: they have a booking from before instead.
func effect(kind post.Kind, called bool) string {
	off := kind == post.Cancellation || kind == post.Withdrawal
	switch {
	case called && off:
		return "Den gamla bokningen tas bort för hand. Brevet säger vilken."
	case called:
		return "Mötet läggs in i kalendern som en förfrågan. Den gamla bokningen tas bort för hand. Brevet säger vilken."
	}
	switch kind {
	case post.Invitation:
		return "Mötet läggs in i kalendern som en förfrågan."
	case post.Update:
		return "Uppgifterna ändras i kalendern. Svaret gäller fortfarande."
	case post.Reschedule:
		return "Mötet flyttas i kalendern."
	case post.Cancellation, post.Withdrawal:
		return "Mötet tas bort ur kalendern."
	}
	return ""
}

// Act is something done to a meeting that sends letters: one of the verbs above, with its values.
type Act func(*store.Tx) error

// Preview does an act and shows what it would send. The caller takes the transaction back.
func Preview(tx *store.Tx, by access.Actor, o Office, meetingID uuid.UUID, act Act) (*Review, error) {
	if err := act(tx); err != nil {
		return nil, err
	}
	return review(tx, by, o, meetingID)
}

// Do does an act whose preview had the given hash. It refuses with fault.Conflict when what
// would be sent is no longer what was seen.
func Do(tx *store.Tx, by access.Actor, o Office, meetingID uuid.UUID, hash string, act Act) (*Review, error) {
	r, err := Preview(tx, by, o, meetingID, act)
	if err != nil {
		return nil, err
	}
	if err := asSeen(r.Hash, hash); err != nil {
		return nil, err
	}
	return r, nil
}

// asSeen refuses with fault.Conflict when what would be sent is no longer what was seen.
func asSeen(now, seen string) error {
	if now != seen {
		return fault.New(fault.Conflict, "Något har ändrats sedan du granskade breven. Granska dem igen innan du skickar.")
	}
	return nil
}

// Identical groups notices whose letters say the same, so that each is shown once with its number.
type Identical struct {
	Letter post.Rendered
	Effect string
	To     []Notice
}

// Group gives a review's letters, the same ones together, in the order of the first of each.
func (r Review) Group() []Identical {
	var groups []Identical
	index := map[string]int{}
	for _, n := range r.Notices {
		if n.Letter == nil {
			continue
		}
		key := strings.Join([]string{n.Letter.Subject, n.Letter.Text}, "\x00")
		at, known := index[key]
		if !known {
			at = len(groups)
			index[key] = at
			groups = append(groups, Identical{Letter: *n.Letter, Effect: n.Effect})
		}
		groups[at].To = append(groups[at].To, n)
	}
	return groups
}

// StatusWord says an answer as people do.
func StatusWord(a *invite.Answer, l lang.Language) string {
	if a == nil {
		return l.Text("Inget svar")
	}
	switch a.PartStat {
	case invite.Accepted:
		if a.Remote {
			return l.Text("Deltar på distans")
		}
		return l.Text("Kommer")
	case invite.Declined:
		return l.Text("Kommer inte")
	case invite.Tentative:
		return l.Text("Kanske")
	}
	return l.Text("Ersättare: %s", a.Substitute)
}
