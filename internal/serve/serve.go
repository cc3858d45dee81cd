// Package serve is the frame that the doors hang in: one engine, the headers, limits and sessions
// that hold for every page and every call, and the rule that a route without a policy does not
// start. It knows no page.
package serve

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// Policy says who may call a route. What a verb lets them see and do comes on top.
type Policy struct {
	Name  string
	Roles []access.Role // any of them; nil: nobody needs to be signed in
}

// Policies that are not about roles.
var (
	Anyone  = Policy{Name: "anyone"}
	ByToken = Policy{Name: "whoever holds the token in the address"}
	// SignedIn is everybody with an account and a role.
	SignedIn = Policy{Name: "signed in", Roles: access.Roles}
)

// Only lets those with any of roles in. To everybody else the route is not there.
func Only(roles ...access.Role) Policy {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return Policy{Name: strings.Join(names, ", "), Roles: roles}
}

// Allow refuses an actor that the policy does not let in: with fault.Unauthorized when nobody is
// signed in, and with fault.NotFound when the actor's roles are others.
func (p Policy) Allow(a access.Actor) error {
	if p.Roles == nil {
		return nil
	}
	if !a.SignedIn() {
		return fault.New(fault.Unauthorized, "Logga in för att fortsätta.")
	}
	return a.Require(p.Roles...)
}

// Options are what the frame needs to know.
type Options struct {
	DB             *store.DB
	Log            *slog.Logger
	Secure         bool          // pages are reached by https
	Language       lang.Language // of pages before anyone has signed in
	TrustedProxies []string
}

// Frame holds the engine and the policies of its routes.
type Frame struct {
	Engine   *gin.Engine
	Sessions *scs.SessionManager
	Metrics  *Metrics

	options  Options
	policies map[string]Policy // by "METHOD path"
	anywhere []string          // patterns of net/http whose forms may come from another site
	large    map[string]int64  // octets of a body, by patterns of net/http
	roomy    http.ServeMux     // finds those patterns
	memory   *memory           // nil: nothing is answered from memory
}

// Session lengths (ASVS 7.3): after 30 idle minutes, and after 12 hours whatever happens.
const (
	IdleTime     = 30 * time.Minute
	AbsoluteTime = 12 * time.Hour
)

// New makes a frame without routes. It refuses a trusted proxy that is not an address.
func New(o Options) (*Frame, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RemoteIPHeaders = []string{forwardedFor} // gin would also believe X-Real-IP
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash, engine.RedirectFixedPath = false, false
	if err := engine.SetTrustedProxies(o.TrustedProxies); err != nil { // gin's own default believes everyone
		return nil, fmt.Errorf("TRUSTED_PROXIES: %w", err)
	}
	sessions := scs.New()
	sessions.Store, sessions.HashTokenInStore = access.Sessions{DB: o.DB, Read: holder}, true
	sessions.Lifetime = AbsoluteTime
	sessions.Cookie.Name, sessions.Cookie.HttpOnly, sessions.Cookie.SameSite, sessions.Cookie.Persist = "samverkan", true, http.SameSiteLaxMode, false
	if o.Secure {
		sessions.Cookie.Name, sessions.Cookie.Secure = "__Host-samverkan", true
	}
	sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		o.Log.Error("session", "request", RequestID(r.Context()), "error", err)
		http.Error(w, "Tjänsten svarar inte just nu. Försök igen om en stund.", http.StatusServiceUnavailable)
	}
	f := &Frame{Engine: engine, Sessions: sessions, Metrics: newMetrics(), options: o, policies: map[string]Policy{}}
	engine.Use(f.observe)
	return f, nil
}

// Handler is how a page or call is written: parse, one verb, show; a refusal is returned.
type Handler func(*gin.Context) error

// Refuse is a door's one error function: it makes a page or a problem of an error.
type Refuse func(*gin.Context, error)

// Route adds a route with its policy.
func (f *Frame) Route(method, path string, p Policy, refuse Refuse, h Handler) {
	f.Declare(method, path, p)
	if p.Name == ByToken.Name {
		h = f.limited(h)
	}
	f.Engine.Handle(method, path, func(c *gin.Context) {
		err := f.guarded(c, p, h)
		if err == nil {
			return
		}
		f.Record(c.Request.Context(), err)
		refuse(c, err)
	})
}

// Declare says the policy of a route that somebody else adds to the engine.
func (f *Frame) Declare(method, path string, p Policy) { f.policies[method+" "+path] = p }

// AnyOrigin lets a form of a pattern of net/http come from another site: one whose address is the right
// to it, and that asks no session.
func (f *Frame) AnyOrigin(pattern string) { f.anywhere = append(f.anywhere, pattern) }

// Policies gives each route's policy by "METHOD path".
func (f *Frame) Policies() map[string]Policy { return f.policies }

// guarded lets the actor in and makes a panic an error like any other.
func (f *Frame) guarded(c *gin.Context, p Policy, h Handler) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = Panicked(r)
		}
	}()
	actor, err := f.sessionActor(c.Request.Context())
	if err != nil {
		return err
	}
	SetActor(c, actor)
	if err := p.Allow(actor); err != nil {
		return err
	}
	return h(c)
}

// Record logs an error that is nobody's input, with its cause, under the request's id.
func (f *Frame) Record(ctx context.Context, err error) {
	if kind := fault.KindOf(err); kind != fault.Internal && kind != fault.Unavailable || errors.Is(err, context.Canceled) {
		return
	}
	f.options.Log.Error("request failed", "request", RequestID(ctx), "error", err)
}

// Handler gives everything as one handler. It refuses when a route has no policy, or a policy no
// route.
func (f *Frame) Handler() (http.Handler, error) {
	routes := map[string]bool{}
	var wrong []string
	for _, r := range f.Engine.Routes() {
		key := r.Method + " " + r.Path
		routes[key] = true
		if _, declared := f.policies[key]; !declared {
			wrong = append(wrong, key+" has no policy")
		}
	}
	for key := range f.policies {
		if !routes[key] {
			wrong = append(wrong, key+" has a policy and no handler")
		}
	}
	if len(wrong) > 0 {
		sort.Strings(wrong)
		return nil, errors.New("routes: " + strings.Join(wrong, "; "))
	}
	csrf := http.NewCrossOriginProtection()
	for _, pattern := range f.anywhere {
		csrf.AddInsecureBypassPattern(pattern)
	}
	csrf.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny(w, r, http.StatusForbidden, "crossOrigin", "Formuläret skickades från en annan webbplats. Öppna sidan här och gör om.")
	}))
	return f.remembered(f.identify(f.headers(f.rescue(f.limit(csrf.Handler(f.Sessions.LoadAndSave(f.Engine))))))), nil
}

type contextKey string

const (
	requestKey contextKey = "request"
	actorKey   contextKey = "actor"
	nonceKey   contextKey = "nonce"
)

// RequestID is what a person can quote and the log can be searched for.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey).(string)
	return id
}

// SetActor says who makes this request.
func SetActor(c *gin.Context, a access.Actor) {
	c.Request = c.Request.WithContext(WithActor(c.Request.Context(), a))
}

// WithActor gives a context that carries who acts.
func WithActor(ctx context.Context, a access.Actor) context.Context {
	return context.WithValue(ctx, actorKey, a)
}

// Actor is who makes the request that ctx belongs to; a guest when nobody said.
func Actor(ctx context.Context) access.Actor {
	if a, ok := ctx.Value(actorKey).(access.Actor); ok {
		return a
	}
	return access.Guest()
}

// Bearer gives the token of an Authorization header (RFC 6750 §2.1), and whether there is one.
func Bearer(r *http.Request) (token string, found bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "Bearer") && token != ""
}

// Status is the HTTP status of a fault's kind.
func Status(err error) int {
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Unauthorized:
		return http.StatusUnauthorized
	case fault.Conflict, fault.Question:
		return http.StatusConflict
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusInternalServerError
}
