package secretariat

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/ical"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// Calendar is a calendar file that somebody has uploaded for a forum.
type Calendar struct {
	ForumID uuid.UUID
	Data    []byte
	Called  bool // the meetings are ours, and their participants have been called to them already
}

// entering is how the rows of a review are done.
type entering struct {
	by      access.Actor
	review  *CalendarReview
	members []forum.Member // who has been called already
}

// ReviewCalendar tells what an uploaded calendar would do to a forum's meetings; nothing is changed. It refuses with
// fault.Invalid, naming the field, what is no calendar or larger than is read, one without a meeting to come, and a
// forum that is not convened as the upload says; with fault.NotFound a forum that the actor does not plan.
func ReviewCalendar(tx *store.Tx, by access.Actor, o Office, c Calendar) (*CalendarReview, error) {
	f, err := forum.Find(tx, by, c.ForumID)
	if err != nil {
		return nil, err
	}
	file, err := o.readCalendar(c.Data)
	if err != nil {
		return nil, err
	}
	r, err := o.lookThrough(tx, by, f, file.Events, c.Called)
	if err != nil {
		return nil, err
	}
	return r, r.empty()
}

// readCalendar reads an uploaded file. It refuses with fault.Invalid.
func (o Office) readCalendar(data []byte) (*ical.File, error) {
	file, err := ical.ReadFile(data, o.Zone)
	switch {
	case errors.Is(err, ical.ErrTooLarge):
		return nil, fault.On("file", "Filen är för stor eller har för många händelser. Spara en kortare tid, eller bara det här forumets möten, i en egen fil.")
	case err != nil:
		return nil, fault.On("file", "Filen är inte en kalender som går att läsa. Välj en fil som slutar på .ics.")
	}
	return file, nil
}

// empty refuses a calendar that tells of nothing that is or could be here.
func (r *CalendarReview) empty() error {
	if slices.ContainsFunc(r.Rows, func(row CalendarRow) bool { return row.State != RowRefused }) {
		return nil
	}
	if len(r.Rows) > 0 {
		return fault.On("file", r.Rows[0].Why.Key, r.Rows[0].Why.Args...)
	}
	switch {
	case r.Past > 0:
		return fault.On("file", "Alla möten i filen har varit. Bara kommande möten läses in.")
	case r.AllDay > 0:
		return fault.On("file", "Filen har bara heldagshändelser. Ett möte behöver en tid då det börjar och slutar.")
	case r.Unread > 0:
		return fault.On("file", "Inget möte i filen har en tid som går att läsa. Lägg in mötet för hand.")
	}
	return fault.On("file", "Filen har inget kommande möte att läsa in.")
}

// ImportCalendar takes in the chosen rows of a calendar that was looked through with the given hash: meetings of others,
// or ours to which people have been called already, who then get no letter before something changes. No rows
// chosen are all but those that may be here already. It refuses as ReviewCalendar does, with fault.Conflict when
// the rows are no longer what was seen, and with fault.Invalid when there is nothing to do.
func ImportCalendar(tx *store.Tx, by access.Actor, o Office, c Calendar, hash string, chosen []string) ([]meeting.Meeting, error) {
	r, err := ReviewCalendar(tx, by, o, c)
	if err != nil {
		return nil, err
	}
	if r.Hash != hash {
		return nil, fault.New(fault.Conflict, "Något har ändrats sedan du granskade mötena. Granska dem igen innan du läser in.")
	}
	made, err := o.enterAll(tx, by, r, chosen)
	if err != nil {
		return nil, err
	}
	if len(made) == 0 {
		return nil, fault.On("take", "Välj minst ett möte att läsa in.")
	}
	return made, access.Log(tx, by, "import calendar", "forum", c.ForumID)
}

// enterAll does the chosen rows of a review; nil are all without doubt.
func (o Office) enterAll(tx *store.Tx, by access.Actor, r *CalendarReview, chosen []string) (made []meeting.Meeting, err error) {
	in := entering{by: by, review: r}
	if r.Called {
		if in.members, err = forum.Members(tx, by, r.Forum.ID); err != nil {
			return nil, err
		}
		if len(in.members) == 0 {
			return nil, fault.On("forumId", "Forumet har inga deltagare. Lägg till dem på forumets sida först, så att de står som redan kallade.")
		}
	}
	for _, row := range r.Rows {
		take := slices.Contains(chosen, row.Key) || chosen == nil && !row.Doubt
		if !row.State.Acts() || !take {
			continue
		}
		m, err := o.enter(tx, in, row)
		if err != nil {
			return nil, err
		}
		made = append(made, *m)
	}
	return made, nil
}
