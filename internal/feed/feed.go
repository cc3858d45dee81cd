// Package feed is the door for calendars: one feed at one secret address, which shows what its
// owner may see of meetings, at the level the owner chose, and nothing that names anybody. The
// same calendar is the same bytes, answered from memory.
package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/ical"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// What a feed holds: what was up to 30 days ago, what comes within 18 months, and what was called
// off, struck out for 14 days. Clients keep cancelled meetings in different ways, so they go.
const (
	daysBack      = 30
	monthsAhead   = 18
	daysCancelled = 14
)

// prefix is where feeds are.
const prefix = "/calendar/"

// Options are what feeds stand on.
type Options struct {
	DB     *store.DB
	Office secretariat.Office
}

type door struct {
	Options
	frame *serve.Frame

	memory memory

	mu    sync.Mutex
	built map[uuid.UUID]*built // by feed
}

// built is a feed as it was built once, for what key says.
type built struct {
	key      key
	home     string // name of the municipality, which is in titles
	parts    map[uuid.UUID]part
	body     []byte
	etag     []string // as a header has it
	modified time.Time

	once       sync.Once
	packed     []byte // by gzip
	packedETag []string
}

// part is what became of one meeting in a feed: as long as its mark is the same, it need neither be read
// nor be written anew.
type part struct {
	mark        meeting.Mark
	event       ical.Published
	from, until time.Time // midnights between which it is in the feed
}

// key is everything that a feed's bytes follow from, besides its own row.
type key struct {
	version int64
	today   almanac.Date
	rights  string // of the owner: a grant that ends by itself is no change that anybody counts
	skipped string // meetings that the owner is invited to: no change that anybody counts either
}

// Register adds the feeds' route to the frame.
func Register(f *serve.Frame, o Options) {
	d := &door{Options: o, frame: f, built: map[uuid.UUID]*built{}}
	f.Remember(prefix, prefix+":file", d.fromMemory)
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		f.Route(method, prefix+":file", serve.ByToken, refuse, d.fromDatabase)
	}
}

// refuse answers calendar programs: a status and a line, never a page to sign in on.
func refuse(c *gin.Context, err error) {
	text := "Kalendern kan inte hämtas just nu."
	if fault.KindOf(err) == fault.NotFound {
		text = "Kalendern finns inte."
	}
	c.String(serve.Status(err), text)
}

// fromMemory answers what the same address has asked before, when nothing has changed since.
func (d *door) fromMemory(w http.ResponseWriter, r *http.Request) (status int, done bool) {
	token, isCalendar := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, prefix), ".ics")
	a, found := d.recall(question(r, token))
	if !isCalendar || !found {
		return 0, false
	}
	d.frame.SetHeaders(w.Header())
	seen := &statusWriter{w, http.StatusOK}
	d.answer(seen, r, a)
	return seen.status, true
}

// statusWriter remembers which status was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// ReadFrom lets the connection take the body in its own way.
func (w *statusWriter) ReadFrom(r io.Reader) (int64, error) { return io.Copy(w.ResponseWriter, r) }

func (d *door) fromDatabase(c *gin.Context) error {
	token, isCalendar := strings.CutSuffix(c.Param("file"), ".ics")
	if !isCalendar {
		return fault.Missing()
	}
	a := answer{}
	a.changes, _ = d.DB.Changes() // before the rows are read: what is committed meanwhile makes it another number
	if err := d.DB.Read(c.Request.Context(), func(tx *store.Tx) (err error) {
		var owner access.Actor
		if a.feed, owner, err = access.ByFeedToken(tx, token); err != nil {
			return err
		}
		if a.built, err = d.find(tx, a.feed, owner); err != nil {
			return err
		}
		a.until, err = d.stands(tx, owner)
		return err
	}); err != nil {
		return err
	}
	d.remember(question(c.Request, token), a)
	d.answer(c.Writer, c.Request, a)
	return nil
}

// stands tells until when an answer is good though nothing is committed: to the next midnight, or
// until a right begins or ends by itself.
func (d *door) stands(tx *store.Tx, owner access.Actor) (time.Time, error) {
	until := d.midnight(almanac.DateOf(tx.Now, d.Office.Zone).AddDays(1))
	turn, err := access.RightsTurn(tx, owner)
	if turn != nil && turn.Before(until) {
		until = *turn
	}
	return until, err
}

func (d *door) answer(w http.ResponseWriter, r *http.Request, a answer) {
	body, h := a.built.body, w.Header()
	h["Content-Type"], h["Cache-Control"], h["Vary"], h["Etag"] = calendarType, askEachTime, byEncoding, a.built.etag
	if takesGzip(r) {
		if packed := a.built.compressed(); packed != nil {
			body, h["Etag"], h["Content-Encoding"] = packed, a.built.packedETag, gzipped
			if r.Header.Get("Range") == "" {
				h.Set("Content-Length", strconv.Itoa(len(body)))
			}
		}
	}
	modified := a.built.modified // which runs ahead when several changes fall in one second
	if now := d.DB.Now().Truncate(time.Second); modified.After(now) {
		modified = now // RFC 9110 §8.8.2.1: never later than the answer
	}
	// RFC 9110 §13.2.2: If-None-Match before If-Modified-Since; ServeContent does both.
	http.ServeContent(w, r, "", modified, bytes.NewReader(body))
	d.note(r, a.feed)
}

// Headers that are the same in every answer.
var (
	calendarType = []string{"text/calendar; charset=utf-8"}
	askEachTime  = []string{"private, no-cache"} // kept, but asked for each time
	byEncoding   = []string{"Accept-Encoding"}
	gzipped      = []string{"gzip"}
)

// note remembers that the feed was fetched, which the owner sees as proof that it works.
func (d *door) note(r *http.Request, feed *access.FeedSubscription) {
	if feed.LastFetchedAt != nil && d.DB.Now().Sub(*feed.LastFetchedAt) < 10*time.Minute {
		return
	}
	err := d.DB.Write(r.Context(), func(tx *store.Tx) error {
		return access.Fetched(tx, feed.ID, r.UserAgent())
	})
	if err != nil { // the calendar is answered already; that it was noted is a nicety
		d.frame.Record(r.Context(), err)
	}
}

// find gives the feed from memory, or builds it.
func (d *door) find(tx *store.Tx, feed *access.FeedSubscription, owner access.Actor) (*built, error) {
	counter, err := access.CalendarVersion(tx)
	if err != nil {
		return nil, err
	}
	skipped, err := skips(tx, feed, owner)
	if err != nil {
		return nil, err
	}
	now := key{counter.Version, almanac.DateOf(tx.Now, d.Office.Zone), owner.Rights, fmt.Sprint(skipped)}
	d.mu.Lock()
	known := d.built[feed.ID]
	d.mu.Unlock()
	if known != nil && known.key == now {
		return known, nil
	}
	fresh, err := d.build(tx, feed, owner, now, skipped, counter.ChangedAt, known)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.built[feed.ID] = fresh
	d.mu.Unlock()
	return fresh, nil
}

// skips lists the meetings that the feed leaves out.
func skips(tx *store.Tx, feed *access.FeedSubscription, owner access.Actor) ([]uuid.UUID, error) {
	if !feed.SkipsInvited {
		return nil, nil
	}
	return invite.Mailed(tx, owner)
}

func (d *door) build(tx *store.Tx, feed *access.FeedSubscription, owner access.Actor, k key, skipped []uuid.UUID, changed time.Time, former *built) (*built, error) {
	home, err := partner.Home(tx)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return nil, err
	}
	parts, err := d.parts(tx, feed, owner, home.Name, former)
	if err != nil {
		return nil, err
	}
	modified := latest(changed, feed.CreatedAt)
	calendar := ical.Calendar{Name: feed.Language.Text("Möten, %s", home.Name)}
	for id, p := range parts {
		for _, edge := range []time.Time{p.from, p.until} { // the day it came in or went out also changed the feed
			if !edge.After(tx.Now) {
				modified = latest(modified, edge)
			}
		}
		if !p.from.After(tx.Now) && p.until.After(tx.Now) && !slices.Contains(skipped, id) {
			calendar.Events = append(calendar.Events, p.event)
		}
	}
	calendar.Modified = modified
	body := ical.Feed(calendar)
	sum := sha256.Sum256(body)
	modified = modified.Truncate(time.Second)
	if feed.SkipsInvited { // who is invited changes without a time of its own: the ETag alone tells
		modified = time.Time{}
	}
	tag := hex.EncodeToString(sum[:16])
	// RFC 9110 §8.8.3: other bytes, another tag.
	return &built{key: k, home: home.Name, parts: parts, body: body, etag: []string{`"` + tag + `"`}, packedETag: []string{`"` + tag + `-gzip"`}, modified: modified}, nil
}

// parts gives what the feed says of each meeting: those that are as they were when it was built before are
// taken from there.
func (d *door) parts(tx *store.Tx, feed *access.FeedSubscription, owner access.Actor, home string, former *built) (map[uuid.UUID]part, error) {
	marks, err := meeting.Marks(tx, owner, meeting.Selection{ForumID: feed.ForumID})
	if err != nil {
		return nil, err
	}
	all, now, changed := make(map[uuid.UUID]part, len(marks)), make(map[uuid.UUID]meeting.Mark, len(marks)), []uuid.UUID{}
	for _, mark := range marks {
		now[mark.ID] = mark
		if former != nil && former.home == home {
			if p, known := former.parts[mark.ID]; known && p.mark == mark {
				all[mark.ID] = p
				continue
			}
		}
		changed = append(changed, mark.ID)
	}
	if len(changed) > mostByID {
		changed = nil // all of them
	}
	fresh, _, err := meeting.List(tx, owner, meeting.Selection{ForumID: feed.ForumID, IDs: changed})
	if err != nil {
		return nil, err
	}
	for n := range fresh {
		m := &fresh[n]
		event, err := ical.Publish(d.event(m, home, feed))
		if err != nil {
			return nil, err
		}
		all[m.ID] = part{now[m.ID], event, d.shownFrom(m), d.shownUntil(m)}
	}
	return all, nil
}

// mostByID is how many meetings are asked for one by one: a database takes only so many parameters.
const mostByID = 500

// shownFrom and shownUntil are the midnights between which a meeting is in the feed.
func (d *door) shownFrom(m *meeting.Meeting) time.Time {
	return d.midnight(m.Date.AddMonths(-monthsAhead))
}

func (d *door) shownUntil(m *meeting.Meeting) time.Time {
	until := d.midnight(m.Date.AddDays(daysBack + 1))
	if m.Cancelled() {
		dropped := d.midnight(almanac.DateOf(m.Cancellation.At, d.Office.Zone).AddDays(daysCancelled + 1))
		if dropped.Before(until) {
			return dropped
		}
	}
	return until
}

func (d *door) midnight(day almanac.Date) time.Time {
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, d.Office.Zone)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// event shows a meeting at the feed's level. The link asks for a sign-in; the feed has no names,
// no answers and no place but the outward one.
func (d *door) event(m *meeting.Meeting, home string, feed *access.FeedSubscription) ical.Event {
	shown := secretariat.Outwardly(m, home, feed.Level, feed.Language)
	e := ical.Event{
		UID: m.UID, Sequence: int(m.Sequence), Stamp: m.Stamp, Modified: m.Stamp, Start: m.StartsAt, End: m.EndsAt, Zone: m.Location(),
		Summary: shown.Title, Location: shown.Place, URL: d.Office.BaseURL + "/meetings/" + m.ID.String(), Private: true,
	}
	if m.Cancelled() {
		e.Summary, e.Cancelled, e.Free = feed.Language.Text("INSTÄLLT: %s", e.Summary), true, true
	}
	return e
}
