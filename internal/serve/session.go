package serve

import (
	"context"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Keys in a session.
const (
	identityKey = "identity"
	sessionKey  = "session"
	clientKey   = "client"
	seenKey     = "seen"
	beganKey    = "began"
	rightsKey   = "rights"
	pendingKey  = "pending" // whose password was right and whose code is asked for
	noticeKey   = "notice"
)

// pendingTime is how long a code is waited for after the password.
const pendingTime = 10 * time.Minute

// SignIn begins a session for an identity, under a new token. client is the browser, as it calls itself.
func (f *Frame) SignIn(ctx context.Context, identity uuid.UUID, client string) error {
	if err := f.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	now := f.options.DB.Now()
	f.Sessions.Remove(ctx, pendingKey)
	f.Sessions.Remove(ctx, rightsKey)
	f.Sessions.Put(ctx, identityKey, identity.String())
	f.Sessions.Put(ctx, sessionKey, store.NewID().String())
	f.Sessions.Put(ctx, clientKey, client)
	f.Sessions.Put(ctx, seenKey, now.Unix())
	f.Sessions.Put(ctx, beganKey, now.Unix())
	return nil
}

// AwaitCode remembers, under a new token, that an identity's password was right.
func (f *Frame) AwaitCode(ctx context.Context, identity uuid.UUID) error {
	if err := f.Sessions.RenewToken(ctx); err != nil {
		return err
	}
	f.Sessions.Put(ctx, pendingKey, identity.String())
	f.Sessions.Put(ctx, beganKey, f.options.DB.Now().Unix())
	return nil
}

// Awaited gives the identity whose code is waited for, and whether there is one: not when it waited
// too long, nor when all of the identity's sessions were ended meanwhile, which ends this one too.
func (f *Frame) Awaited(ctx context.Context) (uuid.UUID, bool, error) {
	id, err := uuid.Parse(f.Sessions.GetString(ctx, pendingKey))
	began := time.Unix(f.Sessions.GetInt64(ctx, beganKey), 0)
	if err != nil || f.options.DB.Now().Sub(began) > pendingTime {
		return uuid.Nil, false, nil
	}
	_, over, err := f.load(ctx, id, began)
	return id, !over && err == nil, err
}

// load gives who an identity is at this moment, and whether what it began then is over.
func (f *Frame) load(ctx context.Context, id uuid.UUID, began time.Time) (a access.Actor, over bool, err error) {
	err = f.options.DB.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = access.Load(tx, id)
		return err
	})
	if fault.KindOf(err) == fault.Unauthorized || began.Before(a.SignedOutAt.Truncate(time.Second)) {
		return a, true, nil
	}
	return a, false, err
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
	if now.Sub(seen) > IdleTime || now.Sub(began) > AbsoluteTime {
		return guest, f.Sessions.Destroy(ctx)
	}
	if now.Sub(seen) > time.Minute { // a page that is read writes the session at most once a minute
		f.Sessions.Put(ctx, seenKey, now.Unix())
	}
	actor, over, err := f.load(ctx, id, began)
	if over {
		return guest, f.Sessions.Destroy(ctx)
	}
	if err != nil {
		return guest, err
	}
	return actor, f.renewAfterChange(ctx, actor)
}

// renewAfterChange gives the session a new token when the rights behind it have changed (ASVS 7.2.4).
func (f *Frame) renewAfterChange(ctx context.Context, a access.Actor) error {
	changed := a.RightsChangedAt.UnixMicro()
	if f.Sessions.GetInt64(ctx, rightsKey) == changed {
		return nil
	}
	fresh := !f.Sessions.Exists(ctx, rightsKey) // signed in a moment ago, under a new token already
	f.Sessions.Put(ctx, rightsKey, changed)
	if fresh {
		return nil
	}
	f.Sessions.Put(ctx, sessionKey, store.NewID().String())
	return f.Sessions.RenewToken(ctx)
}

// holder reads whose session some data is.
func holder(data []byte) access.Holder {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil { // what nobody can read is nobody's
		return access.Holder{}
	}
	h := access.Holder{}
	if id, err := uuid.Parse(text(values, identityKey)); err == nil {
		h.Identity = &id
	}
	if id, err := uuid.Parse(text(values, sessionKey)); err == nil {
		h.Session = id
	}
	h.Client = text(values, clientKey)
	if began, ok := values[beganKey].(int64); ok {
		h.Began = time.Unix(began, 0).UTC()
	}
	return h
}

func text(values map[string]any, key string) string {
	s, _ := values[key].(string)
	return s
}

// IsPresent tells whether a session of the list is the one of this request.
func (f *Frame) IsPresent(ctx context.Context, s access.Session) bool {
	return s.ID.String() == f.Sessions.GetString(ctx, sessionKey)
}

// Notify keeps a sentence for the next page: what was done.
func (f *Frame) Notify(ctx context.Context, text string) { f.Sessions.Put(ctx, noticeKey, text) }

// Notice gives the sentence kept for this page, once.
func (f *Frame) Notice(ctx context.Context) string { return f.Sessions.PopString(ctx, noticeKey) }
