package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type finishView struct {
	Page
	Review  *secretariat.FinishReview
	Form    url.Values
	Seen    []Seen // what may tell who somebody is, by item
	Zone    *time.Location
	Blocked bool // a number that is certain to be somebody's stands in the text
	Shares  bool // the box for links to the notes is ticked
	Tells   bool // the box for links to actions is ticked
}

// Seen is what the guard saw in one item, heading or reason.
type Seen struct {
	Where  string // "2. Heading"; empty: in the reason
	Anchor string // on the page of the notes
	Texts  []lang.Sentence
	Blocks bool
}

// seenIn groups suspects by what they stand in, in the order of the document.
func seenIn(d *minutes.Document, suspects []minutes.Suspect) (all []Seen) {
	where, anchor := map[uuid.UUID]string{}, map[uuid.UUID]string{}
	for n, a := range d.Agenda {
		heading := strconv.Itoa(n+1) + ". " + a.Title
		where[a.ID], anchor[a.ID] = heading, "#a-"+a.ID.String()
		for _, i := range a.Items {
			where[i.ID], anchor[i.ID] = heading, "#p-"+i.ID.String()
			if i.Label != "" {
				where[i.ID] += ", " + i.Label
			}
		}
	}
	last := uuid.Nil
	for n, s := range suspects {
		if n == 0 || s.ItemID != last {
			all, last = append(all, Seen{Where: where[s.ItemID], Anchor: anchor[s.ItemID]}), s.ItemID
		}
		group := &all[len(all)-1]
		text := suspected(s.Kind, s.Shown)
		if s.Blocks {
			text = lang.Say("%s ser ut att vara ett personnummer eller ett ärendenummer. Ta bort det innan du färdigställer.", s.Shown)
		}
		group.Texts, group.Blocks = append(group.Texts, text), group.Blocks || s.Blocks
	}
	return all
}

func (w *Web) finish(c *gin.Context) error {
	return w.showFinish(c, url.Values{"reason": {c.Query("reason")}}, nil)
}

func (w *Web) showFinish(c *gin.Context, f url.Values, refused error) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := finishView{Page: w.frameOf(c, "minutes", "Avsluta mötet"), Zone: w.Office.Zone, Form: f, Shares: f.Has("shareNotes"), Tells: f.Has("tellOwners")}
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		if view.Review, err = secretariat.ReviewFinish(tx, actor(c), w.Office, minutesID, f.Get("reason")); err != nil {
			return err
		}
		return minutes.DraftOpened(tx, actor(c), minutesID)
	}); err != nil {
		return err
	}
	view.Seen = seenIn(view.Review.Document, view.Review.Suspects)
	view.Blocked = slices.ContainsFunc(view.Seen, func(s Seen) bool { return s.Blocks })
	if refused != nil {
		return w.again(c, refused, &view.Page, "finish", func() any { return view })
	}
	view.Shares, view.Tells = view.Review.Sharing.Usual, true
	return w.show(c, http.StatusOK, "finish", view)
}

// doFinish freezes, passes on and writes to the leads, in one act. When anything is not as it was
// seen, the review is shown anew.
func (w *Web) doFinish(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "hash", "reason", "confirmed", "despite", "shareNotes", "tellOwners")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.Finish(tx, actor(c), w.Office, minutesID, secretariat.Ending{
			Hash: f.Get("hash"), Reason: f.Get("reason"), Confirmed: f.Get("confirmed"), Despite: f.Get("despite"), ShareNotes: f.Get("shareNotes") == "yes", TellOwners: f.Get("tellOwners") == "yes",
		})
		return err
	})
	if kind := fault.KindOf(err); kind == fault.Conflict || kind == fault.Invalid {
		return w.showFinish(c, f, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Anteckningarna är färdigställda och kan inte ändras.")
	return w.goTo(c, "/minutes/"+minutesID.String())
}

type minutesView struct {
	Page
	Opened  *minutes.Opened
	Keeps   bool // may correct, close actions and send links
	Sharing *secretariat.Sharing
	Zone    *time.Location
	Readers []LogRow // who has read it, for its keepers and managers
	SeesWho bool

	Form        url.Values
	Registers   bool // may write its number in the register
	Discloses   bool // may make masked copies
	Disclosures []minutes.Disclosure
	Corrections []minutes.Difference // from the version before
}

// minutes shows a finalised version. Opening it is logged, so it is done in a writing transaction.
func (w *Web) minutes(c *gin.Context) error { return w.showMinutes(c, url.Values{}, nil) }

func (w *Web) showMinutes(c *gin.Context, typed url.Values, refused error) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	number, err := version(c)
	if err != nil {
		return err
	}
	view := minutesView{Page: w.frameOf(c, "minutes", "%s"), Zone: w.Office.Zone, Form: typed}
	if err := w.write(c, func(tx *store.Tx) (err error) {
		if view.Opened, err = minutes.Read(tx, actor(c), minutesID, number); err != nil {
			return err
		}
		if view.Corrections, err = minutes.Corrections(tx, actor(c), minutesID, number); err != nil {
			return err
		}
		view.Keeps = actor(c).MayConvene(tx, view.Opened.Minutes.Meeting.ForumID) == nil
		if view.SeesWho = view.Keeps || actor(c).Is(access.Manager); view.SeesWho {
			if view.Readers, err = readersOf(tx, actor(c), minutesID); err != nil {
				return err
			}
		}
		if view.Keeps {
			if view.Sharing, err = secretariat.Shared(tx, actor(c), w.Office, minutesID); err != nil {
				return err
			}
		}
		return view.office(tx, actor(c))
	}); err != nil {
		return err
	}
	view.TitleArgs = []any{view.Opened.Document.Forum}
	if refused != nil {
		return w.again(c, refused, &view.Page, "minutes", func() any { return view })
	}
	return w.show(c, http.StatusOK, "minutes", view)
}

// office fills in what a registrar does with a public record, and whoever keeps the notes where there
// is none.
func (v *minutesView) office(tx *store.Tx, by access.Actor) (err error) {
	v.Registers = v.Keeps || by.Is(access.Registrar)
	if v.Discloses = v.Registers || by.Is(access.Manager); !v.Discloses {
		return nil
	}
	if len(v.Form) == 0 {
		v.Form = url.Values{"registryNumber": {v.Opened.Registry}}
	}
	v.Disclosures, err = minutes.Disclosures(tx, by, v.Opened.Minutes.ID)
	return err
}

// shareNotes sends chosen contacts their link to the finished notes, or ends it.
func (w *Web) shareNotes(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "contactId[]", "act")
	if err != nil {
		return err
	}
	contacts := chosenIDs(f["contactId"])
	err = w.write(c, func(tx *store.Tx) error {
		if f.Get("act") == "end" {
			return secretariat.EndNotesLinks(tx, actor(c), w.Office, minutesID, contacts)
		}
		_, err := secretariat.SendNotes(tx, actor(c), w.Office, minutesID, contacts)
		return err
	})
	if fault.KindOf(err) == fault.Invalid {
		return w.showMinutes(c, url.Values{}, err)
	}
	if err != nil {
		return err
	}
	if f.Get("act") == "end" {
		w.frame.Notify(c.Request.Context(), "Länken gäller inte längre.")
	} else {
		w.sendsSoon()
		w.frame.Notify(c.Request.Context(), "Länken är på väg.")
	}
	return w.goTo(c, "/minutes/"+minutesID.String())
}

const readersShown = 50

// readersOf gives who read a meeting's minutes, the latest first.
func readersOf(tx *store.Tx, by access.Actor, minutesID uuid.UUID) ([]LogRow, error) {
	entries, names, err := access.ReadersOf(tx, "minutes", minutesID, readersShown, minutes.Reads...)
	if err != nil {
		return nil, err
	}
	return logRows(tx, by, entries, names)
}

type minutesListView struct {
	Page
	Minutes []minutes.Minutes
	Actions []minutes.ActionState
	Reports []minutes.Report // of those who have a link to an action
	Zone    *time.Location
	Number  int
	Pages   int
}

const minutesPerPage = 30

func (w *Web) minutesList(c *gin.Context) error {
	number, err := strconv.Atoi(c.DefaultQuery("page", "1"))
	if err != nil || number < 1 || number > 1_000_000 {
		return fault.Missing()
	}
	view := minutesListView{Page: w.frameOf(c, "minutes", "Anteckningar"), Number: number, Zone: w.Office.Zone}
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		var total int64
		if view.Minutes, total, err = minutes.List(tx, actor(c), minutesPerPage, (number-1)*minutesPerPage); err != nil {
			return err
		}
		view.Pages = max(1, (int(total)+minutesPerPage-1)/minutesPerPage)
		if view.Actions, err = minutes.Actions(tx, actor(c), minutes.ActionSelection{Open: true}); err != nil || !actor(c).Is(access.Coordinator) {
			return err
		}
		view.Reports, err = minutes.Reports(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "minutes-list", view)
}
