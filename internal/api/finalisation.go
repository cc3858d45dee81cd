package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// FinalisationWish asks what finalising would do.
type FinalisationWish struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Varför färdigställda anteckningar rättas. / Why finalised minutes are corrected."`
}

// FinalisationReview is everything that finalising would do. Its hash goes with the finalising.
type FinalisationReview struct {
	Hash     string    `json:"hash" example:"9f2c…"`
	Suspects []Suspect `json:"suspects" doc:"Ställen i texten som kan röja vem någon är. / Places in the text that may tell who somebody is."`
	Passings []Passing `json:"passings" doc:"Vad varje mottagare får. / What each receiver gets."`
	Letters  int       `json:"letters" doc:"Hur många brev som skickas som mest. / How many letters are sent at most."`
	Agreed   bool      `json:"agreed" doc:"Sant: kan färdigställas. Falskt: skicka det för godkännande, vänta, eller skriv despite. / True: may be finished. False: submit it, wait, or say despite."`
	Due      day       `json:"due" doc:"När mottagarna bör ha gått igenom det. / When the receivers should have gone through it."`
}

// Suspect is one such place. It is never told whole.
type Suspect struct {
	ItemID uuid.UUID         `json:"itemId" format:"uuid" doc:"Punktens eller rubrikens; bara nollor: i skälet. / The item's or the heading's; all zeros: in the reason."`
	Kind   deidentify.Kind   `json:"kind" enum:"personal-number,coordination-number,case-number,name,address,phone,email,combination" example:"personal-number"`
	Shown  string            `json:"shown" example:"910101-••••"`
	Marks  []deidentify.Mark `json:"marks,omitempty" doc:"Vad en combination består av. / What a combination is made of."`
	Blocks bool              `json:"blocks" doc:"Sant: ta bort det, eller skriv i confirmed varför det får stå kvar. / True: remove it, or say in confirmed why it may stay."`
}

// Passing is what one work group or workplace would get.
type Passing struct {
	ReceiverID   uuid.UUID `json:"receiverId" format:"uuid" doc:"Arbetsgrupp eller arbetsplats. / Work group or workplace."`
	ReceiverName string    `json:"receiverName" example:"Vuxenhandläggare"`
	Items        []string  `json:"items" doc:"Texterna, så som mottagaren läser dem. / The texts, as the receiver reads them."`
	Removed      []string  `json:"removed" doc:"Texter som en rättelse tar tillbaka. / Texts that a correction takes back."`
	Due          day       `json:"due" doc:"Mottagarens sista dag. / The receiver's last day."`
	ShownName    string    `json:"shownName,omitempty" example:"Kim Exempelsson" doc:"Vem brevet går till. / Whom the letter is to."`
	Subject      string    `json:"subject,omitempty" doc:"Tomt: inget brev, någon säger till. / Empty: no letter, somebody tells them."`
	Text         string    `json:"text,omitempty" doc:"Länken är mottagarens egen och visas inte här. / The link is the recipient's own and is not shown here."`
	HTML         string    `json:"html,omitempty"`
}

func showFinalisation(r *secretariat.FinishReview) FinalisationReview {
	return FinalisationReview{r.Hash, each(r.Suspects, func(s minutes.Suspect) Suspect { return Suspect(s) }), each(r.Passings, showPassing), r.Letters, r.Agreement == nil || r.Agreement.Agreed, dayOf(r.Due)}
}

func showPassing(p secretariat.Passing) Passing {
	s := Passing{ReceiverID: p.ReceiverID, ReceiverName: p.Receiver, Items: each(p.Items, same), Removed: each(p.Removed, same), Due: dayOf(p.Due)}
	if p.Letter != nil {
		s.ShownName, s.Subject, s.Text, s.HTML = p.Lead.Shown(), p.Letter.Subject, p.Letter.Text, p.Letter.HTML
	}
	return s
}

type finalisationReviewCall struct {
	One
	Body FinalisationWish
}

func (d *door) reviewFinalisation(ctx context.Context, in *finalisationReviewCall) (*shown[FinalisationReview], error) {
	out := &shown[FinalisationReview]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		r, err := secretariat.ReviewFinish(tx, by, d.Office, in.ID, in.Body.Reason)
		if err != nil {
			return err
		}
		out.Body = showFinalisation(r)
		return minutes.DraftOpened(tx, by, in.ID)
	})
	return out, err
}

// Finalise freezes minutes as they were reviewed.
type Finalise struct {
	ReviewHash string `json:"reviewHash" maxLength:"100" doc:"hash från granskningen. / hash of the review."`
	Reason     string `json:"reason,omitempty" maxLength:"500" doc:"Krävs för en rättelse, samma som granskades. / Required of a correction, the one that was reviewed."`
	Confirmed  string `json:"confirmed,omitempty" maxLength:"500" doc:"Varför ett nummer som liknar ett personnummer får stå kvar. / Why a number that looks like somebody's may stay."`
	Despite    string `json:"despite,omitempty" maxLength:"500" doc:"Varför anteckningar som inte är godkända färdigställs ändå. Står i versionen. / Why minutes that are not agreed on are finished all the same. Stands in the version."`
}

// Finalisation is what finalising did.
type Finalisation struct {
	MinutesID   uuid.UUID `json:"minutesId" format:"uuid"`
	Number      int64     `json:"number" example:"1"`
	SHA256      string    `json:"sha256"`
	FinalisedAt time.Time `json:"finalisedAt"`
	Passed      int       `json:"passed" doc:"Hur många punkter som förmedlades. / How many items were passed on."`
	Letters     int       `json:"letters" doc:"Hur många brev som är på väg. / How many letters are on their way."`
}

type finalisationCall struct {
	One
	Repeatable
	Body Finalise
}

// finaliseMinutes ends a meeting in one act, once for each Idempotency-Key.
func (d *door) finaliseMinutes(ctx context.Context, in *finalisationCall) (*created[Finalisation], error) {
	body, err := once(ctx, d, in.Repeatable, []any{in.ID, in.Body}, func(tx *store.Tx, by access.Actor) (Finalisation, error) {
		f, err := secretariat.Finish(tx, by, d.Office, in.ID, secretariat.Ending{Hash: in.Body.ReviewHash, Reason: in.Body.Reason, Confirmed: in.Body.Confirmed, Despite: in.Body.Despite})
		if err != nil {
			return Finalisation{}, err
		}
		return Finalisation{in.ID, f.Frozen.Number, f.Frozen.SHA256, f.Frozen.At.UTC(), f.Passed, f.Letters}, nil
	})
	return &created[Finalisation]{Location: Root + "/minutes/" + in.ID.String(), Body: body}, err
}

func same(text string) string { return text }
