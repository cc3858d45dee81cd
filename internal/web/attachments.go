package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// maxUpload leaves room in a form for its fields beside the file.
const maxUpload = minutes.MaxAttachment + 64<<10

// maxField is the longest field of a form with a large file, in octets.
const maxField = 8 << 10

// upload reads a form with a file that may be large, part by part, so that nothing of it lies on a disk
// and fields stay small. It refuses with fault.Invalid a field that the page does not have, and no file.
func upload(c *gin.Context, names ...string) (minutes.Upload, url.Values, error) {
	var u minutes.Upload
	f := url.Values{}
	serve.Patient(c)
	form, err := c.Request.MultipartReader()
	if err != nil {
		return u, f, fault.New(fault.Invalid, "Formuläret gick inte att läsa. Läs in sidan igen.")
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = take(part, &u, f, names)
		}
		var tooLarge *http.MaxBytesError
		var refused *fault.Fault
		switch {
		case errors.As(err, &tooLarge):
			return u, f, fault.On("file", "Filen är större än %d MB. Välj en mindre.", minutes.MaxAttachment>>20)
		case errors.As(err, &refused):
			return u, f, err
		case err != nil:
			return u, f, fault.New(fault.Invalid, "Formuläret gick inte att läsa. Läs in sidan igen.")
		}
	}
	u.Shown, u.Confirmed = f.Get("shown") == "yes", f.Get("confirmed")
	if u.Name == "" || len(u.Data) == 0 {
		return u, f, fault.On("file", "Välj en fil.")
	}
	return u, f, nil
}

// take reads one part of a form.
func take(part *multipart.Part, u *minutes.Upload, f url.Values, names []string) (err error) {
	name := part.FormName()
	switch {
	case name == "file" && u.Data == nil:
		u.Name = part.FileName()
		u.Data, err = io.ReadAll(part)
	case !slices.Contains(names, name) || f.Has(name):
		return unknownField(name)
	default:
		var value []byte
		value, err = io.ReadAll(io.LimitReader(part, maxField))
		f.Set(name, string(value))
	}
	return err
}

// Files is a meeting's files as a page lists them, with the form for one more.
type Files struct {
	Page
	Form      url.Values
	MeetingID uuid.UUID
	All       []minutes.Attachment
	Keeps     bool   // the reader may change them
	From      string // the page: meeting or notes
}

// files fills in the files that the reader may open.
func (v *meetingView) files(tx *store.Tx, by access.Actor) error {
	all, err := minutes.Attachments(tx, by, v.Meeting.ID)
	for n := range all {
		if all[n].Laid {
			v.Laid = &all[n]
		} else {
			v.Attachments = append(v.Attachments, all[n])
		}
	}
	return err
}

// attach puts a file to a meeting, from its own page or from that of its notes.
func (w *Web) attach(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	u, f, err := upload(c, "shown", "confirmed", "from")
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := minutes.Attach(tx, actor(c), meetingID, u)
			return err
		})
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		return w.attachAgain(c, meetingID, f, err)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "Bilagan är sparad.")
	return w.goTo(c, attachedFrom(meetingID, f.Get("from")))
}

// attachedFrom is the page that a form with a file stands on.
func attachedFrom(meetingID uuid.UUID, from string) string {
	path := "/meetings/" + meetingID.String()
	if from == "notes" {
		path += "/notes"
	}
	return path + "#attachments"
}

// attachAgain shows the page that the form came from, with why the file was refused.
func (w *Web) attachAgain(c *gin.Context, meetingID uuid.UUID, f url.Values, refused error) error {
	if f.Get("from") != "notes" {
		return w.showMeetingByID(c, meetingID, refused, f)
	}
	return w.showNotes(c, notesView{Typed: f}, func(tx *store.Tx) (*minutes.Minutes, error) {
		m, err := minutes.OfMeeting(tx, actor(c), meetingID)
		if err == nil && m == nil {
			err = fault.Missing()
		}
		if err != nil {
			return nil, err
		}
		return minutes.OpenDraft(tx, actor(c), m.ID)
	}, refused)
}

// layNotes puts old notes on a meeting that has been.
func (w *Web) layNotes(c *gin.Context) error {
	meetingID, err := id(c, "id")
	if err != nil {
		return err
	}
	u, f, err := upload(c, "confirmed", "from")
	if err == nil {
		err = w.write(c, func(tx *store.Tx) error {
			_, err := secretariat.LayFile(tx, actor(c), meetingID, u)
			return err
		})
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.Conflict) {
		f.Set("laying", "yes")
		return w.showMeetingByID(c, meetingID, err, f)
	}
	if err != nil {
		return err
	}
	w.frame.Notify(c.Request.Context(), "De gamla anteckningarna är inlagda.")
	return w.goTo(c, "/meetings/"+meetingID.String()+"#laid")
}

func (w *Web) attachment(c *gin.Context) error {
	attachmentID, err := id(c, "id")
	if err != nil {
		return err
	}
	serve.Patient(c)
	return w.saveCopy(c, func(tx *store.Tx) (*minutes.Copy, error) { return minutes.OpenAttachment(tx, actor(c), attachmentID) })
}

// showAttachment lets those who are asked open a file beforehand, or no more.
func (w *Web) showAttachment(c *gin.Context) error {
	return w.onAttachment(c, "shown", func(tx *store.Tx, attachmentID uuid.UUID, f url.Values) (*minutes.Attachment, error) {
		return minutes.Show(tx, actor(c), attachmentID, f.Get("shown") == "yes")
	})
}

func (w *Web) detach(c *gin.Context) error {
	return w.onAttachment(c, "", func(tx *store.Tx, attachmentID uuid.UUID, _ url.Values) (*minutes.Attachment, error) {
		return secretariat.Detach(tx, actor(c), attachmentID)
	})
}

func (w *Web) onAttachment(c *gin.Context, field string, do func(*store.Tx, uuid.UUID, url.Values) (*minutes.Attachment, error)) error {
	attachmentID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, "from", field)
	if err != nil {
		return err
	}
	var a *minutes.Attachment
	if err := w.write(c, func(tx *store.Tx) (err error) {
		a, err = do(tx, attachmentID, f)
		return err
	}); err != nil {
		return err
	}
	return w.goTo(c, attachedFrom(a.MeetingID, f.Get("from")))
}

// guestAttachment gives a file that finished notes name, or that is shown to those who are called, to a contact
// whose mailbox was shown to be theirs.
func (w *Web) guestAttachment(c *gin.Context) error {
	view, err := w.guest(c, "Läs anteckningarna")
	if err != nil {
		return err
	}
	attachmentID, err := id(c, "attachment")
	if err != nil {
		return err
	}
	if w.frame.GuestContact(c.Request.Context()) != view.Guest.Contact.ID {
		if papersAsked(c) {
			if view.Guest.Papers == 0 {
				return fault.Missing()
			}
			return w.showPapers(c, nil, nil)
		}
		return w.showGuestNotes(c, nil, nil)
	}
	serve.Patient(c)
	return w.saveCopy(c, func(tx *store.Tx) (*minutes.Copy, error) {
		return secretariat.CopyAttachment(tx, purposeOf(c), c.Param("token"), attachmentID)
	})
}

// octets says how large a file is.
func octets(n int64, l lang.Language) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d kB", (n+1023)>>10)
	}
	text := fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	if l == lang.Swedish {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}
