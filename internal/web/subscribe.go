package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"rsc.io/qr"

	"samverkan/internal/access"
	"samverkan/internal/forum"
	"samverkan/internal/store"
)

type subscribeView struct {
	Page
	Feeds   []access.FeedSubscription
	Forums  []forum.Forum
	Form    url.Values
	Address string // of the feed that was just made; shown this once
	WebCal  template.URL
	QR      template.URL
	Zone    *time.Location
}

func (w *Web) subscribe(c *gin.Context) error {
	return w.showSubscribe(c, http.StatusOK, subscribeView{Form: url.Values{"level": {string(access.Neutral)}}}, nil)
}

func (w *Web) showSubscribe(c *gin.Context, status int, view subscribeView, refused error) error {
	view.Page, view.Zone = w.frameOf(c, "subscribe", "Prenumerera på kalendern"), w.Office.Zone
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Feeds, err = access.Subscriptions(tx, actor(c)); err != nil {
			return err
		}
		view.Forums, err = forum.List(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "subscribe", func() any { return view })
	}
	return w.show(c, status, "subscribe", view)
}

// newFeed makes a feed and shows its address, once, on this very page: an address kept for the
// next page would lie readable in the session's row.
func (w *Web) newFeed(c *gin.Context) error {
	f, err := form(c, "name", "level", "forumId", "skipsInvited")
	if err != nil {
		return err
	}
	view := subscribeView{Form: f}
	var token string
	err = w.write(c, func(tx *store.Tx) (err error) {
		_, token, err = access.Subscribe(tx, actor(c), f.Get("name"), access.Level(f.Get("level")), contentsOf(f))
		return err
	})
	if err != nil {
		return w.showSubscribe(c, http.StatusUnprocessableEntity, view, err)
	}
	view.Address = w.Office.BaseURL + "/calendar/" + token + ".ics"
	_, rest, _ := strings.Cut(view.Address, "://")
	view.WebCal = template.URL("webcal://" + rest) // #nosec G203 -- BASE_URL and a token of ours; the template escapes it as an address
	if view.QR, err = qrCode(view.Address); err != nil {
		return err
	}
	view.Form = url.Values{"level": {string(access.Neutral)}}
	return w.showSubscribe(c, http.StatusOK, view, nil)
}

// contentsOf reads which meetings a feed shall have. What is no id is no forum that anybody sees.
func contentsOf(f url.Values) access.Contents {
	what := access.Contents{SkipsInvited: f.Get("skipsInvited") != ""}
	if text := f.Get("forumId"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			id = uuid.Nil
		}
		what.ForumID = &id
	}
	return what
}

// Called names the forum of a feed of one, as long as its owner sees it.
func (v subscribeView) Called(id uuid.UUID) string {
	for _, f := range v.Forums {
		if f.ID == id {
			return f.Name
		}
	}
	return ""
}

// qrCode draws an address as a picture inside the page.
func qrCode(address string) (template.URL, error) {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64Of(code.PNG())), nil // #nosec G203 -- base64 of a picture that we drew
}

func (w *Web) revokeFeed(c *gin.Context) error {
	feed, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return access.Unsubscribe(tx, actor(c), feed) }); err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Adressen gäller inte längre.")
	return w.goTo(c, "/subscribe")
}
