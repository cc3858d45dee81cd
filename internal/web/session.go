package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

type signInView struct {
	Page
	Email string
	Next  string
}

func (w *Web) signIn(c *gin.Context) error {
	if actor(c).SignedIn() {
		return w.goTo(c, localPath(c.Query("next")))
	}
	return w.show(c, http.StatusOK, "signin", signInView{w.frameOf(c, "", "Logga in"), "", localPath(c.Query("next"))})
}

func (w *Web) doSignIn(c *gin.Context) error {
	f, err := form(c, "email", "password", "next")
	if err != nil {
		return err
	}
	identity, err := access.SignIn(c.Request.Context(), w.DB, f.Get("email"), f.Get("password"), c.ClientIP())
	if err != nil {
		view := signInView{w.frameOf(c, "", "Logga in"), f.Get("email"), localPath(f.Get("next"))}
		return w.again(c, err, &view.Page, "signin", func() any { return view })
	}
	if err := w.frame.SignIn(c.Request.Context(), identity.ID); err != nil {
		return err
	}
	return w.goTo(c, localPath(f.Get("next")))
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
