package forum

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Occasion is what a coordinator decides about a meeting of no forum: a lecture, a training. It is
// kept as the envelope of that one meeting, so that everything that goes by a meeting's forum (who is
// asked, what is seen outside, who reads the notes) goes for it too.
type Occasion struct {
	Name         string // never leaves the house
	NeutralTitle string // stands in calendars, followed by the municipality
	Level        access.Level
	OutwardPlace OutwardPlace
}

// standing leaves out the envelopes of meetings that belong to no forum.
func standing(q *gorm.DB) *gorm.DB { return q.Where("NOT forums.occasion") }

// UsualOccasion is an occasion of which nothing is decided.
func UsualOccasion() Occasion {
	u := Usual()
	return Occasion{Level: u.Level, OutwardPlace: u.OutwardPlace}
}

// AsOccasion is the occasion that an envelope holds.
func (f Forum) AsOccasion() Occasion {
	return Occasion{f.Name, f.NeutralTitle, f.Level, f.OutwardPlace}
}

// kind is what the log calls it.
func (f Forum) kind() string {
	if f.Occasion {
		return "occasion"
	}
	return "forum"
}

// settings are those of a forum that meets once, that nothing is promised of and nobody has to come to.
func (o Occasion) settings() Settings {
	s := Usual()
	s.Name, s.NeutralTitle, s.Level, s.OutwardPlace, s.ConvenedBy, s.OursNeeded = o.Name, o.NeutralTitle, o.Level, o.OutwardPlace, Us, 0
	s.Agenda = []string{"Vad som togs upp", "Att föra vidare"}
	return s
}

// Owner gives what a meeting belongs to: a standing forum, or the envelope of an occasion. It refuses
// with fault.NotFound when the actor does not see it.
func Owner(tx *store.Tx, by access.Actor, id uuid.UUID) (*Forum, error) {
	f := &Forum{}
	return f, store.Found(whole(tx).Scopes(by.SeesForum(tx, "forums.id")).First(f, "forums.id = ?", id).Error)
}

// Wrap makes the envelope of a meeting of no forum. It refuses with fault.Invalid, naming each field,
// and with fault.NotFound when the actor does not coordinate all forums.
func Wrap(tx *store.Tx, by access.Actor, o Occasion) (*Forum, error) {
	if err := by.MayConvene(tx, uuid.Nil); err != nil { // a forum that nobody has a grant of by itself
		return nil, err
	}
	return Found(tx, by, o.settings(), func(f *Forum) { f.Occasion = true })
}

// Rewrap replaces what is decided about an occasion. Its version is the meeting's, which the caller
// checks. It refuses as Wrap does.
func Rewrap(tx *store.Tx, by access.Actor, id uuid.UUID, o Occasion) (before, after *Forum, err error) {
	before, err = Owner(tx, by, id)
	if err != nil {
		return nil, nil, err
	}
	if !before.Occasion {
		return nil, nil, fault.Missing()
	}
	s := before.Settings()
	s.Name, s.NeutralTitle, s.Level, s.OutwardPlace = o.Name, o.NeutralTitle, o.Level, o.OutwardPlace
	after, err = Change(tx, by, id, before.Version, s)
	return before, after, err
}

// Discard removes the envelope of a meeting that is gone. A standing forum stays.
func Discard(tx *store.Tx, id uuid.UUID) error {
	gone := tx.DB.Delete(&Member{}, "forum_id IN (?)", tx.DB.Model(&Forum{}).Select("id").Where("id = ? AND occasion", id))
	if gone.Error != nil {
		return gone.Error
	}
	return tx.DB.Delete(&Forum{}, "id = ? AND occasion", id).Error
}
