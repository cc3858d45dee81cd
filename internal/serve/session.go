package serve

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Keys in a session.
const (
	identityKey = "identity"
	seenKey     = "seen"
	beganKey    = "began"
	noticeKey   = "notice"
)

// SignIn begins a session for an identity, under a new token.
func (f *Frame) SignIn(ctx context.Context, identity uuid.UUID) error {
	if err := f.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	f.Sessions.Put(ctx, identityKey, identity.String())
	f.Sessions.Put(ctx, seenKey, f.options.DB.Now().Unix())
	f.Sessions.Put(ctx, beganKey, f.options.DB.Now().Unix())
	return nil
}

// SignOut ends the session on the server.
func (f *Frame) SignOut(ctx context.Context) error { return f.Sessions.Destroy(ctx) }

// sessionActor is who is signed in, with the rights of this moment.
func (f *Frame) sessionActor(ctx context.Context) (access.Actor, error) {
	guest := access.Guest()
	guest.Language = f.options.Language
	id, err := uuid.Parse(f.Sessions.GetString(ctx, identityKey))
	if err != nil {
		return guest, nil
	}
	now, seen := f.options.DB.Now(), time.Unix(f.Sessions.GetInt64(ctx, seenKey), 0)
	began := time.Unix(f.Sessions.GetInt64(ctx, beganKey), 0)
	if now.Sub(seen) > idleTime || now.Sub(began) > absoluteTime {
		return guest, f.Sessions.Destroy(ctx)
	}
	if now.Sub(seen) > time.Minute { // a page that is read writes the session at most once a minute
		f.Sessions.Put(ctx, seenKey, now.Unix())
	}
	var actor access.Actor
	err = f.options.DB.Read(ctx, func(tx *store.Tx) error {
		actor, err = access.Load(tx, id)
		return err
	})
	if fault.KindOf(err) == fault.Unauthorized || began.Before(actor.SignedOutAt.Truncate(time.Second)) {
		return guest, f.Sessions.Destroy(ctx)
	}
	return actor, err
}

// Notify keeps a sentence for the next page: what was done.
func (f *Frame) Notify(ctx context.Context, text string) { f.Sessions.Put(ctx, noticeKey, text) }

// Notice gives the sentence kept for this page, once.
func (f *Frame) Notice(ctx context.Context) string { return f.Sessions.PopString(ctx, noticeKey) }
