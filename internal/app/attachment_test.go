package app_test

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/document"
	"samverkan/internal/minutes"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// sends posts a form with a file, and fields in turn.
func (h *house) sends(c *http.Client, path, name string, data []byte, fields ...string) reply {
	h.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	var err error
	for n := 0; n < len(fields); n += 2 {
		err = errors.Join(err, form.WriteField(fields[n], fields[n+1]))
	}
	part, made := form.CreateFormFile("file", name)
	if err = errors.Join(err, made); err == nil {
		_, err = part.Write(data)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		h.Fatal(err)
	}
	r := h.request(http.MethodPost, path, body.String())
	r.Header.Set("Content-Type", form.FormDataContentType())
	return h.do(c, r)
}

// T-FILES: what is attached can be had again as a file and as nothing else, found by its words, and only by
// those who may.
func TestAttachments(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator, member := h.as(access.Coordinator), h.as(access.Member)
		meeting := h.scheduled("rvt-miranda", "2026-12-08")
		word, err := document.DOCX(document.Document{Title: "Underlag", Language: "sv", Body: []document.Block{document.Words("Trappansamtalen börjar i mars.")}})
		if err != nil {
			h.Fatal(err)
		}
		for name, data := range map[string]string{"bild.svg": "<svg onload='alert(1)'/>", "sida.html": "<script>alert(1)</script>", "kod.js": "alert(1)", "a.xhtml": "<html/>", "a.xml": "<a/>", "sida.pdf": "<html>%PDF-"} {
			p := h.sends(coordinator, meeting+"/attachments", name, []byte(data), "from", "meeting")
			if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `id="e-file"`) {
				h.Errorf("%s: %d", name, p.status)
			}
		}
		if p := h.sends(coordinator, meeting+"/attachments", "a.txt", []byte("19900101-2385"), "from", "meeting"); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.body, `name="confirmed"`) {
			h.Errorf("a personal number: %d", p.status)
		}
		h.wants(h.sends(coordinator, meeting+"/attachments", "Underlag å.docx", word, "from", "meeting", "shown", "yes"), http.StatusSeeOther)
		file := regexp.MustCompile(`href="(/attachments/[0-9a-f-]{36})">Underlag å.docx`).FindStringSubmatch(h.wants(h.get(member, meeting), 200).body)
		if file == nil {
			h.Fatal("a member does not see the file on the meeting's page")
		}
		p := h.wants(h.get(member, file[1]), 200)
		if p.body != string(word) || p.header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment;") ||
			!strings.HasPrefix(p.header.Get("Content-Security-Policy"), "sandbox;") || p.header.Get("X-Content-Type-Options") != "nosniff" {
			h.Errorf("%v", p.header)
		}
		h.wants(h.get(h.as(access.GroupLead), file[1]), http.StatusNotFound)
		h.wants(h.post(member, file[1]+"/removal", nil), http.StatusNotFound)
		h.wants(h.post(coordinator, file[1]+"/showing", url.Values{"shown": {"no"}, "from": {"meeting"}}), http.StatusSeeOther)
		h.wants(h.get(member, file[1]), http.StatusNotFound)

		large := bytes.Repeat([]byte("text "), 1<<20)[:4<<20]
		h.wants(h.sends(coordinator, meeting+"/attachments", "stor.txt", large, "from", "meeting"), http.StatusSeeOther)
		if p := h.sends(coordinator, meeting+"/attachments", "storst.pdf", append([]byte("%PDF-"), bytes.Repeat([]byte("a"), 27<<20)...)); p.status != http.StatusRequestEntityTooLarge {
			h.Errorf("27 MB: %d", p.status)
		}
		if p := h.sends(h.browser(), meeting+"/attachments", "a.txt", large); p.status != http.StatusUnauthorized {
			h.Errorf("nobody: %d", p.status)
		}

		found := func(c *http.Client, word string) string {
			h.Helper()
			return h.wants(h.post(c, "/search", url.Values{"query": {word}}), 200).body
		}
		if strings.Contains(found(member, "trappansamtal"), "Trappan") {
			h.Error("found before it is finished")
		}
		id := h.frozen(meeting)
		for _, role := range []access.Role{access.Member, access.Manager} {
			if p := found(h.as(role), "trappansamtal"); !strings.Contains(p, "/minutes/"+id+"#f-") || !strings.Contains(p, "Underlag å.docx") {
				h.Errorf("%s does not find it: %s", role, text(p))
			}
		}
		if p := h.wants(h.get(member, "/minutes/"+id), 200); !strings.Contains(p.body, file[1]) {
			h.Error("the finished notes do not name it")
		}
	})
}

// frozen writes a note of a meeting that then is over, and finishes the notes.
func (h *house) frozen(meeting string) (id string) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		by := access.System()
		m, err := minutes.Open(tx, by, uuid.MustParse(strings.TrimPrefix(meeting, "/meetings/")))
		if err != nil {
			return err
		}
		id = m.ID.String()
		_, err = minutes.Add(tx, by, m.ID, m.Agenda[0].ID, minutes.Written{Kind: minutes.Note, Text: "Vi sågs."})
		return err
	})
	h.clock = h.clock.AddDate(0, 1, 0)
	h.write(func(tx *store.Tx) error {
		parsed := uuid.MustParse(id)
		review, err := secretariat.ReviewFinish(tx, access.System(), h.app.Office, parsed, "")
		if err == nil {
			_, err = secretariat.Finish(tx, access.System(), h.app.Office, parsed, secretariat.Ending{Hash: review.Hash, ShareNotes: true})
		}
		return err
	})
	h.clock = h.clock.AddDate(0, -1, 0)
	return id
}

// A guest reads the files that the notes name, after the code and by the same link; no others.
func TestGuestAttachment(t *testing.T) {
	onBoth(t, func(h *house) {
		own, foreign := h.things("rvt-miranda"), h.things("polis-avstamning")
		guest := h.browser()
		path := "/n/" + own.notes + "/attachments/"
		if p := h.get(guest, path+own.attachment.String()); p.status != 200 || strings.Contains(p.body, canary) {
			h.Errorf("without a code: %d", p.status)
		}
		h.post(guest, "/n/"+own.notes+"/code", nil)
		h.pass(0)
		h.wants(h.post(guest, "/n/"+own.notes+"/entry", url.Values{"code": {h.code()}}), http.StatusSeeOther)
		if p := h.wants(h.get(guest, "/n/"+own.notes), 200); !strings.Contains(p.body, path+own.attachment.String()) {
			h.Error("the notes do not name the file")
		}
		h.logs("guest", func() {
			if p := h.wants(h.get(guest, path+own.attachment.String()), 200); p.body != "%PDF-1.7 "+canary || p.header.Get("Content-Type") != "application/pdf" {
				h.Errorf("%q", p.body)
			}
		}, "open attachment attachment", "open attachment contact")
		h.wants(h.get(guest, path+foreign.attachment.String()), http.StatusNotFound)
	})
}

// Old notes on a meeting that has been are found where they can be read, and never look finished.
func TestOldNotes(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		meeting := h.scheduled("rvt-miranda", "2026-12-08")
		if p := h.sends(coordinator, meeting+"/old-notes", "a.txt", []byte("Hakparentes")); p.status != http.StatusUnprocessableEntity {
			h.Errorf("before the meeting: %d", p.status)
		}
		h.clock = h.clock.AddDate(0, 1, 0)
		coordinator, member := h.as(access.Coordinator), h.as(access.Member)
		h.logs("coordinator", func() {
			h.wants(h.sends(coordinator, meeting+"/old-notes", "2026-12-08.txt", []byte("Hakparenteser diskuterades.")), http.StatusSeeOther)
		}, "lay old notes meeting")
		for _, c := range []*http.Client{coordinator, member} {
			seen := text(h.wants(h.get(c, meeting), 200).body)
			if !strings.Contains(seen, "Inlagd i efterhand") || !strings.Contains(seen, "Inte färdigställd här.") || strings.Contains(seen, "Börja anteckna") || strings.Contains(seen, "Läs anteckningarna") {
				h.Errorf("%s", seen)
			}
			hit := h.wants(h.post(c, "/search", url.Values{"query": {"hakparentes"}}), 200).body
			if !strings.Contains(hit, meeting+"#f-") || !strings.Contains(hit, "Inlagd i efterhand") {
				h.Errorf("not found: %s", text(hit))
			}
		}
		h.write(secretariat.IndexAll)
		if p := h.post(member, "/search", url.Values{"query": {"hakparentes"}, "kind": {"laid"}}); !strings.Contains(p.body, meeting+"#f-") {
			h.Error("not found after the index was made anew")
		}
		if p := h.wants(h.get(h.as(access.Registrar), "/unregistered-minutes"), 200); strings.Contains(p.body, strings.TrimPrefix(meeting, "/meetings/")) {
			h.Error("old notes wait for a number in the register")
		}
		removal := regexp.MustCompile(`/attachments/[0-9a-f-]{36}/removal`).FindString(h.get(coordinator, meeting).body)
		h.wants(h.post(coordinator, removal, nil), http.StatusSeeOther)
		if p := h.post(member, "/search", url.Values{"query": {"hakparentes"}}); strings.Contains(p.body, meeting) {
			h.Error("found after they were removed")
		}
	})
}
