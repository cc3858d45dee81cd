package api

import (
	"context"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/minutes"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

// Registration says where a finalised version stands in the municipality's register.
type Registration struct {
	MinutesID      uuid.UUID `json:"minutesId" format:"uuid"`
	Number         int64     `json:"number" example:"1" doc:"Versionen. / The version."`
	RegistryNumber string    `json:"registryNumber" example:"SN 2027/123" doc:"Diarienummer. / Number in the register."`
	At             time.Time `json:"at"`
}

// NewRegistration names a number in the register.
type NewRegistration struct {
	RegistryNumber string `json:"registryNumber" maxLength:"40" example:"SN 2027/123" doc:"Diarienummer, som i diariet. / As it stands in the register."`
}

type registerCall struct {
	One
	Numbered
	Body NewRegistration
}

func (d *door) registerMinutes(ctx context.Context, in *registerCall) (*shown[Registration], error) {
	out := &shown[Registration]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		r, err := minutes.Register(tx, by, in.ID, in.Number, in.Body.RegistryNumber)
		if err == nil {
			out.Body = Registration{r.MinutesID, r.Number, r.RegistryNumber, r.At.UTC()}
		}
		return err
	})
	return out, err
}

// listUnregistered lists what waits for a number in the register, without what it says.
func (d *door) listUnregistered(ctx context.Context, in *Paging) (*shown[MinutesHeads], error) {
	out := &shown[MinutesHeads]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := minutes.Unregistered(tx, by)
		out.Body = MinutesHeads{part(*in, all, func(m minutes.Minutes) MinutesHead { return showHead(&m, newest(m.Versions)) }), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

// Masks say what is hidden in a copy.
type Masks struct {
	Items []uuid.UUID `json:"items,omitempty" format:"uuid" maxItems:"500" doc:"Punkter som döljs hela. / Items that are hidden whole."`
	Words []string    `json:"words,omitempty" maxItems:"200" doc:"Ord eller namn som döljs var de än står, 2 till 200 tecken. / Words or names that are hidden wherever they stand, 2 to 200 characters."`
}

func (m Masks) masks() minutes.Masks { return minutes.Masks{Items: m.Items, Words: m.Words} }

// DisclosurePreview is what a masked copy would say.
type DisclosurePreview struct {
	Number     int64            `json:"number" example:"1" doc:"Versionen. / The version."`
	Masked     int              `json:"masked" example:"2" doc:"Ställen som döljs. / Places that are hidden."`
	Forum      string           `json:"forum"`
	Attendance []Attended       `json:"attendance"`
	Agenda     []MinutesHeading `json:"agenda"`
}

type previewCall struct {
	One
	Numbered
	Body Masks
}

// previewDisclosure opens the minutes. That is logged, so the transaction writes.
func (d *door) previewDisclosure(ctx context.Context, in *previewCall) (*shown[DisclosurePreview], error) {
	out := &shown[DisclosurePreview]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		o, hidden, places, err := minutes.PreviewDisclosure(tx, by, in.ID, in.Number, in.Body.masks())
		if err == nil {
			o.Document = hidden
			s := showMinutes(o)
			out.Body = DisclosurePreview{hidden.Number, places, s.ForumName, s.Attendance, s.Agenda}
		}
		return err
	})
	return out, err
}

// NewDisclosure is a masked copy to make.
type NewDisclosure struct {
	Masks
	Decision string `json:"decision" maxLength:"2000" example:"Namnet maskeras enligt 26 kap. 1 § OSL." doc:"Vad som beslutades och varför. Skriv inte vem som bad om kopian. / What was decided and why. Do not write who asked for the copy."`
}

// Disclosure is a masked copy that was made.
type Disclosure struct {
	ID        uuid.UUID `json:"id" format:"uuid"`
	MinutesID uuid.UUID `json:"minutesId" format:"uuid"`
	Number    int64     `json:"number" example:"1" doc:"Versionen. / The version."`
	Masked    int       `json:"masked" example:"2" doc:"Ställen som är dolda. / Places that are hidden."`
	Decision  string    `json:"decision" example:"Namnet maskeras enligt 26 kap. 1 § OSL."`
	SHA256    string    `json:"sha256" doc:"Filens kontrollsumma. / The file's checksum."`
	At        time.Time `json:"at"`
}

func showDisclosure(m minutes.Disclosure) Disclosure {
	return Disclosure{m.ID, m.MinutesID, m.Number, m.Masked, m.Decision, m.PDF, m.At.UTC()}
}

type disclosureCall struct {
	One
	Numbered
	Body NewDisclosure
}

func (d *door) makeDisclosure(ctx context.Context, in *disclosureCall) (*created[Disclosure], error) {
	out := &created[Disclosure]{}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		made, err := minutes.Disclose(tx, by, in.ID, in.Number, in.Body.masks(), in.Body.Decision)
		if err == nil {
			out.Location, out.Body = Root+"/disclosures/"+made.ID.String()+"/content", showDisclosure(*made)
		}
		return err
	})
	return out, err
}

// Disclosures is a list of them.
type Disclosures struct {
	Disclosures []Disclosure `json:"disclosures"`
	Extent
}

func (d *door) listDisclosures(ctx context.Context, in *onePage) (*shown[Disclosures], error) {
	out := &shown[Disclosures]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		all, err := minutes.Disclosures(tx, by, in.ID)
		out.Body = Disclosures{part(in.Paging, all, showDisclosure), in.of(int64(len(all)))}
		return err
	})
	return out, err
}

// download is a file to keep: no browser shows it, or runs what may stand in it.
type download struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition" doc:"Filens namn. / The file's name."`
	Policy             string `header:"Content-Security-Policy"`
	Body               []byte
}

// fetch answers with the file that a verb gives. Taking one is logged, so it writes.
func (d *door) fetch(ctx context.Context, get func(*store.Tx, access.Actor) (*minutes.Copy, error)) (*download, error) {
	out := &download{Policy: serve.FilePolicy}
	err := d.write(ctx, func(tx *store.Tx, by access.Actor) error {
		c, err := get(tx, by)
		if err == nil {
			out.ContentType, out.ContentDisposition, out.Body = c.ContentType, serve.Disposition(c.Name), c.Data
		}
		return err
	})
	return out, err
}

func (d *door) getDisclosure(ctx context.Context, in *One) (*download, error) {
	return d.fetch(ctx, func(tx *store.Tx, by access.Actor) (*minutes.Copy, error) {
		return minutes.DisclosedCopy(tx, by, in.ID)
	})
}

func (d *door) getAttachment(ctx context.Context, in *One) (*download, error) {
	return d.fetch(ctx, func(tx *store.Tx, by access.Actor) (*minutes.Copy, error) {
		return minutes.OpenAttachment(tx, by, in.ID)
	})
}

type copyCall struct {
	One
	Numbered
	Format string `query:"format" enum:"pdf,odt,docx" default:"pdf" doc:"Filens slag. / Kind of file."`
}

func (d *door) getMinutesCopy(ctx context.Context, in *copyCall) (*download, error) {
	return d.fetch(ctx, func(tx *store.Tx, by access.Actor) (*minutes.Copy, error) {
		return minutes.Download(tx, by, in.ID, in.Number, minutes.Format(in.Format))
	})
}
