package web

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/emersion/go-message/mail"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/post"
	"samverkan/internal/seal"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

func base64Of(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// outRow is a letter, written or not, as the outbox shows it.
type outRow struct {
	Way
	ID        string // empty: not written yet
	Kind      post.Kind
	Subject   string
	Link      string // what the subject leads to; empty: nothing
	Recipient string
	At        time.Time // when it leaves, or when its way ended
	Again     bool      // can be written once more
	Deal      bool      // is in trouble, and the reader's to deal with
	Dealt     lang.Sentence

	owing *secretariat.Owing // not looked at yet
}

type outboxView struct {
	Page
	Held      *post.SendingHold
	State     string // the filter
	Filters   []chosenOption
	Next      []outRow
	NextTotal int
	Rows      []outRow // of the filter; without one, the last that left
	Total     int
	Number    int
	Pages     int
	Troubled  int
}

// chosenOption is one line of a select.
type chosenOption struct {
	Value  string
	Text   lang.Sentence
	Chosen bool
}

const (
	lettersPerPage = 50
	nextShown      = 20 // of what leaves next, on the first page
)

// outbox shows what leaves next and what left last, or the letters of one state.
func (w *Web) outbox(c *gin.Context) error {
	number, err := strconv.Atoi(c.DefaultQuery("page", "1"))
	if err != nil || number < 1 || number > 10_000 {
		return fault.On("page", "Sidan finns inte.")
	}
	view := outboxView{Page: w.frameOf(c, "outbox", "Utkorgen"), Number: number, State: c.Query("state")}
	if view.Filters = filters(view.State); !slices.ContainsFunc(view.Filters, func(o chosenOption) bool { return o.Chosen }) {
		return fault.On("state", "Välj ett av alternativen.")
	}
	if err := w.read(c, func(tx *store.Tx) error { return w.fillOutbox(tx, actor(c), &view) }); err != nil {
		return err
	}
	view.Pages = max(1, (view.Total+lettersPerPage-1)/lettersPerPage)
	return w.show(c, http.StatusOK, "outbox", view)
}

func filters(chosen string) (all []chosenOption) {
	for _, f := range filterWords {
		all = append(all, chosenOption{f.Value, lang.Say(f.Text), f.Value == chosen})
	}
	for _, s := range post.States {
		all = append(all, chosenOption{string(s), lang.Say(stateWords[s]), string(s) == chosen})
	}
	return all
}

func (w *Web) fillOutbox(tx *store.Tx, by access.Actor, view *outboxView) error {
	sees, err := w.sightOf(tx, view.Lang)
	if err != nil {
		return err
	}
	view.Held = sees.held
	troubled, err := post.Troubled(tx, by)
	if err != nil {
		return err
	}
	view.Troubled = int(troubled)
	offset := (view.Number - 1) * lettersPerPage
	switch view.State {
	case "":
		if view.Number == 1 {
			if view.Next, view.NextTotal, err = w.comingRows(tx, by, sees, true, true, nextShown, 0); err != nil {
				return err
			}
		}
		view.Rows, view.Total, err = w.letterRows(tx, by, sees, post.Gone, lettersPerPage, offset)
	case string(post.Next):
		view.Rows, view.Total, err = w.comingRows(tx, by, sees, true, true, lettersPerPage, offset)
	case owedFilter:
		view.Rows, view.Total, err = w.comingRows(tx, by, sees, true, false, lettersPerPage, offset)
	case heldFilter:
		if sees.held != nil {
			view.Rows, view.Total, err = w.comingRows(tx, by, sees, false, true, lettersPerPage, offset)
		}
	default:
		view.Rows, view.Total, err = w.letterRows(tx, by, sees, post.Selection(view.State), lettersPerPage, offset)
	}
	return err
}

// sightOf gives what letters are seen by now.
func (w *Web) sightOf(tx *store.Tx, l lang.Language) (s sight, err error) {
	s = sight{lang: l, now: tx.Now, zone: w.Office.Zone, most: w.PerMinute}
	if s.held, err = post.SendingHeld(tx); err != nil {
		return s, err
	}
	s.paces, err = post.Paces(tx)
	return s, err
}

// comingRows gives what leaves next: letters that are owed and those that are written, by when they leave.
func (w *Web) comingRows(tx *store.Tx, by access.Actor, s sight, owed, written bool, limit, offset int) (rows []outRow, total int, err error) {
	if owed {
		all, n, err := secretariat.AllOwing(tx, by, offset+limit)
		if err != nil {
			return nil, 0, err
		}
		total = int(n)
		for n := range all {
			rows = append(rows, outRow{At: all[n].From, owing: &all[n]})
		}
	}
	if written {
		letters, n, err := w.letterRows(tx, by, s, post.Next, offset+limit, 0)
		if err != nil {
			return nil, 0, err
		}
		rows, total = append(letters, rows...), total+n
	}
	slices.SortStableFunc(rows, func(a, b outRow) int { return a.At.Compare(b.At) })
	rows = rows[min(offset, len(rows)):min(offset+limit, len(rows))]
	for n := range rows {
		if err := rows[n].look(tx, by, s); err != nil {
			return nil, 0, err
		}
	}
	return rows, total, nil
}

// look finds out what an unwritten letter would be: only for the rows that are shown.
func (r *outRow) look(tx *store.Tx, by access.Actor, s sight) error {
	if r.owing == nil {
		return nil
	}
	if err := secretariat.Look(tx, by, r.owing); err != nil {
		return err
	}
	r.Way, r.Kind, r.Subject, r.Recipient = s.owing(*r.owing), r.owing.Kind, r.owing.Title, r.owing.Recipient
	if r.owing.MeetingID != uuid.Nil {
		r.Link = "/meetings/" + r.owing.MeetingID.String()
	}
	return nil
}

// letterRows gives the written letters of a selection.
func (w *Web) letterRows(tx *store.Tx, by access.Actor, s sight, which post.Selection, limit, offset int) ([]outRow, int, error) {
	letters, total, err := post.Select(tx, by, which, limit, offset)
	if err != nil {
		return nil, 0, err
	}
	again, err := post.SendableAgain(tx, by, letters)
	if err != nil {
		return nil, 0, err
	}
	troubled, err := post.TroubledAmong(tx, by, letters)
	if err != nil {
		return nil, 0, err
	}
	dealt, err := post.Dealings(tx, letters)
	if err != nil {
		return nil, 0, err
	}
	rows := make([]outRow, len(letters))
	for n, l := range letters {
		r := outRow{Way: s.way(l), ID: l.ID.String(), Kind: l.Kind, Subject: l.Subject, Recipient: l.Recipient, At: l.NotBefore, Again: again[l.ID], Deal: troubled[l.ID]}
		if by.Is(access.Coordinator) {
			r.Link = "/outbox/" + r.ID
		}
		if l.SettledAt != nil {
			r.At = *l.SettledAt
		}
		if d, done := dealt[l.ID]; done {
			r.Dealt, r.Do = s.dealt(d), lang.Sentence{}
		}
		if !r.Deal && !r.Again {
			r.Do = lang.Sentence{}
		}
		rows[n] = r
	}
	return rows, int(total), nil
}

// dealWith records that the reader has taken care of a letter that did not arrive.
func (w *Web) dealWith(c *gin.Context) error {
	letterID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return post.Deal(tx, actor(c), letterID) }); err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Brevet är markerat som klart.")
	return w.goTo(c, "/outbox?state=trouble")
}

type letterView struct {
	Page
	Letter   *post.Letter
	Way      Way
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
		if view.Letter, data, err = post.Read(tx, actor(c), w.Office.Key, letterID); err != nil {
			return err
		}
		sees, err := w.sightOf(tx, view.Lang)
		view.Way = sees.way(*view.Letter)
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
