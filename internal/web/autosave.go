package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// told is what the script of the notes is told of something that it sent.
type told struct {
	Say    string `json:"say"`
	Stamp  string `json:"stamp"`            // of what is saved: it is sent with what is typed next
	Theirs string `json:"theirs,omitempty"` // what is saved, when it is somebody else's
	Saved  string `json:"saved,omitempty"`  // by whom and when
}

// byScript tells whether the page's script asks, which wants no page.
func byScript(c *gin.Context) bool { return c.GetHeader("Accept") == "application/json" }

// stranger tells whether somebody else has signed in since the page was made: what one person typed is
// never saved in another's name.
func stranger(c *gin.Context, f url.Values) bool { return f.Get("as") != actor(c).ID.String() }

func (w *Web) tellStranger(c *gin.Context) error {
	c.JSON(http.StatusForbidden, told{Say: language(c).Text("Någon annan har loggat in i den här webbläsaren. Texten finns kvar i den här fliken.")})
	return nil
}

// tellSaved tells when something was saved, or what has to be mended first.
func (w *Web) tellSaved(c *gin.Context, stamp string, err error) error {
	l := language(c)
	if err == nil {
		c.JSON(http.StatusOK, told{Say: l.Text("Sparat kl. %s", almanac.ClockOf(w.DB.Now(), w.Office.Zone).Swedish()), Stamp: stamp})
		return nil
	}
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	wrong, err := fieldErrors(l, err)
	if err != nil {
		return err
	}
	var sentences []string
	for _, e := range wrong {
		sentences = append(sentences, e.Text)
	}
	c.JSON(http.StatusUnprocessableEntity, told{Say: l.Text("Inte sparat än. %s", strings.Join(sentences, " "))})
	return nil
}

// tellBoth tells what somebody else has saved, so that both texts can stand side by side.
func (w *Web) tellBoth(c *gin.Context, refused error, stamp string, theirs []minutes.Item) error {
	t := told{Say: sentence(c, refused).In(language(c)), Stamp: stamp, Theirs: joined(theirs)}
	var latest *minutes.Item
	for n := range theirs {
		if latest == nil || theirs[n].UpdatedAt.After(latest.UpdatedAt) {
			latest = &theirs[n]
		}
	}
	if latest != nil {
		if err := w.read(c, func(tx *store.Tx) error {
			names, err := writers(tx, theirs)
			t.Saved = savedBy(language(c), *latest, names, w.Office.Zone)
			return err
		}); err != nil {
			return err
		}
	}
	c.JSON(http.StatusConflict, t)
	return nil
}

// savedBy says who saved an item and when.
func savedBy(l lang.Language, i minutes.Item, names map[uuid.UUID]string, zone *time.Location) string {
	day, clock := almanac.DateOf(i.UpdatedAt, zone).String(), almanac.ClockOf(i.UpdatedAt, zone).Swedish()
	if name := names[orNil(i.UpdatedByID)]; name != "" {
		return l.Text("Sparad av %s %s kl. %s", name, day, clock)
	}
	return l.Text("Sparad %s kl. %s", day, clock)
}

// writers gives the names of those who saved items last.
func writers(tx *store.Tx, items []minutes.Item) (map[uuid.UUID]string, error) {
	var ids []uuid.UUID
	for _, i := range items {
		if i.UpdatedByID != nil {
			ids = append(ids, *i.UpdatedByID)
		}
	}
	return access.NamesOf(tx, ids)
}
