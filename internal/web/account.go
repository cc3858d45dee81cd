package web

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// held is a grant with the names of what it is for.
type held struct {
	access.Grant
	Forum     string
	WorkGroup string
}

// named gives grants the names of their forums and work groups, as far as the reader may see them.
func named(tx *store.Tx, by access.Actor, grants []access.Grant) ([]held, error) {
	forums, err := forum.Titles(tx, by)
	if err != nil {
		return nil, err
	}
	groups, err := partner.WorkGroups(tx, by)
	if err != nil {
		return nil, err
	}
	all := make([]held, len(grants))
	for n, g := range grants {
		all[n] = held{Grant: g}
		for _, f := range forums {
			if g.ForumID != nil && f.ID == *g.ForumID {
				all[n].Forum = f.Name
			}
		}
		for _, group := range groups {
			if g.WorkGroupID != nil && group.ID == *g.WorkGroupID {
				all[n].WorkGroup = group.Name
			}
		}
	}
	return all, nil
}

// browsing is a session as its owner sees it.
type browsing struct {
	access.Session
	Present bool // the one that shows the page
}

type accountView struct {
	Page
	Form      url.Values
	Zone      *time.Location
	Roles     []held
	Sessions  []browsing
	Tokens    []access.APIToken
	CodesLeft int // recovery codes that are not used
	Rhythm    access.Rhythm
	Stopped   bool   // wants no reminders nor digests
	Token     string // just made; shown this once
}

func (w *Web) account(c *gin.Context) error { return w.showAccount(c, accountView{}, nil) }

func (w *Web) showAccount(c *gin.Context, view accountView, refused error) error {
	a := actor(c)
	view.Page, view.Zone = w.frameOf(c, "account", "Mitt konto"), w.Office.Zone
	if view.Form == nil {
		view.Form = url.Values{"days": {"90"}, "scope": {access.ScopeRead}}
	}
	if err := w.read(c, func(tx *store.Tx) error {
		grants, err := access.GrantsOf(tx, a, a.ID)
		if err != nil {
			return err
		}
		if view.Roles, err = named(tx, a, grants); err != nil {
			return err
		}
		sessions, err := access.SessionsOf(tx, a, a.ID, serve.IdleTime, serve.AbsoluteTime)
		if err != nil {
			return err
		}
		for _, s := range sessions {
			view.Sessions = append(view.Sessions, browsing{s, w.frame.IsPresent(c.Request.Context(), s)})
		}
		if view.Tokens, err = access.APITokens(tx, a, a.ID); err != nil {
			return err
		}
		left, err := access.RecoveryCodesLeft(tx, a)
		if err != nil {
			return err
		}
		view.CodesLeft = int(left)
		return view.reminders(tx, a)
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "account", func() any { return view })
	}
	return w.show(c, http.StatusOK, "account", view)
}

// reminders fills in what comes by mail.
func (v *accountView) reminders(tx *store.Tx, a access.Actor) error {
	i, err := access.FindIdentity(tx, a, a.ID)
	if err != nil {
		return err
	}
	stopped, err := post.StoppedSince(tx, a.Email)
	v.Rhythm, v.Stopped = i.RhythmOf(a.Roles), stopped != nil
	return err
}

// changePassword asks for the present password first, and ends the other sessions.
func (w *Web) changePassword(c *gin.Context) error {
	f, err := form(c, "current", "password")
	if err != nil {
		return err
	}
	a := actor(c)
	if err := access.Again(c.Request.Context(), w.DB, a, f.Get("current"), c.ClientIP()); err != nil {
		return w.showAccount(c, accountView{}, err)
	}
	hash, err := access.HashPassword(f.Get("password"), a.Email)
	if err != nil {
		return w.showAccount(c, accountView{}, err)
	}
	if err := w.write(c, func(tx *store.Tx) error { return access.ChangePassword(tx, a, hash) }); err != nil {
		return err
	}
	if err := w.frame.SignIn(c.Request.Context(), a.ID, c.Request.UserAgent()); err != nil {
		return err
	}
	return w.done(c, "Lösenordet är bytt. Andra inloggningar är avslutade.", "/account")
}

// done goes to a page that says what was done.
func (w *Web) done(c *gin.Context, notice, path string) error {
	w.frame.Notify(c.Request.Context(), notice)
	return w.goTo(c, path)
}

type factorView struct {
	Page
	Secret  string
	Address template.URL
	QR      template.URL
	Codes   []string // recovery codes, shown this once
}

// newFactor shows a secret for the app. It counts once a code has been typed.
func (w *Web) newFactor(c *gin.Context) error {
	f, err := form(c, "current")
	if err != nil {
		return err
	}
	a := actor(c)
	if err := access.Again(c.Request.Context(), w.DB, a, f.Get("current"), c.ClientIP()); err != nil {
		return w.showAccount(c, accountView{}, err)
	}
	var address, secret string
	if err := w.write(c, func(tx *store.Tx) (err error) {
		address, secret, err = access.NewFactor(tx, a, w.Office.Key)
		return err
	}); err != nil {
		return w.showAccount(c, accountView{}, err)
	}
	return w.showFactor(c, address, secret, nil)
}

func (w *Web) showFactor(c *gin.Context, address, secret string, refused error) error {
	view := factorView{Page: w.frameOf(c, "account", "Slå på tvåstegsinloggning"), Secret: secret}
	view.Address = template.URL(address) // #nosec G203 -- made by package otp of a secret and the account's own address; the template escapes it
	var err error
	if view.QR, err = qrCode(address); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "factor", func() any { return view })
	}
	return w.show(c, http.StatusOK, "factor", view)
}

func (w *Web) confirmFactor(c *gin.Context) error {
	f, err := form(c, "code")
	if err != nil {
		return err
	}
	a := actor(c)
	var codes []string
	err = w.write(c, func(tx *store.Tx) (err error) {
		codes, err = access.ConfirmFactor(tx, a, w.Office.Key, f.Get("code"))
		return err
	})
	if fault.KindOf(err) == fault.Invalid {
		var address, secret string
		if missing := w.read(c, func(tx *store.Tx) (err error) {
			address, secret, err = access.PendingFactor(tx, a, w.Office.Key)
			return err
		}); missing != nil {
			return missing
		}
		return w.showFactor(c, address, secret, err)
	}
	if err != nil {
		return w.showAccount(c, accountView{}, err)
	}
	return w.showCodes(c, codes)
}

func (w *Web) showCodes(c *gin.Context, codes []string) error {
	return w.show(c, http.StatusOK, "factor", factorView{Page: w.frameOf(c, "account", "Dina reservkoder"), Codes: codes})
}

func (w *Web) newCodes(c *gin.Context) error {
	var codes []string
	err := w.afterPassword(c, func(tx *store.Tx, a access.Actor) (err error) {
		codes, err = access.NewRecoveryCodes(tx, a)
		return err
	})
	if err != nil {
		return w.showAccountUnlessGone(c, err)
	}
	return w.showCodes(c, codes)
}

func (w *Web) removeFactor(c *gin.Context) error {
	err := w.afterPassword(c, func(tx *store.Tx, a access.Actor) error { return access.RemoveFactor(tx, a, a.ID) })
	if err != nil {
		return w.showAccountUnlessGone(c, err)
	}
	return w.done(c, "Tvåstegsinloggningen är avstängd.", "/account")
}

// afterPassword does something for the actor once the password was typed again.
func (w *Web) afterPassword(c *gin.Context, verb func(*store.Tx, access.Actor) error) error {
	f, err := form(c, "current")
	if err != nil {
		return err
	}
	a := actor(c)
	if err := access.Again(c.Request.Context(), w.DB, a, f.Get("current"), c.ClientIP()); err != nil {
		return err
	}
	return w.write(c, func(tx *store.Tx) error { return verb(tx, a) })
}

func (w *Web) showAccountUnlessGone(c *gin.Context, err error) error {
	if isMissing(err) {
		return err
	}
	return w.showAccount(c, accountView{}, err)
}

func (w *Web) endSession(c *gin.Context) error {
	return w.endOne(c, "Inloggningen är avslutad.", access.EndSession)
}

// endOne does away with one thing of the actor's that the address names.
func (w *Web) endOne(c *gin.Context, notice string, verb func(*store.Tx, access.Actor, uuid.UUID) error) error {
	which, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error { return verb(tx, actor(c), which) }); err != nil {
		return err
	}
	return w.done(c, notice, "/account")
}

// endOtherSessions ends all but this one, which goes on under a new token.
func (w *Web) endOtherSessions(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	a := actor(c)
	if err := w.write(c, func(tx *store.Tx) error { return access.EndSessions(tx, a, a.ID) }); err != nil {
		return err
	}
	if err := w.frame.SignIn(c.Request.Context(), a.ID, c.Request.UserAgent()); err != nil {
		return err
	}
	return w.done(c, "Andra inloggningar är avslutade.", "/account")
}

// newToken makes an API token and shows it, once, on this very page.
func (w *Web) newToken(c *gin.Context) error {
	f, err := form(c, "name", "scope", "days")
	if err != nil {
		return err
	}
	view := accountView{Form: f}
	scopes := []string{access.ScopeRead, access.ScopeWrite}
	if !slices.Contains(scopes, f.Get("scope")) {
		scopes = nil
	} else if f.Get("scope") == access.ScopeRead {
		scopes = scopes[:1]
	}
	days, _ := strconv.Atoi(f.Get("days")) // no number is no choice
	err = w.write(c, func(tx *store.Tx) (err error) {
		view.Token, err = access.CreateAPIToken(tx, actor(c), actor(c).ID, f.Get("name"), scopes, days)
		return err
	})
	if err == nil {
		view.Form = nil
	}
	return w.showAccount(c, view, err)
}

func (w *Web) revokeToken(c *gin.Context) error {
	return w.endOne(c, "Nyckeln gäller inte längre.", access.RevokeAPIToken)
}

// passwordAgain is the field that asks for the present password before an act.
type passwordAgain struct {
	Page Page
	ID   string // of the input
}

// browserName says in words what a browser calls itself. The order matters: most say that they are
// several others too.
func browserName(l lang.Language, agent string) string {
	name, system := l.Text("En webbläsare"), ""
	for _, b := range [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, b[0]) {
			name = b[1]
			break
		}
	}
	for _, s := range [][2]string{{"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Mac OS", "Mac"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, s[0]) {
			system = s[1]
			break
		}
	}
	if system == "" {
		return name
	}
	return l.Text("%s på %s", name, system)
}
