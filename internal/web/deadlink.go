package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

type deadLinkView struct {
	Page
	Action string
}

// refuseLink answers alike for a token that is unknown, mistyped, revoked or has run out.
func (w *Web) refuseLink(c *gin.Context, err error) {
	if fault.KindOf(err) != fault.NotFound {
		w.refuse(c, err)
		return
	}
	if purposeOf(c) == access.ToAnswer && w.standsDown(c) {
		return
	}
	view := deadLinkView{w.frameOf(c, "", "Länken gäller inte"), door(c) + "/renewal" + asked(c)}
	if err := w.show(c, http.StatusNotFound, "link-dead", view); err != nil {
		w.Log.Error("error page", "error", err)
		c.String(http.StatusNotFound, "Länken gäller inte.")
	}
}

// standsDown says so on the link of a substitute who is needed no more, and nothing else of the meeting.
func (w *Web) standsDown(c *gin.Context) bool {
	var l lang.Language
	down := false
	if err := w.read(c, func(tx *store.Tx) (err error) {
		l, down, err = secretariat.StoodDown(tx, c.Param("token"))
		return err
	}); err != nil || !down {
		return false
	}
	speak(c, l)
	view := thanksView{w.frameOf(c, "", "Du behöver inte komma"), lang.Say("Du är inte längre inbjuden till mötet i någon annans ställe. Du behöver inte göra något.")}
	return w.show(c, http.StatusNotFound, "thanks", view) == nil
}

// renewLink keeps the wish for a new link. The answer is the same for every token.
func (w *Web) renewLink(c *gin.Context) error {
	if _, err := form(c); err != nil {
		return err
	}
	if err := w.write(c, func(tx *store.Tx) error {
		return secretariat.AskForLink(tx, purposeOf(c), c.Param("token"), c.ClientIP())
	}); err != nil {
		return err
	}
	w.sendsSoon()
	return w.thank(c, forRenewal)
}

type thanksView struct {
	Page
	Text lang.Sentence
}

// What a guest may have sent.
const (
	forRenewal  = "renewal"
	forProposal = "proposal"
	forDone     = "done"
	forTime     = "time"
	forCannot   = "cannot"
	forApproval = "approval"
	forView     = "view"
)

// thanked are the receipts of what a guest has sent: keys of package lang.
var thanked = map[string]string{
	forRenewal:  "Om länken har gällt och du fortfarande är med skickas en ny till din adress.",
	forProposal: "Samordnaren får veta vem du tycker ska ha brevet.",
	forDone:     "Uppgiften är rapporterad som klar.",
	forApproval: "Du har godkänt anteckningarna.",
	forView:     "Samordnaren läser din synpunkt. Du får ett nytt brev om anteckningarna ändras.",
	forTime:     "Uppgiften har fått en ny slutdag. Samordnaren får veta det.",
	forCannot:   "Samordnaren får veta att det inte går.",
}

// thanks is the receipt. It names nothing, so anybody may see it.
func (w *Web) thanks(c *gin.Context) error {
	text, known := thanked[c.Query("for")]
	if !known {
		return fault.Missing()
	}
	return w.show(c, http.StatusOK, "thanks", thanksView{w.frameOf(c, "", "Tack"), lang.Say(text)})
}

// thank leads to the receipt, in the language of the page that was sent.
func (w *Web) thank(c *gin.Context, what string) error {
	return w.goTo(c, "/thanks?"+url.Values{"for": {what}, "lang": {string(language(c))}}.Encode())
}
