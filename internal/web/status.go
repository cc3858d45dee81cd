package web

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"samverkan/internal/lang"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Health is what the program knows of itself. What /readyz and /metrics tell is read by the same functions.
type Health struct {
	Now        time.Time
	Database   error // nil: it answers
	Schema     error // nil: it is this program's
	SchemaNo   int64
	Postgres   bool
	Jobs       error         // nil: they are worked
	ClockAhead time.Duration // of the machine before the database
	Key        error         // nil: the key file is there and is the database's
	Backup     *time.Time    // the last that this program made; nil: none is known
	CertDays   *int          // left of the certificate; nil: a proxy speaks TLS, or nobody
	DiskFree   uint64        // octets, of the data folder
	DiskTotal  uint64        // zero: not known

	Out     post.Outgoing
	SMTP    string        // where letters are handed over; empty: they are kept as files
	IMAP    string        // where answers come in; empty: they are not read
	Mailbox *post.Mailbox // nil: it was never read
	Parked  post.Occupied
}

// statusRow is one thing that works or does not, in words, and what to do.
type statusRow struct {
	Name  lang.Sentence
	Tag   string // class of the tag
	Word  lang.Sentence
	Facts []lang.Sentence
	List  string // the letters that a fact counts; empty: it counts none
	Words string // somebody else's; empty: none
	Do    lang.Sentence
	Link  string // where to do it; empty: nowhere here
}

// step is one part of a test letter's way.
type step struct {
	Tag   string
	Word  lang.Sentence
	Text  lang.Sentence
	Words string
	Do    lang.Sentence
}

type statusView struct {
	Page
	Rows  []statusRow
	Trial lang.Sentence // what the test does
	Steps []step        // of the reader's last test letter; none: it was never tried
}

// status shows what works and what does not, to whoever runs the service.
func (w *Web) status(c *gin.Context) error {
	view := statusView{Page: w.frameOf(c, "status", "Driftläge")}
	health, err := w.Health(c.Request.Context())
	if err != nil {
		return err
	}
	view.Trial = trialWords(health, actor(c).Email)
	if err := w.read(c, func(tx *store.Tx) error {
		sees, err := w.sightOf(tx, view.Lang)
		if err != nil {
			return err
		}
		view.Rows = w.statusRows(health, sees)
		trial, err := post.LastTrial(tx, actor(c).By())
		if err != nil || trial == nil {
			return err
		}
		view.Steps = w.steps(health, sees, trial)
		return nil
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "status", view)
}

// trialWords says what a test letter proves here.
func trialWords(h Health, email string) lang.Sentence {
	switch {
	case h.SMTP == "":
		return lang.Say("Ett provbrev till %s skrivs och sparas som en fil. Det skickas inte.", email)
	case h.IMAP == "":
		return lang.Say("Ett provbrev går till %s. Svar med e-post läses inte.", email)
	}
	return lang.Say("Ett provbrev går till %s. Svara på det, så syns här om svaret kommer in.", email)
}

// tryMail sends whoever asks a test letter.
func (w *Web) tryMail(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.TestMail(tx, actor(c), w.Office, actor(c).Email)
		return err
	}); err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Provbrevet är skrivet. Läs in sidan igen om en stund, så ser du hur det går.")
	return w.goTo(c, "/status#trial")
}

// HealthOf gives the facts; the program sets it.
type HealthOf func(context.Context) (Health, error)
