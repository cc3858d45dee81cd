package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/plan"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// planRow is what choosing a row of the plan takes.
type planRow struct {
	Plan *plan.Plan
	Lost *plan.Measure // the row that is chosen, when the plan of now has it no more
}

// fillRow puts in the plan, and what of it is chosen: the row of now for one of an earlier version.
func (r *planRow) fillRow(tx *store.Tx, a access.Actor, form url.Values) (err error) {
	if r.Plan, err = plan.Current(tx, a); err != nil || form.Get("measureId") == "" {
		return err
	}
	chosen, err := plan.Row(tx, a, form.Get("measureId"))
	if fault.KindOf(err) == fault.NotFound {
		form.Del("measureId")
		return nil
	}
	if err != nil {
		return err
	}
	if now := r.Plan.Line(chosen.RowID); now != nil {
		chosen = now
	} else {
		r.Lost = chosen
	}
	form.Set("measureId", chosen.ID.String())
	return nil
}

// Pickable is a group of people that can be asked one by one or together.
type Pickable struct {
	ID       uuid.UUID
	Name     string
	People   int
	Contacts []partner.Contact // of an organisation
}

type occasionView struct {
	Page
	planRow
	Meeting       *meeting.Meeting // that is changed; nil: a new one
	Action        string
	Form          url.Values
	Asks          bool // the start is in the past: should it be recorded as held?
	Echo          string
	Asked         string // who is asked already
	Groups        []Pickable
	Organisations []Pickable
}

var occasionFields = []string{"version", "name", "neutralTitle", "date", "starts", "ends", "place", "alreadyHeld", "level", "outwardPlace", "measureId",
	"contactId[]", "organisationId[]", "groupId[]", "find", "step"}

func (w *Web) newOccasion(c *gin.Context) error {
	usual := forum.UsualOccasion()
	f := url.Values{"level": {string(usual.Level)}, "outwardPlace": {string(usual.OutwardPlace)}, "measureId": {c.Query("measure")}}
	return w.showOccasion(c, http.StatusOK, w.occasionPage(c, f))
}

func (w *Web) occasionPage(c *gin.Context, f url.Values) *occasionView {
	return &occasionView{Page: w.frameOf(c, "meetings", "Nytt möte utan forum"), Action: "/new-occasion", Form: f}
}

func (w *Web) showOccasion(c *gin.Context, status int, view *occasionView) error {
	if err := w.read(c, func(tx *store.Tx) error {
		if err := actor(c).MayConvene(tx, uuid.Nil); err != nil { // whoever coordinates one forum plans in that one
			return err
		}
		if err := view.fillRow(tx, actor(c), view.Form); err != nil {
			return err
		}
		return view.fillPeople(tx, actor(c))
	}); err != nil {
		return err
	}
	return w.show(c, status, "occasion-form", view)
}

// fillPeople puts in who can be chosen: those that are searched for, and those that are chosen already.
func (v *occasionView) fillPeople(tx *store.Tx, a access.Actor) error {
	all, err := partner.Contacts(tx, a)
	if err != nil {
		return err
	}
	all = partner.Standing(all)
	groups, err := partner.WorkGroups(tx, a)
	if err != nil {
		return err
	}
	wanted := strings.ToLower(strings.TrimSpace(v.Form.Get("find")))
	for _, g := range groups {
		chosen := slices.Contains(v.Form["groupId"], g.ID.String())
		if n := len(secretariat.InGroup(all, g)); n > 0 && (chosen || found(wanted, g.Name)) {
			v.Groups = append(v.Groups, Pickable{ID: g.ID, Name: g.Name, People: n})
		}
	}
	asked, err := v.asked(tx, a)
	if err != nil {
		return err
	}
	for _, c := range all {
		n := slices.IndexFunc(v.Organisations, func(p Pickable) bool { return p.ID == c.OrganisationID })
		if n < 0 {
			n = len(v.Organisations)
			v.Organisations = append(v.Organisations, Pickable{ID: c.OrganisationID, Name: c.Organisation.Name, People: len(secretariat.Of(all, c.OrganisationID))})
		}
		if !asked[c.ID] && (slices.Contains(v.Form["contactId"], c.ID.String()) || found(wanted, c.Shown(), c.Organisation.Name)) {
			v.Organisations[n].Contacts = append(v.Organisations[n].Contacts, c)
		}
	}
	v.Organisations = slices.DeleteFunc(v.Organisations, func(p Pickable) bool {
		return len(p.Contacts) == 0 && !slices.Contains(v.Form["organisationId"], p.ID.String())
	})
	lang.SortByName(v.Organisations, func(p Pickable) string { return p.Name })
	return nil
}

// asked tells who is asked to the meeting already: they are taken out there, with a letter.
func (v *occasionView) asked(tx *store.Tx, a access.Actor) (map[uuid.UUID]bool, error) {
	asked := map[uuid.UUID]bool{}
	if v.Meeting == nil {
		return asked, nil
	}
	invitations, err := invite.Of(tx, a, v.Meeting.ID)
	var names []string
	for _, i := range invitations {
		if i.WithdrawnAt == nil {
			asked[i.ContactID], names = true, append(names, i.Contact.Shown())
		}
	}
	v.Asked = strings.Join(names, ", ")
	return asked, err
}

// found tells whether any of some names has what is searched for.
func found(wanted string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(strings.ToLower(name), wanted) })
}

// occasionOf reads an occasion out of a form.
func occasionOf(f url.Values) secretariat.Occasion {
	return secretariat.Occasion{
		Occasion:     forum.Occasion{Name: f.Get("name"), NeutralTitle: f.Get("neutralTitle"), Level: access.Level(f.Get("level")), OutwardPlace: forum.OutwardPlace(f.Get("outwardPlace"))},
		Participants: secretariat.Participants{Contacts: idsOf(f["contactId"]), Organisations: idsOf(f["organisationId"]), Groups: idsOf(f["groupId"])},
		MeasureID:    rowOf(f),
	}
}

// rowOf reads which row of the plan is chosen. What is no id is no row's.
func rowOf(f url.Values) *uuid.UUID {
	if f.Get("measureId") == "" {
		return nil
	}
	id := orNil(optionalID(f.Get("measureId")))
	return &id
}

func (w *Web) planOccasion(c *gin.Context) error {
	f, err := form(c, occasionFields...)
	if err != nil {
		return err
	}
	view := w.occasionPage(c, f)
	if f.Get("step") == "find" {
		return w.showOccasion(c, http.StatusOK, view)
	}
	t, timeErr := timeOf(f, w.today())
	var made *meeting.Meeting
	if err = timeErr; err == nil {
		view.Echo = almanac.Long(t.Date, view.Lang)
		err = w.write(c, func(tx *store.Tx) (err error) {
			made, err = secretariat.PlanOccasion(tx, actor(c), w.Office, occasionOf(f), t, f.Get("alreadyHeld") == "yes")
			return err
		})
	}
	if err != nil {
		view.Asks = fault.KindOf(err) == fault.Question
		return w.occasionAgain(c, err, view)
	}
	return w.goTo(c, "/meetings/"+made.ID.String())
}

func (w *Web) occasionAgain(c *gin.Context, refused error, view *occasionView) (err error) {
	if view.Errors, err = fieldErrors(view.Lang, refused); err != nil {
		return err
	}
	return w.showOccasion(c, http.StatusUnprocessableEntity, view)
}

// occasionSettings shows what is decided about a meeting of no forum but its time.
func (w *Web) occasionSettings(c *gin.Context) error {
	view, err := w.settledOccasion(c, url.Values{})
	if err != nil {
		return err
	}
	o, f := view.Meeting.Forum.AsOccasion(), view.Form
	for name, value := range map[string]string{"version": strconv.FormatInt(view.Meeting.Version, 10), "name": o.Name, "neutralTitle": o.NeutralTitle,
		"level": string(o.Level), "outwardPlace": string(o.OutwardPlace)} {
		f.Set(name, value)
	}
	if m := view.Meeting.MeasureID; m != nil {
		f.Set("measureId", m.String())
	}
	if err := w.read(c, func(tx *store.Tx) error {
		members, err := forum.Members(tx, actor(c), view.Meeting.ForumID)
		for _, m := range members {
			f.Add("contactId", m.ContactID.String())
		}
		return err
	}); err != nil {
		return err
	}
	return w.showOccasion(c, http.StatusOK, view)
}

// settledOccasion finds the meeting of no forum that a page changes.
func (w *Web) settledOccasion(c *gin.Context, f url.Values) (*occasionView, error) {
	meetingID, err := id(c, "id")
	if err != nil {
		return nil, err
	}
	view := &occasionView{Page: w.frameOf(c, "meetings", "Ändra mötet"), Action: "/meetings/" + meetingID.String() + "/settings", Form: f}
	return view, w.read(c, func(tx *store.Tx) (err error) {
		view.Meeting, err = meeting.Find(tx, actor(c), meetingID)
		if err == nil && !view.Meeting.Forum.Occasion {
			err = fault.Missing()
		}
		return err
	})
}

func (w *Web) changeOccasion(c *gin.Context) error {
	f, err := form(c, occasionFields...)
	if err != nil {
		return err
	}
	view, err := w.settledOccasion(c, f)
	if err != nil {
		return err
	}
	if f.Get("step") == "find" {
		return w.showOccasion(c, http.StatusOK, view)
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.ReviseOccasion(tx, actor(c), view.Meeting.ID, versionOf(f), occasionOf(f))
		return err
	}); err != nil {
		return w.occasionAgain(c, err, view)
	}
	return w.goTo(c, "/meetings/"+view.Meeting.ID.String())
}

// tie says which row of the plan a meeting belongs to.
func (w *Web) tie(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version", "measureId")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := meeting.Tie(tx, actor(c), meetingID, versionOf(f), rowOf(f))
		return err
	})
	if err != nil {
		return w.showMeetingByID(c, meetingID, err, f)
	}
	return w.goTo(c, "/meetings/"+meetingID.String())
}
