package web

import (
	"time"

	"samverkan/internal/lang"
	"samverkan/internal/post"
)

// answerIsLate is for how long the answer to a test letter may be under way before the page says what may be
// wrong.
const answerIsLate = 5 * time.Minute

func (s step) done(t lang.Sentence) step {
	s.Tag, s.Word, s.Text = "ok", lang.Say("Klart"), t
	return s
}
func (s step) wait(t lang.Sentence) step {
	s.Tag, s.Word, s.Text = "warn", lang.Say("Väntar"), t
	return s
}
func (s step) fail(t lang.Sentence) step {
	s.Tag, s.Word, s.Text = "err", lang.Say("Kom inte"), t
	return s
}

// steps says how far the reader's last test letter has come: written, sent, answered.
func (w *Web) steps(h Health, s sight, t *post.Trial) []step {
	l := t.Letter
	all := []step{step{}.done(lang.Say("Provbrevet till %s skrevs %s.", l.Recipient, s.moment(l.CreatedAt))), w.sentStep(h, s, l)}
	if l.State != post.Sent && t.RepliedAt == nil {
		return all
	}
	return append(all, w.answerStep(h, s, t))
}

func (w *Web) sentStep(h Health, s sight, l post.Letter) step {
	way := s.way(l)
	st := step{Words: way.Words}
	switch l.State {
	case post.Sent:
		return st.done(lang.Say("E-postservern tog emot det %s.", s.settled(l)))
	case post.Filed:
		st.Do = lang.Say("Sätt SAMVERKAN_SMTP_URL och SAMVERKAN_MAIL_FROM, och starta om.")
		return st.fail(way.Next)
	case post.Queued, post.Sending:
		if h.Out.Held != nil {
			st.Do = lang.Say("Granska breven och släpp dem i utkorgen.")
		}
		return st.wait(way.Next)
	case post.Bounced:
		st.Do = advice(st.Words)
		return st.fail(lang.Say("Brevet kom tillbaka %s.", s.settled(l)))
	}
	if st.Words != "" {
		st.Do = advice(st.Words)
	}
	return st.fail(way.Next)
}

// answerStep says whether the answer came back, and what may be wrong when it has not.
func (w *Web) answerStep(h Health, s sight, t *post.Trial) step {
	st := step{}
	if t.RepliedAt != nil {
		switch {
		case t.Route == post.ByThread && !w.Office.Plain:
			st.Do = lang.Say("Det kom inte till brevets egen adress, så e-posten ändrar plus-adresser på vägen. Se under Plus-addressing i driftguiden.")
		case t.Route == post.ByAddress:
			st.Do = lang.Say("Det kom till brevets egen adress: plus-adresser fungerar.")
		}
		return st.done(lang.Say("Svaret kom tillbaka %s.", s.moment(*t.RepliedAt)))
	}
	m, sent := h.Mailbox, t.Letter.CreatedAt
	if t.Letter.SettledAt != nil {
		sent = *t.Letter.SettledAt
	}
	switch {
	case h.IMAP == "":
		st.Do = lang.Say("Vill ni läsa svaren: sätt SAMVERKAN_IMAP_URL till möteslådan, och starta om.")
		return st.fail(lang.Say("Svar med e-post läses inte, så här slutar provet."))
	case m != nil && m.Problem != "":
		st.Words, st.Do = m.Problem, advice(m.Problem)
		return st.fail(lang.Say("Brevlådan går inte att läsa, så svaret syns inte."))
	case h.Now.Sub(sent) < answerIsLate || m == nil:
		return st.wait(lang.Say("Svara nu på brevet, med vilka ord du vill. Brevlådan läses en gång i minuten. Läs sedan in sidan igen."))
	}
	st.Do = lang.Say("Kom brevet inte fram: titta i skräpposten. Kom ditt svar tillbaka till dig: e-postservern känner inte plus-adresser, sätt SAMVERKAN_PLUS_ADDRESSES=false. Annars: kontrollera att SAMVERKAN_IMAP_URL är brevlådan för %s.", w.Office.From)
	if w.Office.Plain {
		st.Do = lang.Say("Kom brevet inte fram: titta i skräpposten. Har du svarat: kontrollera att SAMVERKAN_IMAP_URL är brevlådan för %s, och att svaret inte har hamnat i dess skräppost.", w.Office.From)
	}
	return st.wait(lang.Say("Inget svar har kommit. Brevlådan lästes senast %s.", s.moment(m.PolledAt)))
}
