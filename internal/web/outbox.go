package web

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"

	gomail "github.com/emersion/go-message/mail"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func base64Of(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

type outboxView struct {
	Page
	Letters []post.Letter
	Total   int64
	Number  int
	Pages   int
	Held    *post.SendingHold
	Reads   bool               // may open letters
	Again   map[uuid.UUID]bool // can be written once more
	Zone    *time.Location
	Folder  string
}

const lettersPerPage = 50

func (w *Web) outbox(c *gin.Context) error {
	number, err := strconv.Atoi(c.DefaultQuery("page", "1"))
	if err != nil || number < 1 || number > 1_000_000 {
		return fault.On("page", "Sidan finns inte.")
	}
	view := outboxView{Page: w.frameOf(c, "outbox", "Utkorgen"), Number: number, Zone: w.Office.Zone, Reads: actor(c).Is(access.Coordinator)}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		if view.Held, err = post.SendingHeld(tx); err != nil {
			return err
		}
		if view.Letters, view.Total, err = post.List(tx, actor(c), lettersPerPage, (number-1)*lettersPerPage); err != nil || !view.Reads {
			return err
		}
		view.Again, err = post.SendableAgain(tx, view.Letters)
		return err
	}); err != nil {
		return err
	}
	view.Pages = max(1, (int(view.Total)+lettersPerPage-1)/lettersPerPage)
	return w.show(c, http.StatusOK, "outbox", view)
}

type letterView struct {
	Page
	Letter   *post.Letter
	Text     string
	Calendar string
	Gone     bool // the bytes were dropped
	Personal bool // nobody but the recipient reads it
	Zone     *time.Location
}

// letter shows what a letter says. Reading one is logged, so it is done in a writing transaction.
func (w *Web) letter(c *gin.Context) error {
	letterID, err := id(c, "id")
	if err != nil {
		return err
	}
	view := letterView{Page: w.frameOf(c, "outbox", "Brev"), Zone: w.Office.Zone}
	var data []byte
	if err := w.write(c, func(tx *store.Tx) (err error) {
		view.Letter, data, err = post.Read(tx, actor(c), w.Office.Key, letterID)
		return err
	}); err != nil {
		return err
	}
	view.Personal = view.Letter.Kind.Personal()
	if view.Gone = data == nil; !view.Gone {
		if view.Text, view.Calendar, err = readLetter(data); err != nil {
			return err
		}
	}
	return w.show(c, http.StatusOK, "letter", view)
}

// unfold puts the lines of a calendar together again (RFC 5545 §3.1): a folded token would not be
// known for one.
var unfold = strings.NewReplacer("\r\n ", "", "\r\n\t", "")

// readLetter takes the words and the calendar part out of a finished letter of ours, without its
// tokens: they are the recipient's alone.
func readLetter(data []byte) (text, calendar string, err error) {
	reader, err := gomail.CreateReader(bytes.NewReader(data))
	if err != nil {
		return "", "", err
	}
	defer reader.Close()
	for {
		part, err := reader.NextPart()
		if err != nil { // io.EOF, or a part that we did not write
			return text, calendar, nil
		}
		header, inline := part.Header.(*gomail.InlineHeader)
		if !inline {
			continue
		}
		kind, _, err := header.ContentType()
		if err != nil {
			return "", "", err
		}
		var body bytes.Buffer
		if _, err := body.ReadFrom(part.Body); err != nil {
			return "", "", err
		}
		switch kind {
		case "text/plain":
			text = seal.Mask(body.String())
		case "text/calendar":
			calendar = seal.Mask(unfold.Replace(body.String()))
		}
	}
}

func (w *Web) releaseSending(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return post.ReleaseSending(tx, actor(c)) }); err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Breven skickas nu.")
	return w.goTo(c, "/outbox")
}

func (w *Web) sendAgain(c *gin.Context) error {
	letterID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return secretariat.SendAgain(tx, actor(c), w.Office, letterID) }); err != nil {
		return err
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Brevet skickas igen.")
	return w.goTo(c, "/outbox")
}
