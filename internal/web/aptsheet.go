package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"samverkan/internal/document"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

type sheetView struct {
	Page
	Sheet  *secretariat.Sheet
	File   string // address of the PDF
	Back   string
	Here   string // this page's own address
	Months []int  // of a reading list
}

// sheetOf gets a sheet for one way in.
type sheetOf func(tx *store.Tx) (*secretariat.Sheet, error)

// showSheet shows a sheet as a page to print. Having it is logged.
func (w *Web) showSheet(c *gin.Context, title, back string, get sheetOf) error {
	view := sheetView{Page: w.frameOf(c, "relay", title), Back: back, Here: c.Request.URL.Path, Months: secretariat.ReadingMonths}
	view.File = view.Here + ".pdf"
	if err := w.write(c, func(tx *store.Tx) (err error) {
		view.Sheet, err = get(tx)
		return err
	}); err != nil {
		return err
	}
	if view.Sheet.Months > 0 {
		view.File += "?months=" + strconv.Itoa(view.Sheet.Months)
	}
	return w.show(c, http.StatusOK, "sheet", view)
}

// giveSheet gives a sheet as a tagged PDF.
func (w *Web) giveSheet(c *gin.Context, name string, get sheetOf) error {
	var made []byte
	if err := w.write(c, func(tx *store.Tx) error {
		s, err := get(tx)
		if err != nil {
			return err
		}
		made, err = document.PDF(s.Paper(language(c)))
		return err
	}); err != nil {
		return err
	}
	serve.Attachment(c, name, "application/pdf", made)
	return nil
}

const (
	sheetFile   = "apt-blad.pdf"
	readingFile = "laslista.pdf"
)

// monthsAsked reads how far back a reading list goes.
func monthsAsked(c *gin.Context) (int, error) {
	asked := c.Query("months")
	if asked == "" {
		return 12, nil
	}
	n, err := strconv.Atoi(asked)
	if err != nil {
		return 0, fault.On("months", "Välj ett av alternativen.")
	}
	return n, nil
}

func (w *Web) receiverSheet(c *gin.Context) sheetOf {
	return func(tx *store.Tx) (*secretariat.Sheet, error) {
		receiver, err := id(c, "id")
		if err != nil {
			return nil, err
		}
		return secretariat.AptSheet(tx, actor(c), w.Office, receiver)
	}
}

func (w *Web) receiverReading(c *gin.Context) sheetOf {
	return func(tx *store.Tx) (*secretariat.Sheet, error) {
		receiver, err := id(c, "id")
		if err != nil {
			return nil, err
		}
		months, err := monthsAsked(c)
		if err != nil {
			return nil, err
		}
		return secretariat.ReadingList(tx, actor(c), w.Office, receiver, months)
	}
}

func (w *Web) aptSheet(c *gin.Context) error {
	return w.showSheet(c, "Blad till APT", "/relay-items", w.receiverSheet(c))
}
func (w *Web) aptSheetFile(c *gin.Context) error {
	return w.giveSheet(c, sheetFile, w.receiverSheet(c))
}
func (w *Web) readingList(c *gin.Context) error {
	return w.showSheet(c, "Läslista för nyanställda", "/relay-items", w.receiverReading(c))
}
func (w *Web) readingListFile(c *gin.Context) error {
	return w.giveSheet(c, readingFile, w.receiverReading(c))
}

func (w *Web) linkSheet(c *gin.Context, get func(*store.Tx, secretariat.Office, string) (*secretariat.Sheet, error)) sheetOf {
	return func(tx *store.Tx) (*secretariat.Sheet, error) { return get(tx, w.Office, c.Param("token")) }
}

func (w *Web) linkReading(c *gin.Context) sheetOf {
	return func(tx *store.Tx) (*secretariat.Sheet, error) {
		months, err := monthsAsked(c)
		if err != nil {
			return nil, err
		}
		return secretariat.ReadingListByLink(tx, w.Office, c.Param("token"), months)
	}
}

func (w *Web) relayLinkSheet(c *gin.Context) error {
	return w.showSheet(c, "Blad till APT", door(c), w.linkSheet(c, secretariat.AptSheetByRelayLink))
}
func (w *Web) relayLinkSheetFile(c *gin.Context) error {
	return w.giveSheet(c, sheetFile, w.linkSheet(c, secretariat.AptSheetByRelayLink))
}
func (w *Web) placeSheet(c *gin.Context) error {
	return w.showSheet(c, "Blad till APT", door(c), w.linkSheet(c, secretariat.AptSheetByLink))
}
func (w *Web) placeSheetFile(c *gin.Context) error {
	return w.giveSheet(c, sheetFile, w.linkSheet(c, secretariat.AptSheetByLink))
}
func (w *Web) placeReading(c *gin.Context) error {
	return w.showSheet(c, "Läslista för nyanställda", door(c), w.linkReading(c))
}
func (w *Web) placeReadingFile(c *gin.Context) error {
	return w.giveSheet(c, readingFile, w.linkReading(c))
}

// planWord says how the plan stands at a workplace.
func planWord(s secretariat.PlanState) CellWord {
	return map[secretariat.PlanState]CellWord{
		secretariat.PlanConfirmed:   {Sign: "●", Tag: "ok", Word: lang.Say("Genomgången")},
		secretariat.PlanWaiting:     {Sign: "○", Word: lang.Say("Väntar")},
		secretariat.PlanOverdue:     {Sign: "▲", Tag: "warn", Word: lang.Say("Försenat")},
		secretariat.PlanNotAsked:    {Sign: "–", Word: lang.Say("Inte tillfrågad")},
		secretariat.PlanUnreachable: {Sign: "✕", Tag: "err", Word: lang.Say("Ingen adress")},
	}[s]
}
