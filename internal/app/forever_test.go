package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/forum"
	"samverkan/internal/meeting"
	"samverkan/internal/minutes"
	"samverkan/internal/partner"
	"samverkan/internal/relay"
	"samverkan/internal/search"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// chance writes minutes of all sorts, the same for the same seed.
type chance struct{ *rand.Rand }

var pieces = []string{"åtgärd", "Överenskommelse", "tolk", "**viktigt**", "*kursivt*", "<b>inte fet</b>", "&amp;", "”citat”", "🙂", "漢字", "rad\nny rad", "- punkt\n- punkt till", "1. ett\n2. två", "e\u0301n", "risk\u00adbedömning",
	"[länk](https://exempel.se)", "a < b > c", "'apostrof'", "{{.}}", "%s", `\`, "slut."}

func (c chance) text() string {
	words := make([]string, 1+c.IntN(12))
	for i := range words {
		words[i] = pieces[c.IntN(len(pieces))]
	}
	return "Ord " + strings.Join(words, " ")
}

// written makes the items of a heading.
func (c chance) written(group uuid.UUID, owner string) (all []minutes.Written) {
	for range 1 + c.IntN(5) {
		w := minutes.Written{Kind: []minutes.Kind{minutes.Note, minutes.Decision, minutes.Action, minutes.Relay}[c.IntN(4)], Text: c.text()}
		switch w.Kind {
		case minutes.Action:
			w.Owner = owner
		case minutes.Relay:
			w.Receivers = []uuid.UUID{group}
		}
		all = append(all, w)
	}
	return all
}

// T-FOREVER: whatever happens afterwards, a finalised version reads the same on its page, in its files, in
// the API, in what was passed on and in the search, octet for octet.
func TestFinalisedMinutesReadTheSameForEver(t *testing.T) {
	sqlite := "sqlite://" + filepath.Join(t.TempDir(), "samverkan.db")
	storetest.Both(t, func(t *testing.T) { forEver(newHouse(t, sqlite), sqlite) }, func(t *testing.T) {
		address := storetest.Postgres(t)
		forEver(newHouse(t, address), address)
	})
}

func forEver(h *house, address string) {
	for seed := range uint64(4) {
		dice := chance{rand.New(rand.NewPCG(seed, 15))}
		id := h.someMinutes(dice, int(seed))
		before := h.readings(id)
		if len(before) < 9 {
			h.Fatalf("only %d readings", len(before))
		}
		for _, event := range []func(){func() { h.renameAll(seed) }, func() { h.corrects(id, dice) }, func() { h.someMinutes(dice, int(seed)+10) }, func() { h.clock = h.clock.AddDate(1, 0, 0) }, func() { h.write(secretariat.IndexAll) }} {
			event()
			h.same(seed, before, h.readings(id))
		}
		h.clock = h.clock.AddDate(-1, 0, 0)
		h.reopened(address, id, before)
	}
}

func (h *house) same(seed uint64, before, after map[string]string) {
	h.Helper()
	for what, was := range before {
		if now := after[what]; now != was {
			h.Fatalf("seed %d: %s was\n%.1500q\nand is\n%.1500q", seed, what, was, now)
		}
	}
}

// someMinutes finalises minutes of chance's.
func (h *house) someMinutes(dice chance, n int) (id uuid.UUID) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		by := access.System()
		f := h.world.Forums["rvt-miranda"]
		held, err := meeting.Schedule(tx, by, meeting.Proposal{ForumID: f, Zone: h.app.Office.Zone, Held: true,
			Time: meeting.Time{Date: almanac.Date{Year: 2026, Month: time.March, Day: 1 + n}, Starts: 9 * 60, Ends: 10 * 60}})
		if err != nil {
			return err
		}
		group, _, err := store.ByExternalID(tx, &partner.WorkGroup{}, "ekonomiskt-bistand")
		if err != nil {
			return err
		}
		members, err := forum.Members(tx, by, f)
		if err != nil {
			return err
		}
		var laid []minutes.Laid
		for k := range 1 + dice.IntN(4) {
			laid = append(laid, minutes.Laid{Title: fmt.Sprint("Punkt ", k, " ", strings.Join(strings.Fields(dice.text()), " "))[:20], Items: dice.written(group, members[0].Contact.Name)})
		}
		laid = append(laid, minutes.Laid{Title: "Till sist", Items: []minutes.Written{{Kind: minutes.Relay, Text: "Bastuban " + dice.text(), Receivers: []uuid.UUID{group}}}})
		for k := range laid {
			laid[k].Title = strings.ToValidUTF8(laid[k].Title, "")
		}
		m, err := minutes.Lay(tx, by, held.ID, "", nil, laid)
		if err != nil {
			return err
		}
		id = m.ID
		return h.finishes(tx, id, "")
	})
	return id
}

func (h *house) finishes(tx *store.Tx, id uuid.UUID, reason string) error {
	review, err := secretariat.ReviewFinish(tx, access.System(), h.app.Office, id, reason)
	if err == nil {
		_, err = secretariat.Finish(tx, access.System(), h.app.Office, id, secretariat.Ending{Hash: review.Hash, Reason: reason})
	}
	return err
}

// corrects makes a version two, which says more than the first.
func (h *house) corrects(id uuid.UUID, dice chance) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, access.System(), id)
		if err != nil {
			return err
		}
		if _, err := minutes.Add(tx, access.System(), id, m.Agenda[0].ID, minutes.Written{Kind: minutes.Note, Text: "Tillagt " + dice.text()}); err != nil {
			return err
		}
		return h.finishes(tx, id, "En mening saknades.")
	})
}

// renameAll gives everybody and everything another name.
func (h *house) renameAll(seed uint64) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		f, err := forum.Find(tx, access.System(), h.world.Forums["rvt-miranda"])
		if err != nil {
			return err
		}
		s := f.Settings()
		s.Name, s.NeutralTitle = fmt.Sprint("Annat forum ", seed), "Annan titel"
		if _, err := forum.Change(tx, access.System(), f.ID, f.Version, s); err != nil {
			return err
		}
		for _, table := range []string{"organisations", "contacts", "work_groups", "workplaces", "roles", "identities"} {
			if err := tx.DB.Exec("UPDATE " + table + " SET name = 'Ny ' || name").Error; err != nil {
				return err
			}
		}
		return nil
	})
}

var (
	frozenPart = regexp.MustCompile(`(?s)<h2>1\. .*?<p><small>SHA-256: [0-9a-f]{64}</small></p>`)
	around     = regexp.MustCompile(`(?s)<(details|form)\b.*?</(details|form)>|<div class="acts noprint">.*?</div>`)
)

// readings are everything that the first version is read as.
func (h *house) readings(id uuid.UUID) map[string]string {
	h.Helper()
	all, member := map[string]string{}, h.as(access.Manager)
	page := h.wants(h.get(member, "/minutes/"+id.String()+"?version=1"), 200).body
	all["page"] = around.ReplaceAllString(frozenPart.FindString(page), "")
	for _, format := range minutes.Formats {
		all["page as "+string(format)] = h.wants(h.get(member, "/minutes/"+id.String()+"/copies/"+string(format)+"?version=1"), 200).body
		r := h.request(http.MethodGet, "/api/v1/minutes/"+id.String()+"/content?version=1&format="+string(format), "")
		r.Header.Set("Authorization", "Bearer "+h.world.APIToken)
		if all["API as "+string(format)] = h.wants(h.do(http.DefaultClient, r), 200).body; all["API as "+string(format)] != all["page as "+string(format)] {
			h.Errorf("the API's %s is another than the page's", format)
		}
	}
	all["text of the PDF"] = h.pdfText(all["page as pdf"])
	p, answer := h.call(http.MethodGet, "/minutes/"+id.String()+"?version=1", nil)
	h.wants(p, 200)
	delete(answer, "versions") // there may be more
	delete(answer, "forumExternalId")
	told, err := json.Marshal(answer)
	if err != nil {
		h.Fatal(err)
	}
	all["API"] = string(told)
	h.read(func(tx *store.Tx) error {
		var items []relay.Item
		if err := tx.DB.Order("item_id, id").Find(&items, "minutes_id = ? AND number = 1", id).Error; err != nil {
			return err
		}
		for _, i := range items {
			all["extract for "+i.ID.String()] = i.Excerpt
		}
		return h.snippets(tx, id, all)
	})
	return all
}

// snippets are how the search shows what was passed on last.
func (h *house) snippets(tx *store.Tx, id uuid.UUID, all map[string]string) error {
	r, err := search.Find(tx, access.System(), search.Query{Words: "bastuban", Limit: 100})
	if err != nil {
		return err
	}
	for _, hit := range r.Hits {
		if hit.MinutesID == id {
			all["search"] += fmt.Sprint(hit.Title, hit.Text, hit.Snippet)
		}
	}
	if all["search"] == "" {
		h.Errorf("minutes are not found")
	}
	return nil
}

// pdfText is what a reader's program takes out of minutes of someMinutes.
func (h *house) pdfText(pdf string) string {
	h.Helper()
	words := h.pdfWords(pdf)
	if words != "" && !strings.Contains(words, "Bastuban") {
		h.Fatalf("the PDF reads %q", words)
	}
	return words
}

// pdfWords is the text of a PDF; empty where there is no program that takes it out.
func (h *house) pdfWords(pdf string) string {
	h.Helper()
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		h.Log("there is no pdftotext: the octets of files are compared, not their words")
		return ""
	}
	c := exec.Command(program, "-", "-")
	c.Stdin = bytes.NewReader([]byte(pdf))
	out, err := c.Output()
	if err != nil {
		h.Fatalf("the PDF cannot be read: %v", err)
	}
	return string(out)
}

// reopened reads the first version through another opening of the database.
func (h *house) reopened(address string, id uuid.UUID, before map[string]string) {
	h.Helper()
	db, err := store.Open(h.Context(), address)
	if err != nil {
		h.Fatal(err)
	}
	defer db.Close()
	err = db.Write(h.Context(), func(tx *store.Tx) error {
		for _, format := range minutes.Formats {
			c, err := minutes.Download(tx, access.System(), id, 1, format)
			if err != nil {
				return err
			}
			if string(c.Data) != before["page as "+string(format)] {
				h.Errorf("%s is another after the database was opened again", format)
			}
		}
		now := map[string]string{}
		if err := h.snippets(tx, id, now); err != nil {
			return err
		}
		h.same(0, map[string]string{"search": before["search"]}, now)
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
}

// What is attached runs nowhere, whatever it is called and says: it is a file to keep, and its name is text.
func TestXSSInFiles(t *testing.T) {
	onBoth(t, func(h *house) {
		coordinator := h.as(access.Coordinator)
		for n, text := range bundles(115) {
			meeting := h.scheduled("rvt-miranda", almanac.Date{Year: 2026, Month: time.December, Day: 1}.AddDays(n).String())
			name := strings.ReplaceAll(text, "/", "∕")
			for ending, start := range map[string]string{"txt": "", "csv": "", "pdf": "%PDF-1.7 ", "png": "\x89PNG\r\n\x1a\n", "jpg": "\xff\xd8\xff"} {
				h.wants(h.sends(coordinator, meeting+"/attachments", name+"."+ending, []byte(start+"trumpinne "+text), "from", "meeting", "shown", "yes"), http.StatusSeeOther)
			}
			if p := h.sends(coordinator, meeting+"/attachments", name+".svg", []byte("<svg onload=window.__xss=1>"), "from", "meeting"); p.status != http.StatusUnprocessableEntity {
				h.Errorf("svg: %d", p.status)
			} else {
				h.harmless("the refusal", p.body)
			}
			page := h.wants(h.get(coordinator, meeting), 200)
			h.harmless(meeting, page.body)
			files := regexp.MustCompile(`href="/attachments/([0-9a-f-]{36})"`).FindAllStringSubmatch(page.body, -1)
			if len(files) != 5 {
				h.Fatalf("%d files", len(files))
			}
			for _, f := range files {
				r := h.request(http.MethodGet, "/api/v1/attachments/"+f[1]+"/content", "")
				r.Header.Set("Authorization", "Bearer "+h.world.APIToken)
				h.onlyToKeep(h.get(coordinator, "/attachments/"+f[1]))
				h.onlyToKeep(h.do(http.DefaultClient, r))
			}
			if n < 4 {
				h.harmless("the notes", h.wants(h.get(coordinator, "/minutes/"+h.frozen(meeting)), 200).body)
			}
		}
		for _, f := range []url.Values{{"query": {"trumpinne"}}, {"query": {"trumpinne"}, "kind": {"attachment"}}, {"query": {"trumpinnee"}}} {
			p := h.wants(h.post(coordinator, "/search", f), 200)
			if !strings.Contains(p.body, `href="/attachments/`) {
				h.Errorf("no file is found: %s", text(p.body))
			}
			h.harmless("the search", p.body)
		}
	})
}

func (h *house) onlyToKeep(p reply) {
	h.Helper()
	h.wants(p, 200)
	if kind := p.header.Get("Content-Type"); !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment;") || !strings.HasPrefix(p.header.Get("Content-Security-Policy"), "sandbox;") ||
		p.header.Get("X-Content-Type-Options") != "nosniff" || strings.Contains(kind, "html") || strings.Contains(kind, "svg") || len(p.header.Values("Content-Security-Policy")) != 1 {
		h.Errorf("%v", p.header)
	}
}
