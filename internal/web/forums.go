package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type forumsView struct {
	Page
	Promises []followup.Standing
	Year     string
	MayPlan  bool
}

func (w *Web) forums(c *gin.Context) error {
	view := forumsView{Page: w.frameOf(c, "forums", "Forum"), MayPlan: actor(c).Is(access.Coordinator)}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		year := almanac.DateOf(tx.Now, w.Office.Zone).Year
		view.Year = strconv.Itoa(year)
		view.Promises, err = followup.Statuses(tx, actor(c), w.Office.Zone, year)
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "forums", view)
}

type forumView struct {
	Page
	Forum    *forum.Forum
	Members  []forum.Member
	Meetings []meeting.Meeting
	Contacts []partner.Contact // that may be seated
	Reserves []forum.Reserve   // who of ours is asked when too few can come, in order
	Spare    []partner.Contact // of ours, who may be put there
	Polls    []PollRow         // that the reader has asked, or may go on with
	Ours     bool              // we convene it
	Cancels  bool              // several of its meetings can be called off
	MayPlan  bool
	Why      string // why we propose no dates; empty: we do
	Outward  string // the title as it stands in calendars
	Location *time.Location

	Agreement agreeing
}

func (w *Web) forum(c *gin.Context) error {
	return w.showForum(c, http.StatusOK, nil)
}

func (w *Web) showForum(c *gin.Context, status int, refused error) error {
	return w.showForumTyped(c, status, nil, refused)
}

// showForumTyped is showForum with what was typed of how minutes are agreed on.
func (w *Web) showForumTyped(c *gin.Context, status int, typed url.Values, refused error) error {
	forumID, err := id(c, "id")
	if err != nil {
		return err
	}
	a := actor(c)
	view := forumView{Page: w.frameOf(c, "forums", "Forum"), Agreement: agreeing{Typed: typed}, Location: w.Office.Zone}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Forum, err = forum.Find(tx, a, forumID); err != nil {
			return err
		}
		if view.Members, err = forum.Members(tx, a, forumID); err != nil {
			return err
		}
		from := almanac.DateOf(tx.Now, w.Office.Zone).AddDays(-180)
		if view.Meetings, _, err = meeting.List(tx, a, meeting.Selection{ForumID: &forumID, From: from}); err != nil {
			return err
		}
		if view.MayPlan = a.MayConvene(tx, forumID) == nil; !view.MayPlan {
			return nil
		}
		view.Ours = view.Forum.ConvenedBy == forum.Us
		if err := view.Agreement.fill(tx, forumID); err != nil {
			return err
		}
		view.Cancels = view.Ours && len(cancellable(tx.Now, view.Meetings)) > 1
		if view.Polls, err = pollRows(tx, a, &forumID); err != nil {
			return err
		}
		all, err := partner.Contacts(tx, a)
		for _, contact := range partner.Standing(all) {
			seated := slices.ContainsFunc(view.Members, func(m forum.Member) bool { return m.ContactID == contact.ID })
			if !seated {
				view.Contacts = append(view.Contacts, contact)
			}
		}
		if err == nil {
			err = view.reserve(tx, a, all)
		}
		return err
	}); err != nil {
		return err
	}
	view.Title, view.Why = "%s", view.Forum.Unproposable().In(view.Lang)
	view.TitleArgs = []any{view.Forum.Name}
	view.Outward = secretariat.Outwardly(&meeting.Meeting{Forum: *view.Forum}, view.Municipality, access.Full, view.Lang).Title
	if refused != nil {
		return w.again(c, refused, &view.Page, "forum", func() any { return view })
	}
	return w.show(c, status, "forum", view)
}

type forumFormView struct {
	Page
	Action        string
	Version       int64
	Form          url.Values // as typed
	Organisations []partner.Organisation
	Months        []int
	Forum         *forum.Forum  // nil: a new one
	Read          lang.Sentence // how the promise was read, for a yes; none: it was said as we say it
}

// forumFields are the fields of the form.
var forumFields = []string{"version", "name", "neutralTitle", "scope", "convenedBy", "convenerId", "cadenceText", "cadence",
	"exemptMonths[]", "schoolYear", "promisedFrom", "level", "outwardPlace", "weekday", "starts", "minutes", "place", "agenda", "remindDays", "askAgainDays", "oursNeeded", "proposalDays", "relayDays"}

func (w *Web) newForum(c *gin.Context) error {
	view := forumFormView{Page: w.frameOf(c, "forums", "Nytt forum"), Action: "/new-forum"}
	usual := forum.Usual()
	usual.ConvenedBy = forum.Us
	view.Form = formOf(usual, w.today(), view.Lang)
	view.Form.Set("cadence", "")
	return w.showForumForm(c, http.StatusOK, view)
}

func (w *Web) today() almanac.Date { return almanac.DateOf(w.DB.Now(), w.Office.Zone) }

func (w *Web) forumSettings(c *gin.Context) error {
	forumID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := forumFormView{Page: w.frameOf(c, "forums", "Inställningar för forumet"), Action: "/forums/" + forumID.String() + "/settings"}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if err := actor(c).MayConvene(tx, forumID); err != nil {
			return err
		}
		view.Forum, err = forum.Find(tx, actor(c), forumID)
		return err
	}); err != nil {
		return err
	}
	view.Form = formOf(view.Forum.Settings(), w.today(), view.Lang)
	view.Form.Set("version", strconv.FormatInt(view.Forum.Version, 10))
	return w.showForumForm(c, http.StatusOK, view)
}

func (w *Web) showForumForm(c *gin.Context, status int, view forumFormView) error {
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Organisations, err = partner.Organisations(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	view.Months = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	return w.show(c, status, "forum-form", view)
}

// formOf gives settings as a form shows them.
func formOf(s forum.Settings, today almanac.Date, l lang.Language) url.Values {
	f := url.Values{}
	for name, value := range map[string]string{
		"name": s.Name, "neutralTitle": s.NeutralTitle, "scope": string(s.Scope), "convenedBy": string(s.ConvenedBy), "cadenceText": s.Cadence.Text,
		"level": string(s.Level), "outwardPlace": string(s.OutwardPlace), "weekday": strconv.Itoa(s.Weekday), "starts": s.Starts.Swedish(),
		"minutes": strconv.Itoa(s.Minutes), "place": s.Place, "agenda": strings.Join(s.Agenda, "\n"), "remindDays": strconv.Itoa(s.RemindDays), "askAgainDays": strconv.Itoa(s.AskAgainDays), "oursNeeded": strconv.Itoa(s.OursNeeded), "proposalDays": strconv.Itoa(s.ProposalDays), "relayDays": strconv.Itoa(s.RelayDays), "promisedFrom": s.PromisedFrom.String(),
		"cadence": forum.Reading{Cadence: s.Cadence}.In(l), "schoolYear": map[bool]string{true: "yes"}[s.SchoolYear],
	} {
		f.Set(name, value)
	}
	if s.PromisedFrom.IsZero() {
		f.Set("promisedFrom", today.String())
	}
	if s.ConvenerID != nil {
		f.Set("convenerId", s.ConvenerID.String())
	}
	for _, m := range s.ExemptMonths {
		f.Add("exemptMonths", strconv.Itoa(m))
	}
	return f
}

// settingsOf reads the form back, over what the forum had.
func settingsOf(f url.Values, was forum.Settings, today almanac.Date, l lang.Language) (forum.Settings, lang.Sentence, error) {
	s := was
	s.Name, s.NeutralTitle, s.Place = f.Get("name"), f.Get("neutralTitle"), f.Get("place")
	s.Scope, s.ConvenedBy, s.ConvenerID = forum.Scope(f.Get("scope")), forum.ConvenedBy(f.Get("convenedBy")), optionalID(f.Get("convenerId"))
	s.Level, s.OutwardPlace = access.Level(f.Get("level")), forum.OutwardPlace(f.Get("outwardPlace"))
	s.Agenda = strings.Split(strings.ReplaceAll(f.Get("agenda"), "\r", ""), "\n")
	var errs []error
	number := func(field string) int {
		n, err := strconv.Atoi(strings.TrimSpace(f.Get(field)))
		if err != nil {
			errs = append(errs, fault.On(field, "Skriv ett tal."))
		}
		return n
	}
	s.Weekday, s.Minutes = number("weekday"), number("minutes")
	s.RemindDays, s.AskAgainDays, s.OursNeeded, s.ProposalDays = number("remindDays"), number("askAgainDays"), number("oursNeeded"), number("proposalDays")
	s.RelayDays = number("relayDays")
	s.ExemptMonths = []int{}
	for _, m := range f["exemptMonths"] {
		n, err := strconv.Atoi(m)
		if err != nil {
			errs = append(errs, fault.On("exemptMonths", "Välj månader ur listan."))
		}
		s.ExemptMonths = append(s.ExemptMonths, n)
	}
	read, err := takePromise(f, &s, l)
	errs = append(errs, err)
	s.SchoolYear = f.Get("schoolYear") == "yes"
	starts, err := almanac.ParseClock(f.Get("starts"))
	errs = append(errs, fault.At("starts", err))
	s.Starts = starts
	s.PromisedFrom, err = almanac.ParseDate(f.Get("promisedFrom"), today)
	errs = append(errs, fault.At("promisedFrom", err))
	return s, read, fault.Join(errs...)
}

// takePromise reads how often, from the words that we count by, or from the plan's when there are
// none. Words that can be said in another way are given back as they were read, for a yes, with the
// reading and its exempt months put into the form. It refuses with fault.Invalid.
func takePromise(f url.Values, s *forum.Settings, l lang.Language) (lang.Sentence, error) {
	typed := strings.TrimSpace(f.Get("cadence"))
	words := cmp.Or(typed, strings.TrimSpace(f.Get("cadenceText")))
	r, err := forum.ParseCadence(words)
	if err != nil {
		return lang.Sentence{}, fault.At("cadence", err)
	}
	read := forum.Reading{Cadence: r.Cadence}.In(l)
	if r.Cadence.Months == s.Cadence.Months && r.Cadence.Months > 0 { // a plan's own counts stay beside its interval
		r.Cadence.Min, r.Cadence.Max = s.Cadence.Min, s.Cadence.Max
	}
	s.Cadence = r.Cadence
	s.Cadence.Text = strings.TrimSpace(f.Get("cadenceText"))
	if typed == read || words == "" {
		return lang.Sentence{}, nil
	}
	f.Set("cadence", read)
	for _, m := range r.ExemptMonths {
		if !slices.Contains(f["exemptMonths"], strconv.Itoa(m)) {
			f.Add("exemptMonths", strconv.Itoa(m))
		}
	}
	if len(r.ExemptMonths) > 0 {
		return lang.Say("Vi läste ”%s” så här: ”%s”, och har kryssat för månaderna utan möte. Stämmer det?", words, read), nil
	}
	return lang.Say("Vi läste ”%s” så här: ”%s”. Stämmer det?", words, read), nil
}

func (w *Web) foundForum(c *gin.Context) error {
	f, err := form(c, forumFields...)
	if err != nil {
		return err
	}
	var made *forum.Forum
	s, read, err := settingsOf(f, forum.Usual(), w.today(), language(c))
	if err == nil && read.Key == "" {
		err = w.write(c, func(tx *store.Tx) (err error) {
			unseen := warned(tx, actor(c), f, "name", "place", "agenda") // before the place is one of ours
			if made, err = forum.Found(tx, actor(c), s, nil); err != nil {
				return err
			}
			return unseen
		})
	}
	if err != nil || read.Key != "" {
		view := forumFormView{Page: w.frameOf(c, "forums", "Nytt forum"), Action: "/new-forum", Form: f, Read: read}
		return w.forumAgain(c, err, view)
	}
	return w.goTo(c, "/forums/"+made.ID.String())
}

// forumAgain shows the form again: with what was refused, or with how the promise was read.
func (w *Web) forumAgain(c *gin.Context, refused error, view forumFormView) error {
	if refused == nil {
		return w.showForumForm(c, http.StatusOK, view)
	}
	if err := view.refuse(refused); err != nil {
		return err
	}
	return w.showForumForm(c, http.StatusUnprocessableEntity, view)
}

func (w *Web) changeForum(c *gin.Context) error {
	forumID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, forumFields...)
	if err != nil {
		return err
	}
	version := versionOf(f)
	var read lang.Sentence
	err = w.write(c, func(tx *store.Tx) error {
		was, err := forum.Find(tx, actor(c), forumID)
		if err != nil {
			return err
		}
		var s forum.Settings
		if s, read, err = settingsOf(f, was.Settings(), w.today(), language(c)); err != nil || read.Key != "" {
			return err
		}
		unseen := warned(tx, actor(c), f, "name", "place", "agenda")
		if err := secretariat.ChangeForum(tx, actor(c), forumID, version, s); err != nil {
			return err
		}
		return unseen
	})
	if err != nil || read.Key != "" {
		view := forumFormView{Page: w.frameOf(c, "forums", "Inställningar för forumet"), Action: "/forums/" + forumID.String() + "/settings", Form: f, Read: read}
		return w.forumAgain(c, err, view)
	}
	w.frame.Notify(c.Request.Context(), "Inställningarna är sparade.")
	return w.goTo(c, "/forums/"+forumID.String())
}

func (w *Web) seat(c *gin.Context) error {
	return w.putInForum(c, "contactId", "#members", forum.Seat)
}

func (w *Web) unseat(c *gin.Context) error { return w.onSeat(c, "#members", forum.Unseat) }

// ofForum is a verb about one contact of a forum.
type ofForum func(tx *store.Tx, by access.Actor, forumID, contactID uuid.UUID) error

// putInForum gives the contact that a field of a form names a place in a forum.
func (w *Web) putInForum(c *gin.Context, field, part string, verb ofForum) error {
	forumID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, field)
	if err != nil {
		return err
	}
	contact := orNil(optionalID(f.Get(field)))
	err = w.write(c, func(tx *store.Tx) error { return verb(tx, actor(c), forumID, contact) })
	if fault.KindOf(err) == fault.Invalid {
		return w.showForum(c, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, "/forums/"+forumID.String()+part)
}

// onSeat does an act on the place that the contact in the address has in a forum.
func (w *Web) onSeat(c *gin.Context, part string, verb ofForum) error {
	forumID, err := id(c, "id")
	if err != nil {
		return err
	}
	contact, err := id(c, "contact")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return verb(tx, actor(c), forumID, contact) }); err != nil {
		return err
	}
	return w.goTo(c, "/forums/"+forumID.String()+part)
}
