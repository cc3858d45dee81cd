package secretariat

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/search"
	"samverkan/internal/store"
)

// index makes finalised minutes findable, with the files that they name.
func index(tx *store.Tx, m *minutes.Minutes, d *minutes.Document) error {
	organisations, err := tookPart(tx, d)
	if err != nil {
		return err
	}
	var items []search.Item
	external := ""
	if m.ExternalID != nil {
		external = *m.ExternalID
	}
	d.Items(func(a minutes.DocumentAgenda, i minutes.DocumentItem) {
		items = append(items, search.Item{
			ID: i.ID, MinutesID: d.MinutesID, MinutesExternalID: external, MeetingID: d.MeetingID, ForumID: m.Meeting.ForumID, WorkGroupIDs: i.ReceiverIDs(), OrganisationIDs: organisations,
			Kind: search.Kind(i.Kind), Date: d.Date, Title: a.Title, Text: i.Text, Anchor: "p-" + i.ID.String(),
		})
	})
	files, err := d.Searchable(tx)
	if err != nil {
		return err
	}
	for _, f := range files {
		items = append(items, pieces(f, search.Item{MinutesID: d.MinutesID, MinutesExternalID: external, MeetingID: d.MeetingID, ForumID: m.Meeting.ForumID, OrganisationIDs: organisations,
			Kind: search.Attachment, Date: d.Date, Title: f.Name})...)
	}
	return search.Index(tx, d.MinutesID, items)
}

// tookPart gives the organisations that were called to the meeting of finalised notes, and those that stand in
// their attendance.
func tookPart(tx *store.Tx, d *minutes.Document) ([]uuid.UUID, error) {
	called, err := calledOrganisations(tx, d.MeetingID)
	if err != nil || len(d.Attendance) == 0 {
		return called, err
	}
	names, err := partner.NamesOf(tx, access.System())
	for _, p := range d.Attendance {
		if id := names.Of(p.Organisation, p.Role); err == nil && id != uuid.Nil && !slices.Contains(called, id) {
			called = append(called, id)
		}
	}
	return called, err
}

func calledOrganisations(tx *store.Tx, meetingID uuid.UUID) (ids []uuid.UUID, err error) {
	called, err := invite.Of(tx, access.System(), meetingID)
	for _, i := range called {
		if i.WithdrawnAt == nil && !slices.Contains(ids, i.Contact.OrganisationID) {
			ids = append(ids, i.Contact.OrganisationID)
		}
	}
	return ids, err
}

// IndexAll makes the search index anew from the latest version of all finalised minutes and from old
// notes that were laid on meetings: after a restore, because a backup does not hold what can be made again.
func IndexAll(tx *store.Tx) error {
	if err := minutes.EachLatest(tx, access.System(), func(m *minutes.Minutes, d *minutes.Document) error { return index(tx, m, d) }); err != nil {
		return err
	}
	laid, err := minutes.AllLaid(tx)
	if err != nil {
		return err
	}
	for n := range laid {
		if err := indexLaid(tx, &laid[n]); err != nil {
			return err
		}
	}
	return nil
}

// LayFile puts old notes on a meeting that has been, as minutes.LayFile does, and makes them findable.
func LayFile(tx *store.Tx, by access.Actor, meetingID uuid.UUID, u minutes.Upload) (*minutes.Attachment, error) {
	a, err := minutes.LayFile(tx, by, meetingID, u)
	if err != nil {
		return nil, err
	}
	return a, indexLaid(tx, a)
}

// Detach takes a file from a meeting, as minutes.Detach does; old notes are found no more.
func Detach(tx *store.Tx, by access.Actor, id uuid.UUID) (*minutes.Attachment, error) {
	a, err := minutes.Detach(tx, by, id)
	if err != nil || !a.Laid {
		return a, err
	}
	return a, search.Index(tx, id, nil)
}

// indexLaid makes old notes findable. No minutes are theirs: their own id stands for them.
func indexLaid(tx *store.Tx, a *minutes.Attachment) error {
	m, err := meeting.ForLetter(tx, a.MeetingID)
	if err != nil {
		return err
	}
	organisations, err := calledOrganisations(tx, m.ID)
	if err != nil {
		return err
	}
	return search.Index(tx, a.ID, pieces(*a, search.Item{MinutesID: a.ID, MeetingID: m.ID, ForumID: m.ForumID, OrganisationIDs: organisations, Kind: search.Laid, Date: m.Date, Title: a.Name}))
}

// pieceLength is in octets: about a page, so that a snippet shows where in a long file a word stands.
const pieceLength = 3000

// pieces are the items of a file's text, each as like says: one without text when there is none that can be
// read, since its name is found too. The same file gives the same ids.
func pieces(a minutes.Attachment, like search.Item) []search.Item {
	var all []search.Item
	for rest := strings.TrimSpace(a.Text); rest != "" || len(all) == 0; {
		var piece string
		piece, rest = apart(rest)
		number := strconv.AppendInt(nil, int64(len(all)), 10)
		like.ID, like.Text, like.Anchor = uuid.NewSHA1(a.ID, number), piece, search.FileAnchor+a.ID.String()
		all = append(all, like)
	}
	return all
}

// apart cuts a text after a line, else after a word, near the length of a piece.
func apart(text string) (piece, rest string) {
	if len(text) <= pieceLength {
		return text, ""
	}
	end := pieceLength
	for !utf8.RuneStart(text[end]) {
		end--
	}
	if at := strings.LastIndexByte(text[:end], '\n'); at > pieceLength/2 {
		end = at
	} else if at := strings.LastIndexFunc(text[:end], unicode.IsSpace); at > pieceLength/2 {
		end = at
	}
	return text[:end], strings.TrimSpace(text[end:])
}
