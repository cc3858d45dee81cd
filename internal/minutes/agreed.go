package minutes

import (
	"slices"
	"time"

	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// DocumentAgreement is how a finished version was agreed on. It stands in the version for ever.
type DocumentAgreement struct {
	Way       forum.Way          `json:"way"`
	SHA256    string             `json:"sha256"` // of the document that was sent, without this; empty: none was
	SentAt    *time.Time         `json:"sentAt"`
	Days      int64              `json:"days"`  // working days for views, of silence
	Until     almanac.Date       `json:"until"` // last day for views, of silence
	Approvals []DocumentApproval `json:"approvals"`
	Missing   []string           `json:"missing"` // who had not approved when it was finished all the same
	Views     int                `json:"views"`   // that were written
	Despite   string             `json:"despite"` // why it was finished all the same; empty: it was agreed on
}

// DocumentApproval is that somebody approved.
type DocumentApproval struct {
	Name string    `json:"name"`
	At   time.Time `json:"at"`
}

// mask gives the agreement with what hide finds hidden.
func (a *DocumentAgreement) mask(hide func(string) string) *DocumentAgreement {
	if a == nil {
		return nil
	}
	b := *a
	b.Approvals, b.Missing, b.Despite = slices.Clone(a.Approvals), slices.Clone(a.Missing), hide(a.Despite)
	for n := range b.Approvals {
		b.Approvals[n].Name = hide(b.Approvals[n].Name)
	}
	for n := range b.Missing {
		b.Missing[n] = hide(b.Missing[n])
	}
	return &b
}

// agreement gives how the minutes were agreed on, nil where their forum asks nobody. sum is of the document as it would
// be finished. It refuses with fault.Conflict while they are not agreed on and despite does not say why they are
// finished all the same. Old minutes that are brought in were agreed on where they were written.
func (m *Minutes) agreement(tx *store.Tx, sum, despite string) (*DocumentAgreement, *Submission, error) {
	s, err := OutOf(tx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	if s == nil {
		way, err := forum.AgreeingOf(tx, m.Meeting.ForumID)
		if err != nil || way.Way == forum.ByKeeper || m.ExternalID != nil && !m.Finalised() {
			return nil, nil, err
		}
		if despite == "" {
			return nil, nil, fault.New(fault.Conflict, "Anteckningarna ska godkännas först. Skicka dem för godkännande, eller skriv varför de färdigställs ändå.")
		}
		return &DocumentAgreement{Way: way.Way, Days: way.Days, Approvals: []DocumentApproval{}, Missing: []string{}, Despite: despite}, nil, nil
	}
	if s.SHA256 != sum {
		return nil, nil, fault.New(fault.Conflict, "Anteckningarna är inte längre de som skickades för godkännande. Ta tillbaka dem och skicka dem igen.")
	}
	agreed := s.Agreed(almanac.DateOf(tx.Now, m.Meeting.Location()))
	if !agreed && despite == "" {
		return nil, nil, notAgreed(s)
	}
	if agreed {
		despite = ""
	}
	sent := s.SentAt.UTC()
	a := &DocumentAgreement{Way: s.Way, SHA256: s.SHA256, SentAt: &sent, Days: s.Days, Until: s.Until, Approvals: []DocumentApproval{}, Missing: []string{}, Views: len(s.Views), Despite: despite}
	for _, asked := range s.Asked {
		switch {
		case asked.ApprovedAt != nil:
			a.Approvals = append(a.Approvals, DocumentApproval{asked.Name, asked.ApprovedAt.UTC()})
		case s.Way == forum.ByApprovers:
			a.Missing = append(a.Missing, asked.Name)
		}
	}
	return a, s, nil
}

func notAgreed(s *Submission) error {
	switch {
	case s.Way == forum.ByApprovers:
		return fault.New(fault.Conflict, "Alla har inte godkänt än. Vänta, eller skriv varför anteckningarna färdigställs ändå.")
	case len(s.Views) > 0:
		return fault.New(fault.Conflict, "Någon har synpunkter. Ta tillbaka anteckningarna och ändra, eller skriv varför de färdigställs ändå.")
	}
	return fault.New(fault.Conflict, "Synpunkter kan lämnas till och med %s. Vänta, eller skriv varför anteckningarna färdigställs ändå.", s.Until.String())
}

// Agreed says how the version was agreed on, in sentences: they stand on paper and on pages.
func (d Document) Agreed(l lang.Language) (all []string) {
	a, zone := d.Agreement, d.location()
	if a == nil {
		return nil
	}
	when := func(at time.Time) string {
		return l.Text("%s kl. %s", almanac.DateOf(at, zone).String(), almanac.ClockOf(at, zone).Swedish())
	}
	if a.SentAt != nil && a.Way == forum.BySilence {
		all = append(all, l.Text("Skickades för synpunkter %s. Synpunkter kunde lämnas till och med %s.", when(*a.SentAt), a.Until.String()))
	} else if a.SentAt != nil {
		all = append(all, l.Text("Skickades för godkännande %s.", when(*a.SentAt)))
	}
	for _, p := range a.Approvals {
		all = append(all, l.Text("Godkänt av %s %s.", p.Name, when(p.At)))
	}
	for _, name := range a.Missing {
		all = append(all, l.Text("Inte godkänt av %s.", name))
	}
	switch {
	case a.Views > 0:
		all = append(all, l.Count(a.Views, "1 synpunkt lämnades.", "%d synpunkter lämnades."))
	case a.Way == forum.BySilence && a.Despite == "":
		all = append(all, l.Count(int(a.Days), "Ingen hade synpunkter inom 1 arbetsdag.", "Ingen hade synpunkter inom %d arbetsdagar."))
	}
	if a.Despite != "" {
		all = append(all, l.Text("Färdigställt ändå: %s", a.Despite))
	}
	return all
}
