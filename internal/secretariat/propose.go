package secretariat

import (
	"samverkan/internal/access"
	"samverkan/internal/lang"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// ProposeByLink asks the meeting of an invitation's link to take something up. It refuses with fault.NotFound as
// Open does, and as minutes.Propose does.
func ProposeByLink(tx *store.Tx, token, title string) error {
	o, err := Open(tx, token)
	if err != nil {
		return err
	}
	_, err = minutes.Propose(tx, access.Guest(), o.Meeting, &o.Invitation.ContactID, title)
	return err
}

// proposed is items that somebody wants a meeting to take up.
func (w *waiting) proposed() error {
	if !w.by.Is(access.Coordinator) {
		return nil
	}
	all, err := minutes.WaitingProposals(w.tx, w.by)
	for n := range all {
		m := &all[n].Meeting
		if n > 0 && all[n-1].MeetingID == m.ID {
			continue
		}
		text, mailed := w.naming("Ta ställning till föreslagna punkter: %s", m)
		w.add(Task{text, mailed, "/meetings/" + m.ID.String() + "#proposals", m.Date, lang.Say("Nya förslag"), "warn"})
	}
	return err
}
