package serve

import (
	"context"
	"errors"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Keys in a session, of a guest who has shown by a code that a mailbox is theirs.
const (
	guestKey      = "guest"
	guestSinceKey = "guest-since"
)

// guestTime is how long a browser remembers a guest.
const guestTime = 12 * time.Hour

// RememberGuest remembers in this browser which contact somebody has shown to be, for 12 hours, under
// a new session token.
func (f *Frame) RememberGuest(ctx context.Context, contact uuid.UUID) error {
	if err := f.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	f.Sessions.Put(ctx, guestKey, contact.String())
	f.Sessions.Put(ctx, guestSinceKey, f.options.DB.Now().Unix())
	return nil
}

// GuestContact is the contact that this browser remembers, Nil for none. It says who it is, not what
// it may: that is looked up at each request.
func (f *Frame) GuestContact(ctx context.Context) uuid.UUID {
	id, err := uuid.Parse(f.Sessions.GetString(ctx, guestKey))
	if err != nil || f.options.DB.Now().Sub(time.Unix(f.Sessions.GetInt64(ctx, guestSinceKey), 0)) > guestTime {
		return uuid.Nil
	}
	return id
}

// limited counts the tokens that open nothing by the address they come from, and refuses an address
// with too many before anything is looked up.
func (f *Frame) limited(h Handler) Handler {
	return func(c *gin.Context) error {
		ctx, from := c.Request.Context(), c.ClientIP()
		if err := f.options.DB.Read(ctx, func(tx *store.Tx) error { return access.RefuseMisses(tx, from) }); err != nil {
			return err
		}
		err := h(c)
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
		return errors.Join(err, f.options.DB.Write(ctx, func(tx *store.Tx) error { return access.Miss(tx, from) }))
	}
}
