package secretariat

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/store"
)

// relayDays is how many working days a receiver has when neither it nor the forum says.
const relayDays = 10

// Passing is what one work group or workplace will get.
type Passing struct {
	ReceiverID uuid.UUID
	Receiver   string
	Items      []string          // the texts, as the receiver will read them
	Changes    [][]document.Span // of each of Items, since the receiver had it before; nil: it is new
	Removed    []string          // what it was given and a correction takes back
	Due        almanac.Date      // by when it should have been gone through
	Lead       *partner.Contact  // who gets the letter; nil: nobody is named
	Letter     *post.Rendered    // nil: no letter, somebody tells them
}

// FinishReview is everything that ending a meeting will do: what is frozen, what is passed on, and
// each letter.
type FinishReview struct {
	Minutes   *minutes.Minutes
	Document  *minutes.Document
	Suspects  []minutes.Suspect
	Passings  []Passing
	Letters   int          // to those who lead the receivers
	Agreement *Agreement   // how far they are from being agreed on; nil: whoever keeps them finishes them
	Sharing   Sharing      // letters that whoever finishes chooses to send
	Due       almanac.Date // by when the receivers should have gone through it
	Hash      string       // of all this; finishing carries it

	stale []relay.Item // what is taken back
}

// ReviewFinish shows what Finish will do. It changes nothing.
func ReviewFinish(tx *store.Tx, by access.Actor, o Office, minutesID uuid.UUID, reason string) (*FinishReview, error) {
	m, err := minutes.Draft(tx, by, minutesID)
	if err != nil {
		return nil, err
	}
	agreement, err := o.agreement(tx, m)
	if err != nil {
		return nil, err
	}
	if agreement != nil && agreement.Out != nil {
		reason = agreement.Out.Reason
	}
	_, hash, suspects, err := minutes.Preview(tx, by, minutesID, "") // a reason that is typed on the review itself changes nothing that was seen
	if err != nil {
		return nil, err
	}
	d, _, _, err := minutes.Preview(tx, by, minutesID, reason)
	if err != nil {
		return nil, err
	}
	r := &FinishReview{Agreement: agreement, Minutes: m, Document: d, Suspects: suspects, Due: almanac.WorkdaysAfter(almanac.DateOf(tx.Now, o.Zone), relayDays)}
	if r.stale, err = relay.Stale(tx, m.ID, d.PassesOn); err != nil {
		return nil, err
	}
	if r.Passings, err = o.passings(tx, m, d, r.stale); err != nil {
		return nil, err
	}
	seen := sha256.New()
	fmt.Fprintf(seen, "%s\x00", hash)
	for _, p := range r.Passings {
		address := ""
		if p.Letter != nil {
			r.Letters++
			address = p.Lead.Email
		}
		fmt.Fprintf(seen, "%s\x00%s\x00%s\x00%d\x00", p.ReceiverID, address, p.Due, len(p.Removed))
	}
	if r.Sharing, err = o.sharing(tx, by, m, d); err != nil {
		return nil, err
	}
	r.Sharing.seen(seen)
	r.Agreement.seen(seen)
	r.Hash = hex.EncodeToString(seen.Sum(nil))
	return r, nil
}

// passings gives each receiver named in the document, with what it gets that it does not have, and those
// that something is taken back from.
func (o Office) passings(tx *store.Tx, m *minutes.Minutes, d *minutes.Document, stale []relay.Item) ([]Passing, error) {
	var all []*Passing
	of := func(receiver uuid.UUID) *Passing {
		for _, p := range all {
			if p.ReceiverID == receiver {
				return p
			}
		}
		all = append(all, &Passing{ReceiverID: receiver})
		return all[len(all)-1]
	}
	var failed error
	d.Items(func(_ minutes.DocumentAgenda, i minutes.DocumentItem) {
		for _, receiver := range i.ReceiverIDs() {
			was, err := relay.Latest(tx, receiver, i.ID)
			failed = errors.Join(failed, err)
			if was != nil && was.Excerpt == i.Text && was.WithdrawnAt == nil {
				continue
			}
			p := of(receiver)
			var change []document.Span
			if was != nil {
				change = document.Compare(was.Excerpt, i.Text)
			}
			p.Items, p.Changes = append(p.Items, i.Text), append(p.Changes, change)
		}
	})
	if failed != nil {
		return nil, failed
	}
	for _, i := range stale {
		p := of(i.ReceiverID())
		p.Removed = append(p.Removed, i.Excerpt)
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	passings := make([]Passing, len(all))
	for n, p := range all {
		if err := o.lead(tx, m, home, p); err != nil {
			return nil, err
		}
		passings[n] = *p
	}
	return passings, nil
}

// lead finds out who gets the letter of a passing, what it says, and by when the items are to be gone through.
func (o Office) lead(tx *store.Tx, m *minutes.Minutes, home string, p *Passing) (err error) {
	if p.Receiver, p.Lead, err = partner.Receiver(tx, p.ReceiverID); err != nil {
		return err
	}
	if p.Due, err = o.dueOf(tx, m, p.ReceiverID); err != nil || p.Lead == nil || !reached(*p.Lead) {
		return err
	}
	rendered, err := post.Render(p.Lead.Language, o.passOut(m, home, *p, p.Lead.Language, o.BaseURL+"/r/"+placeholder))
	p.Letter = &rendered
	return err
}

// dueOf is by when a receiver should have gone through what is passed on to it today: in the working days of
// its own, else in the forum's.
func (o Office) dueOf(tx *store.Tx, m *minutes.Minutes, receiver uuid.UUID) (almanac.Date, error) {
	days, err := partner.RelayDaysOf(tx, receiver)
	if days == 0 {
		days = int64(m.Meeting.Forum.RelayDays)
	}
	if days == 0 {
		days = relayDays
	}
	return almanac.WorkdaysAfter(almanac.DateOf(tx.Now, o.Zone), int(days)), err
}

// corrected tells a passing of a correction: something that the receiver has is another or holds no longer.
func (p Passing) corrected() bool {
	return len(p.Removed) > 0 || slices.ContainsFunc(p.Changes, func(c []document.Span) bool { return c != nil })
}

// passOut is what the letter to a receiver says: that items wait, never what they say.
func (o Office) passOut(m *minutes.Minutes, home string, p Passing, l lang.Language, link string) post.Outward {
	out := outward(post.Relay, &m.Meeting, Outwardly(&m.Meeting, home, access.Full, l), home, l, link, "")
	out.Place, out.Points, out.Removed = "", len(p.Items), len(p.Removed)
	if p.corrected() {
		out.Note = l.Text("Anteckningarna från mötet har rättats. På sidan ser ni vad som är ändrat.")
	}
	return out
}

// Finished is what ending a meeting did.
type Finished struct {
	Frozen  *minutes.Frozen
	Passed  int // items passed on
	Letters int
}

// Ending is how somebody ends a meeting who has seen the review.
type Ending struct {
	Hash       string // of the review
	Reason     string // of a correction
	Confirmed  string // why a number that looks like somebody's may stand
	Despite    string // why minutes that are not agreed on are finished all the same
	ShareNotes bool   // the forum's contacts get a link to the notes
	TellOwners bool   // those who answer for an action get a link to report it
}

// Finish ends a meeting in one act: it is recorded as held, its minutes are frozen and made
// findable, what is to be passed on goes to each receiver, and their leads are written to; the
// forum's contacts too, if that was chosen. It refuses as minutes.Finalise does, and with
// fault.Conflict when anything is no longer as it was seen.
func Finish(tx *store.Tx, by access.Actor, o Office, minutesID uuid.UUID, e Ending) (*Finished, error) {
	r, err := ReviewFinish(tx, by, o, minutesID, e.Reason)
	if err != nil {
		return nil, err
	}
	if r.Agreement != nil && r.Agreement.Out != nil { // as it was sent
		e.Reason, e.Confirmed = r.Agreement.Out.Reason, r.Agreement.Out.Confirmed
	}
	_, frozenHash, _, err := minutes.Preview(tx, by, minutesID, e.Reason)
	if err != nil {
		return nil, err
	}
	frozen, d, err := minutes.FinaliseDespite(tx, by, minutesID, frozenHash, e.Reason, e.Confirmed, e.Despite)
	if err != nil {
		return nil, err
	}
	if r.Hash != e.Hash {
		return nil, fault.New(fault.Conflict, "Anteckningarna har ändrats sedan du granskade dem. Granska dem igen.")
	}
	if !r.Minutes.Meeting.Held() {
		if _, err := meeting.Hold(tx, by, r.Minutes.MeetingID, r.Minutes.Meeting.Version); err != nil {
			return nil, err
		}
	}
	if err := index(tx, r.Minutes, d); err != nil {
		return nil, err
	}
	if err := recognise(tx, by, r.Minutes, d); err != nil {
		return nil, err
	}
	f := &Finished{Frozen: frozen}
	if f.Passed, err = o.passOn(tx, by, r, d); err != nil {
		return nil, err
	}
	if err := o.tellLeads(tx, r, f); err != nil {
		return nil, err
	}
	return f, o.tellMembers(tx, by, r, f, e)
}

// tellMembers writes to the forum's contacts as was chosen.
func (o Office) tellMembers(tx *store.Tx, by access.Actor, r *FinishReview, f *Finished, e Ending) error {
	if err := o.endStrayLinks(tx, by, r.Minutes, r.Document); err != nil {
		return err
	}
	if e.ShareNotes {
		if err := o.shareNotes(tx, by, r.Minutes, r.Sharing.Notes); err != nil {
			return err
		}
		f.Letters += len(r.Sharing.Notes)
	}
	if e.TellOwners {
		f.Letters += len(r.Sharing.Actions)
		return o.shareActions(tx, by, r.Minutes, r.Sharing.Actions)
	}
	return nil
}

// passOn records the excerpts, takes back what a correction left out, and counts what is new for anybody.
func (o Office) passOn(tx *store.Tx, by access.Actor, r *FinishReview, d *minutes.Document) (passed int, failed error) {
	due := map[uuid.UUID]almanac.Date{}
	for _, p := range r.Passings {
		due[p.ReceiverID] = p.Due
	}
	d.Items(func(_ minutes.DocumentAgenda, i minutes.DocumentItem) {
		for _, receiver := range i.ReceiverIDs() {
			if failed != nil || i.Kind != minutes.Relay {
				return
			}
			var fresh []uuid.UUID
			fresh, failed = relay.PassOn(tx, by, o.Key, relay.Item{
				MinutesID: d.MinutesID, Number: d.Number, ItemID: i.ID, Title: d.Title, Excerpt: i.Text, Due: due[receiver],
			}, []uuid.UUID{receiver})
			passed += len(fresh)
		}
	})
	return passed, errors.Join(failed, relay.Withdraw(tx, by, r.stale))
}

// tellLeads writes to those who have something new.
func (o Office) tellLeads(tx *store.Tx, r *FinishReview, f *Finished) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	for _, p := range r.Passings {
		if p.Letter == nil {
			continue
		}
		token, err := relay.CurrentLink(tx, o.Key, r.Document.MinutesID, p.ReceiverID)
		if err != nil {
			return err
		}
		out := o.passOut(r.Minutes, home, p, p.Lead.Language, o.BaseURL+"/r/"+token)
		subject, err := relaySubject(tx, r.Document.MinutesID, p.ReceiverID)
		if err != nil {
			return err
		}
		if err := errors.Join(o.send(tx, home, *p.Lead, subject, out), relay.Told(tx, r.Document.MinutesID, p.ReceiverID)); err != nil {
			return err
		}
		f.Letters++
	}
	return nil
}
