package web

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// version reads which version an address asks for: zero, the latest, when it does not say.
func version(c *gin.Context) (int64, error) {
	asked := c.Query("version")
	if asked == "" {
		return 0, nil
	}
	number, err := strconv.ParseInt(asked, 10, 64)
	if err != nil || number < 1 {
		return 0, fault.Missing()
	}
	return number, nil
}

// saveCopy answers with the file that a verb gives. Taking one is logged, so it writes.
func (w *Web) saveCopy(c *gin.Context, get func(tx *store.Tx) (*minutes.Copy, error)) error {
	var made *minutes.Copy
	if err := w.write(c, func(tx *store.Tx) (err error) {
		made, err = get(tx)
		return err
	}); err != nil {
		return err
	}
	serve.Attachment(c, made.Name, made.ContentType, made.Data)
	return nil
}

func (w *Web) minutesCopy(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	number, err := version(c)
	if err != nil {
		return err
	}
	return w.saveCopy(c, func(tx *store.Tx) (*minutes.Copy, error) {
		return minutes.Download(tx, actor(c), minutesID, number, minutes.Format(c.Param("format")))
	})
}

// guestCopy gives finished notes to a contact whose mailbox was shown to be theirs, for the register
// of their own authority.
func (w *Web) guestCopy(c *gin.Context) error {
	view, err := w.guest(c, "Läs anteckningarna")
	if err != nil {
		return err
	}
	if w.frame.GuestContact(c.Request.Context()) != view.Guest.Contact.ID {
		return w.showGuestNotes(c, nil, nil)
	}
	return w.saveCopy(c, func(tx *store.Tx) (*minutes.Copy, error) {
		return secretariat.CopyNotes(tx, c.Param("token"), minutes.Format(c.Param("format")))
	})
}

// disclosureView is the form for a masked copy, and what the copy would say.
type disclosureView struct {
	Page
	Opened  *minutes.Opened                  // as it stands
	Copy    struct{ Opened *minutes.Opened } // as it would be
	Hidden  int                              // places that are masked
	Chosen  []uuid.UUID
	Form    url.Values
	Looked  bool // the copy is shown
	Version int64
}

func (w *Web) disclosure(c *gin.Context) error { return w.showDisclosure(c, url.Values{}, nil) }

func masks(f url.Values) minutes.Masks {
	return minutes.Masks{Items: chosenIDs(f["itemId"]), Words: strings.Split(f.Get("words"), "\n")}
}

func (w *Web) showDisclosure(c *gin.Context, f url.Values, refused error) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	number, err := version(c)
	if err != nil {
		return err
	}
	view := disclosureView{Page: w.frameOf(c, "minutes", "Kopia för utlämnande"), Form: f, Version: number, Looked: f.Get("act") == "look"}
	chosen := masks(f)
	view.Chosen = chosen.Items
	if err := w.write(c, func(tx *store.Tx) (err error) { // reading is logged
		var hidden minutes.Document
		view.Opened, hidden, view.Hidden, err = minutes.PreviewDisclosure(tx, actor(c), minutesID, number, chosen)
		if fault.KindOf(err) == fault.Invalid { // the words: the page says so and hides what else is chosen
			refused, chosen.Words = cmp.Or(refused, err), nil
			view.Opened, hidden, view.Hidden, err = minutes.PreviewDisclosure(tx, actor(c), minutesID, number, chosen)
		}
		if err != nil {
			return err
		}
		copied := *view.Opened
		copied.Document = hidden
		view.Copy.Opened = &copied
		return nil
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "disclosure", func() any { return view })
	}
	return w.show(c, http.StatusOK, "disclosure", view)
}

// disclose shows the copy, or makes it.
func (w *Web) disclose(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "itemId[]", "words", "decision", "act")
	if err != nil {
		return err
	}
	if f.Get("act") == "look" {
		return w.showDisclosure(c, f, nil)
	}
	number, err := version(c)
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		if _, err := minutes.Disclose(tx, actor(c), minutesID, number, masks(f), f.Get("decision")); err != nil {
			return err
		}
		return warned(tx, actor(c), f, "decision")
	})
	if fault.KindOf(err) == fault.Invalid {
		return w.showDisclosure(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Kopian är gjord. Originalet är oförändrat.")
	return w.goTo(c, "/minutes/"+minutesID.String()+"#disclosures")
}

func (w *Web) disclosedCopy(c *gin.Context) error {
	disclosureID, err := id(c, "id")
	if err != nil {
		return err
	}
	return w.saveCopy(c, func(tx *store.Tx) (*minutes.Copy, error) { return minutes.DisclosedCopy(tx, actor(c), disclosureID) })
}

type unregisteredView struct {
	Page
	Minutes []minutes.Minutes
}

// unregistered lists finished minutes that the municipality's register does not have.
func (w *Web) unregistered(c *gin.Context) error {
	view := unregisteredView{Page: w.frameOf(c, "minutes", "Färdigställda utan diarienummer")}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Minutes, err = minutes.Unregistered(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "unregistered", view)
}

func (w *Web) register(c *gin.Context) error {
	minutesID, err := id(c, "id")
	if err != nil {
		return err
	}
	number, err := version(c)
	if err != nil {
		return err
	}
	f, err := form(c, "registryNumber")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error {
		_, err := minutes.Register(tx, actor(c), minutesID, number, f.Get("registryNumber"))
		return err
	})
	if fault.KindOf(err) == fault.Invalid {
		return w.showMinutes(c, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Diarienumret är sparat.")
	return w.goTo(c, "/minutes/"+minutesID.String())
}
