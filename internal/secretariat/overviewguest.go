package secretariat

import (
	"bytes"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// overviewGuest looks the right behind a link to an overview up: the contact is there still. What it may see of
// each meeting is looked up with the meetings.
func overviewGuest(tx *store.Tx, g *Guest) (*Guest, error) {
	o, err := invite.OverviewByID(tx, g.Link.ObjectID)
	if err != nil {
		return nil, err
	}
	c, err := partner.ForLetter(tx, g.Link.ContactID)
	if err != nil {
		return nil, err
	}
	if c.LeftAt != nil || o.ContactID != c.ID {
		return nil, fault.Missing()
	}
	if g.Municipality, err = homeName(tx); err != nil {
		return nil, err
	}
	g.overview, g.Contact = o, *c
	g.Title = c.Language.Text("Möten %s", strconv.FormatInt(o.Year, 10))
	return g, nil
}

// overviewLinkOut is what the letter with a new link to an overview says.
func overviewLinkOut(o *invite.Overview, home, link string) post.Outward {
	l, year := lang.Parse(string(o.Contact.Language)), strconv.FormatInt(o.Year, 10)
	return post.Outward{Kind: post.Link, Title: l.Text("Möten %s", year), Municipality: home, When: home, ShortWhen: home, Link: link}
}

// OpenedOverview is a year's meetings as an overview's link shows them. It has no field for anybody else.
type OpenedOverview struct {
	*Guest
	Year     int
	Meetings []OpenedMeeting
	Open     int // that can be answered
	Lacking  int // of those, that are not answered
}

// OpenedMeeting is one of them, as it is now.
type OpenedMeeting struct {
	ID        uuid.UUID
	Title     string // neutral
	Place     string // outward; empty: none
	When      string
	Was       string // when it was as the letter told it, while the new time is not answered; empty: the same
	Sequence  int64
	Cancelled bool
	Remote    bool           // it can be taken part in from elsewhere
	Answer    *invite.Answer // that counts; nil: none
	Word      string         // it in words
}

// OpenOverview gives what a link to an overview shows. It changes nothing. It refuses as OpenGuest does.
func OpenOverview(tx *store.Tx, token string) (*OpenedOverview, error) {
	g, err := OpenGuest(tx, access.ToOverview, token)
	if err != nil {
		return nil, err
	}
	lines, err := overviewLines(tx, g.overview)
	if err != nil {
		return nil, err
	}
	opened := &OpenedOverview{Guest: g, Year: int(g.overview.Year)}
	for _, line := range lines {
		shown, err := g.show(tx, line)
		if err != nil {
			return nil, err
		}
		if !shown.Cancelled {
			opened.Open++
			if shown.Answer == nil {
				opened.Lacking++
			}
		}
		opened.Meetings = append(opened.Meetings, shown)
	}
	return opened, nil
}

// overviewLines gives the meetings on an overview's page: those of the forums that it tells of that are not over,
// whether they were there when the letter was written or not. One that was called off before anybody told
// the contact of it is not among them.
func overviewLines(tx *store.Tx, o *invite.Overview) ([]YearLine, error) {
	told := make([]uuid.UUID, len(o.Told))
	for n, t := range o.Told {
		told[n] = t.MeetingID
	}
	meetings, err := ourYear(tx, int(o.Year), told)
	if err != nil {
		return nil, err
	}
	all, err := belonging(tx, meetings, &o.ContactID)
	if err != nil {
		return nil, err
	}
	lines := all[o.ContactID]
	forums := forumsTold(o, lines)
	return slices.DeleteFunc(lines, func(l YearLine) bool {
		unheard := l.Meeting.Cancelled() && l.Invitation == nil && o.TellingOf(l.Meeting.ID) == nil && o.AnswerTo(l.Meeting.ID) == nil
		return !forums[l.Meeting.ForumID] || !l.Meeting.EndsAt.After(tx.Now) || unheard
	}), nil
}

// show says what a line may show.
func (g *Guest) show(tx *store.Tx, line YearLine) (OpenedMeeting, error) {
	m, l, o := line.Meeting, lang.Parse(string(g.Contact.Language)), g.overview
	s := Outwardly(m, g.Municipality, access.Full, l)
	shown := OpenedMeeting{ID: m.ID, Title: s.Title, Place: s.Place, When: When(m.Time(), l), Sequence: m.Sequence, Cancelled: m.Cancelled(), Remote: m.ByDistance()}
	if shown.Answer = line.Answer(o); shown.Answer != nil {
		shown.Word = StatusWord(shown.Answer, l)
		return shown, nil
	}
	t := o.TellingOf(m.ID)
	if t == nil || t.Sequence == m.Sequence || m.Cancelled() {
		return shown, nil
	}
	was, err := formerTime(tx, m, o.SentAt, l)
	if was != shown.When {
		shown.Was = was
	}
	return shown, err
}

// OverviewChoice is what the holder of an overview's link answers to one meeting.
type OverviewChoice struct {
	MeetingID uuid.UUID
	Sequence  int64 // of the meeting as the page showed it
	PartStat  invite.PartStat
	Remote    bool
}

// ChoiceField is the name of the field that answers one meeting.
func ChoiceField(meetingID uuid.UUID) string { return "answer-" + meetingID.String() }

// AnswerOverview records what the holder of a link answers to its meetings. Where the contact is asked to a meeting, it is
// the answer to that invitation, taken as the answer page takes it: there is one truth. Where it is not asked
// yet, the answer is kept until it is. What is answered so already is left as it is, with whatever else was said
// there. It refuses as OpenGuest does, with fault.Invalid, naming each field, for a meeting that cannot be answered so or
// has moved since it was shown, and when nothing was chosen; then nothing is recorded.
func AnswerOverview(tx *store.Tx, office Office, token string, choices []OverviewChoice) error {
	choices = slices.Clone(choices)
	// The meetings first, as whoever moves them does, and in one order.
	slices.SortFunc(choices, func(a, b OverviewChoice) int { return bytes.Compare(a.MeetingID[:], b.MeetingID[:]) })
	if _, err := OpenGuest(tx, access.ToOverview, token); err != nil {
		return err
	}
	for _, c := range choices {
		if err := tx.Hold(&meeting.Meeting{}, c.MeetingID); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	g, err := OpenGuest(tx, access.ToOverview, token)
	if err != nil {
		return err
	}
	lines, err := overviewLines(tx, g.overview)
	if err != nil {
		return err
	}
	if len(choices) == 0 {
		return fault.New(fault.Invalid, "Välj ett svar för minst ett möte.")
	}
	var wrong []error
	for _, c := range choices {
		at := slices.IndexFunc(lines, func(l YearLine) bool { return l.Meeting.ID == c.MeetingID })
		if at < 0 {
			return fault.New(fault.Conflict, "Mötena har ändrats sedan sidan lästes in. Svara igen, tack.")
		}
		wrong = append(wrong, onChoice(c, office.answerLine(tx, g.overview, lines[at], c)))
	}
	return fault.Join(wrong...)
}

// onChoice gives a refusal of one answer the field of its meeting.
func onChoice(c OverviewChoice, err error) error {
	var f *fault.Fault
	if errors.As(err, &f) && (f.Kind == fault.Conflict || f.Kind == fault.Invalid) {
		return fault.On(ChoiceField(c.MeetingID), f.Text, f.Args...)
	}
	return err
}

// answerLine records one answer.
func (o Office) answerLine(tx *store.Tx, of *invite.Overview, line YearLine, c OverviewChoice) error {
	m := line.Meeting
	if now := line.Answer(of); now != nil && c.Sequence == m.Sequence && now.PartStat == c.PartStat && now.Remote == c.Remote {
		return nil
	}
	if err := asShown(tx, m, c.Sequence); err != nil {
		return err
	}
	if line.Invitation == nil {
		switch {
		case c.PartStat != invite.Accepted && c.PartStat != invite.Declined:
			return fault.New(fault.Invalid, "Välj ett av svaren.")
		case c.Remote && !m.ByDistance():
			return notRemote()
		}
		return invite.AnswerAhead(tx, access.Guest(), of, m, c.PartStat, c.Remote)
	}
	i, err := invite.Lock(tx, line.Invitation.ID)
	if err != nil {
		return err
	}
	if i.WithdrawnAt != nil {
		return fault.New(fault.Conflict, "Du är inte längre inbjuden till mötet.")
	}
	_, err = o.take(tx, access.Guest(), i, m, m.Sequence, invite.Reply{PartStat: c.PartStat, Remote: c.Remote, Via: "link"})
	return err
}
