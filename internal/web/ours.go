package web

import (
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// notAsked lists the contacts who may be asked to a meeting too.
func notAsked(tx *store.Tx, by access.Actor, meetingID uuid.UUID) ([]partner.Contact, error) {
	asked, err := invite.Of(tx, by, meetingID)
	if err != nil {
		return nil, err
	}
	all, err := partner.Contacts(tx, by)
	return slices.DeleteFunc(partner.Standing(all), func(c partner.Contact) bool {
		return slices.ContainsFunc(asked, func(i invite.Invitation) bool { return i.ContactID == c.ID && i.WithdrawnAt == nil })
	}), err
}

// reserve fills in who of ours is asked when too few can come, and who may be put there.
func (v *forumView) reserve(tx *store.Tx, by access.Actor, contacts []partner.Contact) (err error) {
	if v.Reserves, err = forum.Reserves(tx, by, v.Forum.ID); err != nil {
		return err
	}
	ours, err := partner.Ours(tx)
	for _, c := range partner.Standing(contacts) {
		listed := slices.ContainsFunc(v.Reserves, func(r forum.Reserve) bool { return r.ContactID == c.ID })
		if ours[c.OrganisationID] && !listed {
			v.Spare = append(v.Spare, c)
		}
	}
	return err
}

func (w *Web) enlist(c *gin.Context) error {
	return w.putInForum(c, "reserveId", "#reserves", forum.Enlist)
}

func (w *Web) advance(c *gin.Context) error { return w.onSeat(c, "#reserves", forum.Advance) }

func (w *Web) strikeReserve(c *gin.Context) error { return w.onSeat(c, "#reserves", forum.Strike) }

func (w *Web) askOut(c *gin.Context) error {
	f, err := form(c, "contactId")
	if err != nil {
		return err
	}
	contact := orNil(optionalID(f.Get("contactId")))
	return w.onMeeting(c, "Frågan står nu på personens översikt. Hör av dig själv till den som inte har konto.", "#ours", func(tx *store.Tx, meetingID uuid.UUID) error {
		return secretariat.AskOut(tx, actor(c), meetingID, contact)
	})
}

func (w *Web) sayWhoGoes(c *gin.Context) error {
	contact, err := id(c, "contact")
	if err != nil {
		return err
	}
	f, err := form(c, "coming")
	if err != nil {
		return err
	}
	return w.onMeeting(c, "Svaret är sparat.", "#ours", func(tx *store.Tx, meetingID uuid.UUID) error {
		return secretariat.SayWhoGoes(tx, actor(c), meetingID, contact, invite.Going(f.Get("coming")))
	})
}

// onMeeting does an act on a meeting that sends nothing, and shows a part of its page.
func (w *Web) onMeeting(c *gin.Context, done, part string, verb func(*store.Tx, uuid.UUID) error) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return verb(tx, meetingID) })
	if kind := fault.KindOf(err); err != nil && (kind == fault.Conflict || kind == fault.Invalid) {
		return w.showMeeting(c, err, c.Request.PostForm)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), done)
	return w.goTo(c, "/meetings/"+meetingID.String()+part)
}
