package api

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/partner"
	"samverkan/internal/search"
	"samverkan/internal/store"
)

// Search asks for items of finalised minutes. It travels in a body because what people look for
// may be personal, and addresses are logged.
type Search struct {
	Query     string `json:"query" maxLength:"200" example:"lathund" doc:"Ord, \"en fras\" eller början på ett ord*. / Words, \"a phrase\" or the beginning of a word*."`
	Forum     string `json:"forum,omitempty" maxLength:"200" example:"polis-avstamning" doc:"id eller externalId. / id or externalId."`
	WorkGroup string `json:"workGroup,omitempty" maxLength:"200" doc:"id eller externalId; bara det som förmedlats till gruppen. / id or externalId; only what was passed on to the group."`
	Year      int    `json:"year,omitempty" minimum:"1900" maximum:"2200" example:"2027" doc:"Mötets år. / Year of the meeting."`
	Kind      string `json:"kind,omitempty" enum:"note,decision,action,relay,attachment,laid"`
	Limit     int    `json:"limit,omitempty" default:"20" minimum:"1" maximum:"100" doc:"Högsta antal i svaret. / Most hits in the answer."`
	Page      int    `json:"page,omitempty" default:"1" minimum:"1" maximum:"100000" doc:"Sida, från 1. / Page, from 1."`
}

// Found is what a search found, the best first.
type Found struct {
	Total int   `json:"total" example:"1" doc:"Antal på alla sidor. / Number on all pages."`
	Hits  []Hit `json:"hits"`
}

// Hit is one item that was found.
type Hit struct {
	MinutesID         *uuid.UUID `json:"minutesId,omitempty" format:"uuid" doc:"Finns inte för gamla anteckningar (laid). / None for old notes (laid)."`
	MinutesExternalID string     `json:"minutesExternalId,omitempty" doc:"Id i filen som lästes in. / Id in the imported file."`
	MeetingID         uuid.UUID  `json:"meetingId" format:"uuid"`
	ItemID            uuid.UUID  `json:"itemId" format:"uuid" doc:"Samma i varje version. / The same in every version."`
	Kind              string     `json:"kind" enum:"note,decision,action,relay,attachment,laid"`
	Forum             string     `json:"forum,omitempty" example:"polis-avstamning" doc:"Forumets externalId, eller id om det inte har något. Utan: mötet hör inte till något forum. / The forum's externalId, or its id when it has none. None: the meeting belongs to no forum."`
	Date              day        `json:"date" doc:"Mötets dag. / Day of the meeting."`
	Title             string     `json:"title" example:"Lägesbild" doc:"Rubrik på dagordningen eller mötets titel. / Heading on the agenda, or the meeting's title."`
	Snippet           string     `json:"snippet" example:"Lathunden tas fram gemensamt." doc:"Ren text kring det som hittades. / Plain text around what was found."`
	Marks             [][2]int   `json:"marks" doc:"Var i snippet det som söktes står: från och till före, i Unicode-tecken. / Where in snippet what was looked for stands: from and up to before, in Unicode characters."`
}

func showHit(h search.Hit, forums map[uuid.UUID]string) Hit {
	s := Hit{MinutesExternalID: h.MinutesExternalID, MeetingID: h.MeetingID, ItemID: h.ID, Kind: string(h.Kind),
		Forum: forums[h.ForumID], Date: dayOf(h.Date), Title: h.Title}
	if h.Kind != search.Laid {
		s.MinutesID = &h.MinutesID
	}
	s.Snippet, s.Marks = plainSnippet(h.Snippet)
	return s
}

// plainSnippet gives a snippet as one text, and from and to which character each mark stands.
func plainSnippet(pieces []search.Piece) (string, [][2]int) {
	var text strings.Builder
	at, marks := 0, [][2]int{}
	for _, p := range pieces {
		text.WriteString(p.Text)
		end := at + utf8.RuneCountInString(p.Text)
		if p.Mark {
			marks = append(marks, [2]int{at, end})
		}
		at = end
	}
	return text.String(), marks
}

// read finds the forum and the group that a search names.
func (s Search) read(tx *store.Tx, by access.Actor) (search.Query, error) {
	q := search.Query{Words: s.Query, Year: s.Year, Kind: search.Kind(s.Kind), Limit: s.Limit, Offset: (s.Page - 1) * s.Limit}
	if s.Forum != "" {
		f, err := findForum(tx, by, s.Forum)
		if err != nil {
			return q, err
		}
		q.Forum = &f.ID
	}
	if s.WorkGroup != "" {
		group, err := workGroupID(tx, by, s.WorkGroup)
		if err != nil {
			return q, err
		}
		q.WorkGroup = &group
	}
	return q, nil
}

// workGroupID finds a work group by its id or by the id that an imported plan gave it.
func workGroupID(tx *store.Tx, by access.Actor, text string) (uuid.UUID, error) {
	all, err := partner.WorkGroups(tx, by)
	if err != nil {
		return uuid.Nil, err
	}
	for _, g := range all {
		if strings.EqualFold(g.ID.String(), text) || g.ExternalID != nil && *g.ExternalID == text {
			return g.ID, nil
		}
	}
	return uuid.Nil, fault.Missing()
}

// searchMinutes looks for items. That is logged, though not what was looked for, so the transaction
// writes.
func (d *door) searchMinutes(ctx context.Context, in *struct{ Body Search }) (*shown[Found], error) {
	out := &shown[Found]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		q, err := in.Body.read(tx, by)
		if err != nil {
			return err
		}
		found, err := search.Find(tx, by, q)
		if err != nil {
			return err
		}
		forums, err := externalForums(tx, by)
		if err != nil {
			return err
		}
		out.Body = Found{found.Total, each(found.Hits, func(h search.Hit) Hit { return showHit(h, forums) })}
		return access.Log(tx, by, "search", "minutes", uuid.Nil)
	})
	return out, err
}

// externalForums gives the external ids of the forums that the actor sees, or their ids where they have
// none.
func externalForums(tx *store.Tx, by access.Actor) (map[uuid.UUID]string, error) {
	all, err := forum.List(tx, by)
	names := make(map[uuid.UUID]string, len(all))
	for _, f := range all {
		if names[f.ID] = f.ID.String(); f.ExternalID != nil {
			names[f.ID] = *f.ExternalID
		}
	}
	return names, err
}
