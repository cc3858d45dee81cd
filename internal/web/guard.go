package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/meeting"
	"samverkan/internal/store"
)

// suspectWords say what was seen and what to do about it, keys of package lang.
var suspectWords = map[deidentify.Kind]string{
	deidentify.PersonalNumber:     "%s kan vara ett personnummer. Ta bort det, om det är det.",
	deidentify.CoordinationNumber: "%s kan vara ett samordningsnummer. Ta bort det, om det är det.",
	deidentify.CaseNumber:         "%s ser ut som numret på ett ärende eller ett mål. Ta bort det.",
	deidentify.Name:               "%s ser ut som ett namn. Skriv en roll i stället.",
	deidentify.Address:            "%s ser ut som en adress. Ta bort den.",
	deidentify.Phone:              "%s ser ut som ett telefonnummer. Ta bort det.",
	deidentify.Email:              "%s ser ut som en e-postadress. Ta bort den.",
	deidentify.Combination:        "Flera uppgifter kan tillsammans peka ut någon: %s. Skriv mindre exakt.",
}

// suspected is what was seen of one kind, in words.
func suspected(kind deidentify.Kind, shown string) lang.Sentence {
	return lang.Say(suspectWords[kind], shown)
}

// A warning is what the guard saw in a form: the form is shown again, once, and nothing is done
// until the same button is pressed again with the same text.
type warning struct {
	*fault.Fault
	seen string // goes with the form
}

func (w warning) Unwrap() error { return w.Fault }

// warned refuses, with a warning, texts that somebody was not warned of yet. It is returned last in a
// transaction, behind the verb: what is wrong is told first, and what was done is taken back.
func warned(tx *store.Tx, by access.Actor, f url.Values, fields ...string) error {
	suspects, err := look(tx, by, f, fields...)
	if err != nil || len(suspects) == 0 {
		return err
	}
	sum := sha256.New()
	for _, name := range fields {
		sum.Write([]byte(name + "\x00" + f.Get(name) + "\x00"))
	}
	seen := hex.EncodeToString(sum.Sum(nil)[:12])
	if f.Get("seen") == seen {
		return nil
	}
	return warning{&fault.Fault{Kind: fault.Invalid, Text: suspects[0].Text, Args: suspects[0].Args, Fields: suspects}, seen}
}

// look gives what is not certain to be somebody's in some fields of a form.
func look(tx *store.Tx, by access.Actor, f url.Values, fields ...string) ([]fault.Field, error) {
	var all []fault.Field
	var known *deidentify.Known
	for _, name := range fields {
		if strings.TrimSpace(f.Get(name)) == "" {
			continue
		}
		if known == nil {
			var err error
			if known, err = meeting.Known(tx, by); err != nil {
				return nil, err
			}
		}
		for _, s := range deidentify.Look(f.Get(name), known) {
			if !s.Certain {
				all = append(all, fault.Field{Name: name, Text: suspectWords[s.Kind], Args: []any{s.Shown}})
			}
		}
	}
	return all, nil
}

// glance puts what is seen in a form's fields on the page of a review: there everything is read before
// it is sent, and nobody has to press twice.
func (w *Web) glance(c *gin.Context, page *Page, f url.Values, fields ...string) error {
	return w.read(c, func(tx *store.Tx) error {
		suspects, err := look(tx, actor(c), f, fields...)
		page.Suspects = inWords(page.Lang, suspects)
		return err
	})
}

func inWords(l lang.Language, fields []fault.Field) (all []FieldError) {
	for _, f := range fields {
		all = append(all, FieldError{f.Name, l.Text(f.Text, f.Args...)})
	}
	return all
}
