package secretariat

import (
	"errors"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/store"
)

// MinutesFile is the file that old minutes are brought in with.
type MinutesFile struct {
	SchemaVersion int         `yaml:"schema_version"`
	Minutes       []oldMinute `yaml:"minutes"`
	Queries       any         `yaml:"queries"` // of files that also test the search
}

type oldMinute struct {
	ID        string   `yaml:"id"`
	Forum     *string  `yaml:"forum"`
	Group     string   `yaml:"group"` // of a meeting that no forum of the plan has
	Title     string   `yaml:"title"`
	Kind      string   `yaml:"kind"`
	Date      string   `yaml:"date"`
	Time      string   `yaml:"time"`
	Place     string   `yaml:"place"`
	Chair     string   `yaml:"chair"`
	Secretary string   `yaml:"secretary"`
	Approver  string   `yaml:"approver"`
	Status    string   `yaml:"status"`
	Present   []string `yaml:"present"`
	Absent    []string `yaml:"absent"`
	Text      string   `yaml:"text"`
	Decisions []struct {
		ID   string `yaml:"id"`
		Text string `yaml:"text"`
	} `yaml:"decisions"`
	Actions []struct {
		ID          string `yaml:"id"`
		Text        string `yaml:"text"`
		Responsible string `yaml:"responsible"`
		Due         string `yaml:"due"`
		GoalRow     string `yaml:"goal_row"`
	} `yaml:"actions"`
	PassesOn []struct {
		To   string `yaml:"to"`
		Text string `yaml:"text"`
	} `yaml:"passes_on"`
}

// MaxMinutesFile is the largest file of minutes, in bytes.
const MaxMinutesFile = 8 << 20

// ParseMinutes reads a file of minutes. It refuses with fault.Invalid, naming the line.
func ParseMinutes(r io.Reader) (*MinutesFile, error) {
	file := &MinutesFile{}
	return file, readFile(r, MaxMinutesFile, file)
}

// ImportMinutes brings old minutes in, each frozen as version 1 of a meeting that was held. Minutes
// that are there already, by their id in the file, are left as they are. What they pass on is
// passed on, and nobody is written to. It gives a line for everything; with a mistake among them
// it refuses and the caller's transaction must not commit.
func ImportMinutes(tx *store.Tx, by access.Actor, o Office, file *MinutesFile) ([]Line, error) {
	if err := by.Require(access.Coordinator); err != nil {
		return nil, err
	}
	im := &importing{tx: tx, by: by}
	names, err := namesOf(tx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, old := range file.Minutes {
		if !im.checkID("minutes", old.ID, old.Title, seen) {
			continue
		}
		if _, exists, err := store.ByExternalID(tx, &minutes.Minutes{}, old.ID); err != nil || exists {
			if err != nil {
				return im.lines, err
			}
			im.say(Existed, "minutes", old.ID, "%s finns redan.", old.Title)
			continue
		}
		if err := im.takeMinutes(o, old, names); err != nil {
			if fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
				return im.lines, err
			}
			var refusal *fault.Fault
			errors.As(err, &refusal)
			im.say(Mistake, "minutes", old.ID, refusal.Text, refusal.Args...)
		}
	}
	if err := im.refuseMistakes(); err != nil || im.count(Created) == 0 {
		return im.lines, err
	}
	return im.lines, access.Log(tx, by, "import minutes", "minutes", uuid.Nil)
}

// namesOf gives the names of organisations and roles by their ids in the plan.
func namesOf(tx *store.Tx) (map[string]minutes.Attendance, error) {
	names := map[string]minutes.Attendance{}
	var organisations []partner.Organisation
	if err := tx.DB.Where("external_id IS NOT NULL").Find(&organisations).Error; err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]string{}
	for _, o := range organisations {
		names[*o.ExternalID] = minutes.Attendance{Organisation: o.Name}
		byID[o.ID] = o.Name
	}
	var roles []partner.Role
	if err := tx.DB.Where("external_id IS NOT NULL").Find(&roles).Error; err != nil {
		return nil, err
	}
	for _, r := range roles {
		a := minutes.Attendance{Role: r.Name}
		if r.OrganisationID != nil {
			a.Organisation = byID[*r.OrganisationID]
		}
		names[*r.ExternalID] = a
	}
	return names, nil
}

func (im *importing) takeMinutes(o Office, old oldMinute, names map[string]minutes.Attendance) error {
	m, err := im.meetingOf(o, old)
	if err != nil {
		return err
	}
	people, err := attendance(old, names)
	if err != nil {
		return err
	}
	agenda, err := im.agendaOf(old, names)
	if err != nil {
		return err
	}
	made, err := minutes.Lay(im.tx, im.by, m.ID, old.ID, people, agenda)
	if err != nil {
		return err
	}
	r, err := ReviewFinish(im.tx, im.by, o, made.ID, "")
	if err != nil {
		return err
	}
	_, hash, _, err := minutes.Preview(im.tx, im.by, made.ID, "")
	if err != nil {
		return err
	}
	_, d, err := minutes.Finalise(im.tx, im.by, made.ID, hash, "", "")
	if err != nil {
		return err
	}
	if err := index(im.tx, r.Minutes, d); err != nil {
		return err
	}
	if _, err := o.passOn(im.tx, im.by, r, d); err != nil {
		return err
	}
	im.say(Created, "minutes", old.ID, "%s", old.Title)
	return nil
}

// meetingOf finds the meeting of that day, or records it as held.
func (im *importing) meetingOf(o Office, old oldMinute) (*meeting.Meeting, error) {
	name := old.Group
	if old.Forum != nil {
		name = *old.Forum
	}
	f, err := forum.ByExternalID(im.tx, im.by, name)
	if fault.KindOf(err) == fault.NotFound && old.Forum == nil {
		f, err = im.ownForum(name)
	}
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.New(fault.Invalid, "Forumet ”%s” finns inte.", name)
	}
	if err != nil {
		return nil, err
	}
	day, err := almanac.ParseDate(old.Date, almanac.DateOf(im.tx.Now, o.Zone))
	if err != nil {
		return nil, err
	}
	that, _, err := meeting.List(im.tx, im.by, meeting.Selection{ForumID: &f.ID, From: day, To: day})
	if err != nil {
		return nil, err
	}
	for n := range that {
		if !that[n].Cancelled() {
			return &that[n], nil
		}
	}
	t := meeting.Time{Date: day, Starts: f.Starts, Ends: f.Starts + almanac.Clock(f.Minutes), Place: old.Place}
	if from, to, found := strings.Cut(strings.ReplaceAll(old.Time, "-", "–"), "–"); found {
		if t.Starts, err = almanac.ParseClock(from); err != nil {
			return nil, err
		}
		if t.Ends, err = almanac.ParseClock(to); err != nil {
			return nil, err
		}
	}
	m, err := meeting.Schedule(im.tx, im.by, meeting.Proposal{ForumID: f.ID, Time: t, Zone: o.Zone, Held: true})
	if err != nil {
		return nil, err
	}
	return meeting.Find(im.tx, im.by, m.ID)
}

// ownForum founds the forum of a group's own meetings, which no plan mentions.
func (im *importing) ownForum(group string) (*forum.Forum, error) {
	var units []partner.Organisation
	if err := im.tx.DB.Limit(1).Find(&units, "external_id = ?", group).Error; err != nil {
		return nil, err
	}
	if len(units) == 0 {
		return nil, fault.Missing()
	}
	s := forum.Usual()
	s.Name, s.NeutralTitle, s.Scope, s.ConvenedBy = lang.Swedish.Text("%s: egna möten", units[0].Name), "Arbetsgruppsmöte", forum.Internal, forum.Us
	im.say(Noted, "forum", group, "%s har fått ett forum för egna möten. Det står inte i planen.", units[0].Name)
	return forum.Found(im.tx, im.by, s, func(f *forum.Forum) { f.ExternalID = &group })
}

// attendance names who was there as organisation and role.
func attendance(old oldMinute, names map[string]minutes.Attendance) ([]minutes.Attendance, error) {
	var all []minutes.Attendance
	for _, list := range []struct {
		ids   []string
		state minutes.State
	}{{old.Present, minutes.Present}, {old.Absent, minutes.Absent}} {
		for _, id := range list.ids {
			a, known := names[id]
			if !known {
				return nil, fault.New(fault.Invalid, "Deltagaren ”%s” är varken en organisation eller en roll i planen.", id)
			}
			a.State = list.state
			all = append(all, a)
		}
	}
	return all, nil
}

var (
	numbered = regexp.MustCompile(`(?m)^\s*\d+\.\s+`)
	heading  = regexp.MustCompile(`^([^.:]{3,60})[.:]\s+(.+)$`)
)

// agendaOf makes numbered paragraphs headings with a note each, and puts decisions, actions and
// what is passed on under headings of their own.
func (im *importing) agendaOf(old oldMinute, names map[string]minutes.Attendance) ([]minutes.Laid, error) {
	var agenda []minutes.Laid
	for n, paragraph := range numbered.Split(strings.TrimSpace(old.Text), -1) {
		text := strings.TrimSpace(paragraph)
		if text == "" {
			continue
		}
		title := lang.Swedish.Text("Punkt %d", n)
		if found := heading.FindStringSubmatch(text); found != nil {
			title = found[1]
		}
		agenda = append(agenda, minutes.Laid{Title: title, Items: []minutes.Written{{Kind: minutes.Note, Text: text}}})
	}
	decisions := minutes.Laid{Title: "Beslut"}
	for _, d := range old.Decisions {
		decisions.Items = append(decisions.Items, minutes.Written{Kind: minutes.Decision, Text: d.Text})
	}
	actions := minutes.Laid{Title: "Uppgifter"}
	for _, a := range old.Actions {
		owner, known := names[a.Responsible]
		if !known {
			return nil, fault.New(fault.Invalid, "Den ansvariga ”%s” är varken en organisation eller en roll i planen.", a.Responsible)
		}
		w := minutes.Written{Kind: minutes.Action, Text: a.Text, Owner: owner.Label()}
		if a.Due != "" {
			due, err := time.Parse(time.DateOnly, a.Due)
			if err != nil {
				return nil, fault.New(fault.Invalid, "Skriv datumet så här: %s", "2027-01-21")
			}
			w.Due = almanac.DateOf(due, time.UTC)
		}
		actions.Items = append(actions.Items, w)
	}
	passed := minutes.Laid{Title: "Att föra vidare"}
	for _, p := range old.PassesOn {
		receiver, err := im.workGroup(p.To)
		if err != nil {
			return nil, err
		}
		passed.Items = append(passed.Items, minutes.Written{Kind: minutes.Relay, Text: p.Text, Receivers: []uuid.UUID{receiver}})
	}
	for _, more := range []minutes.Laid{decisions, actions, passed} {
		if len(more.Items) > 0 {
			agenda = append(agenda, more)
		}
	}
	return agenda, nil
}

// workGroup finds the work group of a unit, or makes it one: old minutes name who was told.
func (im *importing) workGroup(external string) (uuid.UUID, error) {
	id, known, err := store.ByExternalID(im.tx, &partner.WorkGroup{}, external)
	if err != nil || known {
		return id, err
	}
	var units []partner.Organisation
	if err := im.tx.DB.Limit(1).Find(&units, "external_id = ?", external).Error; err != nil {
		return uuid.Nil, err
	}
	if len(units) == 0 {
		return uuid.Nil, fault.New(fault.Invalid, "Arbetsgruppen ”%s” finns inte.", external)
	}
	g := partner.WorkGroup{ID: store.NewID(), ExternalID: &external, Name: units[0].Name, OrganisationID: &units[0].ID}
	im.say(Noted, "work-group", external, "%s har blivit en arbetsgrupp.", g.Name)
	return g.ID, im.tx.DB.Omit("Lead").Create(&g).Error
}
