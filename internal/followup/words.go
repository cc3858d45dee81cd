package followup

import (
	"fmt"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// Words says the state kindly.
func (s Status) Words() lang.Sentence {
	switch {
	case s.State == Broken && s.Missed == 1:
		return lang.Say("Ett möte blev inte av")
	case s.State == Broken:
		return lang.Say("%d möten blev inte av", s.Missed)
	case s.State == Late && s.Missed == 1:
		return lang.Say("Ett möte blev sent")
	case s.State == Late:
		return lang.Say("%d möten blev sena", s.Missed)
	case s.State == Awaited && s.Awaited == 1:
		return lang.Say("Ett möte väntas")
	case s.State == Awaited:
		return lang.Say("%d möten väntas", s.Awaited)
	case s.State == Lacking && s.Lacking == 1:
		return lang.Say("Ett möte saknas")
	case s.State == Lacking:
		return lang.Say("%d möten saknas", s.Lacking)
	case s.State == Unrecorded:
		return lang.Say("Inte bokfört")
	case s.State == Over:
		return lang.Say("Fler möten än lovat")
	case s.State == BeforeStart:
		return lang.Say("Före start")
	case s.State == Exempt:
		return lang.Say("Undantaget")
	case s.State == Unmeasured:
		return lang.Say("Mäts inte")
	}
	return lang.Say("Enligt planen")
}

// Tag is how the state stands out: ok, warn or err; empty for what is not measured. Only what was missed and
// nobody has explained is an error.
func (s Status) Tag() string {
	switch s.State {
	case Kept, Over:
		return "ok"
	case Unrecorded, Lacking, Awaited, Late:
		return "warn"
	case Broken:
		if s.Explained() {
			return "warn"
		}
		return "err"
	}
	return ""
}

// Reason says why the state is what it is, with the day by which something must happen.
func (s Status) Reason() lang.Sentence {
	switch s.State {
	case Unmeasured:
		return lang.Say("Planen säger inte hur ofta.")
	case BeforeStart:
		return lang.Say("Räknas från %s.", dated(s.from))
	case Exempt:
		return lang.Say("Inga möten är lovade de månaderna.")
	case Over:
		return lang.Say("%d möten, och högst %d är lovade. Det är inget fel.", s.Projected, s.Most)
	case Unrecorded:
		if s.Unrecorded > 1 {
			return lang.Say("%d möten har varit. Bokför dem som hållna, eller ställ in dem.", s.Unrecorded)
		}
		return lang.Say("Mötet %s har varit. Bokför det som hållet, eller ställ in det.", dated(s.waits))
	case Lacking, Awaited:
		return s.lacking()
	case Late, Broken:
		return s.missed()
	}
	switch {
	case !s.Deadline.IsZero():
		return lang.Say("Nästa möte ska vara senast %s.", dated(s.Deadline))
	case s.Planned > 0:
		return lang.Say("Det som är planerat räcker.")
	}
	return lang.Say("Inget mer behövs.")
}

// gap gives the first gap that is past, or that is not.
func (s Status) gap(past bool) Gap {
	for _, g := range s.Gaps {
		if g.Past == past {
			return g
		}
	}
	return Gap{}
}

func (s Status) lacking() lang.Sentence {
	g := s.gap(false)
	switch {
	case s.caller != "":
		return lang.Say("Väntas från %s senast %s.", s.caller, dated(g.To))
	case !g.Late.IsZero():
		return lang.Say("Mötet %s ligger för sent. Flytta det till senast %s.", dated(g.Late), dated(g.To))
	case !g.CalledOff.IsZero():
		return lang.Say("Mötet %s ställdes in. Planera ett nytt senast %s.", dated(g.CalledOff), dated(g.To))
	case g.Number > 1:
		return lang.Say("Planera %d möten till senast %s.", g.Number, dated(g.To))
	}
	return lang.Say("Planera ett möte till senast %s.", dated(g.To))
}

func (s Status) missed() lang.Sentence {
	g := s.gap(true)
	switch {
	case s.Explained():
		return lang.Say("Förklaring: %s", g.Explanation.Text)
	case !g.Late.IsZero():
		return lang.Say("Mötet %s skulle ha varit senast %s.", dated(g.Late), dated(g.To))
	case !g.CalledOff.IsZero():
		return lang.Say("Mötet %s ställdes in. Ett nytt skulle ha varit senast %s.", dated(g.CalledOff), dated(g.To))
	case !s.last.IsZero() && s.last.Before(g.From):
		return lang.Say("Inget möte sedan %s. Det skulle ha varit senast %s.", dated(s.last), dated(g.To))
	}
	return lang.Say("Det skulle ha varit senast %s.", dated(g.To))
}

// Forecast says how the period ends when what is planned is held.
func (s Status) Forecast() lang.Sentence {
	switch {
	case s.State == Unmeasured || s.State == BeforeStart || s.State == Exempt:
		return lang.Sentence{}
	case s.Keeps && s.Projected == 1:
		return lang.Say("1 möte, och löftet hålls")
	case s.Keeps:
		return lang.Say("%d möten, och löftet hålls", s.Projected)
	case s.Projected == 1:
		return lang.Say("1 möte, och löftet hålls inte")
	}
	return lang.Say("%d möten, och löftet hålls inte", s.Projected)
}

// dated is a day in a sentence, with its year: a promise may reach into the next one.
type dated almanac.Date

// In says the day.
func (d dated) In(l lang.Language) string {
	return fmt.Sprintf("%d %s %d", d.Day, almanac.MonthName(d.Month, l), d.Year)
}
