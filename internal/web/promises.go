package web

import (
	"bytes"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/followup"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// Promise is one forum's row, with what is told of it further down.
type Promise struct {
	followup.Standing
	Number     int // in the wheel
	MayExplain bool
	Presences  []followup.Presence
}

// Happening is a line of the list of months.
type Happening struct {
	followup.Entry
	Forum  string
	Number int
}

// HappeningMonth is a month of the list.
type HappeningMonth struct {
	Month      int
	Happenings []Happening
}

// SignCount is a line of the wheel's legend.
type SignCount struct {
	Sign  followup.Sign
	Count int
}

type promisesView struct {
	Page
	Year, Before, After string
	Promises            []Promise
	Chart               followup.Chart
	Signs               []SignCount
	Months              []HappeningMonth
	Sign                followup.Sign // the one that the list of months shows alone; empty: all
	Missing             bool          // something is told below the wheel
	Attended            bool
	Form                url.Values // as typed, of the explanation that was refused
	Refused             string     // the forum and day of it
	NotesWithin         int
}

// yearAsked reads the year of a page's address, this year's when there is none.
func (w *Web) yearAsked(c *gin.Context) (int, error) {
	asked := c.Query("year")
	if asked == "" {
		return w.today().Year, nil
	}
	year, err := strconv.Atoi(asked)
	if err != nil || year < 2000 || year > 2100 {
		return 0, fault.On("year", "Välj ett år mellan 2000 och 2100.")
	}
	return year, nil
}

func (w *Web) promises(c *gin.Context) error {
	year, err := w.yearAsked(c)
	if err != nil {
		return err
	}
	sign := followup.Sign(c.Query("sign"))
	if sign != "" && !slices.Contains(followup.Signs, sign) {
		return fault.Missing()
	}
	return w.showPromises(c, year, nil, promisesView{Sign: sign})
}

// showPromises shows a year, after a refusal with what was typed.
func (w *Web) showPromises(c *gin.Context, year int, refused error, view promisesView) error {
	view.Page, view.NotesWithin = w.frameOf(c, "promises", "Håller vi det vi lovat? %s", strconv.Itoa(year)), followup.NotesWithin
	view.Year, view.Before, view.After = strconv.Itoa(year), strconv.Itoa(year-1), strconv.Itoa(year+1)
	if err := w.read(c, func(tx *store.Tx) error { return view.fill(tx, actor(c), w.Office.Zone, year) }); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "promises", func() any { return view })
	}
	return w.show(c, http.StatusOK, "promises", view)
}

func (v *promisesView) fill(tx *store.Tx, a access.Actor, zone *time.Location, year int) error {
	all, err := followup.Statuses(tx, a, zone, year)
	if err != nil {
		return err
	}
	presences, err := followup.Presences(tx, a, year)
	if err != nil {
		return err
	}
	v.Promises = nil
	for n, s := range all {
		p := Promise{Standing: s, Number: n + 1, Presences: presences[s.Forum.ID]}
		p.MayExplain = a.Is(access.Coordinator) && s.Missed > 0 && a.MayConvene(tx, s.Forum.ID) == nil
		v.Missing = v.Missing || len(s.Gaps) > 0
		v.Attended = v.Attended || len(p.Presences) > 0
		v.Promises = append(v.Promises, p)
	}
	today := almanac.DateOf(tx.Now, zone)
	entries := followup.Calendar(all, today)
	v.Chart = followup.Draw(all, entries, year, today, v.Lang)
	v.legend(entries)
	v.list(all, entries)
	return nil
}

func (v *promisesView) legend(entries []followup.Entry) {
	tally := followup.Tally(entries)
	v.Signs = nil
	for _, sign := range followup.Signs {
		v.Signs = append(v.Signs, SignCount{sign, tally[sign]})
	}
}

func (v *promisesView) list(all []followup.Standing, entries []followup.Entry) {
	v.Months = nil
	for _, e := range entries {
		if v.Sign != "" && e.Sign != v.Sign {
			continue
		}
		month := int(e.Date.Month)
		if n := len(v.Months); n == 0 || v.Months[n-1].Month != month {
			v.Months = append(v.Months, HappeningMonth{Month: month})
		}
		last := &v.Months[len(v.Months)-1]
		last.Happenings = append(last.Happenings, Happening{e, all[e.Standing].Forum.Name, e.Standing + 1})
	}
}

// explain keeps why a meeting did not come about.
func (w *Web) explain(c *gin.Context) error {
	forumID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "year", "deadline", "text")
	if err != nil {
		return err
	}
	year, _ := strconv.Atoi(f.Get("year")) // no number is no year that we know
	var deadline almanac.Date
	if deadline.UnmarshalText([]byte(f.Get("deadline"))) != nil {
		deadline = almanac.Date{} // no day is no meeting's last one
	}
	err = w.write(c, func(tx *store.Tx) error {
		return followup.Explain(tx, actor(c), w.Office.Zone, forumID, year, deadline, f.Get("text"))
	})
	if kind := fault.KindOf(err); err != nil && (kind == fault.Conflict || kind == fault.Invalid) {
		if year < 2000 || year > 2100 {
			year = w.today().Year
		}
		return w.showPromises(c, year, err, promisesView{Form: f, Refused: forumID.String() + " " + f.Get("deadline")})
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Förklaringen är sparad.")
	return w.goTo(c, "/promises?year="+f.Get("year")+"#f-"+forumID.String())
}

// promisesTable gives the table as a file.
func (w *Web) promisesTable(c *gin.Context) error {
	year, err := w.yearAsked(c)
	if err != nil {
		return err
	}
	var all []followup.Standing
	if err := w.read(c, func(tx *store.Tx) (err error) {
		all, err = followup.Statuses(tx, actor(c), w.Office.Zone, year)
		return err
	}); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := writePromises(&out, all, language(c)); err != nil {
		return err
	}
	serve.Attachment(c, "loften-"+strconv.Itoa(year)+".csv", "text/csv; charset=utf-8", out.Bytes())
	return nil
}

// writePromises writes standings as a table for a spreadsheet.
func writePromises(w io.Writer, all []followup.Standing, l lang.Language) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // by which Excel knows UTF-8
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';' // which Excel in Sweden expects
	head := []string{l.Text("Forum"), l.Text("Planen säger"), l.Text("Så räknar vi"), l.Text("Hållna"), l.Text("Planerade"), l.Text("Inte bokförda"), l.Text("Inställda"), l.Text("Väntas"),
		l.Text("Saknas"), l.Text("Blev inte av"), l.Text("Läge"), l.Text("Skäl"), l.Text("Senast"), l.Text("I årets slut"), l.Text("Anteckningar i tid"), l.Text("Anteckningar att vänta")}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, s := range all {
		by := ""
		if !s.Deadline.IsZero() {
			by = s.Deadline.String()
		}
		cells := []string{s.Forum.Name, s.Forum.Cadence.Text, s.Forum.Promise().In(l)}
		for _, n := range []int{s.Held, s.Planned, s.Unrecorded, s.Cancelled, s.Awaited, s.Lacking - s.Awaited, s.Missed} {
			cells = append(cells, strconv.Itoa(n))
		}
		cells = append(cells, s.Words().In(l), s.Reason().In(l), by, s.Forecast().In(l), strconv.Itoa(s.Notes.InTime), strconv.Itoa(s.Notes.Due()))
		for n := range cells {
			cells[n] = access.InCell(cells[n])
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// countFor lets a meeting count for a second forum.
func (w *Web) countFor(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version", "countsForId")
	if err != nil {
		return err
	}
	version := versionOf(f)
	second := optionalID(f.Get("countsForId"))
	if f.Get("countsForId") != "" && second == nil {
		second = &uuid.Nil
	}
	return w.onMeeting(c, "Valet är sparat. Inget skickas.", "", func(tx *store.Tx, _ uuid.UUID) error {
		_, err := meeting.CountFor(tx, actor(c), meetingID, version, second)
		return err
	})
}
