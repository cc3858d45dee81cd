package feed_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/meeting"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// What is taken over from the feed as it was built before is what would be written anew.
func TestChangedFeedIsAsOneThatIsBuiltAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		lasting, path := handler(t, db, 40)
		fetch := func(h http.Handler) string {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code != http.StatusOK {
				t.Fatalf("status %d", w.Code)
			}
			return w.Body.String()
		}
		first := func(tx *store.Tx) (*meeting.Meeting, error) {
			all, _, err := meeting.List(tx, access.System(), meeting.Selection{Limit: 1, Newest: true})
			if err != nil {
				return nil, err
			}
			return &all[0], nil
		}
		before := fetch(lasting)
		for _, change := range []struct {
			name string
			act  func(*store.Tx, *meeting.Meeting) error
		}{
			{"a meeting is moved", func(tx *store.Tx, m *meeting.Meeting) error {
				at := m.Time()
				at.Starts, at.Ends = at.Starts+60, at.Ends+60
				_, err := meeting.Reschedule(tx, access.System(), m.ID, m.Version, at)
				return err
			}},
			{"a letter takes a new DTSTAMP", func(tx *store.Tx, m *meeting.Meeting) error { return meeting.Restamp(tx, m) }},
			{"SEQUENCE is raised", func(tx *store.Tx, m *meeting.Meeting) error { return meeting.Raise(tx, m, m.Sequence+1) }},
			{"the forum has another title", func(tx *store.Tx, m *meeting.Meeting) error {
				s := m.Forum.Settings()
				s.NeutralTitle = "Träff"
				return secretariat.ChangeForum(tx, access.System(), m.ForumID, m.Forum.Version, s)
			}},
			{"the municipality has another name", func(tx *store.Tx, _ *meeting.Meeting) error {
				home, err := partner.Home(tx)
				if err != nil {
					return err
				}
				if err := tx.DB.Model(&partner.Organisation{}).Where("id = ?", home.ID).Update("name", "Nya kommunen").Error; err != nil {
					return err
				}
				return access.CalendarChanged(tx)
			}},
			{"a meeting is called off", func(tx *store.Tx, m *meeting.Meeting) error {
				_, err := meeting.Cancel(tx, access.System(), m.ID, m.Version, "")
				return err
			}},
			{"and takes place after all", func(tx *store.Tx, m *meeting.Meeting) error {
				_, err := meeting.Reinstate(tx, access.System(), m.ID, m.Version)
				return err
			}},
		} {
			if err := db.Write(t.Context(), func(tx *store.Tx) error {
				m, err := first(tx)
				if err != nil {
					return err
				}
				return change.act(tx, m)
			}); err != nil {
				t.Fatalf("%s: %v", change.name, err)
			}
			after := fetch(lasting)
			if after == before {
				t.Errorf("%s: the feed does not say so", change.name)
			}
			if anew := fetch(program(t, db)); after != anew {
				t.Errorf("%s: %d lines, built anew %d, or others", change.name, strings.Count(after, "\n"), strings.Count(anew, "\n"))
			}
			before = after
		}
	})
}
