package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Act is something done to a meeting that sends letters, as a review asks about it.
type Act struct {
	Act    string  `json:"act" enum:"invitation,addition,rescheduling,cancellation"`
	Date   day     `json:"date,omitempty"`
	Starts hour    `json:"starts,omitempty"`
	Ends   hour    `json:"ends,omitempty"`
	Place  *string `json:"place,omitempty" maxLength:"500" doc:"Utan: som förut. / None: as before."`
	Reason string  `json:"reason,omitempty" maxLength:"500" doc:"Varför mötet ställs in; skickas inte. / Why the meeting is cancelled; is not sent."`
	Note   string  `json:"note,omitempty" maxLength:"500" doc:"En rad till alla, i brevet. / A line to all, in the letter."`
	Wait   bool    `json:"wait,omitempty" doc:"Breven väntar tio minuter, så att fler ändringar går i samma brev. / The letters wait ten minutes, so that more changes go in the same letter."`

	ContactID *uuid.UUID `json:"contactId,omitempty" format:"uuid" doc:"Vem som bjuds in till bara det här mötet, med addition. / Who is invited to this meeting alone, with addition."`
}

// of gives the verb, with its values, for a meeting as it was found.
func (a Act) of(by access.Actor, o secretariat.Office, m *meeting.Meeting) (secretariat.Act, error) {
	if a.Wait {
		o = o.Gathering()
	}
	switch a.Act {
	case "addition":
		if a.ContactID == nil {
			return nil, fault.On("contactId", "Välj en kontakt ur listan.")
		}
		return func(tx *store.Tx) error {
			return secretariat.InviteOne(tx, by, o, m.ID, m.Version, *a.ContactID, a.Note)
		}, nil
	case "rescheduling":
		place := m.Place
		if a.Place != nil {
			place = *a.Place
		}
		when, err := times(a.Date, a.Starts, a.Ends, place)
		return func(tx *store.Tx) error {
			_, err := secretariat.Reschedule(tx, by, o, m.ID, m.Version, when, a.Note)
			return err
		}, err
	case "cancellation":
		return func(tx *store.Tx) error {
			_, err := secretariat.Cancel(tx, by, o, m.ID, m.Version, a.Reason, a.Note)
			return err
		}, nil
	case "invitation":
		return func(tx *store.Tx) error { return secretariat.Convene(tx, by, o, m.ID, m.Version, a.Note) }, nil
	}
	return nil, fault.On("act", "Välj ett av alternativen.")
}

// Review is everything that an act would send. Its hash goes with the sending.
type Review struct {
	Hash    string   `json:"hash" example:"9f2c…"`
	Letters int      `json:"letters" doc:"Hur många brev som skickas. / How many letters are sent."`
	Notices []Notice `json:"notices"`
}

// Notice is what one contact would get.
type Notice struct {
	ContactID  uuid.UUID `json:"contactId" format:"uuid"`
	ShownName  string    `json:"shownName" example:"Kim Exempelsson"`
	Kind       string    `json:"kind" example:"invitation" doc:"Tomt: inget brev. / Empty: no letter."`
	Subject    string    `json:"subject,omitempty" example:"Inbjudan: Avstämning, Exempelby kommun, tors 21 jan kl. 13.00"`
	Text       string    `json:"text,omitempty" doc:"Länken är mottagarens egen och visas inte här. / The link is the recipient's own and is not shown here."`
	HTML       string    `json:"html,omitempty"`
	Effect     string    `json:"effect,omitempty" example:"Mötet läggs in i kalendern som en förfrågan."`
	Ring       bool      `json:"ring" doc:"Nås per telefon: någon ringer. / Reached by telephone: somebody rings."`
	AnswerKept bool      `json:"answerKept" doc:"Ett tidigare svar gäller fortfarande. / An earlier answer still counts."`
}

func showReview(r *secretariat.Review, l lang.Language) Review {
	return Review{r.Hash, r.Letters, each(r.Notices, func(n secretariat.Notice) Notice {
		s := Notice{ContactID: n.Contact.ID, ShownName: n.Contact.Shown(), Kind: string(n.Kind), Effect: lang.Say(n.Effect).In(l), Ring: n.Ring, AnswerKept: n.AnswerKept}
		if n.Letter != nil {
			s.Subject, s.Text, s.HTML = n.Letter.Subject, n.Letter.Text, n.Letter.HTML
		}
		return s
	})}
}

type reviewCall struct {
	MeetingChange
	Body Act
}

func (d *door) reviewLetters(ctx context.Context, in *reviewCall) (*shown[Review], error) {
	out := &shown[Review]{}
	err := d.rehearse(ctx, func(tx *store.Tx, by access.Actor) error {
		act, err := d.prepare(tx, by, in.MeetingChange, in.Body)
		if err != nil {
			return err
		}
		r, err := secretariat.Preview(tx, by, d.Office, in.ID, act)
		if err != nil {
			return err
		}
		out.Body = showReview(r, readerIn(ctx).language)
		return nil
	})
	return out, err
}

// prepare finds the meeting and gives the act on it as it stands.
func (d *door) prepare(tx *store.Tx, by access.Actor, in MeetingChange, a Act) (secretariat.Act, error) {
	m, err := meeting.Find(tx, by, in.ID)
	if err != nil {
		return nil, err
	}
	if err := mayMatch(in.IfMatch, m.Version); err != nil {
		return nil, err
	}
	return a.of(by, d.Office, m)
}

// Sending is what came of an act that sends letters.
type Sending struct {
	Meeting Meeting `json:"meeting"`
	Letters int     `json:"letters" doc:"Hur många brev som är på väg; de går att ta tillbaka en kort stund. / How many letters are on their way; they can be taken back for a short while."`
}

// SendingCall begins each of them.
type SendingCall struct {
	MeetingChange
	Repeatable
}

// send does an act whose letters were seen. It is done once for each Idempotency-Key.
func (d *door) send(ctx context.Context, in SendingCall, hash string, a Act) (*edited[Sending], error) {
	body, err := once(ctx, d, in.Repeatable, []any{in.ID, in.IfMatch, hash, a}, func(tx *store.Tx, by access.Actor) (Sending, error) {
		act, err := d.prepare(tx, by, in.MeetingChange, a)
		if err != nil {
			return Sending{}, err
		}
		r, err := secretariat.Do(tx, by, d.Office, in.ID, hash, act)
		if err != nil {
			return Sending{}, err
		}
		return Sending{showMeeting(r.Meeting, by), r.Letters}, nil
	})
	return &edited[Sending]{etag(body.Meeting.Version), body}, err
}

// Invite sends the invitations that were reviewed.
type Invite struct {
	ReviewHash string `json:"reviewHash" maxLength:"100" doc:"hash från granskningen. / hash of the review."`
	Note       string `json:"note,omitempty" maxLength:"500"`
	Wait       bool   `json:"wait,omitempty" doc:"Som i granskningen. / As in the review."`

	ContactID *uuid.UUID `json:"contactId,omitempty" format:"uuid" doc:"Bara den här kontakten, som i granskningen av addition. / This contact alone, as in the review of addition."`
}

type inviteCall struct {
	SendingCall
	Body Invite
}

func (d *door) sendInvitations(ctx context.Context, in *inviteCall) (*edited[Sending], error) {
	a := Act{Act: "invitation", Note: in.Body.Note, Wait: in.Body.Wait, ContactID: in.Body.ContactID}
	if a.ContactID != nil {
		a.Act = "addition"
	}
	return d.send(ctx, in.SendingCall, in.Body.ReviewHash, a)
}

// Reschedule moves a meeting as it was reviewed.
type Reschedule struct {
	ReviewHash string  `json:"reviewHash" maxLength:"100" doc:"hash från granskningen. / hash of the review."`
	Date       day     `json:"date"`
	Starts     hour    `json:"starts"`
	Ends       hour    `json:"ends"`
	Place      *string `json:"place,omitempty" maxLength:"500" doc:"Utan: som förut. / None: as before."`
	Note       string  `json:"note,omitempty" maxLength:"500"`
	Wait       bool    `json:"wait,omitempty" doc:"Som i granskningen. / As in the review."`
}

type rescheduleCall struct {
	SendingCall
	Body Reschedule
}

func (d *door) rescheduleMeeting(ctx context.Context, in *rescheduleCall) (*edited[Sending], error) {
	b := in.Body
	return d.send(ctx, in.SendingCall, b.ReviewHash, Act{Act: "rescheduling", Date: b.Date, Starts: b.Starts, Ends: b.Ends, Place: b.Place, Note: b.Note, Wait: b.Wait})
}

// Cancel calls a meeting off as it was reviewed.
type Cancel struct {
	ReviewHash string `json:"reviewHash" maxLength:"100" doc:"hash från granskningen. / hash of the review."`
	Reason     string `json:"reason,omitempty" maxLength:"500" doc:"Varför mötet ställs in; skickas inte. / Why the meeting is cancelled; is not sent."`
	Note       string `json:"note,omitempty" maxLength:"500"`
	Wait       bool   `json:"wait,omitempty" doc:"Som i granskningen. / As in the review."`
}

type cancelCall struct {
	SendingCall
	Body Cancel
}

func (d *door) cancelMeeting(ctx context.Context, in *cancelCall) (*edited[Sending], error) {
	return d.send(ctx, in.SendingCall, in.Body.ReviewHash, Act{Act: "cancellation", Reason: in.Body.Reason, Note: in.Body.Note, Wait: in.Body.Wait})
}
