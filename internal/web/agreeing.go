package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/store"
)

// agreeing is how a forum's minutes are agreed on, as its page shows it to whoever plans it.
type agreeing struct {
	Agreeing *forum.Agreeing
	Eligible forum.Eligible
	Decider  string     // who decided that drafts may be sent outside
	Typed    url.Values // the form, as typed or as it stands
}

func (a *agreeing) fill(tx *store.Tx, forumID uuid.UUID) (err error) {
	if a.Agreeing, err = forum.AgreeingOf(tx, forumID); err != nil {
		return err
	}
	if a.Eligible, err = forum.EligibleFor(tx, forumID); err != nil {
		return err
	}
	if by := a.Agreeing.OutsideByID; by != nil {
		names, err := access.NamesOf(tx, []uuid.UUID{*by})
		if err != nil {
			return err
		}
		a.Decider = names[*by]
	}
	if a.Typed != nil {
		return nil
	}
	a.Typed = url.Values{"way": {string(a.Agreeing.Way)}, "days": {"5"}}
	if a.Agreeing.Days > 0 {
		a.Typed.Set("days", strconv.FormatInt(a.Agreeing.Days, 10))
	}
	for _, p := range a.Agreeing.Approvers {
		if p.IdentityID != nil {
			a.Typed.Add("identityId", p.IdentityID.String())
		} else {
			a.Typed.Add("contactId", p.ContactID.String())
		}
	}
	return nil
}

// setAgreeing decides how a forum's minutes are agreed on.
func (w *Web) setAgreeing(c *gin.Context) error {
	forumID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "way", "days", "identityId[]", "contactId[]")
	if err != nil {
		return err
	}
	wish := forum.AgreeingWish{Way: forum.Way(f.Get("way")), Identities: chosenIDs(f["identityId"]), Contacts: chosenIDs(f["contactId"])}
	wish.Days, _ = strconv.Atoi(strings.TrimSpace(f.Get("days"))) // what is no number is no number of days
	err = w.write(c, func(tx *store.Tx) error {
		_, err := forum.SetAgreeing(tx, actor(c), forumID, wish)
		return err
	})
	if fault.KindOf(err) == fault.Invalid {
		return w.showForumTyped(c, http.StatusUnprocessableEntity, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Inställningarna är sparade.")
	return w.goTo(c, "/forums/"+forumID.String()+"#agreeing")
}

// allowOutside decides that a forum's drafts may be sent to those who have no account.
func (w *Web) allowOutside(c *gin.Context) error {
	forumID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := forum.AllowOutside(tx, actor(c), forumID)
		return err
	}); err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Beslutet är sparat.")
	return w.goTo(c, "/forums/"+forumID.String()+"#agreeing")
}
