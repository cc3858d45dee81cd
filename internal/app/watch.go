package app

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/post"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// watch adds what those who run the service look at.
func (a *App) watch() {
	plain := func(c *gin.Context, err error) { c.String(serve.Status(err), "no\n") }
	a.Frame.Route(http.MethodGet, "/healthz", serve.Anyone, plain, func(c *gin.Context) error {
		c.String(http.StatusOK, "ok\n")
		return nil
	})
	a.Frame.Route(http.MethodGet, "/readyz", serve.Anyone, plain, a.ready)
	a.Frame.Metrics.Registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "samverkan_letters_oldest_unsent_seconds", Help: "Age of the oldest letter that is due and not sent.",
	}, a.oldestUnsent))
	shown := promhttp.HandlerFor(a.Frame.Metrics.Registry, promhttp.HandlerOpts{})
	a.Frame.Route(http.MethodGet, "/metrics", serve.Anyone, plain, func(c *gin.Context) error {
		if err := a.mayWatch(c); err != nil {
			return err
		}
		shown.ServeHTTP(c.Writer, c.Request)
		return nil
	})
}

// mayWatch lets in an administrator's API token, and nobody else: figures tell when a group is at work.
func (a *App) mayWatch(c *gin.Context) error {
	token, isBearer := serve.Bearer(c.Request)
	if !isBearer {
		return fault.Missing()
	}
	return a.DB.Read(c.Request.Context(), func(tx *store.Tx) error {
		by, err := access.ByAPIToken(tx, token)
		if err != nil {
			return err
		}
		return by.Require(access.Administrator)
	})
}

// ready tells whether requests can be answered: database, schema, jobs and mail.
func (a *App) ready(c *gin.Context) error {
	checks := gin.H{"database": "ok", "schema": "ok", "jobs": "ok"}
	status := http.StatusOK
	note := func(name string, err error) {
		if err != nil {
			a.log.Warn("not ready", "check", name, "error", err)
			checks[name], status = "failing", http.StatusServiceUnavailable
		}
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), lookLimit)
	defer cancel()
	found := a.check(ctx)
	note("database", found.database)
	note("schema", found.schema)
	note("jobs", found.jobs)
	checks["mail"] = a.mailState(ctx)
	if a.certificate != nil {
		checks["certificate"] = a.certificateState()
	}
	c.JSON(status, checks)
	return nil
}

// mailState says how letters leave. Pages work all the same.
func (a *App) mailState(ctx context.Context) string {
	if a.Sender.Filing {
		return "not set: letters are kept as files"
	}
	var unreached *time.Time
	if err := a.DB.Read(ctx, func(tx *store.Tx) (err error) {
		unreached, err = post.Unreached(tx)
		return err
	}); err == nil && unreached != nil {
		return "the mail server takes no letters"
	}
	if a.oldestUnsent() > (10 * time.Minute).Seconds() {
		return "letters have waited for more than 10 minutes"
	}
	return "ok"
}

// renewalDays are those in which a certificate that renews itself would have done so.
const renewalDays = 14

// certificateState says when the certificate must be renewed. Pages work until it has run out.
func (a *App) certificateState() string {
	switch days := a.certificate.Days(); {
	case days < 0:
		return "has run out"
	case days < renewalDays:
		a.log.Warn("the certificate must be renewed", "days", days)
		return fmt.Sprintf("runs out in %d days", days)
	}
	return "ok"
}

// oldestUnsent is in seconds; zero when nothing waits, and when the database does not answer.
func (a *App) oldestUnsent() float64 {
	ctx, cancel := context.WithTimeout(context.Background(), lookLimit)
	defer cancel()
	age := 0.0
	_ = a.DB.Read(ctx, func(tx *store.Tx) error {
		oldest, err := post.OldestUnsent(tx)
		if err == nil && oldest != nil {
			age = tx.Now.Sub(*oldest).Seconds()
		}
		return err
	})
	return age
}
