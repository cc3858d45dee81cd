package ical

import (
	"bytes"
	"slices"
	"strings"
	"time"
)

// Period is a time, and nothing of what it is for.
type Period struct{ Start, End time.Time }

// File is a calendar file that somebody has exported or saved.
type File struct {
	Events []Entry  // those of a METHOD:CANCEL calendar have the status CANCELLED
	Busy   []Period // of VFREEBUSY
}

// mostSeries bounds how many recurring events a file may have: a rule that never comes true takes
// rrule-go a tenth of a second to look through.
const mostSeries = 100

// ReadFile reads a calendar file, which may hold several calendars. zone is what a time without one means
// here. It refuses with ErrTooLarge and ErrUnreadable, and never panics.
func ReadFile(data []byte, zone *time.Location) (f *File, err error) {
	defer guard(&err)
	if controlled(data) {
		return nil, ErrUnreadable
	}
	all, err := readBlocks(data, fileBounds)
	if err != nil {
		return nil, err
	}
	f = &File{}
	series := 0
	for _, cal := range all {
		zones, cancels := newZones(cal, zone), strings.EqualFold(cal.get("METHOD").value, string(Cancel))
		for _, b := range cal.parts {
			switch b.name {
			case "VEVENT":
				e := entry(b, zones)
				if cancels {
					e.Status = "CANCELLED"
				}
				if e.Rule != "" {
					series++
				}
				f.Events = append(f.Events, e)
			case "VFREEBUSY":
				f.Busy = append(f.Busy, busy(b)...)
			}
		}
	}
	if series > mostSeries {
		return nil, ErrTooLarge
	}
	if len(f.Events) == 0 && !slices.ContainsFunc(all, func(cal *block) bool {
		return slices.ContainsFunc(cal.parts, func(b *block) bool { return b.name == "VFREEBUSY" })
	}) {
		return nil, ErrUnreadable
	}
	return f, nil
}

// controlled tells a file with characters that no text has: a zip, a picture. UTF-16 has zero octets.
func controlled(data []byte) bool {
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		return false
	}
	return bytes.ContainsFunc(data, func(r rune) bool { // \v and \f stand where Outlook's notes break a line
		return r < ' ' && !strings.ContainsRune("\t\n\r\v\f", r) || r == 0x7f
	})
}

// busy reads FREEBUSY (RFC 5545 §3.8.2.6): periods in UTC, by their end or their length.
func busy(b *block) (all []Period) {
	for _, l := range b.lines {
		if l.name != "FREEBUSY" || strings.EqualFold(l.param("FBTYPE"), "FREE") {
			continue
		}
		for text := range strings.SplitSeq(l.value, ",") {
			if p, ok := period(strings.TrimSpace(text)); ok {
				all = append(all, p)
			}
		}
	}
	return all
}

func period(text string) (p Period, ok bool) {
	from, to, _ := strings.Cut(strings.ToUpper(text), "/")
	start, err := time.Parse(formUTC, from)
	if err != nil || within(&Moment{Time: start}) == nil {
		return p, false
	}
	if length, is := duration(to); is {
		return Period{start, start.Add(length)}, true
	}
	end, err := time.Parse(formUTC, to)
	return Period{start, end}, err == nil && end.After(start) && within(&Moment{Time: end}) != nil
}

// BusyTimes gives when a file says that its owner is busy within bounds, in order and joined where they meet: the
// times alone. An event that is cancelled or leaves its owner free does not count. It refuses with ErrEndless.
func (f *File) BusyTimes(zone *time.Location, within Bounds) ([]Period, error) {
	all := slices.Clone(f.Busy)
	for _, events := range ByUID(f.Events) {
		for n := range events {
			events[n].lastsADay(zone)
		}
		occurrences, err := Unfold(events, zone, within)
		if err != nil {
			return nil, err
		}
		for _, o := range occurrences {
			if !o.Cancelled && !o.Free {
				all = append(all, Period{o.Start, o.End})
			}
		}
	}
	all = slices.DeleteFunc(all, func(p Period) bool { return !p.End.After(within.From) || !p.Start.Before(within.Until) })
	return joined(all), nil
}

// lastsADay gives an all-day event without an end its end (RFC 5545 §3.6.1).
func (e *Entry) lastsADay(zone *time.Location) {
	if e.Start != nil && e.End == nil && e.Start.AllDay {
		e.End = &Moment{Time: e.Start.Time.In(zone).AddDate(0, 0, 1).UTC(), AllDay: true}
	}
}

// joined gives periods in order, those that meet or overlap as one.
func joined(all []Period) (out []Period) {
	slices.SortFunc(all, func(a, b Period) int { return a.Start.Compare(b.Start) })
	for _, p := range all {
		if n := len(out); n > 0 && !p.Start.After(out[n-1].End) {
			if p.End.After(out[n-1].End) {
				out[n-1].End = p.End
			}
			continue
		}
		out = append(out, p)
	}
	return out
}

// ByUID gives the events of each UID together, in the order in which the UIDs come; one without is by itself.
func ByUID(events []Entry) (all [][]Entry) {
	at := map[string]int{}
	for _, e := range events {
		n, known := at[e.UID]
		if !known || e.UID == "" {
			n = len(all)
			at[e.UID], all = n, append(all, nil)
		}
		all[n] = append(all[n], e)
	}
	return all
}
