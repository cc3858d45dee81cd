package secretariat

import (
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
)

// SeatWord says what became of a seat. Who comes instead is named only to whoever plans the meeting.
func SeatWord(s invite.Seat, m *meeting.Meeting, named bool, l lang.Language) string {
	a := s.Current(m)
	if !named || s.StandIn == nil {
		return AnswerWord(a, named, l)
	}
	return seatWord(s, a, s.StandIn.Current(m), l)
}

// AnswerWord says an answer; who comes instead is named only to whoever plans the meeting.
func AnswerWord(a *invite.Answer, named bool, l lang.Language) string {
	if a != nil && a.PartStat == invite.Delegated && !named {
		return l.Text("Någon annan kommer")
	}
	return StatusWord(a, l)
}

// LastWord says what was answered last of a seat that somebody else comes to, to whichever time.
func LastWord(s invite.Seat, l lang.Language) string {
	return seatWord(s, s.Last(), s.StandIn.Last(), l)
}

func seatWord(s invite.Seat, a, own *invite.Answer, l lang.Language) string {
	if a != nil && a.SubstituteEmail == "" {
		return StatusWord(a, l)
	}
	who, says := s.StandIn.Contact.Shown(), l.Text(saidWord(own))
	switch {
	case a == nil: // after a move: whoever was asked first has not answered
		return l.Text("Inget svar. Ersättare: %s, %s", who, says)
	case a.PartStat == invite.Delegated:
		return l.Text("Någon annan kommer – %s, %s", who, says)
	}
	return StatusWord(a, l) + " – " + who + ", " + says
}

// saidWord says an answer inside a sentence: keys of package lang.
func saidWord(a *invite.Answer) string {
	switch {
	case a == nil:
		return "har inte svarat"
	case a.PartStat == invite.Accepted && a.Remote:
		return "har svarat ja, på distans"
	case a.PartStat == invite.Accepted:
		return "har svarat ja"
	case a.PartStat == invite.Declined:
		return "har svarat nej"
	}
	return "har svarat kanske"
}
