package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

type agreementsView struct {
	Page
	Agreements []partner.Agreement
	Today      almanac.Date
	MayPlan    bool
}

// agreements lists what is agreed with whom, and what each needs.
func (w *Web) agreements(c *gin.Context) error {
	view := agreementsView{Page: w.frameOf(c, "partners", "Avtal och överenskommelser"), Today: w.today(), MayPlan: actor(c).Is(access.Coordinator)}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Agreements, err = partner.Agreements(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "agreements", view)
}

type agreementView struct {
	Page
	Agreement *partner.Agreement
	Forums    []forum.Title // that it is about and the reader sees
	Today     almanac.Date
	MayPlan   bool
	Knows     bool // the reader may know who sees to it
	Form      url.Values
}

func (w *Web) agreement(c *gin.Context) error { return w.showAgreement(c, url.Values{}, nil) }

func (w *Web) showAgreement(c *gin.Context, typed url.Values, refused error) error {
	agreementID, err := id(c, "id")
	if err != nil {
		return err
	}
	a := actor(c)
	view := agreementView{Page: w.frameOf(c, "partners", "Avtal"), Today: w.today(), MayPlan: a.Is(access.Coordinator), Knows: a.Is(access.Coordinator, access.Manager), Form: typed}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Agreement, err = partner.FindAgreement(tx, a, agreementID); err != nil {
			return err
		}
		titles, err := forum.Titles(tx, a)
		for _, t := range titles {
			for _, id := range view.Agreement.ForumIDs {
				if id == t.ID {
					view.Forums = append(view.Forums, t)
				}
			}
		}
		return err
	}); err != nil {
		return err
	}
	view.Title = "%s: %s"
	view.TitleArgs = []any{view.Agreement.Kind.Words(), view.Agreement.Named()}
	if refused != nil {
		return w.again(c, refused, &view.Page, "agreement", func() any { return view })
	}
	return w.show(c, http.StatusOK, "agreement", view)
}

type agreementFormView struct {
	Page
	Action        string
	Form          url.Values
	Quote         string
	Organisations []partner.Organisation
	Forums        []forum.Title
	Contacts      []partner.Contact
	Kinds         []partner.AgreementKind
}

var agreementFields = []string{"version", "kind", "subject", "partyId[]", "validFrom", "validTo", "noticeMonths", "followUp", "forumId[]", "responsibleId", "note"}

func (w *Web) newAgreement(c *gin.Context) error {
	f := url.Values{"kind": {"avtal"}}
	return w.agreementForm(c, agreementFormView{Page: w.frameOf(c, "partners", "Nytt avtal"), Action: "/new-agreement", Form: f}, nil)
}

func (w *Web) agreementForm(c *gin.Context, view agreementFormView, refused error) error {
	view.Kinds = partner.AgreementKinds
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Organisations, err = partner.Organisations(tx, actor(c)); err != nil {
			return err
		}
		if view.Forums, err = forum.Titles(tx, actor(c)); err != nil {
			return err
		}
		all, err := partner.Contacts(tx, actor(c))
		view.Contacts = partner.Standing(all)
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "agreement-form", func() any { return view })
	}
	return w.show(c, http.StatusOK, "agreement-form", view)
}

func (w *Web) agreementSettings(c *gin.Context) error {
	agreementID, err := id(c, "id")
	if err != nil {
		return err
	}
	var a *partner.Agreement
	if err := w.read(c, func(tx *store.Tx) (err error) {
		a, err = partner.FindAgreement(tx, actor(c), agreementID)
		return err
	}); err != nil {
		return err
	}
	return w.agreementForm(c, w.changingAgreement(c, a, formOfAgreement(a)), nil)
}

func (w *Web) changingAgreement(c *gin.Context, a *partner.Agreement, f url.Values) agreementFormView {
	return agreementFormView{Page: w.frameOf(c, "partners", "Ändra avtalet"), Action: "/agreements/" + a.ID.String(), Form: f, Quote: a.Quote}
}

func formOfAgreement(a *partner.Agreement) url.Values {
	f := url.Values{"version": {strconv.FormatInt(a.Version, 10)}, "kind": {string(a.Kind)}, "subject": {a.Subject}, "note": {a.Note},
		"validFrom": {a.ValidFrom.String()}, "validTo": {a.ValidTo.String()}, "followUp": {a.FollowUp.String()}}
	for _, p := range a.Parties {
		f.Add("partyId", p.ID.String())
	}
	for _, id := range a.ForumIDs {
		f.Add("forumId", id.String())
	}
	if a.ResponsibleID != nil {
		f.Set("responsibleId", a.ResponsibleID.String())
	}
	if a.NoticeMonths != nil {
		f.Set("noticeMonths", strconv.FormatInt(*a.NoticeMonths, 10))
	}
	return f
}

// termsOf reads the form. A day without a year is the next such day.
func (w *Web) termsOf(f url.Values) (t partner.Terms, err error) {
	t = partner.Terms{Kind: partner.AgreementKind(f.Get("kind")), Subject: f.Get("subject"), Note: f.Get("note"), ResponsibleID: optionalID(f.Get("responsibleId")),
		PartyIDs: idsOf(f["partyId"]), ForumIDs: idsOf(f["forumId"])}
	today := w.today()
	var fromErr, toErr, followErr error
	t.ValidFrom, fromErr = optionalDay(f, "validFrom", today)
	t.ValidTo, toErr = optionalDay(f, "validTo", today)
	t.FollowUp, followErr = optionalDay(f, "followUp", today)
	if text := strings.TrimSpace(f.Get("noticeMonths")); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			n = -1 // which no agreement takes
		}
		t.NoticeMonths = &n
	}
	return t, fault.Join(fromErr, toErr, followErr)
}

func (w *Web) addAgreement(c *gin.Context) error {
	f, err := form(c, agreementFields...)
	if err != nil {
		return err
	}
	t, err := w.termsOf(f)
	var made *partner.Agreement
	if err == nil {
		err = w.write(c, func(tx *store.Tx) (err error) {
			made, err = partner.AddAgreement(tx, actor(c), t)
			return err
		})
	}
	if err != nil {
		return w.agreementForm(c, agreementFormView{Page: w.frameOf(c, "partners", "Nytt avtal"), Action: "/new-agreement", Form: f}, err)
	}
	return w.done(c, "Avtalet är tillagt.", "/agreements/"+made.ID.String())
}

func (w *Web) changeAgreement(c *gin.Context) error {
	agreementID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, agreementFields...)
	if err != nil {
		return err
	}
	var a *partner.Agreement
	if err := w.read(c, func(tx *store.Tx) (err error) {
		a, err = partner.FindAgreement(tx, actor(c), agreementID)
		return err
	}); err != nil {
		return err
	}
	version := versionOf(f)
	t, err := w.termsOf(f)
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := partner.ChangeAgreement(tx, actor(c), agreementID, version, t)
			return err
		})
	}
	if err != nil {
		return w.agreementForm(c, w.changingAgreement(c, a, f), err)
	}
	return w.done(c, "Avtalet är sparat.", "/agreements/"+agreementID.String())
}

// endAgreement records that an agreement holds no longer than a day.
func (w *Web) endAgreement(c *gin.Context) error {
	agreementID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version", "lastDay", "reason")
	if err != nil {
		return err
	}
	version := versionOf(f)
	last, err := optionalDay(f, "lastDay", w.today())
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := partner.EndAgreement(tx, actor(c), agreementID, version, last, f.Get("reason"))
			return err
		})
	}
	if err != nil {
		return w.showAgreement(c, f, err)
	}
	return w.done(c, "Avtalet är avslutat.", "/agreements/"+agreementID.String())
}
