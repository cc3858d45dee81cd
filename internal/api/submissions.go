package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Agreeing is how the minutes of a forum are agreed on.
type Agreeing struct {
	Way         string      `json:"way" enum:"none,approvers,silence" doc:"none: den som antecknar färdigställer. approvers: de namngivna godkänner. silence: ingen har synpunkter inom days arbetsdagar. / none: whoever keeps the notes finishes them. approvers: those named approve. silence: nobody has views within days working days."`
	Days        int         `json:"days,omitempty" minimum:"0" maximum:"60" doc:"Arbetsdagar, för silence. / Working days, of silence."`
	IdentityIDs []uuid.UUID `json:"identityIds,omitempty" format:"uuid" maxItems:"100" doc:"De med konto som godkänner. / Those with an account who approve."`
	ContactIDs  []uuid.UUID `json:"contactIds,omitempty" format:"uuid" maxItems:"100" doc:"De utan konto som godkänner med en länk; kräver outsideAt. / Those without an account who approve by a link; requires outsideAt."`
}

// ForumAgreeing is that, with what was decided of those outside and who may be named.
type ForumAgreeing struct {
	Agreeing
	OutsideAt *time.Time `json:"outsideAt,omitempty" doc:"När det bestämdes att utkast får skickas till dem som inte har konto. / When it was decided that drafts may be sent to those who have no account."`
	Accounts  []Someone  `json:"accounts" doc:"De med konto som kan väljas. / Those with an account who may be named."`
	Outside   []Someone  `json:"outside" doc:"De utan konto som kan väljas. / Those without an account who may be named."`
}

// Someone is a person by an id and a name.
type Someone struct {
	ID   uuid.UUID `json:"id" format:"uuid"`
	Name string    `json:"name" example:"Kim Exempelsson"`
}

func showAgreeing(tx *store.Tx, a *forum.Agreeing) (ForumAgreeing, error) {
	e, err := forum.EligibleFor(tx, a.ForumID)
	s := ForumAgreeing{Agreeing: Agreeing{Way: string(a.Way), Days: int(a.Days)}, OutsideAt: utc(a.OutsideAt), Accounts: []Someone{}, Outside: []Someone{}}
	for _, p := range a.Approvers {
		if p.IdentityID != nil {
			s.IdentityIDs = append(s.IdentityIDs, *p.IdentityID)
		} else {
			s.ContactIDs = append(s.ContactIDs, *p.ContactID)
		}
	}
	for _, i := range e.Accounts {
		s.Accounts = append(s.Accounts, Someone{i.ID, i.Name})
	}
	for _, c := range e.Outside {
		s.Outside = append(s.Outside, Someone{c.ID, c.Shown()})
	}
	return s, err
}

func (d *door) getAgreeing(ctx context.Context, in *OneForum) (*shown[ForumAgreeing], error) {
	out := &shown[ForumAgreeing]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		f, err := convened(tx, by, in.ID)
		if err != nil {
			return err
		}
		a, err := forum.AgreeingOf(tx, f)
		if err == nil {
			out.Body, err = showAgreeing(tx, a)
		}
		return err
	})
	return out, err
}

type agreeingCall struct {
	OneForum
	Body Agreeing
}

func (d *door) setAgreeing(ctx context.Context, in *agreeingCall) (*shown[ForumAgreeing], error) {
	out := &shown[ForumAgreeing]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		f, err := convened(tx, by, in.ID)
		if err != nil {
			return err
		}
		a, err := forum.SetAgreeing(tx, by, f, forum.AgreeingWish{Way: forum.Way(in.Body.Way), Days: in.Body.Days, Identities: in.Body.IdentityIDs, Contacts: in.Body.ContactIDs})
		if err == nil {
			out.Body, err = showAgreeing(tx, a)
		}
		return err
	})
	return out, err
}

func (d *door) allowOutside(ctx context.Context, in *OneForum) (*shown[ForumAgreeing], error) {
	out := &shown[ForumAgreeing]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		f, err := convened(tx, by, in.ID)
		if err != nil {
			return err
		}
		a, err := forum.AllowOutside(tx, by, f)
		if err == nil {
			out.Body, err = showAgreeing(tx, a)
		}
		return err
	})
	return out, err
}

// convened gives the id of a forum that the caller plans.
func convened(tx *store.Tx, by access.Actor, id string) (uuid.UUID, error) {
	f, err := findForum(tx, by, id)
	if err != nil {
		return uuid.Nil, err
	}
	return f.ID, by.MayConvene(tx, f.ID)
}

// Submit sends a draft to be agreed on, as it was reviewed.
type Submit struct {
	ReviewHash string `json:"reviewHash" maxLength:"100" doc:"hash från granskningen. / hash of the review."`
	Reason     string `json:"reason,omitempty" maxLength:"500" doc:"Krävs för en rättelse. / Required of a correction."`
	Confirmed  string `json:"confirmed,omitempty" maxLength:"500" doc:"Varför ett nummer som liknar ett personnummer får stå kvar. / Why a number that looks like somebody's may stay."`
}

// Submission is a draft that is out to be agreed on.
type Submission struct {
	MinutesID  uuid.UUID        `json:"minutesId" format:"uuid"`
	Way        string           `json:"way" enum:"approvers,silence"`
	SHA256     string           `json:"sha256" doc:"Det som godkänns; skickas med i godkännandet. / What is approved; goes with the approval."`
	Reason     string           `json:"reason,omitempty"`
	SentAt     time.Time        `json:"sentAt"`
	Until      day              `json:"until,omitempty" doc:"Sista dagen för synpunkter. / The last day for views."`
	Asked      []AskedOne       `json:"asked"`
	Views      []MinutesView    `json:"views" doc:"Synpunkter, för den som för anteckningarna. / Views, for whoever keeps the notes."`
	Attendance []Attended       `json:"attendance"`
	Agenda     []MinutesHeading `json:"agenda"`
}

// AskedOne is somebody who was asked.
type AskedOne struct {
	Name       string     `json:"name" example:"Kim Exempelsson"`
	ApprovedAt *time.Time `json:"approvedAt,omitempty"`
}

// MinutesView is what somebody wants changed.
type MinutesView struct {
	Name string    `json:"name" example:"Kim Exempelsson"`
	Text string    `json:"text" example:"Beslutet gäller från mars."`
	At   time.Time `json:"at"`
}

func showSubmission(r *minutes.Submitted) Submission {
	s, d := r.Submission, r.Document
	out := Submission{MinutesID: s.MinutesID, Way: string(s.Way), SHA256: s.SHA256, Reason: s.Reason, SentAt: s.SentAt.UTC(), Until: dayOf(s.Until), Views: []MinutesView{},
		Asked:      each(s.Asked, func(a minutes.Asked) AskedOne { return AskedOne{a.Name, utc(a.ApprovedAt)} }),
		Attendance: each(d.Attendance, func(p minutes.DocumentPerson) Attended { return Attended{p.Organisation, p.Role, string(p.State)} }),
		Agenda: each(d.Agenda, func(a minutes.DocumentAgenda) MinutesHeading {
			return MinutesHeading{a.ID, a.Title, each(a.Items, func(i minutes.DocumentItem) MinutesItem { return showItem(i, nil) })}
		})}
	if r.Keeps {
		out.Views = each(s.Views, func(v minutes.View) MinutesView { return MinutesView{s.By(v), v.Text, v.At.UTC()} })
	}
	return out
}

type submissionCall struct {
	One
	Repeatable
	Body Submit
}

// submitMinutes sends a draft, once for each Idempotency-Key.
func (d *door) submitMinutes(ctx context.Context, in *submissionCall) (*created[Submission], error) {
	body, err := once(ctx, d, in.Repeatable, []any{in.ID, in.Body}, func(tx *store.Tx, by access.Actor) (Submission, error) {
		if _, err := secretariat.Submit(tx, by, d.Office, in.ID, secretariat.Ending{Hash: in.Body.ReviewHash, Reason: in.Body.Reason, Confirmed: in.Body.Confirmed}); err != nil {
			return Submission{}, err
		}
		r, err := minutes.FindSubmitted(tx, by, in.ID)
		if err != nil {
			return Submission{}, err
		}
		return showSubmission(r), nil
	})
	return &created[Submission]{Location: Root + "/minutes/" + in.ID.String() + "/submission", Body: body}, err
}

func (d *door) getSubmission(ctx context.Context, in *One) (*shown[Submission], error) {
	out := &shown[Submission]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error { // reading is logged
		r, err := minutes.ReadSubmitted(tx, by, in.ID)
		if err == nil {
			out.Body = showSubmission(r)
		}
		return err
	})
	return out, err
}

func (d *door) takeBackMinutes(ctx context.Context, in *One) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		_, err := minutes.TakeBack(tx, by, in.ID)
		return err
	})
}

// Approval is of the text that was read.
type Approval struct {
	SHA256 string `json:"sha256,omitempty" maxLength:"100" doc:"sha256 ur det som lästes. / sha256 of what was read."`
}

type approvalCall struct {
	One
	Body Approval
}

func (d *door) approveMinutes(ctx context.Context, in *approvalCall) (*shown[AskedOne], error) {
	return d.onSubmitted(ctx, in.ID, func(tx *store.Tx, by access.Actor, r *minutes.Submitted) error {
		return r.Approve(tx, by, in.Body.SHA256)
	})
}

// NewView is what whoever is asked wants changed.
type NewView struct {
	Text string `json:"text,omitempty" maxLength:"2000" example:"Beslutet gäller från mars."`
}

type viewCall struct {
	One
	Body NewView
}

func (d *door) addView(ctx context.Context, in *viewCall) (*shown[AskedOne], error) {
	return d.onSubmitted(ctx, in.ID, func(tx *store.Tx, by access.Actor, r *minutes.Submitted) error {
		return r.Object(tx, by, in.Body.Text)
	})
}

// onSubmitted does what the caller is asked, and gives it as it then is.
func (d *door) onSubmitted(ctx context.Context, id uuid.UUID, act func(*store.Tx, access.Actor, *minutes.Submitted) error) (*shown[AskedOne], error) {
	out := &shown[AskedOne]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		r, err := minutes.FindSubmitted(tx, by, id)
		if err != nil {
			return err
		}
		if r.Mine == nil {
			return fault.Missing()
		}
		if err := act(tx, by, r); err != nil {
			return err
		}
		out.Body = AskedOne{r.Mine.Name, utc(r.Mine.ApprovedAt)}
		return nil
	})
	return out, err
}

// MinutesAgreement is how a finished version was agreed on.
type MinutesAgreement struct {
	Way       string     `json:"way" enum:"approvers,silence"`
	SHA256    string     `json:"sha256,omitempty" doc:"Kontrollsumma av utkastet som skickades. / Checksum of the draft that was sent."`
	SentAt    *time.Time `json:"sentAt,omitempty"`
	Days      int        `json:"days,omitempty" doc:"Arbetsdagar för synpunkter. / Working days for views."`
	Until     day        `json:"until,omitempty" doc:"Sista dagen för synpunkter. / The last day for views."`
	Approvals []AskedOne `json:"approvals"`
	Missing   []string   `json:"missing" doc:"De som inte hade godkänt. / Who had not approved."`
	Views     int        `json:"views" doc:"Hur många synpunkter som lämnades. / How many views were written."`
	Despite   string     `json:"despite,omitempty" doc:"Varför de färdigställdes ändå. / Why they were finished all the same."`
}

func showAgreement(a *minutes.DocumentAgreement) *MinutesAgreement {
	if a == nil {
		return nil
	}
	return &MinutesAgreement{string(a.Way), a.SHA256, a.SentAt, int(a.Days), dayOf(a.Until),
		each(a.Approvals, func(p minutes.DocumentApproval) AskedOne { return AskedOne{p.Name, &p.At} }), each(a.Missing, func(name string) string { return name }), a.Views, a.Despite}
}

// Correction is one thing that a version changed in the one before it.
type Correction struct {
	Heading  string   `json:"heading,omitempty" example:"Lägesbild"`
	Kind     string   `json:"kind,omitempty" enum:"note,decision,action,relay,file,attendance" doc:"Utan: rubriken. / None: the heading itself."`
	WasKind  string   `json:"wasKind,omitempty" enum:"note,decision,action,relay"`
	Moved    bool     `json:"moved,omitempty" doc:"Stod under en annan rubrik. / Stood under another heading."`
	Text     []Change `json:"text" doc:"Texten i delar. / The text in parts."`
	Who      []Change `json:"who" doc:"Ansvarig och dag, eller mottagare. / Owner and day, or receivers."`
	Attended string   `json:"attended,omitempty" doc:"Vems närvaro. / Whose attendance."`
	Before   string   `json:"before,omitempty" enum:"present,absent,apology,substitute"`
	After    string   `json:"after,omitempty" enum:"present,absent,apology,substitute"`
}

// Change is a part of a text.
type Change struct {
	Mark string `json:"mark" enum:"same,added,removed"`
	Text string `json:"text" example:"från mars"`
}

// Corrections are what a version changed.
type Corrections struct {
	Number      int64        `json:"number" example:"2"`
	Reason      string       `json:"reason,omitempty" example:"En mening saknades."`
	Corrections []Correction `json:"corrections"`
}

func showCorrection(c minutes.Difference) Correction {
	s := Correction{Heading: c.Heading, Kind: string(c.Kind), WasKind: string(c.Was), Moved: c.Moved, Text: showChanges(c.Text), Who: showChanges(c.Meta), Attended: c.Who, Before: string(c.Before), After: string(c.After)}
	switch {
	case c.File:
		s.Kind = "file"
	case c.Who != "":
		s.Kind = "attendance"
	}
	return s
}

func showChanges(all []document.Span) []Change {
	return each(all, func(s document.Span) Change {
		mark := "same"
		switch s.Mark {
		case document.Added:
			mark = "added"
		case document.Removed:
			mark = "removed"
		}
		return Change{mark, s.Text}
	})
}

// getCorrections opens a version beside the one before it. That is logged as reading it.
func (d *door) getCorrections(ctx context.Context, in *oneVersion) (*shown[Corrections], error) {
	out := &shown[Corrections]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		opened, err := minutes.Read(tx, by, in.ID, in.Number)
		if err != nil {
			return err
		}
		all, err := minutes.Corrections(tx, by, in.ID, opened.Frozen.Number)
		out.Body = Corrections{opened.Frozen.Number, opened.Frozen.Reason, each(all, showCorrection)}
		return err
	})
	return out, err
}

// renameAgendaItem gives a heading of the draft another title.
func (d *door) renameAgendaItem(ctx context.Context, in *agendaItemCall) (*shown[AgendaTitle], error) {
	out := &shown[AgendaTitle]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		a, err := minutes.RenameAgendaItem(tx, by, in.ID, in.Body.Title)
		if err == nil {
			out.Body = AgendaTitle{a.ID, a.Title}
		}
		return err
	})
	return out, err
}

// AgendaTitle is a heading by itself.
type AgendaTitle struct {
	ID    uuid.UUID `json:"id" format:"uuid"`
	Title string    `json:"title" example:"Övriga frågor"`
}

func (d *door) removeAgendaItem(ctx context.Context, in *One) (*nothing, error) {
	return nil, d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		_, err := minutes.RemoveAgendaItem(tx, by, in.ID)
		return err
	})
}
