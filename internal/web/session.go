package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

type signInView struct {
	Page
	Email string
	Next  string
	Kept  kept
}

// signInFields are the fields of every step of signing in.
var signInFields = []string{"email", "password", "code", "next", "kept", "keptTo"}

func (w *Web) signIn(c *gin.Context) error {
	if actor(c).SignedIn() {
		return w.goTo(c, localPath(c.Query("next")))
	}
	return w.show(c, http.StatusOK, "signin", signInView{Page: w.frameOf(c, "", "Logga in"), Next: localPath(c.Query("next"))})
}

func (w *Web) doSignIn(c *gin.Context) error {
	f, err := form(c, signInFields...)
	if err != nil {
		return err
	}
	view := signInView{Email: f.Get("email"), Next: localPath(f.Get("next")), Kept: keptIn(f)}
	identity, err := access.SignIn(c.Request.Context(), w.DB, f.Get("email"), f.Get("password"), c.ClientIP())
	if err != nil {
		view.Page = w.frameOf(c, "", "Logga in")
		return w.again(c, err, &view.Page, "signin", func() any { return view })
	}
	if !identity.HasFactor() {
		return w.enter(c, identity.ID, view)
	}
	if err := w.frame.AwaitCode(c.Request.Context(), identity.ID); err != nil {
		return err
	}
	view.Page = w.frameOf(c, "", "Skriv din kod")
	return w.show(c, http.StatusOK, "signin-code", view)
}

// signInCode takes the second step. Whoever waited too long begins again.
func (w *Web) signInCode(c *gin.Context) error {
	f, err := form(c, signInFields...)
	if err != nil {
		return err
	}
	view := signInView{Next: localPath(f.Get("next")), Kept: keptIn(f)}
	identity, waiting, err := w.frame.Awaited(c.Request.Context())
	if err != nil {
		return err
	}
	if !waiting {
		view.Page = w.frameOf(c, "", "Logga in")
		return w.again(c, fault.New(fault.Invalid, "Det gick för lång tid. Logga in igen."), &view.Page, "signin", func() any { return view })
	}
	if err := access.SecondStep(c.Request.Context(), w.DB, w.Office.Key, identity, f.Get("code"), c.ClientIP()); err != nil {
		view.Page = w.frameOf(c, "", "Skriv din kod")
		return w.again(c, err, &view.Page, "signin-code", func() any { return view })
	}
	return w.enter(c, identity, view)
}

// enter begins the session and goes on to where the reader was: with what had been typed, when the
// former session ended meanwhile.
func (w *Web) enter(c *gin.Context, identity uuid.UUID, view signInView) error {
	ctx := c.Request.Context()
	if err := w.frame.SignIn(ctx, identity, c.Request.UserAgent()); err != nil {
		return err
	}
	if view.Kept.To == "" {
		return w.goTo(c, view.Next)
	}
	var a access.Actor
	if err := w.read(c, func(tx *store.Tx) (err error) {
		a, err = access.Load(tx, identity)
		return err
	}); err != nil {
		return err
	}
	serve.SetActor(c, a)
	view.Page = w.frameOf(c, "", "Det du skrev finns kvar")
	return w.show(c, http.StatusOK, "kept", view)
}

// localPath keeps a path on this site and makes everything else the start page: "//evil", "/\evil"
// and the like are other sites to some browsers.
func localPath(next string) string {
	if len(next) < 2 || next[0] != '/' || !letter(next[1]) || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

func letter(b byte) bool { return b >= 'a' && b <= 'z' }

func (w *Web) signOut(c *gin.Context) error {
	if err := w.frame.SignOut(c.Request.Context()); err != nil {
		return err
	}
	c.Header("Clear-Site-Data", `"cache", "cookies", "storage"`)
	return w.goTo(c, "/signin")
}

func (w *Web) setLanguage(c *gin.Context) error {
	f, err := form(c, "language", "next")
	if err != nil {
		return err
	}
	if l := f.Get("language"); l != "sv" && l != "en" {
		return fault.On("language", "Välj svenska eller engelska.")
	}
	if err := w.write(c, func(tx *store.Tx) error {
		return access.SetLanguage(tx, actor(c), lang.Parse(f.Get("language")))
	}); err != nil {
		return err
	}
	return w.goTo(c, localPath(f.Get("next")))
}

func (w *Web) help(c *gin.Context) error {
	return w.show(c, http.StatusOK, "help", struct{ Page }{w.frameOf(c, "help", "Hjälp och kontakt")})
}

type forgottenView struct {
	Page
	Form url.Values
	Done bool
}

func (w *Web) forgotten(c *gin.Context) error {
	return w.show(c, http.StatusOK, "forgotten", forgottenView{Page: w.frameOf(c, "", "Glömt lösenordet?"), Form: url.Values{}})
}

// askReset says the same whoever asks: the letter is a job's work.
func (w *Web) askReset(c *gin.Context) error {
	f, err := form(c, "email")
	if err != nil {
		return err
	}
	view := forgottenView{Page: w.frameOf(c, "", "Glömt lösenordet?"), Form: f}
	err = w.write(c, func(tx *store.Tx) error { return secretariat.AskReset(tx, f.Get("email"), c.ClientIP()) })
	if err != nil {
		return w.again(c, err, &view.Page, "forgotten", func() any { return view })
	}
	view.Done = true
	return w.show(c, http.StatusOK, "forgotten", view)
}

type choosePasswordView struct {
	Page
	Form  url.Values
	Reset bool
	Email string
}

func (w *Web) activation(c *gin.Context) error {
	return w.showChoosePassword(c, access.ActivationPurpose, nil)
}
func (w *Web) reset(c *gin.Context) error    { return w.showChoosePassword(c, access.ResetPurpose, nil) }
func (w *Web) activate(c *gin.Context) error { return w.choosePassword(c, access.ActivationPurpose) }
func (w *Web) doReset(c *gin.Context) error  { return w.choosePassword(c, access.ResetPurpose) }

// showChoosePassword shows a mailed link's page. It uses nothing up: scanners of mail fetch links.
func (w *Web) showChoosePassword(c *gin.Context, purpose string, refused error) error {
	view := choosePasswordView{Form: url.Values{}, Reset: purpose == access.ResetPurpose}
	if err := w.read(c, func(tx *store.Tx) error {
		t, err := access.FindOneTimeToken(tx, purpose, c.Param("token"))
		if err != nil {
			return err
		}
		view.Email = t.Identity.Email
		return nil
	}); err != nil {
		return err
	}
	view.Page = w.frameOf(c, "", "Välj ditt lösenord")
	if refused != nil {
		return w.again(c, refused, &view.Page, "choose-password", func() any { return view })
	}
	return w.show(c, http.StatusOK, "choose-password", view)
}

func (w *Web) choosePassword(c *gin.Context, purpose string) error {
	f, err := form(c, "password", "endAll")
	if err != nil {
		return err
	}
	var email string
	if err := w.read(c, func(tx *store.Tx) error {
		t, err := access.FindOneTimeToken(tx, purpose, c.Param("token"))
		if err == nil {
			email = t.Identity.Email
		}
		return err
	}); err != nil {
		return err
	}
	hash, err := access.HashPassword(f.Get("password"), email)
	if err != nil {
		return w.showChoosePassword(c, purpose, err)
	}
	if err := w.write(c, func(tx *store.Tx) error {
		return access.ChoosePassword(tx, purpose, c.Param("token"), hash, f.Get("endAll") == "yes")
	}); err != nil {
		return err
	}
	view := signInView{Page: w.frameOf(c, "", "Logga in"), Email: email, Next: "/"}
	view.Notice = view.Lang.Text("Lösenordet är valt. Logga in med det.")
	return w.show(c, http.StatusOK, "signin", view)
}
