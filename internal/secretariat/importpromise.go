package secretariat

import (
	"errors"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// intervals are the ISO 8601 durations that a plan may use, in months.
var intervals = map[string]int{"P1M": 1, "P2M": 2, "P3M": 3, "P4M": 4, "P6M": 6, "P1Y": 12, "P12M": 12}

// promise puts a forum's promise together from the plan's words, the file's figures and what was
// asked at import. The figures win where the words say something else, and somebody is told.
func (im *importing) promise(f planForum, s *forum.Settings) {
	figures, given := im.figures(f)
	words := forum.Reading{Cadence: figures}
	if f.Cadence.Text != nil {
		words = im.words(f, figures, given)
	}
	s.Cadence, s.ExemptMonths = figures, words.ExemptMonths
	if !given || agrees(words.Cadence, figures) {
		s.Cadence.Months, s.Cadence.Nth, s.Cadence.Weekday = words.Cadence.Months, words.Cadence.Nth, words.Cadence.Weekday
		if !given {
			s.Cadence = words.Cadence
		}
	}
	if f.Cadence.Text != nil {
		s.Cadence.Text = *f.Cadence.Text
	}
	if f.Cadence.Exempt != nil {
		s.ExemptMonths = f.Cadence.Exempt
	}
	im.summer(f, s)
}

// agrees tells whether words say what figures do: an interval goes before a number.
func agrees(words, figures forum.Cadence) bool {
	if figures.Months > 0 {
		return words.Months == figures.Months
	}
	return words.Min == figures.Min && words.Max == figures.Max && words.PerTerm == figures.PerTerm
}

// figures reads what the file says in numbers. given is false when it says nothing.
func (im *importing) figures(f planForum) (c forum.Cadence, given bool) {
	if f.Cadence.Interval != nil {
		var known bool
		if c.Months, known = intervals[*f.Cadence.Interval]; !known {
			im.say(Mistake, "forum", f.ID, "”%s” är inget intervall. Skriv till exempel P1M för varje månad eller P6M för var sjätte månad.", *f.Cadence.Interval)
		}
	}
	low, high := f.Cadence.Min, f.Cadence.Max
	if f.Cadence.MinTerm != nil || f.Cadence.MaxTerm != nil {
		if low != nil || high != nil {
			im.say(Mistake, "forum", f.ID, "Skriv antal per år eller per termin, inte båda.")
		}
		low, high, c.PerTerm = f.Cadence.MinTerm, f.Cadence.MaxTerm, true
	}
	switch {
	case low != nil && high != nil:
		c.Min, c.Max = *low, *high
	case low != nil && c.PerTerm:
		c.Min = *low
	case low != nil || high != nil:
		im.say(Mistake, "forum", f.ID, "Skriv både min_per_year och max_per_year, eller inget av dem.")
	}
	return c, c.Measured() || f.Cadence.Interval != nil || low != nil || high != nil
}

// words reads the plan's words and shows how they were read, where that is not what they say.
func (im *importing) words(f planForum, figures forum.Cadence, given bool) forum.Reading {
	text := *f.Cadence.Text
	read, err := forum.ParseCadence(text)
	var refusal *fault.Fault
	switch {
	case errors.As(err, &refusal) && given: // the figures tell
		return forum.Reading{Cadence: figures}
	case errors.As(err, &refusal):
		im.say(Noted, "forum", f.ID, refusal.Text, refusal.Args...)
	case given && !agrees(read.Cadence, figures):
		im.say(Noted, "forum", f.ID, "Planens ord ”%s” läses som ”%s”, men filens tal säger ”%s”. Talen gäller.", text, read, forum.Reading{Cadence: figures})
	case read.Cadence.Measured() && read.In(lang.Swedish) != text:
		im.say(Noted, "forum", f.ID, "”%s” läses som ”%s”.", text, read)
	}
	return read
}

// summer takes out the months that were asked for at import, where the plan names none, and the
// schools' breaks for consultation with schools.
func (im *importing) summer(f planForum, s *forum.Settings) {
	school := s.Scope == forum.Consultation
	if im.choices.ExemptSummer && s.Cadence.Months == 1 && len(s.ExemptMonths) == 0 {
		s.ExemptMonths = []int{7}
		if school { // schools are closed from mid-June to mid-August
			s.ExemptMonths = []int{7, 8}
		}
	}
	if s.ExemptMonths == nil {
		s.ExemptMonths = []int{}
	}
	if len(s.ExemptMonths) > 0 {
		im.say(Noted, "forum", f.ID, "Löftet blir ”%s”. Ändra undantagna månader på forumets sida.", forum.Reading{Cadence: s.Cadence, ExemptMonths: s.ExemptMonths})
	}
	if s.SchoolYear = school; school {
		im.say(Noted, "forum", f.ID, "Inga möten föreslås på skolans lov. Ändra det på forumets sida.")
	}
}

// dayKinds are the file's words.
var dayKinds = map[string]forum.BlockKind{"": forum.LocalDay, "lokal": forum.LocalDay, "skollov": forum.SchoolBreak}

// takeLocalDays records committee days, reporting weeks and school breaks.
func (im *importing) takeLocalDays(file *PlanFile) error {
	seen := map[string]bool{}
	for _, d := range file.LocalDays {
		if !im.checkID("local-days", d.ID, d.Name, seen) {
			continue
		}
		if _, exists, err := store.ByExternalID(im.tx, &forum.Block{}, d.ID); err != nil || exists {
			if err != nil {
				return err
			}
			im.say(Existed, "local-days", d.ID, "%s finns redan.", d.Name)
			continue
		}
		kind, known := dayKinds[d.Kind]
		if !known {
			im.say(Mistake, "local-days", d.ID, "”%s” är ingen sorts dagar. Skriv lokal eller skollov.", d.Kind)
			continue
		}
		b := forum.Block{ExternalID: &d.ID, Kind: kind, Name: d.Name, From: d.From, To: d.To, Blocks: d.Blocks == nil || *d.Blocks}
		if b.To.IsZero() {
			b.To = b.From
		}
		if err := im.addDays(b); err != nil {
			return err
		}
	}
	return nil
}

func (im *importing) addDays(b forum.Block) error {
	_, err := forum.AddBlock(im.tx, im.by, b)
	var refusal *fault.Fault
	switch {
	case fault.KindOf(err) == fault.Invalid && errors.As(err, &refusal):
		im.say(Mistake, "local-days", *b.ExternalID, refusal.Text, refusal.Args...)
	case err != nil:
		return err
	default:
		im.say(Created, "local-days", *b.ExternalID, "%s, %s", b.Name, dayRange{b.From, b.To})
	}
	return nil
}

// dayRange says some days: "ons 24 feb", "mån 22 feb–fre 26 feb".
type dayRange struct{ from, to almanac.Date }

// In says them.
func (r dayRange) In(l lang.Language) string {
	if r.from == r.to {
		return almanac.Short(r.from, l)
	}
	return almanac.Short(r.from, l) + "–" + almanac.Short(r.to, l)
}
