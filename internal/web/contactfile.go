package web

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/fault"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

type contactImportView struct {
	Page
	Form   url.Values
	Import *secretariat.ContactImport // what would be done; nil: no file is read yet
	File   string                     // the file itself, for the button to carry on
}

// contactImport asks for a file with contacts.
func (w *Web) contactImport(c *gin.Context) error {
	return w.show(c, http.StatusOK, "contact-import", contactImportView{Page: w.frameOf(c, "partners", "Läs in kontakter"), Form: url.Values{}})
}

// tryContacts shows what every line of a file would do. Nothing is kept, and the page carries the file on.
func (w *Web) tryContacts(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	raw, err := uploaded(c)
	if err != nil {
		return w.contactsAgain(c, nil, err)
	}
	return w.contactsAgain(c, raw, nil)
}

// contactsAgain shows what a file would do, nil for none, and why something was refused.
func (w *Web) contactsAgain(c *gin.Context, raw []byte, refused error) error {
	view := contactImportView{Page: w.frameOf(c, "partners", "Läs in kontakter"), Form: url.Values{}}
	if raw != nil {
		file, err := secretariat.ParseContacts(bytes.NewReader(raw))
		if err == nil {
			err = w.DB.Rehearse(c.Request.Context(), func(tx *store.Tx) (err error) {
				view.Import, err = secretariat.ImportContacts(tx, actor(c), file)
				return err
			})
			view.File = base64.StdEncoding.EncodeToString(raw)
		}
		if err != nil {
			refused = fault.At("file", err)
		}
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "contact-import", func() any { return view })
	}
	return w.show(c, http.StatusOK, "contact-import", view)
}

// importContacts brings in what was tried. When the lines would do something else by now, they are shown anew.
func (w *Web) importContacts(c *gin.Context) error {
	f, err := form(c, "content", "hash")
	if err != nil {
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(f.Get("content")))
	if err != nil || len(raw) == 0 {
		return w.contactsAgain(c, nil, fault.On("file", "Välj en fil."))
	}
	file, err := secretariat.ParseContacts(bytes.NewReader(raw))
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := secretariat.DoImportContacts(tx, actor(c), file, f.Get("hash"))
			return err
		})
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Conflict || kind == fault.Invalid) {
		return w.contactsAgain(c, raw, err)
	}
	if err != nil {
		return err
	}
	return w.done(c, "Kontakterna är inlästa.", "/partners")
}

// exportContacts gives the contacts as a file. That it was done is in the log.
func (w *Web) exportContacts(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := w.write(c, func(tx *store.Tx) error {
		out.Reset() // the transaction may be run again
		return secretariat.ExportContacts(tx, actor(c), language(c), &out)
	}); err != nil {
		return err
	}
	serve.Attachment(c, "kontakter-"+w.today().String()+".csv", "text/csv; charset=utf-8", out.Bytes())
	return nil
}
