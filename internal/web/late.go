package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// delayOf reads how late somebody comes out of a form: a number, or nothing.
func delayOf(f url.Values) (secretariat.Delay, error) {
	if f.Get("onTime") != "" {
		return secretariat.Delay{OnTime: true}, nil
	}
	typed := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(f.Get("minutes")), "min"))
	if typed == "" {
		return secretariat.Delay{}, nil
	}
	n, err := strconv.Atoi(typed)
	if err != nil {
		return secretariat.Delay{}, fault.On("minutes", "Skriv ett tal.")
	}
	return secretariat.Delay{Minutes: n}, nil
}

// beLate records what the holder of an invitation's link says of coming late.
func (w *Web) beLate(c *gin.Context) error {
	f, err := form(c, "minutes", "onTime")
	if err != nil {
		return err
	}
	delay, err := delayOf(f)
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error { return secretariat.TakeDelay(tx, c.Param("token"), delay) })
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.showInvitation(c, http.StatusUnprocessableEntity, false, f, err)
	}
	if err != nil {
		return err
	}
	return w.goTo(c, back(c, "", ""))
}

// sayLate records that somebody comes late: the reader, or whom the coordinator has heard of.
func (w *Web) sayLate(c *gin.Context) error {
	f, err := form(c, "lateId", "minutes")
	if err != nil {
		return err
	}
	contact := orNil(optionalID(f.Get("lateId")))
	return w.onMeeting(c, "Det är sparat.", "#late", func(tx *store.Tx, meetingID uuid.UUID) error {
		delay, err := delayOf(f)
		if err != nil {
			return err
		}
		return secretariat.RecordDelay(tx, actor(c), meetingID, contact, delay)
	})
}

func (w *Web) sayOnTime(c *gin.Context) error {
	contact, err := id(c, "contact")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	return w.onMeeting(c, "Det är sparat.", "#late", func(tx *store.Tx, meetingID uuid.UUID) error {
		return secretariat.RecordDelay(tx, actor(c), meetingID, contact, secretariat.Delay{OnTime: true})
	})
}

// MayBeLate lists of whom the reader may say that they come late: whoever plans of everybody, others of
// themselves.
func (v meetingView) MayBeLate() (all []partner.Contact) {
	if !v.SaysLate {
		return nil
	}
	for _, a := range v.Asked {
		if a.Invitation.WithdrawnAt == nil {
			all = append(all, a.Invitation.Contact)
		}
	}
	if v.Turnout.Foreign {
		for _, p := range v.Turnout.People {
			all = append(all, p.Contact)
		}
	}
	if v.MayPlan {
		return all
	}
	for _, c := range all {
		if c.ID == v.Self {
			return []partner.Contact{c}
		}
	}
	return nil
}
