package web

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Busy is what a contact's page says of the busy times that are kept.
type Busy struct {
	Action         string
	Times          int    // 0: none are kept
	From, To, Kept string // days
}

func (w *Web) busyOf(tx *store.Tx, c *gin.Context, id uuid.UUID) (*Busy, error) {
	kept, err := partner.Busy(tx, actor(c), id)
	if err != nil {
		return nil, err
	}
	b := &Busy{Action: "/contacts/" + id.String() + "/busy-times"}
	if kept != nil {
		zone := w.Office.Zone
		day := func(t time.Time) string {
			d := almanac.DateOf(t, zone)
			return fmt.Sprintf("%d %s %d", d.Day, almanac.MonthName(d.Month, language(c)), d.Year)
		}
		b.Times, b.From, b.To, b.Kept = kept.Times, day(kept.From), day(kept.To), day(kept.At)
	}
	return b, nil
}

// keepBusy keeps when a contact is busy out of an uploaded calendar, and nothing of what it says.
func (w *Web) keepBusy(c *gin.Context) error {
	contactID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c, "file"); err != nil {
		return err
	}
	data, err := uploadedCalendar(c)
	if missing := w.read(c, func(tx *store.Tx) error { // who is not there is not found, whatever the file
		_, err := partner.FindContact(tx, actor(c), contactID)
		return err
	}); missing != nil {
		return missing
	}
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			return secretariat.KeepBusy(tx, actor(c), w.Office, contactID, []byte(data))
		})
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.contactPage(c, contactID, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "De upptagna tiderna är sparade.")
	return w.goTo(c, "/contacts/"+contactID.String()+"#busy")
}

func (w *Web) forgetBusy(c *gin.Context) error {
	contactID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return partner.SetBusy(tx, actor(c), contactID, nil) }); err != nil {
		if fault.KindOf(err) == fault.Conflict {
			return w.contactPage(c, contactID, err)
		}
		return err
	}
	w.frame.Notify(c.Request.Context(), "De upptagna tiderna är borttagna.")
	return w.goTo(c, "/contacts/"+contactID.String()+"#busy")
}

// contactPage shows a contact's page, with what was refused.
func (w *Web) contactPage(c *gin.Context, id uuid.UUID, refused error) error {
	view, err := w.contactView(c, id)
	if err != nil {
		return err
	}
	if refused == nil {
		return w.showContact(c, http.StatusOK, view)
	}
	return w.contactAgain(c, refused, view)
}
