package web

import (
	"bytes"
	"io"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type setUpView struct {
	Page
	Token string
	Form  url.Values
}

// setUp shows the first page of an empty installation to whoever holds the one-hour link.
func (w *Web) setUp(c *gin.Context) error {
	if err := w.read(c, func(tx *store.Tx) error { return setUpOpens(tx, c) }); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "setup", setUpView{w.frameOf(c, "", "Välkommen till Samverkan"), c.Param("token"), url.Values{}})
}

func setUpOpens(tx *store.Tx, c *gin.Context) error {
	_, err := access.FindOneTimeToken(tx, access.SetUpPurpose, c.Param("token"))
	return err
}

func (w *Web) doSetUp(c *gin.Context) error {
	f, err := form(c, "municipality", "name", "email", "password")
	if err != nil {
		return err
	}
	if err := w.read(c, func(tx *store.Tx) error { return setUpOpens(tx, c) }); err != nil {
		return err
	}
	hash, err := access.HashPassword(f.Get("password"), f.Get("email"))
	var first *access.Identity
	if err == nil {
		err = w.write(c, func(tx *store.Tx) (err error) {
			first, err = secretariat.SetUp(tx, c.Param("token"), f.Get("municipality"), f.Get("name"), f.Get("email"), hash, language(c))
			return err
		})
	}
	if err != nil {
		f.Del("password")
		view := setUpView{w.frameOf(c, "", "Välkommen till Samverkan"), c.Param("token"), f}
		return w.again(c, err, &view.Page, "setup", func() any { return view })
	}
	if err := w.frame.SignIn(c.Request.Context(), first.ID, c.Request.UserAgent()); err != nil {
		return err
	}
	return w.goTo(c, "/welcome/mail")
}

type welcomeView struct {
	Page
	Form   url.Values
	From   string
	Lines  []secretariat.Line
	DryRun bool
}

func (w *Web) welcomeMail(c *gin.Context) error {
	view := welcomeView{Page: w.frameOf(c, "", "Pröva e-posten"), From: w.Office.From, Form: url.Values{"to": {actor(c).Email}}}
	return w.show(c, http.StatusOK, "welcome-mail", view)
}

func (w *Web) testMail(c *gin.Context) error {
	f, err := form(c, "to")
	if err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		_, err := secretariat.TestMail(tx, actor(c), w.Office, f.Get("to"))
		return err
	}); err != nil {
		view := welcomeView{Page: w.frameOf(c, "", "Pröva e-posten"), From: w.Office.From, Form: f}
		return w.again(c, err, &view.Page, "welcome-mail", func() any { return view })
	}
	w.sendsSoon()
	w.frame.Notify(c.Request.Context(), "Provbrevet är skrivet. Se i utkorgen vad som hände med det.")
	return w.goTo(c, "/outbox")
}

func (w *Web) welcomePlan(c *gin.Context) error {
	return w.show(c, http.StatusOK, "welcome-plan", welcomeView{Page: w.frameOf(c, "plan", "Läs in er plan")})
}

// loadPlan tries a plan file, or reads it in. Every line of what would happen is shown.
func (w *Web) loadPlan(c *gin.Context) error {
	f, err := form(c, "try", "exemptSummer", "file") // a browser sends no file as an empty field
	if err != nil {
		return err
	}
	view := welcomeView{Page: w.frameOf(c, "plan", "Läs in er plan"), DryRun: f.Get("try") == "yes"}
	refused := func() error {
		plan, err := uploaded(c)
		if err != nil {
			return err
		}
		return w.importFrom(c, bytes.NewReader(plan), f.Get("exemptSummer") == "yes", &view)
	}()
	if refused != nil {
		return w.again(c, refused, &view.Page, "welcome-plan", func() any { return view })
	}
	if !view.DryRun {
		w.frame.Notify(c.Request.Context(), "Planen är inläst.")
		return w.goTo(c, "/forums")
	}
	return w.show(c, http.StatusOK, "welcome-plan", view)
}

func (w *Web) importFrom(c *gin.Context, r io.Reader, exemptSummer bool, view *welcomeView) error {
	file, err := secretariat.ParsePlan(r)
	if err != nil {
		return fault.At("file", err)
	}
	run := w.DB.Write
	if view.DryRun {
		run = w.DB.Rehearse
	}
	return run(c.Request.Context(), func(tx *store.Tx) (err error) {
		view.Lines, err = secretariat.ImportPlan(tx, actor(c), file, secretariat.ImportChoices{ExemptSummer: exemptSummer})
		return err
	})
}
