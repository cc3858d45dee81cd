package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
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
	Query        string `json:"query" maxLength:"200" example:"lathund" doc:"Ord, \"en fras\", början på ett ord* eller -det som inte ska finnas. / Words, \"a phrase\", the beginning of a word* or -what shall not be there."`
	Forum        string `json:"forum,omitempty" maxLength:"200" example:"polis-avstamning" doc:"id eller externalId. / id or externalId."`
	Organisation string `json:"organisation,omitempty" maxLength:"200" example:"polisen" doc:"id eller externalId; bara möten som den kallades till eller deltog i. / id or externalId; only meetings that it was called to or took part in."`
	WorkGroup    string `json:"workGroup,omitempty" maxLength:"200" doc:"id eller externalId; bara det som förmedlats till gruppen. / id or externalId; only what was passed on to the group."`
	Year         int    `json:"year,omitempty" minimum:"1900" maximum:"2200" example:"2027" doc:"Mötets år. / Year of the meeting."`
	From         day    `json:"from,omitempty" doc:"Mötets dag, från och med. / Day of the meeting, from."`
	To           day    `json:"to,omitempty" doc:"Mötets dag, till och med. / Day of the meeting, up to and including."`
	Counted      bool   `json:"counted,omitempty" doc:"Räkna träffar för varje val i filtren. / Count the hits of each choice of the filters."`
	Kind         string `json:"kind,omitempty" enum:"note,decision,action,relay,attachment,laid"`
	Limit        int    `json:"limit,omitempty" default:"20" minimum:"1" maximum:"100" doc:"Högsta antal i svaret. / Most hits in the answer."`
	Page         int    `json:"page,omitempty" default:"1" minimum:"1" maximum:"100000" doc:"Sida, från 1. / Page, from 1."`
}

// Found is what a search found, the best first.
type Found struct {
	Total  int      `json:"total" example:"1" doc:"Antal på alla sidor. / Number on all pages."`
	Exact  int      `json:"exact" example:"1" doc:"Antal som har orden som de skrevs, eller en form eller sammansättning av dem. De övriga liknar dem och kommer sist. / Number that have the words as written, or a form or compound of them. The others are similar and come last."`
	Partly bool     `json:"partly,omitempty" doc:"Inget har alla ord: träffarna har de flesta. / Nothing has all words: the hits have most of them."`
	Meant  []string `json:"meant" doc:"Liknande ord som hittades på sidan. / Similar words that were found on the page."`
	Counts *Counts  `json:"counts,omitempty" doc:"Bara när counted begärs. / Only when counted is asked for."`
	Hits   []Hit    `json:"hits"`
}

// Counts are how many hits each choice of a filter would show, the other filters being as they are.
// Choices without hits are left out.
type Counts struct {
	Forums        []Count `json:"forums"`
	Organisations []Count `json:"organisations"`
	WorkGroups    []Count `json:"workGroups"`
	Years         []Count `json:"years"`
	Kinds         []Count `json:"kinds"`
}

// Count is a choice of a filter.
type Count struct {
	Choice string `json:"choice" example:"decision" doc:"Skriv det i filtret. / Write it in the filter."`
	Total  int    `json:"total" example:"1" doc:"Träffar som det visar. / Hits that it shows."`
}

// showCounts names each choice as the filter takes it, the most hits first.
func showCounts[K comparable](counts map[K]int, name func(K) string) []Count {
	all := []Count{}
	for key, n := range counts {
		all = append(all, Count{name(key), n})
	}
	slices.SortFunc(all, func(a, b Count) int { return cmp.Or(b.Total-a.Total, strings.Compare(a.Choice, b.Choice)) })
	return all
}

func showAllCounts(c *search.Counts) *Counts {
	if c == nil {
		return nil
	}
	return &Counts{showCounts(c.Forums, uuid.UUID.String), showCounts(c.Organisations, uuid.UUID.String), showCounts(c.WorkGroups, uuid.UUID.String),
		showCounts(c.Years, strconv.Itoa), showCounts(c.Kinds, func(k search.Kind) string { return string(k) })}
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
	Similar           bool       `json:"similar,omitempty" doc:"Har bara ord som liknar. / Has only words that are similar."`
	AttachmentID      *uuid.UUID `json:"attachmentId,omitempty" format:"uuid" doc:"Filen som hittades: hämtas på /attachments/{id}/content. / The file that was found: had at /attachments/{id}/content."`
	Snippet           string     `json:"snippet" example:"Lathunden tas fram gemensamt." doc:"Ren text kring det som hittades. / Plain text around what was found."`
	Marks             [][2]int   `json:"marks" doc:"Var i snippet det som söktes står: från och till före, i Unicode-tecken. / Where in snippet what was looked for stands: from and up to before, in Unicode characters."`
}

func showHit(h search.Hit, forums map[uuid.UUID]string) Hit {
	s := Hit{MinutesExternalID: h.MinutesExternalID, MeetingID: h.MeetingID, ItemID: h.ID, Kind: string(h.Kind),
		Forum: forums[h.ForumID], Date: dayOf(h.Date), Title: h.Title}
	if h.Kind != search.Laid {
		s.MinutesID = &h.MinutesID
	}
	if id := h.FileID(); id != uuid.Nil {
		s.AttachmentID = &id
	}
	s.Similar = h.Alike
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
	q := search.Query{Words: s.Query, Year: s.Year, Kind: search.Kind(s.Kind), Limit: s.Limit, Offset: (s.Page - 1) * s.Limit, Counted: s.Counted}
	var fromErr, toErr error
	if s.From != "" {
		q.From, fromErr = s.From.readAny("from")
	}
	if s.To != "" {
		q.To, toErr = s.To.readAny("to")
	}
	if err := fault.Join(fromErr, toErr); err != nil {
		return q, err
	}
	if s.Organisation != "" {
		id, err := findOrganisationID(tx, by, s.Organisation)
		if err != nil {
			return q, err
		}
		q.Organisation = &id
	}
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

func findOrganisationID(tx *store.Tx, by access.Actor, text string) (uuid.UUID, error) {
	all, err := partner.Organisations(tx, by)
	if err != nil {
		return uuid.Nil, err
	}
	for _, o := range all {
		if strings.EqualFold(o.ID.String(), text) || o.ExternalID != nil && *o.ExternalID == text {
			return o.ID, nil
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
		out.Body = Found{found.Total, found.Exact, found.Partly, append([]string{}, found.Meant...), showAllCounts(found.Counts), each(found.Hits, func(h search.Hit) Hit { return showHit(h, forums) })}
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
