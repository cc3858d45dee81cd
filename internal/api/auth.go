package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// guard lets the caller in before anything of the call is read, and makes a panic an error like
// any other.
func (d *door) guard(p serve.Policy, scope string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := humagin.Unwrap(ctx)
		defer func() {
			if r := recover(); r != nil {
				d.refuse(c, serve.Panicked(r))
			}
		}()
		if err := d.admit(c, p, scope); err != nil {
			d.refuse(c, err)
			return
		}
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), readerKey{}, readerOf(c.Request)))
		next(ctx)
	}
}

func (d *door) refuse(c *gin.Context, err error) {
	d.frame.Record(c.Request.Context(), err)
	if !c.Writer.Written() {
		Problem(c, err)
	}
}

// admit finds out who calls, by the bearer token alone: a cookie says nothing here, so a page of
// somebody else's cannot make a browser call.
func (d *door) admit(c *gin.Context, p serve.Policy, scope string) error {
	if p.Roles == nil {
		serve.SetActor(c, access.Guest())
		return nil
	}
	actor, err := d.bearer(c.Request)
	if err != nil {
		return err
	}
	serve.SetActor(c, actor)
	if !slices.Contains(actor.Scopes, scope) {
		// RFC 6750 §3.1: insufficient_scope
		return &refusal{status: http.StatusForbidden, code: "insufficientScope",
			challenge: `Bearer realm="samverkan", error="insufficient_scope", scope="` + scope + `"`,
			Fault:     fault.New(fault.Unauthorized, "Åtkomstnyckeln får inte göra detta. Skapa en nyckel som gäller för %s.", scope)}
	}
	return p.Allow(actor)
}

func (d *door) bearer(r *http.Request) (access.Actor, error) {
	const realm = `Bearer realm="samverkan"`
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "" {
		return access.Actor{}, &refusal{status: http.StatusUnauthorized, code: string(fault.Unauthorized), challenge: realm,
			Fault: fault.New(fault.Unauthorized, "Skicka åtkomstnyckeln i huvudet Authorization: Bearer.")}
	}
	var actor access.Actor
	err := d.DB.Read(r.Context(), func(tx *store.Tx) (err error) {
		actor, err = access.ByAPIToken(tx, strings.TrimSpace(token))
		return err
	})
	var f *fault.Fault
	if errors.As(err, &f) && f.Kind == fault.Unauthorized {
		d.Log.Warn("bearer token refused", "request", serve.RequestID(r.Context()))
		return access.Actor{}, &refusal{status: http.StatusUnauthorized, code: string(fault.Unauthorized),
			challenge: realm + `, error="invalid_token"`, Fault: fault.New(fault.Unauthorized, "Åtkomstnyckeln gäller inte. Skapa en ny.")}
	}
	if err == nil && actor.Unnoted() {
		err = d.DB.Write(r.Context(), func(tx *store.Tx) error { return access.NoteUse(tx, actor) })
	}
	return actor, err
}
