package sample

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// habits are what people of a role do in the service on a day, beside what the story tells of.
var habits = []struct {
	role  access.Role
	every int // working days
	act   func(tx *store.Tx, by access.Actor, read uuid.UUID) error
}{
	{access.Coordinator, 1, func(tx *store.Tx, by access.Actor, read uuid.UUID) error {
		return access.Log(tx, by, "read minutes", "minutes", read)
	}},
	{access.Member, 4, func(tx *store.Tx, by access.Actor, read uuid.UUID) error {
		return access.Log(tx, by, "read minutes", "minutes", read)
	}},
	{access.Manager, 5, func(tx *store.Tx, by access.Actor, _ uuid.UUID) error {
		return access.Log(tx, by, "list actions", "minutes", uuid.Nil)
	}},
	{access.Registrar, 9, func(tx *store.Tx, by access.Actor, _ uuid.UUID) error {
		return access.Log(tx, by, "search", "minutes", uuid.Nil)
	}},
	{access.GroupLead, 6, func(tx *store.Tx, by access.Actor, _ uuid.UUID) error {
		return access.Log(tx, by, "list relay items", "relay-item", uuid.Nil)
	}},
}

// days fills the log with the ordinary days of the last months, and has the manager review the
// months before the latest one. People's grants are younger than those days, so what they did is
// logged here and not done again.
func (s *story) days() error {
	people, read, err := s.readers()
	if err != nil {
		return err
	}
	year := s.now.In(s.office.Zone).Year()
	first := s.now.AddDate(0, 0, -80)
	if january := time.Date(year, 1, 3, 8, 0, 0, 0, s.office.Zone); first.Before(january) {
		first = january
	}
	workday := 0
	for day := first; day.Before(s.now); day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		workday++
		for n, h := range habits {
			if workday%h.every != 0 {
				continue
			}
			at := time.Date(day.Year(), day.Month(), day.Day(), 8+n, (workday*7+n*11)%60, 0, 0, s.office.Zone)
			if !at.Before(s.now) {
				continue
			}
			if err := s.at(at, func(tx *store.Tx) error {
				by := people[h.role]
				if err := access.Log(tx, by, "sign in", "identity", by.ID); err != nil {
					return err
				}
				return h.act(tx, by, read[workday%len(read)])
			}); err != nil {
				return err
			}
		}
	}
	return s.review(people[access.Manager])
}

// readers gives the people as they are now, and the minutes that there are to read.
func (s *story) readers() (people map[access.Role]access.Actor, read []uuid.UUID, err error) {
	people = map[access.Role]access.Actor{}
	err = s.at(s.now, func(tx *store.Tx) error {
		for role, id := range s.world.Identities {
			by, err := access.Load(tx, id)
			if err != nil {
				return err
			}
			people[role] = by
		}
		found, _, err := minutes.List(tx, access.System(), 10, 0)
		for _, m := range found {
			read = append(read, m.ID)
		}
		return err
	})
	return people, read, err
}

// review seals the log month by month and signs all but the latest whole month, which is left for
// whoever tries the product.
func (s *story) review(manager access.Actor) error {
	var months []access.ReviewMonth
	if err := s.at(s.now, func(tx *store.Tx) (err error) {
		months, err = access.ReviewMonths(tx, manager, s.office.Zone)
		return err
	}); err != nil {
		return err
	}
	for n := len(months) - 1; n >= 0; n-- { // the earliest first
		first, err := time.ParseInLocation("2006-01", string(months[n].Month), s.office.Zone)
		if err != nil {
			return err
		}
		then := first.AddDate(0, 1, 2).Add(9 * time.Hour) // the third of the next month
		if then.After(s.now) {
			then = s.now
		}
		db := s.db.At(func() time.Time { return then })
		if _, err := access.SealLog(s.ctx, db); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		chain, err := access.VerifyLog(s.ctx, db, nil)
		if err != nil {
			return err
		}
		if err := db.Write(s.ctx, func(tx *store.Tx) error {
			drawn, err := access.SampleMonth(tx, manager, months[n].Month, s.office.Zone)
			if err != nil {
				return err
			}
			fine := map[uuid.UUID]string{}
			for _, e := range drawn.Entries {
				fine[e.ID] = ""
			}
			_, err = access.SignReview(tx, manager, months[n].Month, s.office.Zone, drawn.Seed, fine, "", chain)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}
