package secretariat

import (
	"strings"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/forum"
	"samverkan/internal/invite"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/poll"
	"samverkan/internal/post"
)

func sameName(a, b string) bool { return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b)) }

// meetings moves what the leaver is asked to and that is still to come. Whoever takes over is asked anew: that
// the leaver could come says nothing of them. Whoever keeps the contacts may, in forums that another
// coordinator convenes too: it is the same seat.
func (s *succeeding) meetings(*stock) error {
	ahead, err := invite.Ahead(s.tx, s.Leaver.ID)
	if err != nil {
		return err
	}
	for n := range ahead {
		if err := s.meeting(&ahead[n]); err != nil {
			return err
		}
	}
	for _, r := range s.Meetings {
		s.Letters += r.Letters
	}
	sortByStart(s.Meetings)
	return nil
}

func (s *succeeding) meeting(i *invite.Invitation) error {
	if err := s.tx.Hold(&meeting.Meeting{}, i.MeetingID); err != nil {
		return err
	}
	if err := s.office.withdraw(s.tx, s.by, i.ID); err != nil {
		return err
	}
	settle := func() error { return invite.OweOne(s.tx, i.ID, s.tx.Now.Add(s.office.Delay), "") }
	if s.quiet {
		settle = func() error { return invite.Settled(s.tx, i.ID, i.AskedSequence) }
	}
	if err := settle(); err != nil {
		return err
	}
	if err := access.Log(s.tx, s.by, "withdraw invitation", "invitation", i.ID); err != nil {
		return err
	}
	if s.Successor != nil && i.StandsForID == nil { // who was named to come in another's place was named in person
		if err := s.ask(i.MeetingID); err != nil {
			return err
		}
	}
	m, err := meeting.ForLetter(s.tx, i.MeetingID)
	if err != nil {
		return err
	}
	if err := meeting.Restamp(s.tx, m); err != nil {
		return err
	}
	r, err := review(s.tx, s.by, s.office, i.MeetingID)
	s.Meetings = append(s.Meetings, r)
	return err
}

// ask asks whoever takes over to a meeting.
func (s *succeeding) ask(meetingID uuid.UUID) error {
	fresh, err := invite.Issue(s.tx, s.office.Key, meetingID, s.Successor.ID)
	if err != nil {
		return err
	}
	if err := invite.OweOne(s.tx, fresh.ID, s.tx.Now.Add(s.office.Delay), ""); err != nil {
		return err
	}
	if err := s.office.recall(s.tx, s.by, fresh); err != nil {
		return err
	}
	return access.Log(s.tx, s.by, "convene meeting", "meeting", meetingID)
}

// polls gives the leaver's place in date polls to whoever takes over, with a letter while it can be answered.
func (s *succeeding) polls(had *stock) error {
	for n := range had.polls {
		p := &had.polls[n]
		if err := s.tx.Hold(&poll.Poll{}, p.ID); err != nil {
			return err
		}
		passed, err := poll.Pass(s.tx, s.by, p, s.Leaver.ID, s.Successor)
		if err != nil {
			return err
		}
		if passed.To != nil && p.Open(s.tx.Now) {
			notice, err := s.office.askOne(s.tx, p, passed.To, s.home, s.tx.Now.Add(s.office.Delay))
			if err != nil {
				return err
			}
			if notice.Letter != nil {
				s.Others.Notices = append(s.Others.Notices, *notice)
			}
		}
		s.Polls = append(s.Polls, PassedPoll{*p, passed})
	}
	return nil
}

// actions gives open actions to whoever takes over, with a link to report them where letters reach and the
// forum lets them in.
func (s *succeeding) actions(had *stock) error {
	for _, a := range had.actions {
		s.Actions = append(s.Actions, a)
		if s.Successor == nil {
			continue
		}
		if a.Named {
			if err := minutes.Inherit(s.tx, s.by, &a.ActionState, s.Successor.Name, minutes.Owner{ContactID: &s.Successor.ID}); err != nil {
				return err
			}
		}
		if err := s.linkAction(a); err != nil {
			return err
		}
	}
	return nil
}

func (s *succeeding) linkAction(a PassedAction) error {
	m, err := minutes.ForLetter(s.tx, a.MinutesID)
	if err != nil {
		return err
	}
	sits, err := forum.Sits(s.tx, m.Meeting.ForumID, s.Successor.ID)
	if err != nil || !sits || !reached(*s.Successor) {
		return err
	}
	l, err := access.IssueLink(s.tx, s.office.Key, access.ToAction, a.ItemID, s.Successor.ID)
	if err != nil {
		return err
	}
	out := s.office.guestOut(post.Action, &m.Meeting, s.home, *s.Successor, s.office.guestLink(l))
	out.Label = a.Label
	if err := s.office.send(s.tx, s.home, *s.Successor, &l.ID, out); err != nil {
		return err
	}
	out.Link = s.office.BaseURL + "/a/" + placeholder
	if err := s.notice(out); err != nil {
		return err
	}
	return access.Log(s.tx, s.by, "send link to action", "action", a.ItemID)
}
