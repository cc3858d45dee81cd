package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

var itemFields = []string{"as", "version", "kind", "text", "owner", "due", "receivers[]"}

// written reads an item's form.
func (w *Web) written(f url.Values) (minutes.Written, error) {
	item := minutes.Written{Kind: minutes.Kind(f.Get("kind")), Text: f.Get("text"), Owner: f.Get("owner"), Receivers: chosenIDs(f["receivers"])}
	var err error
	if strings.TrimSpace(f.Get("due")) != "" {
		item.Due, err = almanac.ParseDate(f.Get("due"), w.today())
	}
	return item, fault.At("due", err)
}

func (w *Web) saveItem(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, itemFields...)
	if err != nil {
		return err
	}
	if byScript(c) && stranger(c, f) {
		return w.tellStranger(c)
	}
	version := versionOf(f)
	item, err := w.written(f)
	var saved *minutes.Item
	if err == nil {
		err = w.write(c, func(tx *store.Tx) (err error) {
			saved, err = minutes.Save(tx, actor(c), itemID, version, item)
			return err
		})
	}
	switch {
	case byScript(c) && fault.KindOf(err) == fault.Conflict:
		return w.itemBoth(c, itemID, err)
	case byScript(c) && err != nil:
		return w.tellSaved(c, "", err)
	case byScript(c):
		return w.tellSaved(c, strconv.FormatInt(saved.Version, 10), nil)
	case err != nil:
		return w.itemAgain(c, itemID, f, err)
	}
	return w.goTo(c, "/meetings/"+w.meetingOf(c, saved.MinutesID)+"/notes#p-"+itemID.String())
}

// itemBoth tells the page's script what is saved of an item that it wrote from an older version.
func (w *Web) itemBoth(c *gin.Context, itemID uuid.UUID, refused error) error {
	var now *minutes.Item
	if err := w.read(c, func(tx *store.Tx) (err error) {
		now, err = minutes.FindItem(tx, actor(c), itemID)
		return err
	}); err != nil {
		return err
	}
	return w.tellBoth(c, refused, strconv.FormatInt(now.Version, 10), []minutes.Item{*now})
}

// itemAgain shows the notes with both texts: the one that is saved and the one that was typed.
func (w *Web) itemAgain(c *gin.Context, itemID uuid.UUID, typed url.Values, refused error) error {
	if isMissing(refused) {
		return refused
	}
	var minutesID uuid.UUID
	if err := w.read(c, func(tx *store.Tx) (err error) {
		minutesID, err = minutes.Holding(tx, itemID)
		return err
	}); err != nil {
		return err
	}
	return w.notesAgain(c, minutesID, itemID, typed, refused)
}

func (w *Web) strikeItem(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "version")
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(f.Get("version"), 10, 64)
	var gone *minutes.Item
	if err := w.write(c, func(tx *store.Tx) (err error) {
		gone, err = minutes.Strike(tx, actor(c), itemID, version)
		return err
	}); err != nil {
		return w.itemAgain(c, itemID, url.Values{}, err)
	}
	return w.goTo(c, "/meetings/"+w.meetingOf(c, gone.MinutesID)+"/notes#a-"+gone.AgendaItemID.String())
}

// placeItem moves an item up, down or under another heading.
func (w *Web) placeItem(c *gin.Context) error {
	itemID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "to", "agendaItemId")
	if err != nil {
		return err
	}
	var moved *minutes.Item
	if err := w.write(c, func(tx *store.Tx) (err error) {
		if f.Get("to") == "heading" {
			moved, err = minutes.PutUnder(tx, actor(c), itemID, orNil(optionalID(f.Get("agendaItemId"))))
		} else {
			moved, err = minutes.Shift(tx, actor(c), itemID, minutes.Direction(f.Get("to")))
		}
		return err
	}); err != nil {
		return w.itemAgain(c, itemID, url.Values{}, err)
	}
	return w.goTo(c, "/meetings/"+w.meetingOf(c, moved.MinutesID)+"/notes#p-"+itemID.String())
}
