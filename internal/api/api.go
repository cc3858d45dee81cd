// Package api is the door for programs: REST under /api/v1, described by an OpenAPI 3.1 document
// that is made from the Go types. It translates: a handler reads the request, calls one verb and
// shows what came of it in small structs of its own, so that renaming a column changes no contract.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// Root is where the API begins. Its number rises only when a program that works would stop working.
const Root = "/api/v1"

// released is the day on which this version of the contract came (VER.06).
const released = "2026-11-24"

// maxBody is the largest body of a call, in octets. No call needs more than a page of text.
const maxBody = 64 << 10

// Options are what the door needs to know.
type Options struct {
	DB      *store.DB
	Office  secretariat.Office
	Version string
	Log     *slog.Logger
}

type door struct {
	Options
	frame *serve.Frame
	api   huma.API
}

// Register hangs the API in the frame, each route with its policy. It refuses when an operation
// is not described.
func Register(f *serve.Frame, o Options) (huma.API, error) {
	speakOurselves()
	d := &door{Options: o, frame: f}
	d.api = humagin.NewWithGroup(f.Engine, f.Engine.Group(Root), configuration(o))
	d.routes()
	if err := describe(d.api.OpenAPI()); err != nil {
		return nil, err
	}
	document, err := json.Marshal(d.api.OpenAPI())
	if err != nil {
		return nil, err
	}
	f.Route(http.MethodGet, Root+"/openapi.json", serve.Anyone, Problem, func(c *gin.Context) error {
		c.Data(http.StatusOK, "application/json; charset=utf-8", document)
		return nil
	})
	return d.api, nil
}

// add registers one operation: what it is called, whom it lets in, what its token must be good for.
func add[I, O any](d *door, method, path, id string, p serve.Policy, scope string, h func(context.Context, *I) (*O, error)) {
	op := operation(method, path, id, p, scope)
	op.Middlewares = huma.Middlewares{d.guard(p, scope)}
	d.frame.Declare(method, Root+strings.NewReplacer("{", ":", "}", "").Replace(path), p)
	huma.Register(d.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			d.frame.Record(ctx, err)
			return nil, problemOf(readerIn(ctx), err)
		}
		return out, nil
	})
}

// read, write and rehearse run a handler's verb in a transaction, as whoever calls.
func (d *door) read(ctx context.Context, fn func(*store.Tx, access.Actor) error) error {
	return d.DB.Read(ctx, func(tx *store.Tx) error { return fn(tx, serve.Actor(ctx)) })
}

func (d *door) write(ctx context.Context, fn func(*store.Tx, access.Actor) error) error {
	return d.DB.Write(ctx, func(tx *store.Tx) error { return fn(tx, serve.Actor(ctx)) })
}

func (d *door) rehearse(ctx context.Context, fn func(*store.Tx, access.Actor) error) error {
	return d.DB.Rehearse(ctx, func(tx *store.Tx) error { return fn(tx, serve.Actor(ctx)) })
}

// shown is an answer with a body; edited one that can be changed if it is still at ETag; created
// One that has an address of its own.
type shown[T any] struct{ Body T }

type edited[T any] struct {
	ETag string `header:"ETag" doc:"Version att skicka i If-Match. / Version to send in If-Match."`
	Body T
}

type created[T any] struct {
	Location string `header:"Location" doc:"Adress till det som skapades. / Address of what was created."`
	ETag     string `header:"ETag" doc:"Version att skicka i If-Match. / Version to send in If-Match."`
	Body     T
}

// nothing is an answer without a body (204).
type nothing struct{}

var errUndescribed = errors.New("api: an operation is not described")
