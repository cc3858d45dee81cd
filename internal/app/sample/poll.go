package sample

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/poll"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// poll asks the police, a school and a preschool, who share no calendar with us, when they can meet, as was
// done some days ago. Three have answered.
func (s *story) poll() error {
	then := s.now.AddDate(0, 0, -4)
	var made *poll.Poll
	err := s.at(then, func(tx *store.Tx) error {
		forumID := s.world.Forums["polis-avstamning"]
		free, err := secretariat.SuggestTimes(tx, access.System(), s.office, forumID)
		if err != nil || len(free) < poll.FewestTimes {
			return err
		}
		w := poll.Wish{ForumID: forumID, Times: free[:min(5, len(free))], LastDay: almanac.DateOf(s.now, s.office.Zone).AddDays(7), Shows: poll.AfterOwn}
		for _, id := range []string{"gun-rönn", "cecilia-bjork", "omradespolis", "skolan-rektor", "forskolan-rektor"} {
			w.Contacts = append(w.Contacts, s.world.Contacts[id])
		}
		w.Mandatory = []uuid.UUID{s.world.Contacts["omradespolis"]}
		r, err := secretariat.AskPoll(tx, access.System(), s.office, w)
		if err == nil {
			made = r.Poll
		}
		return err
	})
	if err != nil || made == nil {
		return err
	}
	if err := s.deliver(then); err != nil {
		return err
	}
	return s.at(then.Add(26*time.Hour), func(tx *store.Tx) error {
		said := map[uuid.UUID]poll.Response{
			s.world.Contacts["gun-rönn"]:      {Answers: []poll.Answer{poll.Yes, poll.No, poll.Yes, poll.Yes, poll.No}},
			s.world.Contacts["cecilia-bjork"]: {Answers: []poll.Answer{poll.No, poll.Yes, poll.Yes, poll.Yes, poll.Yes}},
			s.world.Contacts["omradespolis"]:  {Answers: []poll.Answer{poll.Yes, poll.Yes, poll.IfNeeded, poll.No, poll.Yes}, Comment: "Helst före lunch."},
		}
		links, err := access.LinksTo(tx, access.ToPoll, made.ID)
		for _, l := range links {
			r, answers := said[l.ContactID]
			if err == nil && answers {
				err = secretariat.AnswerPoll(tx, l.Token(s.office.Key), r)
			}
		}
		return err
	})
}
