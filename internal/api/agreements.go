package api

import (
	"context"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// Agreement is a contract or a partnership with a partner.
type Agreement struct {
	ID            uuid.UUID      `json:"id" format:"uuid"`
	ExternalID    *string        `json:"externalId,omitempty"`
	Kind          string         `json:"kind" enum:"avtal,iop,overenskommelse" example:"iop"`
	Subject       string         `json:"subject,omitempty" doc:"Vad den gäller, kort. / What it is about, in short."`
	Quote         string         `json:"quote,omitempty" doc:"Vad planen säger om den. / What the plan says of it."`
	ValidFrom     day            `json:"validFrom,omitempty" format:"date"`
	ValidTo       day            `json:"validTo,omitempty" format:"date" doc:"Sista dagen. / The last day."`
	NoticeMonths  *int64         `json:"noticeMonths,omitempty" doc:"Uppsägningstid i månader. / Time of notice in months."`
	LastNotice    day            `json:"lastNotice,omitempty" format:"date" doc:"Sista dag att säga upp. / Last day to give notice."`
	FollowUp      day            `json:"followUp,omitempty" format:"date" doc:"När den ska följas upp. / When it is to be followed up."`
	ResponsibleID *uuid.UUID     `json:"responsibleId,omitempty" format:"uuid" doc:"Kontakten som ser till den. / The contact who sees to it."`
	Note          string         `json:"note,omitempty"`
	Term          string         `json:"term" enum:"ended,unstated,coming,running,expired" doc:"Hur den gäller i dag. / How it holds today."`
	EndedOn       day            `json:"endedOn,omitempty" format:"date" doc:"Sista dagen för den som är avslutad. / The last day of one that was ended."`
	EndReason     string         `json:"endReason,omitempty"`
	Parties       []Organisation `json:"parties"`
	ForumIDs      []uuid.UUID    `json:"forumIds"`
	Version       int64          `json:"version" doc:"Samma som i ETag. / The same as in ETag."`
}

// Agreements is a list of them.
type Agreements struct {
	Agreements []Agreement `json:"agreements"`
	Extent
}

func (d *door) showAgreement(today almanac.Date) func(partner.Agreement) Agreement {
	return func(a partner.Agreement) Agreement {
		s := Agreement{ID: a.ID, ExternalID: a.ExternalID, Kind: string(a.Kind), Subject: a.Subject, Quote: a.Quote,
			ValidFrom: dayOf(a.ValidFrom), ValidTo: dayOf(a.ValidTo), NoticeMonths: a.NoticeMonths, LastNotice: dayOf(a.LastNotice()),
			FollowUp: dayOf(a.FollowUp), ResponsibleID: a.ResponsibleID, Note: a.Note, Term: string(a.Term(today)),
			Parties: each(a.Parties, showOrganisation), ForumIDs: a.ForumIDs, Version: a.Version}
		if a.Ending != nil {
			s.EndedOn, s.EndReason = dayOf(a.Ending.LastDay), a.Ending.Reason
		}
		return s
	}
}

func (d *door) today(tx *store.Tx) almanac.Date { return almanac.DateOf(tx.Now, d.Office.Zone) }

func (d *door) listAgreements(ctx context.Context, in *Paging) (*shown[Agreements], error) {
	out := &shown[Agreements]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := partner.Agreements(tx, by)
		out.Body = Agreements{part(*in, all, d.showAgreement(d.today(tx))), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

func (d *door) getAgreement(ctx context.Context, in *One) (*edited[Agreement], error) {
	out := &edited[Agreement]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		a, err := partner.FindAgreement(tx, by, in.ID)
		if err != nil {
			return err
		}
		out.ETag, out.Body = etag(a.Version), d.showAgreement(d.today(tx))(*a)
		return nil
	})
	return out, err
}

// AgreementTerms is all that can be said of an agreement. What is optional and left out is emptied.
type AgreementTerms struct {
	Kind          string      `json:"kind" enum:"avtal,iop,overenskommelse" example:"iop"`
	Subject       string      `json:"subject,omitempty" maxLength:"200"`
	Parties       []uuid.UUID `json:"parties" minItems:"1" doc:"Organisationernas id. / Ids of the organisations."`
	ValidFrom     day         `json:"validFrom,omitempty" format:"date"`
	ValidTo       day         `json:"validTo,omitempty" format:"date"`
	NoticeMonths  *int64      `json:"noticeMonths,omitempty" minimum:"0" maximum:"60"`
	FollowUp      day         `json:"followUp,omitempty" format:"date"`
	ForumIDs      []uuid.UUID `json:"forumIds,omitempty"`
	ResponsibleID *uuid.UUID  `json:"responsibleId,omitempty" format:"uuid"`
	Note          string      `json:"note,omitempty" maxLength:"4000"`
}

// terms reads what was sent. The contact must be one that the actor knows.
func (t AgreementTerms) terms(tx *store.Tx, by access.Actor) (partner.Terms, error) {
	contacts, err := partner.Contacts(tx, by)
	if err != nil {
		return partner.Terms{}, err
	}
	read := partner.Terms{Kind: partner.AgreementKind(t.Kind), Subject: t.Subject, PartyIDs: t.Parties, NoticeMonths: t.NoticeMonths,
		ForumIDs: t.ForumIDs, ResponsibleID: t.ResponsibleID, Note: t.Note}
	var fromErr, toErr, followErr error
	read.ValidFrom, fromErr = t.ValidFrom.readAny("validFrom")
	read.ValidTo, toErr = t.ValidTo.readAny("validTo")
	read.FollowUp, followErr = t.FollowUp.readAny("followUp")
	return read, fault.Join(fromErr, toErr, followErr,
		known("responsibleId", "Välj en kontakt ur listan.", t.ResponsibleID, contacts, func(c partner.Contact) uuid.UUID { return c.ID }))
}

func (d *door) addAgreement(ctx context.Context, in *struct{ Body AgreementTerms }) (*created[Agreement], error) {
	out := &created[Agreement]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		terms, err := in.Body.terms(tx, by)
		if err != nil {
			return err
		}
		a, err := partner.AddAgreement(tx, by, terms)
		if err != nil {
			return err
		}
		out.Location, out.ETag, out.Body = Root+"/agreements/"+a.ID.String(), etag(a.Version), d.showAgreement(d.today(tx))(*a)
		return nil
	})
	return out, err
}

type agreementChange struct {
	One
	Conditional
	Body AgreementTerms
}

func (d *door) changeAgreement(ctx context.Context, in *agreementChange) (*edited[Agreement], error) {
	return d.onAgreement(ctx, in.ID, in.IfMatch, func(tx *store.Tx, by access.Actor, a *partner.Agreement) (*partner.Agreement, error) {
		terms, err := in.Body.terms(tx, by)
		if err != nil {
			return nil, err
		}
		return partner.ChangeAgreement(tx, by, a.ID, a.Version, terms)
	})
}

// AgreementEnding says until when an agreement holds that is ended.
type AgreementEnding struct {
	LastDay day    `json:"lastDay" format:"date" example:"2027-12-31"`
	Reason  string `json:"reason,omitempty" maxLength:"300"`
}

type agreementEndingCall struct {
	One
	Conditional
	Body AgreementEnding
}

func (d *door) endAgreement(ctx context.Context, in *agreementEndingCall) (*edited[Agreement], error) {
	return d.onAgreement(ctx, in.ID, in.IfMatch, func(tx *store.Tx, by access.Actor, a *partner.Agreement) (*partner.Agreement, error) {
		last, err := in.Body.LastDay.read("lastDay")
		if err != nil {
			return nil, err
		}
		return partner.EndAgreement(tx, by, a.ID, a.Version, last, in.Body.Reason)
	})
}

// onAgreement does something to an agreement that is still as it was read.
func (d *door) onAgreement(ctx context.Context, id uuid.UUID, condition string, verb func(*store.Tx, access.Actor, *partner.Agreement) (*partner.Agreement, error)) (*edited[Agreement], error) {
	out := &edited[Agreement]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		a, err := partner.FindAgreement(tx, by, id)
		if err != nil {
			return err
		}
		if err := mustMatch(condition, a.Version); err != nil {
			return err
		}
		if a, err = verb(tx, by, a); err != nil {
			return err
		}
		out.ETag, out.Body = etag(a.Version), d.showAgreement(d.today(tx))(*a)
		return nil
	})
	return out, err
}
