package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Invitation is that a contact was asked to a meeting. It holds no link: that is the contact's own.
type Invitation struct {
	ID               uuid.UUID  `json:"id" format:"uuid"`
	MeetingID        uuid.UUID  `json:"meetingId" format:"uuid"`
	ContactID        uuid.UUID  `json:"contactId" format:"uuid"`
	ShownName        string     `json:"shownName" example:"Kim Exempelsson"`
	OrganisationName string     `json:"organisationName"`
	ByPhone          bool       `json:"byPhone"`
	PartStat         string     `json:"partStat" enum:"NEEDS-ACTION,ACCEPTED,DECLINED,TENTATIVE,DELEGATED" doc:"Svaret som gäller. / The answer that counts."`
	Answer           *Answer    `json:"answer,omitempty" doc:"Senaste svaret, även om tiden har ändrats sedan dess. / The latest answer, even if the time has changed since."`
	OwedFrom         *time.Time `json:"owedFrom,omitempty" doc:"När nästa brev skrivs; utan: inget väntar. / When the next letter is written; none: nothing waits."`
	CalledBefore     bool       `json:"calledBefore,omitempty" doc:"Redan kallad från en äldre kalender. / Called before, out of an older calendar."`
	CreatedAt        time.Time  `json:"createdAt"`
	WithdrawnAt      *time.Time `json:"withdrawnAt,omitempty"`
	StandsForID      *uuid.UUID `json:"standsForId,omitempty" format:"uuid" doc:"Ersättare: inbjudan i vars ställe. Bara för samordnare. / A substitute: the invitation in whose place. For coordinators only."`
	SubstituteID     *uuid.UUID `json:"substituteId,omitempty" format:"uuid" doc:"Ersättarens egen inbjudan. Bara för samordnare. / The substitute's own invitation. For coordinators only."`
}

// Answer is one answer.
type Answer struct {
	PartStat   string    `json:"partStat" enum:"ACCEPTED,DECLINED,TENTATIVE,DELEGATED"`
	Substitute string    `json:"substitute,omitempty" doc:"Vem som kommer i stället. Bara för samordnare. / Who comes instead. For coordinators only."`
	Comment    string    `json:"comment,omitempty" doc:"Bara för samordnare. / For coordinators only."`
	Attending  string    `json:"attending,omitempty" doc:"Vem som kommer från en funktionsbrevlåda. Bara för samordnare. / Who comes from a functional mailbox. For coordinators only."`
	Mode       string    `json:"attendanceMode,omitempty" enum:"onSite,remote" doc:"Med ACCEPTED: på plats eller på distans. / With ACCEPTED: at the place or from elsewhere."`
	Email      string    `json:"substituteEmail,omitempty" doc:"Adressen till den som kommer, om den har fått en egen inbjudan. Bara för samordnare. / Address of who comes, when they got an invitation of their own. For coordinators only."`
	Sequence   int64     `json:"sequence" doc:"Till vilken SEQUENCE av mötet. / To which SEQUENCE of the meeting."`
	Via        string    `json:"via" enum:"link,phone,mail"`
	Unverified bool      `json:"unverified,omitempty" doc:"Svaret kom med e-post utan inbjudans egen adress. / The answer came by mail without the invitation's own address."`
	At         time.Time `json:"at"`
}

// Invitations is a list of them.
type Invitations struct {
	Invitations []Invitation `json:"invitations"`
	Extent
}

func showAnswer(a *invite.Answer, by access.Actor) *Answer {
	if a == nil {
		return nil
	}
	s := &Answer{PartStat: string(a.PartStat), Sequence: a.Sequence, Via: a.Via, Unverified: a.Unverified, At: a.At.UTC()}
	if a.PartStat == invite.Accepted {
		s.Mode = onSite
		if a.Remote {
			s.Mode = remote
		}
	}
	if by.Is(access.Coordinator) { // what somebody wrote to the convener is not for the other organisations
		s.Substitute, s.Comment, s.Attending, s.Email = a.Substitute, a.Comment, a.Attending, a.SubstituteEmail
	}
	return s
}

// The attendance modes.
const (
	onSite = "onSite"
	remote = "remote"
)

// showInvitations shows the invitations to a meeting; who comes instead of somebody only to coordinators.
func showInvitations(all []invite.Invitation, m *meeting.Meeting, by access.Actor) (shown []Invitation) {
	substitutes := map[uuid.UUID]*uuid.UUID{}
	for _, s := range invite.Seats(all) {
		if s.StandIn != nil {
			substitutes[s.ID] = &s.StandIn.ID
		}
	}
	for _, i := range all {
		if by.Is(access.Coordinator) {
			one := showInvitation(i, m, by)
			one.StandsForID, one.SubstituteID = i.StandsForID, substitutes[i.ID]
			shown = append(shown, one)
		} else if i.StandsForID == nil {
			shown = append(shown, showInvitation(i, m, by))
		}
	}
	return shown
}

func showInvitation(i invite.Invitation, m *meeting.Meeting, by access.Actor) Invitation {
	c := showContact(i.Contact)
	s := Invitation{ID: i.ID, MeetingID: i.MeetingID, ContactID: c.ID, ShownName: c.ShownName, OrganisationName: c.OrganisationName, ByPhone: c.ByPhone,
		PartStat: string(invite.NeedsAction), Answer: showAnswer(i.Last(), by), OwedFrom: utc(i.OwedFrom), CalledBefore: i.Earlier != nil, CreatedAt: i.CreatedAt.UTC(), WithdrawnAt: utc(i.WithdrawnAt)}
	if current := i.Current(m); current != nil {
		s.PartStat = string(current.PartStat)
	}
	return s
}

type meetingPage struct {
	One
	Paging
}

func (d *door) listInvitations(ctx context.Context, in *meetingPage) (*shown[Invitations], error) {
	out := &shown[Invitations]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		m, err := meeting.Find(tx, by, in.ID)
		if err != nil {
			return err
		}
		asked, err := invite.Of(tx, by, m.ID)
		all := showInvitations(asked, m, by)
		out.Body = Invitations{part(in.Paging, all, func(i Invitation) Invitation { return i }), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

// NewAnswer is what somebody answered by telephone.
type NewAnswer struct {
	PartStat   string `json:"partStat" enum:"ACCEPTED,DECLINED,TENTATIVE,DELEGATED"`
	Substitute string `json:"substitute,omitempty" maxLength:"200" doc:"Krävs med DELEGATED. / Required with DELEGATED."`
	Comment    string `json:"comment,omitempty" maxLength:"500"`
	Attending  string `json:"attending,omitempty" maxLength:"200" doc:"Vem som kommer, från en funktionsbrevlåda. / Who comes, from a functional mailbox."`

	SubstituteEmail string `json:"substituteEmail,omitempty" maxLength:"254" doc:"Med DELEGATED: ersättaren får en egen inbjudan. / With DELEGATED: the substitute gets an invitation of their own."`
	AttendingEmail  string `json:"attendingEmail,omitempty" maxLength:"254" doc:"Med attending: den som kommer får en egen inbjudan. / With attending: who comes gets an invitation of their own."`
	AttendanceMode  string `json:"attendanceMode,omitempty" enum:"onSite,remote" doc:"Med ACCEPTED. Utan: på plats. / With ACCEPTED. None: at the place."`
}

func (n NewAnswer) reply() invite.Reply {
	return invite.Reply{
		PartStat: invite.PartStat(n.PartStat), Substitute: n.Substitute, SubstituteEmail: n.SubstituteEmail, Comment: n.Comment,
		Attending: n.Attending, AttendingEmail: n.AttendingEmail, Remote: n.AttendanceMode == remote,
	}
}

type answerCall struct {
	One
	Body NewAnswer
}

func (d *door) recordAnswer(ctx context.Context, in *answerCall) (*shown[Answer], error) {
	out := &shown[Answer]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		a, err := secretariat.RecordAnswer(tx, by, d.Office, in.ID, in.Body.reply())
		if err != nil {
			return err
		}
		out.Body = *showAnswer(a, by)
		return nil
	})
	return out, err
}
