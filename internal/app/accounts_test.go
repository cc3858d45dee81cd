package app_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/work"
)

const fresh = "flod tegel viska moln"

// email gives the address with which a role signs in.
func email(role access.Role) string {
	for _, s := range sample.SignIns {
		if s.Role == role {
			return s.Email
		}
	}
	return ""
}

// mailedLink gives the path of the link in the newest letter to an address.
func (h *house) mailedLink(to string) string {
	h.Helper()
	h.pass(0)
	letters := h.mail.Letters()
	for n := len(letters) - 1; n >= 0; n-- {
		if letters[n].To == to {
			if link := regexp.MustCompile(regexp.QuoteMeta(h.url) + `(\S+)`).FindStringSubmatch(mailtest.Parse(h.T, letters[n].Data).Text); link != nil {
				return link[1]
			}
		}
	}
	h.Fatalf("no letter with a link to %s", to)
	return ""
}

// signIn tries to sign in, in a browser of its own.
func (h *house) signIn(email, password string) (*http.Client, reply) {
	h.Helper()
	c := h.browser()
	return c, h.post(c, "/signin", url.Values{"email": {email}, "password": {password}})
}

// worksResets does what the job queue would with questions for new passwords.
func (h *house) worksResets() {
	h.Helper()
	var jobs []struct {
		ID   int64
		Args string
	}
	h.write(func(tx *store.Tx) error {
		args := "args"
		if !h.app.DB.IsPostgres() { // where River keeps it as JSONB
			args = "json(args) AS args"
		}
		if err := tx.DB.Table("river_job").Select("id, "+args).Where("kind = ?", secretariat.Forgotten{}.Kind()).Order("id").Find(&jobs).Error; err != nil {
			return err
		}
		return tx.DB.Exec("DELETE FROM river_job WHERE kind = ?", secretariat.Forgotten{}.Kind()).Error
	})
	desk := work.Desk{DB: h.app.DB, Office: h.app.Office, Sender: h.app.Sender, Log: slog.New(slog.DiscardHandler)}
	for _, j := range jobs {
		var asked secretariat.Forgotten
		if err := json.Unmarshal([]byte(j.Args), &asked); err != nil {
			h.Fatal(err)
		}
		if err := desk.Reset(h.Context(), asked); err != nil {
			h.Fatal(err)
		}
	}
	h.pass(0)
}

func TestAccountIsInvitedAndChoosesItsPassword(t *testing.T) {
	onBoth(t, func(h *house) {
		admin := h.as(access.Administrator)
		forum := h.world.Forums["rvt-miranda"].String()
		new := url.Values{"name": {"Gerd Hassel"}, "email": {"Gerd@vingaker.example"}, "role": {"member"}, "forumId": {forum}, "workGroupId": {""}, "from": {""}, "to": {""}, "language": {"sv"}}
		for field, wrong := range map[string]string{"name": "", "email": "gerd", "role": "kung", "forumId": ""} {
			f := url.Values{}
			for k, v := range new {
				f[k] = v
			}
			f.Set(field, wrong)
			if p := h.post(admin, "/new-account", f); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `id="e-`+field) {
				h.Errorf("%s %q: %d", field, wrong, p.status)
			}
		}
		made := h.wants(h.post(admin, "/new-account", new), http.StatusSeeOther)
		if _, p := h.signIn("gerd@vingaker.example", ""); p.status != http.StatusUnprocessableEntity {
			h.Errorf("an account without a password lets in: %d", p.status)
		}
		link := h.mailedLink("gerd@vingaker.example")
		for range 3 { // scanners of mail fetch links
			h.wants(h.get(h.browser(), link), 200)
		}
		for _, weak := range []string{"kort", "password1234", "sommarsommar", "gerd@vingaker.example"} {
			h.wants(h.post(h.browser(), link, url.Values{"password": {weak}}), http.StatusUnprocessableEntity)
		}
		h.wants(h.post(h.browser(), link, url.Values{"password": {fresh}}), 200)
		h.wants(h.post(h.browser(), link, url.Values{"password": {fresh}}), 404)
		h.wants(h.get(h.browser(), link), 404)
		gerd, p := h.signIn("gerd@vingaker.example", fresh)
		h.wants(p, http.StatusSeeOther)
		if seen := text(h.wants(h.get(gerd, "/account"), 200).body); !strings.Contains(seen, "Deltagare i ett forum") {
			h.Errorf("her roles: %s", seen)
		}
		if seen := text(h.get(admin, made.to).body); !strings.Contains(seen, "Lösenord är valt") {
			h.Errorf("her account: %s", seen)
		}
	})
}

// The link of an invitation ends after seven days, that of a reset after half an hour.
func TestPasswordLinksRunOut(t *testing.T) {
	onBoth(t, func(h *house) {
		admin := h.as(access.Administrator)
		h.wants(h.post(admin, "/accounts/"+h.world.Identities[access.Manager].String()+"/password-link", url.Values{}), http.StatusSeeOther)
		link := h.mailedLink(email(access.Manager))
		h.clock = h.clock.Add(29 * time.Minute)
		h.wants(h.get(h.browser(), link), 200)
		h.clock = h.clock.Add(2 * time.Minute)
		h.wants(h.get(h.browser(), link), 404)
		h.wants(h.post(h.browser(), link, url.Values{"password": {fresh}}), 404)
	})
}

// T-RESET: a forgotten password is asked for in the same words whoever asks; the link works once, and ends
// sessions, and with a tick feeds and keys.
func TestForgottenPassword(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		before := len(h.mail.Letters())
		ask := func(email string) reply {
			return h.wants(h.post(h.browser(), "/forgotten", url.Values{"email": {email}}), 200)
		}
		known := ask(email(access.Coordinator))
		for _, other := range []string{"ingen@vingaker.example", "", "' OR 1=1 --", strings.Repeat("a", 5000), "styr\x00tecken@vingaker.example"} {
			if p := ask(other); bare(p.body) != bare(known.body) {
				h.Errorf("%q is answered otherwise", other)
			}
		}
		if len(h.mail.Letters()) != before {
			h.Error("the page itself writes a letter: its time would tell")
		}
		h.worksResets()
		if n := len(h.mail.Letters()) - before; n != 1 {
			h.Fatalf("%d letters", n)
		}
		link := h.mailedLink(email(access.Coordinator))
		h.clock = h.clock.Add(time.Minute)
		h.wants(h.post(h.browser(), link, url.Values{"password": {fresh}, "endAll": {"yes"}}), 200)
		h.wants(h.get(coordinator, "/meetings"), http.StatusSeeOther)
		h.wants(h.get(h.browser(), "/calendar/"+h.world.FeedToken+".ics"), 404)
		if p, _ := h.call(http.MethodGet, "/meetings", nil); p.status != http.StatusUnauthorized {
			h.Errorf("the API key lives: %d", p.status)
		}
		if _, p := h.signIn(email(access.Coordinator), password); p.status != http.StatusUnprocessableEntity {
			h.Errorf("the old password lets in: %d", p.status)
		}
		if _, p := h.signIn(email(access.Coordinator), fresh); p.status != http.StatusSeeOther {
			h.Errorf("the new password does not: %d", p.status)
		}
		before = len(h.mail.Letters())
		for range 5 {
			ask(email(access.Manager))
			h.worksResets()
		}
		if n := len(h.mail.Letters()) - before; n != 2 {
			h.Errorf("%d letters to one who asked five times within a quarter of an hour", n)
		}
		for range 20 {
			h.post(h.browser(), "/forgotten", url.Values{"email": {"ingen@vingaker.example"}})
		}
		if p := h.post(h.browser(), "/forgotten", url.Values{"email": {"ingen@vingaker.example"}}); !strings.Contains(text(p.body), "För många försök") {
			h.Errorf("one address asks on and on: %d", p.status)
		}
	})
}

// A reset letter's link is aimed by the settings, whatever the request says it came to.
func TestResetLinkIgnoresTheHost(t *testing.T) {
	onBoth(t, func(h *house) {
		r := h.request(http.MethodPost, "/forgotten", url.Values{"email": {email(access.Manager)}}.Encode())
		r.Host = "evil.example"
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Original-Host"} {
			r.Header.Set(name, "evil.example")
		}
		h.do(h.browser(), r)
		h.worksResets()
		for _, l := range h.mail.Letters() {
			if letter := mailtest.Parse(h.T, l.Data); strings.Contains(letter.Text+letter.HTML, "evil.example") {
				h.Error("a letter leads to another host")
			}
		}
		h.mailedLink(email(access.Manager))
	})
}

// second turns on the second factor in a browser, and gives its secret and recovery codes.
func (h *house) second(c *http.Client) (secret string, codes []string) {
	h.Helper()
	shown := h.wants(h.post(c, "/account/second-factor", url.Values{"current": {password}}), 200)
	secret = regexp.MustCompile(`id="f-secret" value="([A-Z2-7]+)"`).FindStringSubmatch(shown.body)[1]
	h.wants(h.post(c, "/account/second-factor/confirmation", url.Values{"code": {"000000"}}), http.StatusUnprocessableEntity)
	done := h.wants(h.post(c, "/account/second-factor/confirmation", url.Values{"code": {h.appCode(secret)}}), 200)
	for _, found := range regexp.MustCompile(`<code>([a-z2-7-]+)</code>`).FindAllStringSubmatch(done.body, -1) {
		codes = append(codes, found[1])
	}
	if len(codes) != 10 {
		h.Fatalf("%d recovery codes", len(codes))
	}
	return secret, codes
}

// appCode is what the app shows now.
func (h *house) appCode(secret string) string {
	h.Helper()
	code, err := totp.GenerateCode(secret, h.clock)
	if err != nil {
		h.Fatal(err)
	}
	return code
}

// T-AUTH: no combination of right, wrong and missing factors lets in but the two right ones.
func TestTwoFactors(t *testing.T) {
	onBoth(t, func(h *house) {
		manager := h.as(access.Manager)
		secret, codes := h.second(manager)
		for _, pass := range []string{password, "fel lösenord här", "", h.appCode(secret)} {
			for _, second := range []string{"right", "000000", "", password} {
				h.clock = h.clock.Add(16 * time.Minute) // past the limits, and a new code
				right := h.appCode(secret)
				c, p := h.signIn(email(access.Manager), pass)
				code := second
				if second == "right" {
					code = right
				}
				if p.status != http.StatusSeeOther {
					p = h.post(c, "/signin/code", url.Values{"code": {code}})
				}
				in := h.get(c, "/meetings").status == 200
				if want := pass == password && second == "right"; in != want {
					h.Errorf("password %q, code %q: in is %v", pass, second, in)
				}
			}
		}
		h.clock = h.clock.Add(16 * time.Minute)
		c, _ := h.signIn(email(access.Manager), password)
		if h.get(c, "/meetings").status == 200 {
			h.Error("in without the code")
		}
		h.clock = h.clock.Add(11 * time.Minute)
		if p := h.post(c, "/signin/code", url.Values{"code": {h.appCode(secret)}}); p.status == http.StatusSeeOther {
			h.Error("in with a password of eleven minutes ago")
		}
		c, _ = h.signIn(email(access.Manager), password)
		code := h.appCode(secret)
		h.wants(h.post(c, "/signin/code", url.Values{"code": {code}}), http.StatusSeeOther)
		again, _ := h.signIn(email(access.Manager), password)
		h.wants(h.post(again, "/signin/code", url.Values{"code": {code}}), http.StatusUnprocessableEntity) // each code once
		h.wants(h.post(again, "/signin/code", url.Values{"code": {strings.ToUpper(codes[3])}}), http.StatusSeeOther)
		third, _ := h.signIn(email(access.Manager), password)
		h.wants(h.post(third, "/signin/code", url.Values{"code": {codes[3]}}), http.StatusUnprocessableEntity)
		if seen := text(h.get(again, "/account").body); !strings.Contains(seen, "9 reservkoder är kvar") {
			h.Errorf("the account: %s", seen)
		}
	})
}

// T-DISABLED: a closed account is out at the next request, by every way in, and gets none of them
// back when it is opened again: the password alone lets in then.
func TestDisabled(t *testing.T) {
	onBoth(t, func(h *house) {
		admin, manager := h.as(access.Administrator), h.as(access.Manager)
		at := "/accounts/" + h.world.Identities[access.Manager].String()
		secret, _ := h.second(manager)
		key := regexp.MustCompile(`value="(api_[a-z2-7]+)"`).FindStringSubmatch(
			h.wants(h.post(manager, "/account/tokens", url.Values{"name": {"Rapporten"}, "scope": {"read"}, "days": {"30"}}), 200).body)[1]
		feed := regexp.MustCompile(`/calendar/feed_[a-z2-7]+\.ics`).FindString(
			h.wants(h.post(manager, "/subscribe", url.Values{"name": {"Telefonen"}, "level": {"neutral"}}), 200).body)
		h.wants(h.post(admin, at+"/password-link", url.Values{}), http.StatusSeeOther)
		link := h.mailedLink(email(access.Manager))
		h.clock = h.clock.Add(time.Minute) // another code
		halfway, _ := h.signIn(email(access.Manager), password)
		code := url.Values{"code": {h.appCode(secret)}}

		ways := map[string]struct {
			in, out int
			try     func() int
		}{
			"session": {200, http.StatusSeeOther, func() int { return h.get(manager, "/meetings").status }},
			"key":     {200, http.StatusUnauthorized, func() int { return h.send(key, http.MethodGet, "/api/v1/meetings", "").status }},
			"feed":    {200, http.StatusNotFound, func() int { return h.get(h.browser(), feed).status }},
			"link":    {200, http.StatusNotFound, func() int { return h.get(h.browser(), link).status }},
		}
		for name, way := range ways {
			if got := way.try(); got != way.in {
				h.Errorf("open, by %s: %d", name, got)
			}
		}
		out := func(when string) {
			h.Helper()
			for name, way := range ways {
				if got := way.try(); got != way.out {
					h.Errorf("%s, by %s: %d", when, name, got)
				}
			}
			h.wants(h.post(h.browser(), link, url.Values{"password": {fresh}}), http.StatusNotFound)
			h.wants(h.post(halfway, "/signin/code", code), http.StatusUnprocessableEntity)
			h.wants(h.get(halfway, "/meetings"), http.StatusSeeOther)
		}
		h.clock = h.clock.Add(2 * time.Second)
		h.wants(h.post(admin, at+"/disabling", url.Values{}), http.StatusSeeOther)
		out("closed")
		if _, p := h.signIn(email(access.Manager), password); p.status != http.StatusUnprocessableEntity {
			h.Errorf("closed, by the password: %d", p.status)
		}
		before := len(h.mail.Letters())
		h.wants(h.post(admin, at+"/password-link", url.Values{}), http.StatusUnprocessableEntity)
		h.wants(h.post(h.browser(), "/forgotten", url.Values{"email": {email(access.Manager)}}), 200)
		h.worksResets()
		if n := len(h.mail.Letters()) - before; n != 0 {
			h.Errorf("%d letters to a closed account", n)
		}

		h.wants(h.post(admin, at+"/enabling", url.Values{}), http.StatusSeeOther)
		out("opened again")
		again, _ := h.signIn(email(access.Manager), password)
		h.wants(h.post(again, "/signin/code", code), http.StatusSeeOther)
		h.wants(h.get(again, "/meetings"), 200)
	})
}

// T-BRUTE: codes end after five tries, also for the right one.
func TestCodesAreNotGuessed(t *testing.T) {
	onBoth(t, func(h *house) {
		secret, _ := h.second(h.as(access.Manager))
		h.clock = h.clock.Add(time.Hour)
		for n := range 6 {
			c, _ := h.signIn(email(access.Manager), password)
			p := h.post(c, "/signin/code", url.Values{"code": {fmt.Sprintf("%06d", n)}})
			h.wants(p, http.StatusUnprocessableEntity)
		}
		c, _ := h.signIn(email(access.Manager), password)
		if p := h.post(c, "/signin/code", url.Values{"code": {h.appCode(secret)}}); !strings.Contains(text(p.body), "För många försök") {
			h.Errorf("the seventh try: %s", text(p.body))
		}
	})
}

// Whoever has lost the telephone is helped by an administrator, whom nobody else helps.
func TestSecondFactorIsTurnedOff(t *testing.T) {
	onBoth(t, func(h *house) {
		manager := h.as(access.Manager)
		h.second(manager)
		h.wants(h.post(manager, "/account/second-factor/removal", url.Values{"current": {"fel lösenord här"}}), http.StatusUnprocessableEntity)
		h.wants(h.post(h.as(access.Coordinator), "/accounts/"+h.world.Identities[access.Manager].String()+"/second-factor/removal", url.Values{}), 404)
		h.wants(h.post(h.as(access.Administrator), "/accounts/"+h.world.Identities[access.Manager].String()+"/second-factor/removal", url.Values{}), http.StatusSeeOther)
		h.wants(h.get(manager, "/account"), http.StatusSeeOther) // signed out
		if _, p := h.signIn(email(access.Manager), password); p.status != http.StatusSeeOther {
			h.Errorf("the password alone: %d", p.status)
		}
	})
}

// Typed text survives a session that has run out: it is carried through the sign-in and saved then.
func TestTypedTextSurvivesTheSession(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator := h.as(access.Coordinator)
		page := h.wants(h.get(coordinator, "/meetings/"+own.meeting.String()+"/notes"), 200)
		heading := regexp.MustCompile(`name="text-([0-9a-f-]{36})"`).FindStringSubmatch(page.body)[1]
		form := url.Values{"agendaItemId": {heading}, "kind-" + heading: {"note"}, "text-" + heading: {"En anteckning som tog tid att skriva."}, "owner-" + heading: {""}, "due-" + heading: {""}}
		action := regexp.MustCompile(`action="(/minutes/[^"]+/items)"`).FindStringSubmatch(page.body)[1]
		h.clock = h.clock.Add(31 * time.Minute)
		out := h.post(coordinator, action, form)
		h.wants(out, http.StatusUnauthorized)
		kept := h.fields(out, "/signin")
		kept.Set("email", email(access.Coordinator))
		kept.Set("password", "fel lösenord här")
		kept = h.fields(h.wants(h.post(coordinator, "/signin", kept), http.StatusUnprocessableEntity), "/signin")
		kept.Set("password", password)
		offered := h.wants(h.post(coordinator, "/signin", kept), 200)
		if !strings.Contains(text(offered.body), "En anteckning som tog tid att skriva.") {
			h.Fatalf("what was typed is not shown: %s", text(offered.body))
		}
		h.wants(h.post(coordinator, action, h.fields(offered, "/items")), http.StatusSeeOther)
		if !strings.Contains(h.get(coordinator, "/meetings/"+own.meeting.String()+"/notes").body, "En anteckning som tog tid att skriva.") {
			h.Error("what was typed is lost")
		}
	})
}

// Passwords are not carried on, and nothing leads elsewhere.
func TestKeptFormsAreHarmless(t *testing.T) {
	onBoth(t, func(h *house) {
		out := h.post(h.browser(), "/account/password", url.Values{"current": {"hemligt nu"}, "password": {"hemligt sedan"}})
		if strings.Contains(out.body, "hemligt") {
			h.Error("a password is carried on")
		}
		for _, to := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "javascript:alert(1)"} {
			p := h.post(h.browser(), "/signin", url.Values{"email": {email(access.Manager)}, "password": {password}, "kept": {"a=b"}, "keptTo": {to}})
			if p.status != http.StatusSeeOther || p.to != "/" || strings.Contains(p.body, "evil") {
				h.Errorf("%q: %d to %q", to, p.status, p.to)
			}
		}
	})
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	onBoth(t, func(h *house) {
		here, there := h.as(access.Manager), h.as(access.Manager)
		page := h.wants(h.get(here, "/account"), 200)
		ends := regexp.MustCompile(`action="(/sessions/[^"]+/removal)"`).FindAllStringSubmatch(page.body, -1)
		if len(ends) != 1 || !strings.Contains(text(page.body), "Den här") {
			h.Fatalf("%d other sessions: %s", len(ends), text(page.body))
		}
		h.wants(h.post(h.as(access.Member), ends[0][1], url.Values{}), 404)
		h.wants(h.post(here, ends[0][1], url.Values{}), http.StatusSeeOther)
		h.wants(h.get(there, "/meetings"), http.StatusSeeOther)
		h.wants(h.get(here, "/meetings"), 200)

		third := h.as(access.Manager)
		h.clock = h.clock.Add(2 * time.Second)
		h.wants(h.post(here, "/account/sessions/removal", url.Values{}), http.StatusSeeOther)
		h.wants(h.get(third, "/meetings"), http.StatusSeeOther)
		h.wants(h.get(here, "/meetings"), 200)

		fourth := h.as(access.Manager)
		h.clock = h.clock.Add(2 * time.Second)
		h.wants(h.post(here, "/account/password", url.Values{"current": {password}, "password": {fresh}}), http.StatusSeeOther)
		h.wants(h.get(fourth, "/meetings"), http.StatusSeeOther)
		h.wants(h.get(here, "/meetings"), 200)
	})
}

// A session takes a new token when somebody signs in and when rights change (ASVS 7.2.4), and the
// old one opens nothing.
func TestSessionTokenIsRenewed(t *testing.T) {
	onBoth(t, func(h *house) {
		cookie := func(c *http.Client) string {
			at, err := url.Parse(h.url)
			if err != nil {
				h.Fatal(err)
			}
			for _, k := range c.Jar.Cookies(at) {
				return k.Value
			}
			return ""
		}
		manager := h.as(access.Manager)
		h.get(manager, "/meetings")
		before := cookie(manager)
		h.get(manager, "/meetings")
		if cookie(manager) != before {
			h.Fatal("the token changes for no reason")
		}
		h.clock = h.clock.Add(time.Second)
		h.write(func(tx *store.Tx) error {
			return access.Give(tx, access.System(), access.Grant{IdentityID: h.world.Identities[access.Manager], Role: access.Registrar})
		})
		h.wants(h.get(manager, "/meetings"), 200)
		if cookie(manager) == before {
			h.Error("the token stays when rights change")
		}
		old := h.request(http.MethodGet, "/meetings", "")
		old.AddCookie(&http.Cookie{Name: "samverkan", Value: before})
		if p := h.do(h.browser(), old); p.status != http.StatusSeeOther {
			h.Errorf("the old token opens: %d", p.status)
		}
	})
}

// T-REVOKE: a single role that is taken back is gone at the next request.
func TestRoleIsTakenBack(t *testing.T) {
	onBoth(t, func(h *house) {
		admin, member := h.as(access.Administrator), h.as(access.Member)
		h.wants(h.get(member, "/meetings"), 200)
		at := "/accounts/" + h.world.Identities[access.Member].String()
		removal := regexp.MustCompile(`action="(/grants/[^"]+/removal)"`).FindStringSubmatch(h.wants(h.get(admin, at), 200).body)[1]
		h.wants(h.post(h.as(access.Coordinator), removal, url.Values{}), 404)
		h.wants(h.post(admin, removal, url.Values{}), http.StatusSeeOther)
		h.wants(h.get(member, "/meetings"), 404)
		h.wants(h.post(admin, removal, url.Values{}), 404)
		day := h.clock.In(h.app.Office.Zone)
		h.wants(h.post(admin, at+"/grants", url.Values{"role": {"manager"}, "from": {day.AddDate(0, 0, 2).Format(time.DateOnly)}, "to": {day.AddDate(0, 0, 3).Format(time.DateOnly)}}), http.StatusSeeOther)
		for days, want := range map[int]int{1: 404, 2: 200, 3: 200, 4: 404} {
			then := h.clock
			h.clock = time.Date(day.Year(), day.Month(), day.Day()+days, 12, 0, 0, 0, h.app.Office.Zone).UTC()
			c := h.as(access.Member)
			if p := h.get(c, "/meetings"); p.status != want {
				h.Errorf("after %d days: %d", days, p.status)
			}
			h.clock = then
		}
		for _, wrong := range []url.Values{{"role": {""}}, {"role": {"member"}}, {"role": {"manager"}, "to": {"2020-01-01"}}, {"role": {"manager"}, "from": {"i går kväll"}}, {"role": {"group-lead"}}, {"role": {"registrar"}, "forumId": {h.world.Forums["rvt-miranda"].String()}}, {"role": {"member"}, "forumId": {uuid.NewString()}}} {
			h.wants(h.post(admin, at+"/grants", wrong), http.StatusUnprocessableEntity)
		}
	})
}

// An administrator's role takes two people, and the last one is not lost.
func TestAdministratorTakesTwo(t *testing.T) {
	onBoth(t, func(h *house) {
		admin, manager := h.as(access.Administrator), h.as(access.Manager)
		at := "/accounts/" + h.world.Identities[access.Registrar].String()
		own := "/accounts/" + h.world.Identities[access.Administrator].String()
		h.wants(h.post(admin, own+"/disabling", url.Values{}), http.StatusUnprocessableEntity)
		removal := regexp.MustCompile(`action="(/grants/[^"]+/removal)"`).FindStringSubmatch(h.get(admin, own).body)[1]
		h.wants(h.post(admin, removal, url.Values{}), http.StatusUnprocessableEntity)

		h.wants(h.post(admin, at+"/grants", url.Values{"role": {"administrator"}}), http.StatusSeeOther)
		registrar := h.as(access.Registrar)
		h.wants(h.get(registrar, "/accounts"), 404)
		approval := regexp.MustCompile(`action="(/grant-proposals/[^"]+)/refusal"`).FindStringSubmatch(h.wants(h.get(admin, "/grant-proposals"), 200).body)[1]
		h.wants(h.post(admin, approval+"/approval", url.Values{}), http.StatusUnprocessableEntity)
		h.wants(h.post(registrar, approval+"/approval", url.Values{}), 404)
		if seen := text(h.get(manager, "/").body); !strings.Contains(seen, "blir administratör") {
			h.Errorf("the manager is not told: %s", seen)
		}
		h.wants(h.post(manager, approval+"/approval", url.Values{}), http.StatusSeeOther)
		h.wants(h.get(registrar, "/accounts"), 200)
		h.wants(h.post(manager, approval+"/refusal", url.Values{}), 404) // decided
		h.wants(h.post(registrar, own+"/disabling", url.Values{}), http.StatusSeeOther)
		h.wants(h.get(admin, "/accounts"), http.StatusSeeOther)
	})
}

// Administrators see no minutes and no meetings, whatever they give others.
func TestAdministratorSeesNoMinutes(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		admin := h.as(access.Administrator)
		for _, path := range []string{"/meetings", "/minutes", "/minutes/" + own.minutes.String(), "/meetings/" + own.meeting.String(), "/search", "/relay-items", "/outbox/" + own.letter.String()} {
			h.wants(h.get(admin, path), 404)
		}
	})
}

// A deputy does what the coordinator may, on the days that are stated, and stops when she does.
func TestDeputy(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		if seen := text(h.get(coordinator, "/").body); !strings.Contains(seen, "Utse en ställföreträdare") {
			h.Errorf("the overview does not say that nobody can step in: %s", seen)
		}
		if seen := text(h.get(h.as(access.Manager), "/").body); !strings.Contains(seen, "Anna Ek har ingen ställföreträdare") {
			h.Errorf("the manager's overview: %s", seen)
		}
		bo := h.world.Identities[access.Member]
		h.wants(h.post(coordinator, "/deputies", url.Values{"identityId": {h.world.Identities[access.Coordinator].String()}}), http.StatusUnprocessableEntity)
		h.wants(h.post(coordinator, "/deputies", url.Values{"identityId": {bo.String()}}), http.StatusSeeOther)
		if seen := text(h.get(coordinator, "/").body); strings.Contains(seen, "Utse en ställföreträdare") {
			h.Error("the overview still says that nobody can step in")
		}
		member := h.as(access.Member)
		h.wants(h.get(member, "/year"), 200)
		h.wants(h.post(member, "/deputies", url.Values{"identityId": {h.world.Identities[access.Manager].String()}}), 404) // appoints nobody
		h.wants(h.post(h.as(access.Administrator), regexp.MustCompile(`action="(/grants/[^"]+/removal)"`).FindStringSubmatch(
			h.get(h.as(access.Administrator), "/accounts/"+h.world.Identities[access.Coordinator].String()).body)[1], url.Values{}), http.StatusSeeOther)
		h.wants(h.get(member, "/year"), 404)
	})
}

// "Ta över" moves the forums, the drafts and what waits, in one act that is logged.
func TestTakeOver(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		anna, bo := h.world.Identities[access.Coordinator], h.world.Identities[access.Member]
		var draft *minutes.Minutes
		h.write(func(tx *store.Tx) error {
			by, err := access.Load(tx, anna)
			if err != nil {
				return err
			}
			m, err := minutes.Open(tx, by, own.meeting) // opened by the system: nobody keeps them yet
			if err != nil {
				return err
			}
			draft = m
			return tx.DB.Model(&minutes.Minutes{}).Where("id = ?", m.ID).Update("keeper_id", anna).Error
		})
		member := h.as(access.Member)
		h.wants(h.post(member, "/takeovers", url.Values{"from": {anna.String()}}), 404)
		coordinator := h.as(access.Coordinator)
		h.wants(h.post(coordinator, "/deputies", url.Values{"identityId": {bo.String()}}), http.StatusSeeOther)
		h.wants(h.post(member, "/takeovers", url.Values{"from": {anna.String()}, "to": {h.world.Identities[access.Manager].String()}}), 404)
		done := h.wants(h.post(member, "/takeovers", url.Values{"from": {anna.String()}}), 200)
		if seen := text(done.body); !strings.Contains(seen, "En anteckning som inte är klar är flyttad") {
			h.Errorf("what was moved: %s", seen)
		}
		h.wants(h.get(coordinator, "/year"), 404)
		h.wants(h.get(member, "/year"), 200)
		h.read(func(tx *store.Tx) error {
			var kept minutes.Minutes
			if err := tx.DB.First(&kept, "id = ?", draft.ID).Error; err != nil {
				return err
			}
			if kept.KeeperID == nil || *kept.KeeperID != bo {
				h.Errorf("the draft is kept by %v", kept.KeeperID)
			}
			var n int64
			if err := tx.DB.Model(&access.LogEntry{}).Where("action = 'take over' AND identity_id = ? AND object_id = ?", bo, anna).Count(&n).Error; err != nil {
				return err
			}
			if n != 1 {
				h.Errorf("%d entries in the log", n)
			}
			return nil
		})
		h.clock = time.Date(2027, 2, 4, 12, 0, 0, 0, time.UTC) // the day after the meeting
		if seen := text(h.get(h.as(access.Member), "/").body); !strings.Contains(seen, "Gör klart anteckningarna") {
			h.Errorf("the draft is not among what is to be done: %s", seen)
		}
	})
}

// T-REVOKE, T-TOKENVIEW: an API key is shown once, tells when it was used, runs out, and ends at once.
func TestAPIKeys(t *testing.T) {
	onBoth(t, func(h *house) {
		manager := h.as(access.Manager)
		for _, wrong := range []url.Values{{"name": {""}, "scope": {"read"}, "days": {"30"}}, {"name": {"a"}, "scope": {"allt"}, "days": {"30"}}, {"name": {"a"}, "scope": {"read"}, "days": {"400"}}, {"name": {"a"}, "scope": {"read"}, "days": {""}}} {
			h.wants(h.post(manager, "/account/tokens", wrong), http.StatusUnprocessableEntity)
		}
		make := func() string {
			page := h.wants(h.post(manager, "/account/tokens", url.Values{"name": {"Rapporten"}, "scope": {"read"}, "days": {"30"}}), 200)
			return regexp.MustCompile(`value="(api_[a-z2-7]+)"`).FindStringSubmatch(page.body)[1]
		}
		try := func(token, method string) int {
			r := h.request(method, "/api/v1/meetings", "{}")
			r.Header.Set("Authorization", "Bearer "+token)
			r.Header.Set("Content-Type", "application/json")
			return h.do(http.DefaultClient, r).status
		}
		token := make()
		if strings.Contains(h.get(manager, "/account").body, token) {
			h.Error("the key is shown again")
		}
		if a, b := try(token, http.MethodGet), try(token, http.MethodPost); a != 200 || b != http.StatusForbidden {
			h.Errorf("reads %d, writes %d", a, b)
		}
		page := h.get(manager, "/account")
		if !strings.Contains(text(page.body), "Rapporten, bara läsa") || !strings.Contains(text(page.body), "Senast använd") {
			h.Errorf("the list: %s", text(page.body))
		}
		revocation := regexp.MustCompile(`action="(/tokens/[^"]+/revocation)"`).FindStringSubmatch(page.body)[1]
		h.wants(h.post(h.as(access.Coordinator), revocation, url.Values{}), 404)
		h.wants(h.post(manager, revocation, url.Values{}), http.StatusSeeOther)
		if got := try(token, http.MethodGet); got != http.StatusUnauthorized {
			h.Errorf("revoked, it still reads: %d", got)
		}
		token = make()
		h.clock = h.clock.AddDate(0, 0, 30).Add(time.Second)
		if got := try(token, http.MethodGet); got != http.StatusUnauthorized {
			h.Errorf("after its time it still reads: %d", got)
		}
	})
}
