package secretariat

import (
	"samverkan/internal/access"
	"samverkan/internal/minutes"
	"samverkan/internal/search"
	"samverkan/internal/store"
)

// index makes finalised minutes findable.
func index(tx *store.Tx, m *minutes.Minutes, d *minutes.Document) error {
	var items []search.Item
	external := ""
	if m.ExternalID != nil {
		external = *m.ExternalID
	}
	d.Items(func(a minutes.DocumentAgenda, i minutes.DocumentItem) {
		items = append(items, search.Item{
			ID: i.ID, MinutesID: d.MinutesID, MinutesExternalID: external, MeetingID: d.MeetingID, ForumID: m.Meeting.ForumID, WorkGroupIDs: i.ReceiverIDs(),
			Kind: search.Kind(i.Kind), Date: d.Date, Title: a.Title, Text: i.Text, Anchor: "p-" + i.ID.String(),
		})
	})
	return search.Index(tx, d.MinutesID, items)
}

// IndexAll makes the search index anew from the latest version of all finalised minutes: after a
// restore, because a backup does not hold what can be made again.
func IndexAll(tx *store.Tx) error {
	return minutes.EachLatest(tx, access.System(), func(m *minutes.Minutes, d *minutes.Document) error { return index(tx, m, d) })
}
