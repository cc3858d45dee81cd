package report

import (
	"fmt"
	"strconv"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// Words says what a figure counts.
func (f Figure) Words() lang.Sentence {
	switch f {
	case Held:
		return lang.Say("Hållna")
	case Planned:
		return lang.Say("Planerade")
	case Unrecorded:
		return lang.Say("Inte bokförda")
	case Cancelled:
		return lang.Say("Inställda")
	case Moved:
		return lang.Say("Flyttade")
	case Awaited:
		return lang.Say("Väntas")
	case Lacking:
		return lang.Say("Saknas")
	case Missed:
		return lang.Say("Blev inte av")
	case Came:
		return lang.Say("Organisationer som kom")
	case NotesInTime:
		return lang.Say("Anteckningar i tid")
	case NotesDue:
		return lang.Say("Anteckningar att vänta")
	case Decisions:
		return lang.Say("Beslut")
	case ActionsOpen:
		return lang.Say("Öppna uppgifter")
	case ActionsDone:
		return lang.Say("Klara uppgifter")
	case PassedOn:
		return lang.Say("Förmedlat")
	}
	return lang.Say("Genomgånget")
}

// Words says how a row stands.
func (s Status) Words() lang.Sentence {
	switch s {
	case Done:
		return lang.Say("Genomförd")
	case Ongoing:
		return lang.Say("Pågår")
	case NotStarted:
		return lang.Say("Ej påbörjad")
	case Late:
		return lang.Say("Försenad")
	case Dropped:
		return lang.Say("Utgår")
	}
	return lang.Say("Inte bedömd")
}

// Title names a follow-up by its period.
func (r Report) Title() lang.Sentence { return title(r.Year, r.Half) }

// Title names the follow-up by its period.
func (d Document) Title() lang.Sentence { return title(d.Year, d.Half) }

func title(year, half int) lang.Sentence {
	switch half {
	case 1:
		return lang.Say("Uppföljning första halvåret %s", strconv.Itoa(year))
	case 2:
		return lang.Say("Uppföljning andra halvåret %s", strconv.Itoa(year))
	}
	return lang.Say("Uppföljning %s", strconv.Itoa(year))
}

// day is a day in a sentence, with its year.
type day almanac.Date

// In says the day.
func (d day) In(l lang.Language) string {
	return fmt.Sprintf("%d %s %d", d.Day, almanac.MonthName(d.Month, l), d.Year)
}

// Words says what a thing is in the list of a figure; empty when its meeting says it all.
func (t Thing) Words(of Figure) lang.Sentence {
	switch of {
	case Moved:
		return lang.Say("Skulle först ha varit %s.", day(t.Was))
	case Missed, Lacking, Awaited:
		return t.missing()
	case Came:
		return lang.Say("Kom till %d av %d möten.", t.Times(), len(t.Visits))
	case NotesInTime, NotesDue:
		if t.Was.IsZero() {
			return lang.Say("Inte färdiga. Skulle ha varit klara %s.", day(t.To))
		}
		return lang.Say("Färdiga %s, senast %s.", day(t.Was), day(t.To))
	case ActionsOpen:
		if !t.To.IsZero() {
			return lang.Say("Klart senast %s.", day(t.To))
		}
	case PassedOn, GoneThrough:
		if t.Was.IsZero() {
			return lang.Say("Inte genomgånget. Senast %s.", day(t.To))
		}
		return lang.Say("Genomgånget %s.", day(t.Was))
	}
	if t.Elsewhere {
		return lang.Say("Ett annat forums möte, som räknas hit")
	}
	return lang.Sentence{}
}

func (t Thing) missing() lang.Sentence {
	if !t.Was.IsZero() {
		return lang.Say("Mötet kom %s, och skulle ha varit senast %s.", day(t.Was), day(t.To))
	}
	return lang.Say("Skulle ha varit mellan %s och %s.", day(t.Date), day(t.To))
}

// Share says how many of how many, for figures that are parts of another.
func (f ForumFacts) Share(part, whole Figure) lang.Sentence {
	return lang.Say("%d av %d", f.Count(part), f.Count(whole))
}
