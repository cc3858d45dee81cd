package web

import (
	"strings"
	"time"

	"samverkan/internal/lang"
	"samverkan/internal/post"
)

// From when on something is worth a warning.
const (
	mailWaitsLong  = 10 * time.Minute
	pollIsLate     = 10 * time.Minute
	clocksDiffer   = 5 * time.Second
	backupIsOld    = 7 * 24 * time.Hour
	certificateAge = 14 // days left
	diskLittle     = 1 << 30
	diskOut        = 200 << 20
)

// good, look and bad are the three words of a row.
func (r statusRow) good() statusRow { r.Tag, r.Word = "ok", lang.Say("Fungerar"); return r }
func (r statusRow) look() statusRow { r.Tag, r.Word = "warn", lang.Say("Se över"); return r }
func (r statusRow) bad() statusRow  { r.Tag, r.Word = "err", lang.Say("Fel"); return r }

func (r *statusRow) add(s lang.Sentence) { r.Facts = append(r.Facts, s) }

// statusRows says everything that the page shows but the test letter.
func (w *Web) statusRows(h Health, s sight) []statusRow {
	return []statusRow{
		w.mailOutRow(h, s), w.mailInRow(h, s), databaseRow(h), jobsRow(h), clockRow(h), backupRow(h, s), certificateRow(h, w.Office.BaseURL), keyRow(h), diskRow(h),
		statusRow{Name: lang.Say("Version"), Facts: []lang.Sentence{lang.Say("Samverkan version %s", w.Version)}}.good(),
	}
}

func (w *Web) mailOutRow(h Health, s sight) statusRow {
	r := statusRow{Name: lang.Say("E-post ut")}
	if last := h.Out.LastSent; last != nil && h.SMTP != "" {
		r.add(lang.Say("Senaste brevet skickades %s.", s.settled(*last)))
		r.Words = last.Answer
	} else if h.SMTP != "" {
		r.add(lang.Say("Inget brev har skickats än."))
	}
	if h.SMTP != "" {
		r.add(lang.Say("Brev lämnas till %s.", h.SMTP))
	}
	if h.Out.Waiting > 0 {
		r.add(lang.Say("Brev på väg ut: %d.", int(h.Out.Waiting)))
		r.List = "/outbox?state=next"
	}
	if h.Out.Oldest != nil {
		r.add(lang.Say("Det äldsta har väntat sedan %s.", s.moment(*h.Out.Oldest)))
	}
	for _, p := range h.Out.Slowed {
		r.add(lang.Say("Brev till %s väntar till %s: högst %d i minuten.", p.Domain, s.moment(p.NotBefore), int(p.Most(w.PerMinute, h.Now))))
	}
	fail, waitsLong := h.Out.LastFail, h.Out.Oldest != nil && h.Now.Sub(*h.Out.Oldest) > mailWaitsLong
	switch {
	case h.SMTP == "":
		r.add(lang.Say("Inga brev skickas. De sparas som filer i datamappen, och ingen får dem."))
		r.Do = lang.Say("Sätt SAMVERKAN_SMTP_URL och SAMVERKAN_MAIL_FROM, och starta om.")
		return r.look()
	case h.Out.Held != nil:
		r.add(lang.Say("Sändningen är stoppad sedan %s.", s.moment(h.Out.Held.Since)))
		r.Do, r.Link = lang.Say("Granska breven och släpp dem i utkorgen."), "/outbox"
		return r.bad()
	case fail != nil:
		r.Words = serverWords(fail.Problem)
		r.Do, r.Link = advice(r.Words), "/outbox"
		if away := fail.State == post.Retry && fail.Attempts == 0 && len(h.Out.Slowed) == 0; away || waitsLong || h.Out.LastSent == nil {
			return r.bad()
		}
		return r.look() // one letter's trouble is not the server's
	case waitsLong:
		r.Do, r.Link = lang.Say("Se i utkorgen vad breven väntar på."), "/outbox?state=next"
		return r.look()
	case h.Out.LastSent == nil:
		r.Do, r.Link = lang.Say("Skicka ett provbrev till dig själv."), "#trial"
		return r.look()
	}
	return r.good()
}

func (w *Web) mailInRow(h Health, s sight) statusRow {
	r := statusRow{Name: lang.Say("E-post in")}
	if h.IMAP == "" {
		r.add(lang.Say("Svar som kommer med e-post läses inte. De som är inbjudna kan svara med länken i brevet."))
		r.Do = lang.Say("Vill ni läsa svaren: sätt SAMVERKAN_IMAP_URL till möteslådan, och starta om.")
		return r.look()
	}
	r.add(lang.Say("Brevlådan är %s.", h.IMAP))
	if w.Office.Plain {
		r.add(lang.Say("Svar går till %s. Plus-adresser används inte.", w.Office.From))
	} else {
		r.add(lang.Say("Svar går till adresser som %s.", w.Office.PlusExample()))
	}
	if h.Parked.Letters > 0 {
		r.add(lang.Say("Brev som väntar på en människa: %d.", int(h.Parked.Letters)))
		r.List = "/inbox"
	}
	m := h.Mailbox
	if m == nil {
		r.add(lang.Say("Den är inte läst än. Den läses en gång i minuten."))
		return r.look()
	}
	r.add(lang.Say("Den lästes senast %s.", s.moment(m.PolledAt)))
	switch {
	case m.Problem != "":
		if m.ProblemSince != nil {
			r.add(lang.Say("Den går inte att läsa sedan %s.", s.moment(*m.ProblemSince)))
		}
		r.Words, r.Do = m.Problem, advice(m.Problem)
		return r.bad()
	case h.Now.Sub(m.PolledAt) > pollIsLate:
		r.Do = lang.Say("Den ska läsas varje minut. Se raden om jobb, och starta om tjänsten om det inte hjälper.")
		return r.bad()
	case h.Parked.Full:
		r.add(lang.Say("Fler får inte plats. %d brev ligger kvar i brevlådan, orörda.", int(m.LeftBehind)))
		r.Do, r.Link = lang.Say("Ta hand om breven i inkorgen, eller rensa skräp i brevlådan. Sedan hämtas resten."), "/inbox"
		return r.bad()
	}
	return r.good()
}

func databaseRow(h Health) statusRow {
	r := statusRow{Name: lang.Say("Databas")}
	if h.Postgres {
		r.add(lang.Say("PostgreSQL, schema %d.", int(h.SchemaNo)))
	} else {
		r.add(lang.Say("SQLite, en fil i datamappen, schema %d.", int(h.SchemaNo)))
	}
	switch {
	case h.Database != nil:
		r.Words, r.Do = h.Database.Error(), lang.Say("Databasen svarar inte. Kontrollera att den är igång.")
		return r.bad()
	case h.Schema != nil:
		r.Words, r.Do = h.Schema.Error(), lang.Say("Databasens tabeller är inte programmets. Kör samverkan migrate, eller installera rätt version.")
		return r.bad()
	}
	return r.good()
}

func jobsRow(h Health) statusRow {
	r := statusRow{Name: lang.Say("Jobb")}
	if h.Jobs != nil {
		r.add(lang.Say("Jobb har väntat i mer än fem minuter."))
		r.Words, r.Do = h.Jobs.Error(), lang.Say("Starta om tjänsten. Hjälper det inte: se i programmets logg efter job failed.")
		return r.bad()
	}
	r.add(lang.Say("Inget jobb har väntat i mer än fem minuter."))
	return r.good()
}

func clockRow(h Health) statusRow {
	r := statusRow{Name: lang.Say("Klocka")}
	ahead := h.ClockAhead.Round(time.Second)
	if ahead.Abs() <= clocksDiffer {
		r.add(lang.Say("Maskinens klocka går som databasens."))
		return r.good()
	}
	if ahead > 0 {
		r.add(lang.Say("Maskinens klocka går %s före databasens.", ahead.String()))
	} else {
		r.add(lang.Say("Maskinens klocka går %s efter databasens.", ahead.Abs().String()))
	}
	r.Do = lang.Say("Ställ båda med tidsservern (NTP). Annars går påminnelser och länkar vid fel tid.")
	return r.bad()
}

func backupRow(h Health, s sight) statusRow {
	r := statusRow{Name: lang.Say("Säkerhetskopia")}
	switch {
	case h.Backup == nil:
		r.add(lang.Say("Ingen kopia är gjord."))
		r.add(lang.Say("Här syns bara kopior som har gjorts med samverkan backup."))
		r.Do = lang.Say("Kör samverkan backup varje natt, och spara kopian på en annan maskin.")
		return r.look()
	case h.Now.Sub(*h.Backup) > backupIsOld:
		r.add(lang.Say("Senaste kopian gjordes %s.", s.moment(*h.Backup)))
		r.add(lang.Say("Här syns bara kopior som har gjorts med samverkan backup."))
		r.Do = lang.Say("Den är äldre än en vecka. Se varför nattens kopia inte görs.")
		return r.look()
	}
	r.add(lang.Say("Senaste kopian gjordes %s.", s.moment(*h.Backup)))
	return r.good()
}

func certificateRow(h Health, base string) statusRow {
	r := statusRow{Name: lang.Say("Certifikat")}
	if h.CertDays == nil && strings.HasPrefix(base, "http://") { // the settings allow that on this machine only
		r.add(lang.Say("Programmet svarar utan kryptering på %s. Det går bara på den här maskinen.", base))
		return r.good()
	}
	if h.CertDays == nil {
		r.add(lang.Say("Krypteringen sköts av en proxy framför programmet. Se där hur länge certifikatet räcker."))
		r.add(lang.Say("Adressen är %s.", base))
		r.Tag, r.Word = "", lang.Say("Sköts utanför")
		return r
	}
	days := *h.CertDays
	switch {
	case days < 0:
		r.add(lang.Say("Certifikatet har gått ut."))
		r.Do = lang.Say("Lägg dit ett nytt certifikat. Det läses in inom en minut, utan omstart.")
		return r.bad()
	case days < certificateAge:
		r.add(lang.Say("Certifikatet räcker i %d dagar.", days))
		r.Do = lang.Say("Lägg dit ett nytt certifikat. Det läses in inom en minut, utan omstart.")
		return r.look()
	}
	r.add(lang.Say("Certifikatet räcker i %d dagar.", days))
	return r.good()
}

func keyRow(h Health) statusRow {
	r := statusRow{Name: lang.Say("Nyckelfil")}
	if h.Key != nil {
		r.Words, r.Do = h.Key.Error(), lang.Say("Lägg tillbaka samverkan.key i datamappen från där den är sparad. Utan den går länkar i skickade brev inte att öppna efter en omstart.")
		return r.bad()
	}
	r.add(lang.Say("Nyckelfilen finns och är databasens. Ha en kopia av den på ett annat ställe än säkerhetskopiorna."))
	return r.good()
}

func diskRow(h Health) statusRow {
	r := statusRow{Name: lang.Say("Diskutrymme")}
	if h.DiskTotal == 0 {
		r.add(lang.Say("Det går inte att se hur mycket plats det finns."))
		return r.look()
	}
	r.add(lang.Say("Ledigt i datamappen: %d MB av %d MB.", int(h.DiskFree>>20), int(h.DiskTotal>>20)))
	switch {
	case h.DiskFree < diskOut:
		r.Do = lang.Say("Frigör plats nu. När disken är full går inget att spara.")
		return r.bad()
	case h.DiskFree < diskLittle:
		r.Do = lang.Say("Frigör plats, eller ge datamappen en större disk.")
		return r.look()
	}
	return r.good()
}
