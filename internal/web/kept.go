package web

import (
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/serve"
)

// kept is a form that was sent when nobody was signed in any more. It is carried through the sign-in
// in hidden fields, on the reader's own page and in no session, and offered again: typed text is
// never thrown away (ux.md 2.2.1).
type kept struct {
	To   string // the path that the form went to
	Body string // as a browser would send it
}

// keptIn reads what a step of signing in carries on.
func keptIn(f url.Values) kept {
	to := localPath(f.Get("keptTo"))
	if to == "/" || f.Get("kept") == "" {
		return kept{}
	}
	return kept{to, f.Get("kept")}
}

// Fields are the form's fields, for hidden inputs, in order of their names.
func (k kept) Fields() []FieldValue {
	values, err := url.ParseQuery(k.Body)
	if err != nil { // somebody has changed the hidden field: there is nothing to offer
		return nil
	}
	var all []FieldValue
	for name, several := range values {
		for _, v := range several {
			all = append(all, FieldValue{name, v})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// FieldValue is one field as it was sent.
type FieldValue struct{ Name, Value string }

// Typed is true for what a person wrote, and false for ids, versions and choices.
func (v FieldValue) Typed() bool { return strings.ContainsAny(v.Value, " \n") || len(v.Value) > 40 }

// keep shows the page for signing in to somebody whose session has ended, with the form that was
// sent held in it. Passwords, codes and files are not kept.
func (w *Web) keep(c *gin.Context) error {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, serve.MaxBody) // a file that is larger is not kept
	err := c.Request.ParseForm()
	if strings.HasPrefix(c.ContentType(), "multipart/") {
		err = c.Request.ParseMultipartForm(serve.MaxBody)
	}
	view := signInView{Page: w.frameOf(c, "", "Logga in igen"), Next: "/"}
	if err == nil {
		values := url.Values{}
		for name, v := range c.Request.PostForm {
			if !slices.Contains([]string{"password", "current", "code"}, name) {
				values[name] = v
			}
		}
		view.Kept = keptIn(url.Values{"keptTo": {c.Request.URL.Path}, "kept": {values.Encode()}})
	}
	return w.show(c, http.StatusUnauthorized, "signin", view)
}
