// Package app puts the house together: settings, database, key, doors, jobs and the sender. What
// main runs is Run, and so do the tests.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "time/tzdata" // a bare container has no zones of its own

	"samverkan/internal/access"
	"samverkan/internal/api"
	"samverkan/internal/config"
	"samverkan/internal/feed"
	"samverkan/internal/inbox"
	"samverkan/internal/jobs"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
	"samverkan/internal/web"
	"samverkan/internal/work"
)

// App is the product, put together and not yet running.
type App struct {
	Config  config.Config
	DB      *store.DB
	Office  secretariat.Office
	Sender  *post.Sender
	Inbox   *inbox.Poller // nil: no mailbox is set
	Handler http.Handler
	Frame   *serve.Frame

	jobs        *jobs.Client
	smtp        string             // where letters are handed over; empty: kept as files
	certificate *serve.Certificate // nil: plain HTTP, behind a proxy
	log         *slog.Logger
}

// New opens everything that the settings name, migrates the database and puts the doors in. now is
// the clock; nil is the machine's.
func New(ctx context.Context, c config.Config, version string, log *slog.Logger, now func() time.Time) (a *App, err error) {
	a = &App{Config: c, log: slog.New(Discreet(log.Handler()))}
	if a.DB, err = openDatabase(ctx, c, now); err != nil {
		return nil, err
	}
	if err := a.furnish(ctx, version); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// furnish puts everything into the house that stands on its database.
func (a *App) furnish(ctx context.Context, version string) (err error) {
	c, log := a.Config, a.log // not the one that New was given: nothing is written past Discreet
	if a.Office, err = officeOf(c); err != nil {
		return err
	}
	if err = a.openCertificate(); err != nil {
		return err
	}
	if err = a.DB.Write(ctx, func(tx *store.Tx) error { return access.CheckKey(tx, a.Office.Key) }); err != nil {
		return err
	}
	tokens := tokensOf(c)
	dialer, filing, err := dialer(c, tokens)
	if err != nil {
		return err
	}
	if server, ok := dialer.(*mail.SMTP); ok {
		a.smtp = server.String()
	}
	a.Sender = &post.Sender{DB: a.DB, Key: a.Office.Key, Mail: dialer, Filing: filing, Entitled: secretariat.Entitled, PerMinute: c.MailPerMinute, Log: log,
		Owed: func(ctx context.Context) error { return secretariat.WriteAllOwed(ctx, a.DB, a.Office) }}
	desk := work.Desk{DB: a.DB, Office: a.Office, Sender: a.Sender, Log: log}
	if a.Inbox, err = mailbox(c, tokens, a.DB, a.Office, log); err != nil {
		return err
	}
	if a.Inbox != nil {
		desk.Poll = a.Inbox.Poll
	}
	if a.jobs, err = jobs.Open(a.DB, jobs.Options{Workers: work.Workers(desk), Periodic: rota(a.Inbox != nil), Log: quieter(log)}); err != nil {
		return err
	}
	return a.doors(version, filing)
}

// officeOf gives what letters are written with, and makes the key when there is none yet.
func officeOf(c config.Config) (secretariat.Office, error) {
	key, err := seal.Load(filepath.Join(c.DataDir, "samverkan.key"))
	if err != nil {
		return secretariat.Office{}, err
	}
	signer, err := c.DKIM()
	return secretariat.Office{Key: key, BaseURL: c.BaseURL, From: c.MailFrom, Zone: c.Zone, Plain: !c.PlusAddresses, Reads: c.IMAPURL != "", Delay: c.SendDelay, OpenEvery: c.OpenEvery, HalfYears: c.HalfYears, DKIM: signer}, err
}

// mailbox gives what reads the service's mailbox, nil when none is set.
func mailbox(c config.Config, token tokens, db *store.DB, o secretariat.Office, log *slog.Logger) (*inbox.Poller, error) {
	if c.IMAPURL == "" {
		return nil, nil
	}
	address, err := mail.ParseIMAP(c.IMAPURL, token != nil)
	return &inbox.Poller{DB: db, Office: o, Server: &inbox.Server{IMAP: address, Token: token}, Authserv: c.AuthservID, Log: log}, err
}

// openCertificate reads the certificate when there is one, and warns when browsers would refuse it.
func (a *App) openCertificate() (err error) {
	if !a.Config.TLS() {
		return nil
	}
	if a.certificate, err = serve.OpenCertificate(a.Config.TLSCertFile, a.Config.TLSKeyFile, a.log, a.DB.Now); err != nil {
		return err
	}
	base, err := url.Parse(a.Config.BaseURL)
	if err != nil {
		return err
	}
	if err := a.certificate.Covers(base.Hostname()); err != nil {
		a.log.Warn("browsers will refuse the certificate: it is for another host than SAMVERKAN_BASE_URL", "error", err)
	}
	return nil
}

// openDatabase opens and migrates.
func openDatabase(ctx context.Context, c config.Config, now func() time.Time) (*store.DB, error) {
	db, err := store.Open(ctx, c.DatabaseURL)
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx, jobs.Migrate(db)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if now != nil {
		db = db.At(now)
	}
	return db, nil
}

// dialer gives the mail server, or the folder that letters are kept in when none is set.
func dialer(c config.Config, token tokens) (d mail.Dialer, filing bool, err error) {
	if c.SMTPURL == "" {
		return mail.Folder{Dir: filepath.Join(c.DataDir, "outbox")}, true, nil
	}
	server, err := mail.NewSMTP(c.SMTPURL, mail.Options{Token: token, Hello: c.MailFrom[strings.LastIndexByte(c.MailFrom, '@')+1:]})
	return server, false, err
}

// quieter keeps River's own lines for when something is wrong.
func quieter(log *slog.Logger) *slog.Logger { return slog.New(atLeast{log.Handler(), slog.LevelWarn}) }

type atLeast struct {
	slog.Handler
	level slog.Level
}

// Enabled tells whether a line is worth writing.
func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

// doors hangs the doors in the frame.
func (a *App) doors(version string, filing bool) error {
	frame, err := serve.New(serve.Options{
		DB: a.DB, Log: a.log, Secure: strings.HasPrefix(a.Config.BaseURL, "https://"), Language: lang.Parse(a.Config.Lang), TrustedProxies: a.Config.TrustedProxies,
	})
	if err != nil {
		return err
	}
	a.Frame = frame
	if _, err := api.Register(frame, api.Options{DB: a.DB, Office: a.Office, Version: version, Log: a.log}); err != nil {
		return err
	}
	feed.Register(frame, feed.Options{DB: a.DB, Office: a.Office})
	if err := web.Register(frame, web.Options{DB: a.DB, Office: a.Office, Log: a.log, Version: version, Filing: filing, PerMinute: a.Config.MailPerMinute, Health: a.health, SendNow: a.Sender.Poke, API: api.NotFound}); err != nil {
		return err
	}
	a.watch()
	a.Handler, err = frame.Handler()
	return err
}

// Close gives everything back that New opened.
func (a *App) Close() error {
	var err error
	if a.jobs != nil {
		err = a.jobs.Close()
	}
	return errors.Join(err, a.DB.Close())
}

// Serve answers on l, works jobs and sends letters until ctx ends; then it lets what is under way
// end, within 15 seconds.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: a.Handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second,
		IdleTimeout: 120 * time.Second, MaxHeaderBytes: serve.MaxHeaders, ErrorLog: serverLog(a.log)}
	// River is stopped below, not by ctx: what it works is then let end, and a queue that was half
	// started when ctx ended does not run on over a closed database.
	if err := a.jobs.Start(context.WithoutCancel(ctx)); err != nil {
		return errors.Join(fmt.Errorf("the job queue: %w", err), a.stopJobs(ctx))
	}
	sending, stopSending := context.WithCancel(ctx)
	var sender sync.WaitGroup
	sender.Go(func() { a.Sender.Run(sending) })
	sender.Go(func() {
		a.DB.Watch(sending, func(err error) {
			a.log.Warn("changes of other instances are not heard; feeds ask the database", "error", err)
		})
	})
	failed := make(chan error, 1)
	go func() { failed <- a.listen(server, l) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	stopSending()
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	shut := server.Shutdown(leave)
	sender.Wait()
	return errors.Join(err, shut, a.jobs.Stop(leave))
}

// listen answers in TLS, HTTP/2 too, when there is a certificate.
func (a *App) listen(server *http.Server, l net.Listener) error {
	if a.certificate == nil {
		return server.Serve(l)
	}
	server.TLSConfig = a.certificate.Settings()
	return server.ServeTLS(l, "", "")
}

func (a *App) stopJobs(ctx context.Context) error {
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	return a.jobs.Stop(leave)
}

// SetUpLink gives the one-hour link of an empty installation; empty when somebody has an account.
func (a *App) SetUpLink(ctx context.Context) (link string, err error) {
	return link, a.DB.Write(ctx, func(tx *store.Tx) error {
		anyone, err := access.Anyone(tx)
		if err != nil || anyone {
			return err
		}
		token, err := access.NewOneTimeToken(tx, access.SetUpPurpose, nil)
		link = a.Config.BaseURL + "/setup/" + token
		return err
	})
}

// Log is where the product tells what happens in it.
func (a *App) Log() *slog.Logger { return a.log }
