package search_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/search"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// file is what this room's tests read of the fixtures.
type file struct {
	Minutes []struct {
		ID, Forum, Group, Title string
		Date                    almanac.Date
		Text                    string
		Decisions, Actions      []struct{ ID, Text string }
		PassesOn                []struct{ To, Text string } `yaml:"passes_on"`
	}
	Queries []struct {
		ID, Query, First string
		Expected         []string
		NotExpected      []string `yaml:"not_expected"`
	}
}

func readFile(t testing.TB) (f file) {
	t.Helper()
	data, err := os.ReadFile("testdata/minutes-sv.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// world has forums with a meeting each, and minutes that were indexed.
type world struct {
	t        testing.TB
	db       *store.DB
	forums   map[string]uuid.UUID
	meetings map[string]uuid.UUID // by forum
	groups   map[string]uuid.UUID
	counter  uint64
}

func newWorld(t testing.TB, db *store.DB) *world {
	return &world{t: t, db: db, forums: map[string]uuid.UUID{}, meetings: map[string]uuid.UUID{}, groups: map[string]uuid.UUID{}}
}

func (w *world) write(fn func(*store.Tx) error) {
	w.t.Helper()
	if err := w.db.Write(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// id gives ids that are the same on both databases and rise as UUIDv7 do.
func (w *world) id() uuid.UUID {
	w.counter++
	ms := uint64(storetest.Now.UnixMilli()) + w.counter
	id := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, w.counter))
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = 0x70 | id[6]&0xf
	return id
}

// forum makes a forum and a meeting of it, the first time that it is named.
func (w *world) forum(name string) uuid.UUID {
	w.t.Helper()
	if id, ok := w.forums[name]; ok {
		return id
	}
	id, its := w.id(), w.id()
	w.write(func(tx *store.Tx) error {
		external := name
		f := &forum.Forum{ID: id, ExternalID: &external, Name: name, NeutralTitle: "Möte", Scope: forum.Overall, ConvenedBy: forum.Us, Level: access.Neutral, OutwardPlace: forum.NoPlace, ExemptMonths: []int{}, OpenQuestions: []string{}, Agenda: []string{}, CreatedAt: tx.Now}
		if err := tx.DB.Create(f).Error; err != nil {
			return err
		}
		return tx.DB.Create(&meeting.Meeting{ID: its, ForumID: id, Zone: "Europe/Stockholm", StartsAt: tx.Now, EndsAt: tx.Now, UID: its.String(), Stamp: tx.Now, CreatedAt: tx.Now, Date: almanac.Date{Year: 2026, Month: 3, Day: 12}}).Error
	})
	w.forums[name], w.meetings[name] = id, its
	return id
}

func (w *world) group(name string) uuid.UUID {
	if _, ok := w.groups[name]; !ok {
		w.groups[name] = w.id()
	}
	return w.groups[name]
}

// item makes an item of a forum's minutes.
func (w *world) item(minutes uuid.UUID, external, name string, date almanac.Date, kind search.Kind, title, text string) search.Item {
	w.t.Helper()
	f := w.forum(name)
	return search.Item{
		ID: w.id(), MinutesID: minutes, MinutesExternalID: external, MeetingID: w.meetings[name], ForumID: f,
		Kind: kind, Date: date, Title: title, Text: text, Anchor: "p-1",
	}
}

func (w *world) index(minutes uuid.UUID, items ...search.Item) {
	w.t.Helper()
	w.write(func(tx *store.Tx) error { return search.Index(tx, minutes, items) })
}

// text indexes minutes of one note each.
func (w *world) text(name string, texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		m := w.id()
		w.index(m, w.item(m, "", name, almanac.Date{Year: 2026, Month: 3, Day: 12}, search.Note, "Punkt", text))
	}
}

var paragraph = regexp.MustCompile(`^\d+\. `)

// fixtures indexes the fixtures' minutes: a paragraph is a note.
func (w *world) fixtures(f file) {
	w.t.Helper()
	for _, m := range f.Minutes {
		id, name := w.id(), m.Forum
		if name == "" {
			name = m.Group
		}
		var items []search.Item
		for line := range strings.Lines(m.Text) {
			text := paragraph.ReplaceAllString(strings.TrimSpace(line), "")
			items = append(items, w.item(id, m.ID, name, m.Date, search.Note, m.Title, text))
		}
		for _, d := range m.Decisions {
			items = append(items, w.item(id, m.ID, name, m.Date, search.Decision, m.Title, d.Text))
		}
		for _, a := range m.Actions {
			items = append(items, w.item(id, m.ID, name, m.Date, search.Action, m.Title, a.Text))
		}
		for _, p := range m.PassesOn {
			i := w.item(id, m.ID, name, m.Date, search.Relay, m.Title, p.Text)
			i.WorkGroupIDs = []uuid.UUID{w.group(p.To)}
			items = append(items, i)
		}
		w.index(id, items...)
	}
}

// find searches as the system.
func (w *world) find(q search.Query) *search.Result {
	w.t.Helper()
	return w.findAs(access.System(), q)
}

func (w *world) findAs(by access.Actor, q search.Query) (r *search.Result) {
	w.t.Helper()
	err := w.db.Read(w.t.Context(), func(tx *store.Tx) (err error) {
		r, err = search.Find(tx, by, q)
		return err
	})
	if err != nil {
		w.t.Fatalf("%q: %v", q.Words, err)
	}
	return r
}

// minutes gives the external ids of the hits' minutes in order, each once.
func minutes(r *search.Result) (ids []string) {
	seen := map[string]bool{}
	for _, h := range r.Hits {
		if !seen[h.MinutesExternalID] {
			seen[h.MinutesExternalID] = true
			ids = append(ids, h.MinutesExternalID)
		}
	}
	return ids
}

func texts(r *search.Result) (all []string) {
	for _, h := range r.Hits {
		all = append(all, h.Text)
	}
	return all
}

// actor makes an identity with grants.
func (w *world) actor(grants ...access.Grant) (a access.Actor) {
	w.t.Helper()
	id := w.id()
	w.write(func(tx *store.Tx) error {
		if err := tx.DB.Create(&access.Identity{ID: id, Email: id.String() + "@example.se", Name: "Någon", Language: "sv", CreatedAt: tx.Now}).Error; err != nil {
			return err
		}
		for _, g := range grants {
			g.IdentityID = id
			if err := access.Give(tx, access.System(), g); err != nil {
				return err
			}
		}
		loaded, err := access.Load(tx, id)
		a = loaded
		return err
	})
	return a
}
