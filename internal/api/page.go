package api

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/store"
)

// Paging says which part of a list is asked for (FNS.07, FNS.08, FNS.09).
type Paging struct {
	Limit int `query:"limit" default:"20" minimum:"1" maximum:"200" doc:"Högsta antal i svaret. / Most items in the answer."`
	Page  int `query:"page" default:"1" minimum:"1" maximum:"100000" doc:"Sida, från 1. / Page, from 1."`
}

func (p Paging) offset() int { return (p.Page - 1) * p.Limit }

// of says how many there are in all, and which part was asked for.
func (p Paging) of(total int64) Extent { return Extent{total, p.Limit, p.Page} }

// Extent stands in every list.
type Extent struct {
	Total int64 `json:"total" example:"43" doc:"Antal på alla sidor. / Number on all pages."`
	Limit int   `json:"limit" example:"20"`
	Page  int   `json:"page" example:"1"`
}

// part cuts a list that its room gives whole, and shows each thing in it.
func part[T, S any](p Paging, all []T, show func(T) S) []S {
	from := min(p.offset(), len(all))
	return each(all[from:min(from+p.Limit, len(all))], show)
}

// each shows each thing in a list. A list that is empty is [], never null.
func each[T, S any](all []T, show func(T) S) []S {
	shown := make([]S, len(all))
	for i, one := range all {
		shown[i] = show(one)
	}
	return shown
}

// etag is a version as RFC 9110 §8.8.3 writes it.
func etag(version int64) string { return strconv.Quote(strconv.FormatInt(version, 10)) }

// mustMatch refuses unless header, an If-Match, names version: 428 when there is none, 412 when it
// names another.
func mustMatch(header string, version int64) error {
	if header == "" {
		return errUnconditional()
	}
	return mayMatch(header, version)
}

// mayMatch is mustMatch for calls that take a condition and need none.
func mayMatch(header string, version int64) error {
	if header == "" {
		return nil
	}
	for tag := range strings.SplitSeq(header, ",") {
		if tag = strings.TrimSpace(tag); tag == "*" || tag == etag(version) { // a weak tag never matches
			return nil
		}
	}
	return errChanged()
}

// day is a local date, 2027-01-21.
type day string

// Schema describes a day.
func (day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2027-01-21"}, Description: "Lokalt datum. / Local date."}
}

func (d day) read(field string) (almanac.Date, error) {
	if d == "" {
		return almanac.Date{}, fault.On(field, "Fyll i det här fältet.")
	}
	return d.readAny(field)
}

func dayOf(d almanac.Date) day { return day(d.String()) }

// readAny reads a day that may be left out.
func (d day) readAny(field string) (almanac.Date, error) {
	var date almanac.Date
	return date, fault.At(field, date.UnmarshalText([]byte(d)))
}

// hour is a time as clocks on the wall show it, 13:00.
type hour string

// hourPattern is the one form of an hour.
const hourPattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"

// Schema describes an hour.
func (hour) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: hourPattern,
		Examples: []any{"13:00"}, Description: "Lokalt klockslag. / Local time of day."}
}

func hourOf(c almanac.Clock) hour { return hour(c.String()) }

func (h hour) read(field string) (almanac.Clock, error) {
	if h == "" {
		return 0, fault.On(field, "Fyll i det här fältet.")
	}
	var clock almanac.Clock
	return clock, fault.At(field, clock.UnmarshalText([]byte(h)))
}

// utc is an instant as DOT.01 asks; nil for none.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

// findForum finds a forum by its id or by the id that an imported plan gave it.
func findForum(tx *store.Tx, by access.Actor, text string) (*forum.Forum, error) {
	if id, err := uuid.Parse(text); err == nil {
		return forum.Find(tx, by, id)
	}
	if text == "" || len(text) > 200 || strings.ContainsFunc(text, unicode.IsControl) || strings.ToValidUTF8(text, "") != text {
		return nil, fault.Missing() // what no database keeps is asked of none
	}
	return forum.ByExternalID(tx, by, text)
}

// known refuses with a fault on field when id is given and not among list.
func known[T any](field, refusal string, id *uuid.UUID, list []T, idOf func(T) uuid.UUID) error {
	if id == nil {
		return nil
	}
	for _, one := range list {
		if idOf(one) == *id {
			return nil
		}
	}
	return fault.On(field, refusal)
}
