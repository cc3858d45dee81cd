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
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/relay"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type workplacesView struct {
	Page
	Standing *secretariat.PlanStanding
	Ended    []partner.Workplace
	State    secretariat.PlanState // the one chosen; empty: all
	MayPlan  bool
}

// States are what the list can be narrowed to.
func (v workplacesView) States() []secretariat.PlanState { return secretariat.PlanStates }

// Word is how a state reads.
func (v workplacesView) Word(s secretariat.PlanState) CellWord { return planWord(s) }

// Places are the workplaces as the list is narrowed.
func (v workplacesView) Places() (all []secretariat.PlaceStanding) {
	for _, p := range v.Standing.Places {
		if v.State == "" || p.State == v.State {
			all = append(all, p)
		}
	}
	return all
}

// workplaces shows who has gone through the plan, and who is left.
func (w *Web) workplaces(c *gin.Context) error {
	view := workplacesView{Page: w.frameOf(c, "partners", "Arbetsplatser och planen"), MayPlan: actor(c).Is(access.Coordinator), State: secretariat.PlanState(c.Query("state"))}
	if view.State != "" && !slices.Contains(secretariat.PlanStates, view.State) {
		return fault.Missing()
	}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Standing, err = secretariat.PlanAtWorkplaces(tx, actor(c), w.Office); err != nil {
			return err
		}
		all, err := partner.AllWorkplaces(tx, actor(c))
		view.Ended = slices.DeleteFunc(all, func(p partner.Workplace) bool { return p.EndedAt == nil })
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "workplaces", view)
}

// workplacesTable gives the list as a file.
func (w *Web) workplacesTable(c *gin.Context) error {
	var s *secretariat.PlanStanding
	if err := w.read(c, func(tx *store.Tx) (err error) {
		s, err = secretariat.PlanAtWorkplaces(tx, actor(c), w.Office)
		return err
	}); err != nil {
		return err
	}
	l := language(c)
	rows := [][]string{{l.Text("Arbetsplats"), l.Text("Organisation"), l.Text("Arbetsgrupp"), l.Text("Chef"), l.Text("Läge"), l.Text("Genomgången på APT"), l.Text("Senast"), l.Text("Nyanställda")}}
	for _, p := range s.Places {
		due := ""
		if p.Request != nil {
			due = p.Request.Due.String()
		}
		rows = append(rows, []string{p.Workplace.Name, organisationName(p.Workplace), groupName(p.Workplace), p.Workplace.ManagerRole, planWord(p.State).Word.In(l), confirmedDays(p.Anchor), due, strconv.Itoa(p.NewHires)})
	}
	return giveTable(c, "arbetsplatser.csv", rows)
}

func organisationName(w partner.Workplace) string {
	if w.Organisation == nil {
		return ""
	}
	return w.Organisation.Name
}

func groupName(w partner.Workplace) string {
	if w.WorkGroup == nil {
		return ""
	}
	return w.WorkGroup.Name
}

func confirmedDays(a relay.Anchor) string {
	days := make([]string, len(a.Confirmations))
	for n, c := range a.Confirmations {
		days[n] = c.Date.String()
	}
	return strings.Join(days, ", ")
}

type workplaceView struct {
	Page
	Workplace     *partner.Workplace // nil: a new one
	Anchor        *relay.Anchor      // nil: there is no plan
	Organisations []partner.Organisation
	Groups        []partner.WorkGroup
	Contacts      []partner.Contact
	MayPlan       bool
	Today         almanac.Date
	Form          url.Values
}

var placeFields = []string{"name", "organisationId", "workGroupId", "managerId", "managerRole", "managerEmail", "relayDays"}

func (w *Web) newWorkplace(c *gin.Context) error {
	return w.showWorkplace(c, uuid.Nil, url.Values{"relayDays": {"0"}}, nil)
}

func (w *Web) workplace(c *gin.Context) error {
	placeID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.showWorkplace(c, placeID, nil, nil)
}

// showWorkplace shows a workplace's page; with no id the form for a new one.
func (w *Web) showWorkplace(c *gin.Context, placeID uuid.UUID, typed url.Values, refused error) error {
	view := workplaceView{Page: w.frameOf(c, "partners", "Ny arbetsplats"), MayPlan: actor(c).Is(access.Coordinator), Today: w.today(), Form: typed}
	if err := w.read(c, func(tx *store.Tx) error { return view.fill(tx, actor(c), placeID) }); err != nil {
		return err
	}
	if view.Workplace != nil {
		view.Title, view.TitleArgs = "%s", []any{view.Workplace.Name}
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "workplace", func() any { return view })
	}
	return w.show(c, http.StatusOK, "workplace", view)
}

func (v *workplaceView) fill(tx *store.Tx, by access.Actor, placeID uuid.UUID) (err error) {
	if placeID != uuid.Nil {
		if v.Workplace, err = partner.FindWorkplace(tx, by, placeID); err != nil {
			return err
		}
		if v.Anchor, err = secretariat.AnchorOf(tx, by, placeID); err != nil {
			return err
		}
		v.typed()
	}
	if v.Organisations, err = partner.Organisations(tx, by); err != nil {
		return err
	}
	if v.Groups, err = partner.WorkGroups(tx, by); err != nil {
		return err
	}
	all, err := partner.Contacts(tx, by)
	v.Contacts = partner.Standing(all)
	return err
}

// typed puts what is known into the form, where nothing was typed.
func (v *workplaceView) typed() {
	if v.Form == nil {
		v.Form = url.Values{}
	}
	if v.Form.Has("name") {
		return
	}
	w := v.Workplace
	for name, value := range map[string]string{"name": w.Name, "managerRole": w.ManagerRole, "relayDays": strconv.FormatInt(w.RelayDays, 10)} {
		v.Form.Set(name, value)
	}
	for name, id := range map[string]*uuid.UUID{"organisationId": w.OrganisationID, "workGroupId": w.WorkGroupID, "managerId": w.ManagerID} {
		if id != nil {
			v.Form.Set(name, id.String())
		}
	}
}

// placeOf reads the form.
func placeOf(f url.Values) (partner.Place, error) {
	p := partner.Place{Name: f.Get("name"), ManagerRole: f.Get("managerRole"), ManagerEmail: strings.TrimSpace(f.Get("managerEmail"))}
	var errs []error
	for name, into := range map[string]**uuid.UUID{"organisationId": &p.OrganisationID, "workGroupId": &p.WorkGroupID, "managerId": &p.ManagerID} {
		if *into = optionalID(f.Get(name)); *into == nil && f.Get(name) != "" {
			*into = &uuid.Nil
		}
	}
	days, err := strconv.ParseInt(strings.TrimSpace(f.Get("relayDays")), 10, 64)
	if err != nil {
		errs = append(errs, fault.On("relayDays", "Skriv ett tal."))
	}
	p.RelayDays = days
	return p, fault.Join(errs...)
}

func (w *Web) addWorkplace(c *gin.Context) error { return w.saveWorkplace(c, uuid.Nil) }

func (w *Web) changeWorkplace(c *gin.Context) error {
	placeID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.saveWorkplace(c, placeID)
}

func (w *Web) saveWorkplace(c *gin.Context, placeID uuid.UUID) error {
	f, err := form(c, placeFields...)
	if err != nil {
		return err
	}
	var saved *partner.Workplace
	err = w.write(c, func(tx *store.Tx) error {
		p, err := placeOf(f)
		if err != nil {
			return err
		}
		saved, err = partner.SaveWorkplace(tx, actor(c), placeID, p)
		return err
	})
	if fault.KindOf(err) == fault.Invalid {
		f["name"] = []string{f.Get("name")}
		return w.showWorkplace(c, placeID, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Sparat.")
	return w.goTo(c, "/workplaces/"+saved.ID.String())
}

func (w *Web) endWorkplace(c *gin.Context) error    { return w.setEnded(c, true) }
func (w *Web) reopenWorkplace(c *gin.Context) error { return w.setEnded(c, false) }

func (w *Web) setEnded(c *gin.Context, ended bool) error {
	return w.atPlace(c, nil, func(tx *store.Tx, placeID uuid.UUID, _ url.Values) error {
		return partner.EndWorkplace(tx, actor(c), placeID, ended)
	})
}

// atPlace does something at a workplace and shows its page.
func (w *Web) atPlace(c *gin.Context, fields []string, do func(tx *store.Tx, placeID uuid.UUID, f url.Values) error) error {
	placeID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, fields...)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return do(tx, placeID, f) })
	if refusedOnPage(err) {
		return w.showWorkplace(c, placeID, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Sparat.")
	return w.goTo(c, "/workplaces/"+placeID.String())
}

// dayOf reads the day on which something was done; empty is no day, which the verb refuses.
func (w *Web) dayOf(f url.Values) (almanac.Date, error) {
	if f.Get("date") == "" {
		return almanac.Date{}, nil
	}
	date, err := almanac.ParseDate(f.Get("date"), w.today().AddDays(-200))
	return date, fault.At("date", err)
}

// confirmPlan records what a manager has told a coordinator.
func (w *Web) confirmPlan(c *gin.Context) error {
	return w.atPlace(c, []string{"date"}, func(tx *store.Tx, placeID uuid.UUID, f url.Values) error {
		date, err := w.dayOf(f)
		if err != nil {
			return err
		}
		return secretariat.ConfirmPlan(tx, actor(c), w.Office, placeID, date)
	})
}

func (w *Web) takeBackPlan(c *gin.Context) error {
	return w.atPlace(c, []string{"confirmationId"}, func(tx *store.Tx, placeID uuid.UUID, f url.Values) error {
		confirmation := optionalID(f.Get("confirmationId"))
		if confirmation == nil {
			return fault.New(fault.Invalid, "Välj vilken bekräftelse som ska tas bort.")
		}
		return relay.TakeBack(tx, actor(c), placeID, *confirmation)
	})
}

func (w *Web) countNewHires(c *gin.Context) error {
	return w.atPlace(c, []string{"date", "newHires"}, func(tx *store.Tx, placeID uuid.UUID, f url.Values) error {
		return w.newHires(tx, actor(c), placeID, f)
	})
}

func (w *Web) newHires(tx *store.Tx, by access.Actor, placeID uuid.UUID, f url.Values) error {
	date, dateErr := w.dayOf(f)
	n, err := strconv.ParseInt(strings.TrimSpace(f.Get("newHires")), 10, 64)
	if err != nil {
		err = fault.On("newHires", "Skriv ett tal.")
	}
	if err := fault.Join(dateErr, err); err != nil {
		return err
	}
	return secretariat.CountNewHires(tx, by, w.Office, placeID, date, n)
}

func (w *Web) setRelayDays(c *gin.Context) error {
	groupID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "relayDays")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		days, err := strconv.ParseInt(strings.TrimSpace(f.Get("relayDays")), 10, 64)
		if err != nil {
			days = -1
		}
		return partner.SetRelayDays(tx, actor(c), groupID, days)
	})
	if fault.KindOf(err) == fault.Invalid {
		return w.showGroups(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Sparat.")
	return w.goTo(c, "/groups")
}

type planRequestView struct {
	Page
	Standing *secretariat.PlanStanding
	Form     url.Values
	Review   *secretariat.Review
	Groups   []secretariat.Identical
}

// Word is how a state reads.
func (v planRequestView) Word(s secretariat.PlanState) CellWord { return planWord(s) }

// Left are the workplaces that can be asked, and Lacking those whose manager gets no letters.
func (v planRequestView) Left() (all []secretariat.PlaceStanding) {
	for _, p := range v.Standing.Places {
		if p.State != secretariat.PlanConfirmed && p.State != secretariat.PlanUnreachable {
			all = append(all, p)
		}
	}
	return all
}

// Lacking are the workplaces whose managers get no letters.
func (v planRequestView) Lacking() (all []secretariat.PlaceStanding) {
	for _, p := range v.Standing.Places {
		if p.State == secretariat.PlanUnreachable {
			all = append(all, p)
		}
	}
	return all
}

// planRequest asks which workplaces are to go through the plan. Who has not been asked is ticked.
func (w *Web) planRequest(c *gin.Context) error { return w.showPlanRequest(c, nil, nil) }

func (w *Web) showPlanRequest(c *gin.Context, f url.Values, refused error) error {
	view := planRequestView{Page: w.frameOf(c, "partners", "Be arbetsplatser gå igenom planen"), Form: f}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Standing, err = secretariat.PlanAtWorkplaces(tx, actor(c), w.Office)
		return err
	}); err != nil {
		return err
	}
	if f == nil {
		view.Form = url.Values{"due": {secretariat.PlanDue(w.today()).String()}}
		for _, p := range view.Left() {
			if p.State == secretariat.PlanNotAsked {
				view.Form.Add("workplaceId", p.Workplace.ID.String())
			}
		}
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-request", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-request", view)
}

var planRequestFields = []string{"workplaceId[]", "due", "hash", "step"}

func (w *Web) reviewPlanRequest(c *gin.Context) error {
	f, err := form(c, planRequestFields...)
	if err != nil {
		return err
	}
	if f.Get("step") == "edit" {
		return w.showPlanRequest(c, f, nil)
	}
	return w.planRequestReview(c, f, nil)
}

func (w *Web) planRequestReview(c *gin.Context, f url.Values, refused error) error {
	view := planRequestView{Page: w.frameOf(c, "partners", "Granska och skicka"), Form: f}
	err := w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) error {
		due, err := w.dueOf(f)
		if err != nil {
			return err
		}
		view.Review, err = secretariat.AskForPlan(tx, actor(c), w.Office, idsOf(f["workplaceId"]), due)
		return err
	})
	if refusedOnPage(err) {
		return w.showPlanRequest(c, f, err)
	}
	if err != nil {
		return err
	}
	view.Groups = view.Review.Group()
	if refused != nil {
		return w.again(c, refused, &view.Page, "plan-request-review", func() any { return view })
	}
	return w.show(c, http.StatusOK, "plan-request-review", view)
}

// askForPlan sends the letters as they were reviewed.
func (w *Web) askForPlan(c *gin.Context) error {
	f, err := form(c, planRequestFields...)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		due, err := w.dueOf(f)
		if err != nil {
			return err
		}
		_, err = secretariat.DoAskForPlan(tx, actor(c), w.Office, idsOf(f["workplaceId"]), due, f.Get("hash"))
		return err
	})
	if fault.KindOf(err) == fault.Conflict {
		return w.planRequestReview(c, f, err)
	}
	if refusedOnPage(err) {
		return w.showPlanRequest(c, f, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Breven är på väg.")
	return w.goTo(c, "/workplaces")
}

func (w *Web) dueOf(f url.Values) (almanac.Date, error) {
	due, err := almanac.ParseDate(f.Get("due"), w.today())
	return due, fault.At("due", err)
}

// Chosen gives the workplaces that were ticked, each once, for the form to carry.
func (v planRequestView) Chosen() []string {
	return slices.Compact(slices.Sorted(slices.Values(v.Form["workplaceId"])))
}

type guestPlaceView struct {
	guestView
	Opened *secretariat.OpenedPlace
	Today  almanac.Date
	Done   bool // something was just said
}

// guestPlace shows a workplace to its manager, by link. It changes nothing but the log.
func (w *Web) guestPlace(c *gin.Context) error { return w.showGuestPlace(c, nil, nil) }

func (w *Web) showGuestPlace(c *gin.Context, typed url.Values, refused error) error {
	view := guestPlaceView{Today: w.today(), Done: c.Query("sparat") != ""}
	if err := w.write(c, func(tx *store.Tx) (err error) {
		view.Opened, err = secretariat.OpenPlace(tx, c.Param("token"))
		return err
	}); err != nil {
		return err
	}
	o := view.Opened
	speak(c, lang.Parse(string(o.Contact.Language)))
	view.Guest, view.Door, view.Ask, view.Form = o.Guest, door(c), asked(c), typed
	if view.Form == nil {
		view.Form = url.Values{}
	}
	view.Page = w.frameOf(c, "", "%s")
	view.TitleArgs = []any{o.Workplace.Name}
	if refused != nil {
		return w.again(c, refused, &view.Page, "guest-place", func() any { return view })
	}
	return w.show(c, http.StatusOK, "guest-place", view)
}

// sayAtPlace does what a manager says by link.
func (w *Web) sayAtPlace(c *gin.Context, fields []string, do func(tx *store.Tx, placeID uuid.UUID, f url.Values) error) error {
	f, err := form(c, fields...)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		return secretariat.ByPlaceLink(tx, c.Param("token"), func(placeID uuid.UUID) error { return do(tx, placeID, f) })
	})
	if refusedOnPage(err) {
		return w.showGuestPlace(c, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, back(c, "sparat", "1"))
}

func (w *Web) confirmByLink(c *gin.Context) error {
	return w.sayAtPlace(c, []string{"date"}, func(tx *store.Tx, placeID uuid.UUID, f url.Values) error {
		date, err := w.dayOf(f)
		if err != nil {
			return err
		}
		return secretariat.ConfirmPlan(tx, access.Guest(), w.Office, placeID, date)
	})
}

func (w *Web) countByLink(c *gin.Context) error {
	return w.sayAtPlace(c, []string{"date", "newHires"}, func(tx *store.Tx, placeID uuid.UUID, f url.Values) error {
		return w.newHires(tx, access.Guest(), placeID, f)
	})
}

// acknowledgeAtPlace records that the chosen items of the workplace's own were gone through.
func (w *Web) acknowledgeAtPlace(c *gin.Context) error {
	return w.sayAtPlace(c, receiptFields, func(tx *store.Tx, placeID uuid.UUID, f url.Values) error {
		left, err := relay.TextsAt(tx, []uuid.UUID{placeID})
		if err != nil {
			return err
		}
		return w.acknowledgeAll(tx, access.Guest(), f, func(id uuid.UUID) (*relay.Item, error) {
			for n := range left {
				if left[n].ID == id {
					return &left[n], nil
				}
			}
			return nil, fault.New(fault.Conflict, "Punkten väntar inte längre. Läs in sidan igen.")
		})
	})
}
