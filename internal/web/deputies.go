package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type deputiesView struct {
	Page
	Form       url.Values
	Covers     []cover
	Colleagues []access.Identity
	Zone       *time.Location
}

// cover is a coordinator as the page shows her.
type cover struct {
	access.Cover
	Alone bool
	Mine  bool
	Takes bool // the reader may take over from her
}

// deputies shows the coordinators and who can step in for them.
func (w *Web) deputies(c *gin.Context) error { return w.showDeputies(c, url.Values{}, nil) }

func (w *Web) showDeputies(c *gin.Context, f url.Values, refused error) error {
	a := actor(c)
	view := deputiesView{Page: w.frameOf(c, "", "Samordnare och ställföreträdare"), Form: f, Zone: w.Office.Zone}
	if err := w.read(c, func(tx *store.Tx) error {
		covers, err := access.Covers(tx, a)
		if err != nil {
			return err
		}
		for _, one := range covers {
			view.Covers = append(view.Covers, cover{one, one.Alone(tx.Now), one.Identity.ID == a.ID, access.MayTakeOver(tx, a, one.Identity.ID, a.ID) == nil && a.Is(access.Coordinator)})
		}
		if a.Is(access.Coordinator) {
			view.Colleagues, err = access.Colleagues(tx, a)
		}
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "deputies", func() any { return view })
	}
	return w.show(c, http.StatusOK, "deputies", view)
}

func (w *Web) addDeputy(c *gin.Context) error {
	f, err := form(c, "identityId", "from", "to")
	if err != nil {
		return err
	}
	from, to, err := w.daysOf(f)
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			if from == nil {
				from = &tx.Now
			}
			return access.Deputise(tx, actor(c), orNil(optionalID(f.Get("identityId"))), *from, to)
		})
	}
	if err != nil {
		return w.showDeputies(c, f, err)
	}
	return w.done(c, "Ställföreträdaren är utsedd.", "/deputies")
}

func (w *Web) endDeputy(c *gin.Context) error {
	deputy, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return access.EndDeputy(tx, actor(c), deputy) }); err != nil {
		return err
	}
	return w.done(c, "Ställföreträdaren har inte rollen längre.", "/deputies")
}

type takeoverView struct {
	Page
	Done *secretariat.TakenOver
}

// takeOver moves a coordinator's forums to the reader, or for an administrator to whom the form names.
func (w *Web) takeOver(c *gin.Context) error {
	f, err := form(c, "from", "to")
	if err != nil {
		return err
	}
	a := actor(c)
	from, to := orNil(optionalID(f.Get("from"))), a.ID
	if chosen := optionalID(f.Get("to")); chosen != nil {
		to = *chosen
	}
	var t *secretariat.TakenOver
	err = w.write(c, func(tx *store.Tx) (err error) {
		t, err = secretariat.TakeOver(tx, a, from, to)
		return err
	})
	if err != nil && a.Is(access.Administrator) && f.Get("to") != "" {
		return w.refusedAt(c, from, err)
	}
	if err != nil {
		return w.showDeputies(c, url.Values{}, err)
	}
	view := takeoverView{Page: w.frameOf(c, "", "Ansvaret är flyttat"), Done: t}
	view.Notice = view.Lang.Text("Forumen, det som är att göra och det som väntar är flyttat.")
	return w.show(c, http.StatusOK, "takeover", view)
}
