package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/relay"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

type relaysView struct {
	Page
	Matrix *secretariat.RelayMatrix
	Year   int
	Forum  uuid.UUID
	States []CellWord
}

// CellWord is a cell's state in a sign and words: never by colour alone.
type CellWord struct {
	State     secretariat.CellState
	Sign, Tag string
	Word      lang.Sentence
}

var cellWords = []CellWord{
	{secretariat.CellGoneThrough, "●", "ok", lang.Say("Genomgånget")},
	{secretariat.CellRead, "◐", "ok", lang.Say("Läst")},
	{secretariat.CellWaiting, "○", "", lang.Say("Väntar")},
	{secretariat.CellOverdue, "▲", "warn", lang.Say("Försenat")},
	{secretariat.CellUnreachable, "✕", "err", lang.Say("Ingen adress")},
	{secretariat.CellWithdrawn, "–", "", lang.Say("Gäller inte längre")},
}

// cellWord gives how a state reads.
func cellWord(s secretariat.CellState) CellWord {
	for _, w := range cellWords {
		if w.State == s {
			return w
		}
	}
	return CellWord{Word: lang.Say("Inte förmedlat")}
}

// Figure is a number of a cell that opens the list it counts.
type Figure struct {
	Address string
	Words   lang.Sentence
}

// MatrixCell is a cell with where it leads.
type MatrixCell struct {
	secretariat.RelayCell
	CellWord
	Receiver string
	Row      secretariat.RelayRow
	Address  string
	Figures  []Figure // when not all items stand alike
}

// Since is what the cell's day says.
func (c MatrixCell) Since() lang.Sentence {
	switch c.RelayCell.State {
	case secretariat.CellWaiting, secretariat.CellUnreachable:
		return lang.Say("senast %s", c.Date.String())
	case secretariat.CellOverdue:
		return lang.Say("sedan %s", c.Date.String())
	}
	return lang.Say("%s", c.Date.String())
}

// Cells gives a row's cells with their words.
func (v relaysView) Cells(row secretariat.RelayRow) (all []MatrixCell) {
	for n, c := range row.Cells {
		to := v.Matrix.Receivers[n]
		m := MatrixCell{RelayCell: c, CellWord: cellWord(c.State), Receiver: to.Name, Row: row, Address: "/relay-items?minutes=" + row.MinutesID.String() + "&receiver=" + to.ID.String()}
		for _, s := range relay.States {
			if k := c.Counts[s]; k > 0 && (c.Items > 1 || len(c.Counts) > 1) {
				m.Figures = append(m.Figures, Figure{m.Address + "&state=" + string(s), itemWords(s, k)})
			}
		}
		all = append(all, m)
	}
	return all
}

func itemWords(s relay.State, n int) lang.Sentence {
	switch s {
	case relay.GoneThrough:
		return lang.Say("%d genomgångna", n)
	case relay.WasRead:
		return lang.Say("%d lästa", n)
	case relay.Overdue:
		return lang.Say("%d försenade", n)
	case relay.Withdrawn:
		return lang.Say("%d gäller inte längre", n)
	}
	return lang.Say("%d väntar", n)
}

// matrixAsked reads what the matrix is narrowed to; without a year in the address it is all years.
func (w *Web) matrixAsked(c *gin.Context) (s secretariat.MatrixSelection, err error) {
	if c.Query("year") != "" {
		if s.Year, err = w.yearAsked(c); err != nil {
			return s, err
		}
	}
	if asked := c.Query("forum"); asked != "" {
		found := optionalID(asked)
		if found == nil {
			return s, fault.Missing()
		}
		s.ForumID = *found
	}
	return s, nil
}

// relays shows finalised minutes times receivers.
func (w *Web) relays(c *gin.Context) error {
	s, err := w.matrixAsked(c)
	if err != nil {
		return err
	}
	view := relaysView{Page: w.frameOf(c, "relay", "Förmedlat: vem har gått igenom vad"), Year: s.Year, Forum: s.ForumID, States: cellWords}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Matrix, err = secretariat.Matrix(tx, actor(c), w.Office, s)
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "relays", view)
}

// relaysTable gives the matrix as a file, a line for each cell.
func (w *Web) relaysTable(c *gin.Context) error {
	s, err := w.matrixAsked(c)
	if err != nil {
		return err
	}
	var m *secretariat.RelayMatrix
	if err := w.read(c, func(tx *store.Tx) (err error) {
		m, err = secretariat.Matrix(tx, actor(c), w.Office, s)
		return err
	}); err != nil {
		return err
	}
	l := language(c)
	rows := [][]string{{l.Text("Möte"), l.Text("Forum"), l.Text("Till"), l.Text("Läge"), l.Text("Dag"), l.Text("Punkter"), l.Text("Genomgånget"), l.Text("Läst"), l.Text("Väntar"), l.Text("Försenat"), l.Text("Gäller inte längre")}}
	for _, r := range m.Rows {
		for n, cell := range r.Cells {
			if cell.State == secretariat.CellNone {
				continue
			}
			line := []string{r.Date.String(), r.Forum, m.Receivers[n].Name, cellWord(cell.State).Word.In(l), dayText(cell.Date), strconv.Itoa(cell.Items)}
			for _, s := range relay.States {
				line = append(line, strconv.Itoa(cell.Counts[s]))
			}
			rows = append(rows, line)
		}
	}
	return giveTable(c, "formedlat.csv", rows)
}

// dayText is a day, empty for none.
func dayText(d almanac.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// giveTable answers with rows as a table for a spreadsheet.
func giveTable(c *gin.Context, name string, rows [][]string) error {
	var out bytes.Buffer
	out.WriteString("\ufeff") // by which Excel knows UTF-8
	table := csv.NewWriter(&out)
	table.Comma = ';' // which Excel in Sweden expects
	for _, cells := range rows {
		for n := range cells {
			cells[n] = access.InCell(cells[n])
		}
		if err := table.Write(cells); err != nil {
			return err
		}
	}
	table.Flush()
	if err := table.Error(); err != nil {
		return err
	}
	serve.Attachment(c, name, "text/csv; charset=utf-8", out.Bytes())
	return nil
}
