package app_test

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/minutes"
	"samverkan/internal/store"
)

// writing is a coordinator who writes notes in a browser.
type writing struct {
	*house
	ctx      context.Context
	notes    string // their path
	id       uuid.UUID
	headings []string
}

// writes begins the notes of a meeting and opens them in a browser.
func (h *house) writes() *writing {
	h.Helper()
	meeting := h.scheduled("polis-avstamning", "2026-12-08")
	h.clock = time.Date(2026, 12, 8, 8, 0, 0, 0, time.UTC)
	coordinator := h.as(access.Coordinator)
	w := &writing{house: h, notes: h.post(coordinator, meeting+"/notes", nil).to}
	body := h.get(coordinator, w.notes).body
	w.id = uuid.MustParse(regexp.MustCompile(`action="/minutes/([0-9a-f-]{36})/items"`).FindStringSubmatch(body)[1])
	for _, found := range regexp.MustCompile(`name="agendaItemId" value="([0-9a-f-]{36})">`).FindAllStringSubmatch(body, -1) {
		w.headings = append(w.headings, found[1])
	}
	w.ctx = window(h.T, 1280, true)
	w.enters(w.ctx)
	return w
}

// enters signs in and opens the notes.
func (w *writing) enters(ctx context.Context) {
	w.Helper()
	w.steps(ctx, chromedp.Navigate(w.url+w.notes))
	var path string
	w.steps(ctx, chromedp.Evaluate(`location.pathname`, &path))
	if path == "/signin" {
		w.steps(ctx, chromedp.SendKeys("#f-email", email(access.Coordinator)), chromedp.SendKeys("#f-password", password))
		w.press(ctx, "main button.btn")
	}
	w.steps(ctx, chromedp.WaitVisible("#add + h2, h2", chromedp.ByQuery))
}

// field is what is typed in under a heading.
func (w *writing) field(n int) string { return "#n-" + w.headings[n] }

// until waits for something to be true on the page, over the page's own loading.
func (w *writing) until(ctx context.Context, what string) {
	w.Helper()
	var err error
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		is := false
		if err = chromedp.Run(ctx, chromedp.Evaluate(`!!(`+what+`)`, &is)); err == nil && is {
			return
		}
	}
	var bar, kept string
	chromedp.Run(ctx, chromedp.Evaluate(`document.getElementById("saved")?.textContent ?? ""`, &bar), chromedp.Evaluate(`JSON.stringify(sessionStorage)`, &kept))
	w.Fatalf("not true: %s: %v\nthe bar says %q, the tab holds %s", what, err, bar, kept)
}

// says waits for words in the bar.
func (w *writing) says(ctx context.Context, words string) {
	w.Helper()
	w.until(ctx, `document.getElementById("saved").textContent.includes("`+words+`")`)
}

// saved is what the database holds, as "kind text" in order.
func (w *writing) saved() (all []string) {
	w.Helper()
	w.read(func(tx *store.Tx) error {
		m, err := minutes.Draft(tx, access.System(), w.id)
		if err != nil {
			return err
		}
		for _, a := range m.Agenda {
			for _, i := range m.Under(a.ID) {
				line := string(i.Kind) + " " + i.Text
				if i.Owner != "" {
					line += " (" + i.Owner + " " + i.Due.String() + ")"
				}
				all = append(all, line)
			}
		}
		return nil
	})
	return all
}

func (w *writing) holds(want ...string) {
	w.Helper()
	if got := w.saved(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		w.Errorf("saved is\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// cut takes the network away, or gives it back.
func (w *writing) cut(ctx context.Context, off bool) {
	w.Helper()
	w.steps(ctx, network.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		err := cdp.Execute(ctx, "Network.emulateNetworkConditionsByRule", map[string]any{"offline": off, "matchedNetworkConditions": []any{map[string]any{"urlPattern": "", "offline": off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}}}, nil)
		return errors.Join(err, cdp.Execute(ctx, "Network.overrideNetworkState", map[string]any{"offline": off, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}, nil))
	}))
}

// types writes last in a field, as a hand does.
func (w *writing) types(ctx context.Context, selector, text string) {
	w.Helper()
	w.steps(ctx, chromedp.Focus(selector, chromedp.ByQuery), chromedp.Evaluate(`(e => e.setSelectionRange(e.value.length, e.value.length))(document.activeElement)`, nil), chromedp.KeyEvent(text))
}

// settled waits until nothing is left that is not saved.
func (w *writing) settled(ctx context.Context) {
	w.Helper()
	w.until(ctx, `!sessionStorage.length`)
}

// What is typed and left alone is saved, with the time; its lines are items when one goes on, and
// nothing is doubled.
func TestBrowserNotesAreSavedAsTheyAreTyped(t *testing.T) {
	onBoth(t, func(h *house) {
		w := h.writes()
		w.types(w.ctx, w.field(0), "Laget runt.\nB: Vi möts i maj.\nU: Anna skickar rutinen senast 15/1")
		w.says(w.ctx, "Sparat kl. 09.00")
		first := []string{"note Laget runt.", "decision Vi möts i maj.", "action Anna skickar rutinen (Anna 2027-01-15)"}
		w.holds(first...)
		wall := window(h.T, 1280, true)
		w.enters(wall)
		w.steps(wall, chromedp.Navigate(w.url+w.notes+"/projector"))
		w.until(wall, `document.body.textContent.includes("B1 Vi möts i maj.")`)
		var before, after float64
		w.steps(w.ctx, chromedp.Evaluate(`document.querySelector("`+w.field(4)+`").scrollIntoView({block: "center", behavior: "instant"})`, nil), chromedp.Focus(w.field(4), chromedp.ByQuery), chromedp.Evaluate(`document.activeElement.getBoundingClientRect().top`, &before))
		w.until(w.ctx, `document.querySelectorAll("#i-`+w.headings[0]+` > .item").length === 3 && document.querySelector("`+w.field(0)+`").value === ""`)
		w.steps(w.ctx, chromedp.Sleep(200*time.Millisecond), chromedp.Evaluate(`document.activeElement.getBoundingClientRect().top`, &after))
		if after < before-2 || after > before+2 {
			t.Errorf("the field that one goes on to moved from %v to %v", before, after)
		}
		w.types(w.ctx, w.field(1), "Andra punkten.")
		w.settled(w.ctx)
		w.until(wall, `document.body.innerText.includes("Andra punkten.")`) // it follows by itself
		w.holds(append(first, "note Andra punkten.")...)

		// The button says that one is done; Ctrl+S saves without waiting.
		w.steps(w.ctx, chromedp.Click(`button[form="add"][value="`+w.headings[1]+`"]`, chromedp.ByQuery))
		w.until(w.ctx, `document.querySelectorAll("#i-`+w.headings[1]+` > .item").length === 1 && document.querySelector("`+w.field(1)+`").value === ""`)
		w.types(w.ctx, w.field(1), "Tredje.")
		w.steps(w.ctx, chromedp.KeyEvent("s", chromedp.KeyModifiers(input.ModifierCtrl)))
		w.settled(w.ctx)
		w.holds(append(first, "note Andra punkten.", "note Tredje.")...)

		// What is missing is said, and nothing is thrown away.
		w.steps(w.ctx, chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => d.open = true)`, nil), chromedp.Click(`input[name="kind-`+w.headings[2]+`"][value="relay"]`, chromedp.ByQuery))
		w.types(w.ctx, w.field(2), "Till ingen.")
		w.says(w.ctx, "Inte sparat än. Välj minst en arbetsgrupp eller arbetsplats.")
		w.holds(append(first, "note Andra punkten.", "note Tredje.")...)
	})
}

// Without a network the text stays in the tab, outlives a reload, and is saved when the network is back.
func TestBrowserNotesOutliveTheNetwork(t *testing.T) {
	onBoth(t, func(h *house) {
		w := h.writes()
		w.types(w.ctx, w.field(1), "Med nät.")
		w.settled(w.ctx)
		w.cut(w.ctx, true)
		w.types(w.ctx, w.field(1), " Utan nät.")
		w.says(w.ctx, "Ingen anslutning. Texten finns kvar i den här fliken.")
		w.holds("note Med nät.")
		w.cut(w.ctx, false)
		w.settled(w.ctx)
		w.says(w.ctx, "Sparat kl.")
		w.holds("note Med nät. Utan nät.")

		w.steps(w.ctx, chromedp.Evaluate(`window.fetch = () => Promise.reject(new TypeError())`, nil)) // it is reloaded before it is sent
		w.types(w.ctx, w.field(1), " Före omläsning.")
		w.until(w.ctx, `sessionStorage.length === 1`)
		w.steps(w.ctx, chromedp.Reload(), chromedp.WaitVisible("#kept .note", chromedp.ByQuery))
		w.until(w.ctx, `document.querySelector("`+w.field(1)+`").value === "Med nät. Utan nät. Före omläsning."`)
		w.until(w.ctx, `document.querySelectorAll("#i-`+w.headings[1]+` > .item:not([hidden])").length === 0`) // it stands in the field and nowhere else
		w.settled(w.ctx)
		w.until(w.ctx, `document.getElementById("kept").textContent === ""`)
		w.holds("note Med nät. Utan nät. Före omläsning.")

		// An answer is lost on its way: what is sent again is not there twice.
		w.steps(w.ctx, chromedp.Evaluate(`{ const whole = fetch; window.fetch = async (to, how) => { const answer = await whole(to, how); if (how?.method !== "POST") return answer; window.fetch = whole; throw new TypeError("lost") } }`, nil))
		w.types(w.ctx, w.field(2), "En gång.")
		w.says(w.ctx, "Ingen anslutning.")
		w.types(w.ctx, w.field(2), " Bara en.")
		w.settled(w.ctx)
		w.holds("note Med nät. Utan nät. Före omläsning.", "note En gång. Bara en.")
	})
}

// The session ends: one signs in again in another tab, and goes on. Then the tab is killed: what the
// page called saved is there, and at most what came after is not.
func TestBrowserNotesOutliveTheSessionAndTheTab(t *testing.T) {
	onBoth(t, func(h *house) {
		w := h.writes()
		w.write(func(tx *store.Tx) error { return tx.DB.Where("1 = 1").Delete(&access.Session{}).Error })
		w.types(w.ctx, w.field(2), "Efter utloggning.")
		w.says(w.ctx, "Du har loggats ut. Texten finns kvar i den här fliken. Logga in i en ny flik")
		w.holds()
		other, leave := chromedp.NewContext(w.ctx)
		defer leave()
		w.enters(other)
		w.settled(w.ctx)
		w.says(w.ctx, "Sparat kl.")
		w.holds("note Efter utloggning.")

		w.types(w.ctx, w.field(2), " Sparad.")
		w.settled(w.ctx)
		w.types(w.ctx, w.field(2), " Efter")
		dying, bury := context.WithTimeout(w.ctx, 3*time.Second) // whoever is killed does not answer
		defer bury()
		chromedp.Run(dying, page.Crash())
		if chromedp.Run(dying, chromedp.Evaluate(`document.title`, nil)) == nil {
			t.Error("the tab lives")
		}
		got := w.saved()
		if len(got) != 1 || !strings.HasPrefix(got[0], "note Efter utloggning. Sparad.") || !strings.HasPrefix("note Efter utloggning. Sparad. Efter", got[0]) {
			t.Errorf("saved is %q", got)
		}
	})
}

// Two who write the same item lose nothing: the second sees both texts and chooses.
func TestBrowserTwoWriteOneItem(t *testing.T) {
	onBoth(t, func(h *house) {
		w := h.writes()
		w.post(w.as(access.Coordinator), "/minutes/"+w.id.String()+"/items", url.Values{"kind-" + w.headings[0]: {"note"}, "text-" + w.headings[0]: {"Den gemensamma."}})
		one, two := w.ctx, window(h.T, 1280, true)
		text := `.item textarea[name="text"]`
		for _, ctx := range []context.Context{one, two} {
			w.enters(ctx)
			w.steps(ctx, chromedp.Click(".item summary", chromedp.ByQuery), chromedp.WaitVisible(text, chromedp.ByQuery))
		}
		w.types(one, text, " Annas.")
		w.says(one, "Sparat kl.")
		w.types(two, text, " Bos.")
		w.until(two, `document.querySelector(".both")?.innerText.includes("Den gemensamma. Annas.") && document.querySelector(".both").innerText.includes("Den gemensamma. Bos.")`)
		w.says(two, "Välj vilken text som ska gälla.")
		w.holds("note Den gemensamma. Annas.")

		// A reload keeps both.
		w.steps(two, chromedp.Reload())
		w.until(two, `document.querySelector(".both")?.innerText.includes("Den gemensamma. Bos.")`)
		w.steps(two, chromedp.Click(`//button[text()="Sätt ihop dem i fältet"]`, chromedp.BySearch))
		w.says(two, "Sparat kl.")
		w.holds("note Den gemensamma. Annas.\n\nDen gemensamma. Bos.")

		// The first has the old version still, and keeps what is saved.
		w.types(one, text, " Mer.")
		w.until(one, `document.querySelector(".both")?.innerText.includes("Annas. Mer.")`)
		w.steps(one, chromedp.Click(`//button[text()="Behåll den sparade texten"]`, chromedp.BySearch))
		w.until(one, `document.querySelector('.item textarea[name="text"]').value.endsWith("Bos.") && !sessionStorage.length`)
		w.holds("note Den gemensamma. Annas.\n\nDen gemensamma. Bos.")

		// What is being typed is changed by another as the item that it has become.
		w.types(one, w.field(1), "Skrivs nu.")
		w.until(one, `!sessionStorage.length`)
		w.enters(two)
		fresh := `#i-` + w.headings[1] + ` textarea[name="text"]`
		w.steps(two, chromedp.Click(`#i-`+w.headings[1]+` summary`, chromedp.ByQuery), chromedp.WaitVisible(fresh, chromedp.ByQuery))
		w.types(two, fresh, " Av den andra.")
		w.says(two, "Sparat kl.")
		w.types(one, w.field(1), " Mer.")
		w.until(one, `document.querySelector(".both")?.innerText.includes("Skrivs nu. Av den andra.") && document.querySelector(".both").innerText.includes("Skrivs nu. Mer.")`)
		w.steps(one, chromedp.Click(`//button[text()="Behåll min text"]`, chromedp.BySearch))
		w.until(one, `!sessionStorage.length`)
		w.holds("note Den gemensamma. Annas.\n\nDen gemensamma. Bos.", "note Skrivs nu. Mer.")
	})
}

// What was written of an item that another has struck meanwhile is not lost: after a reload it stands
// under the heading.
func TestBrowserKeepsTheTextOfAStruckItem(t *testing.T) {
	onBoth(t, func(h *house) {
		w := h.writes()
		coordinator := w.as(access.Coordinator)
		w.post(coordinator, "/minutes/"+w.id.String()+"/items", url.Values{"kind-" + w.headings[1]: {"note"}, "text-" + w.headings[1]: {"Snart struken."}})
		w.enters(w.ctx)
		text := `.item textarea[name="text"]`
		w.steps(w.ctx, chromedp.Click(".item summary", chromedp.ByQuery), chromedp.WaitVisible(text, chromedp.ByQuery))
		item := regexp.MustCompile(`/minutes-items/[0-9a-f-]{36}/removal`).FindString(w.get(coordinator, w.notes).body)
		w.post(coordinator, item, url.Values{"version": {"1"}})
		w.types(w.ctx, text, " Men skriven.")
		w.says(w.ctx, "Punkten finns inte längre.")
		w.steps(w.ctx, chromedp.Reload())
		w.until(w.ctx, `document.querySelector("`+w.field(1)+`")?.value === "Snart struken. Men skriven."`)
		w.settled(w.ctx)
		w.holds("note Snart struken. Men skriven.")
	})
}

// Signing out leaves nothing of the notes in the browser.
func TestBrowserForgetsNotesAtSignOut(t *testing.T) {
	onBoth(t, func(h *house) {
		w := h.writes()
		ctx := w.ctx
		w.steps(ctx, chromedp.Evaluate(`window.fetch = () => Promise.reject(new TypeError())`, nil),
			chromedp.SendKeys(w.field(0), "Osparat."))
		w.until(ctx, `sessionStorage.length === 1`)
		w.press(ctx, `form[action="/signout"] button`)
		w.until(ctx, `location.pathname === "/signin" && sessionStorage.length === 0`)

		// From a page without the script, the header does it.
		w.enters(ctx)
		w.steps(ctx, chromedp.Evaluate(`window.fetch = () => Promise.reject(new TypeError())`, nil))
		w.types(ctx, w.field(0), "Också osparat.")
		w.until(ctx, `sessionStorage.length === 1`)
		w.steps(ctx, chromedp.Navigate(w.url+"/help"))
		w.until(ctx, `sessionStorage.length === 1`)
		w.press(ctx, `form[action="/signout"] button`)
		w.until(ctx, `location.pathname === "/signin" && sessionStorage.length === 0`)
	})
}

// Whatever is typed in any field of the notes is text, on every page that shows it, with our policy
// switched off.
func TestBrowserNotesRunNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		w := h.writes()
		w.steps(w.ctx, page.SetBypassCSP(true), chromedp.Reload())
		puts := func(selector, text string) {
			w.Helper()
			w.steps(w.ctx, chromedp.Evaluate(`document.querySelectorAll("details").forEach(d => d.open = true)`, nil), chromedp.Focus(selector, chromedp.ByQuery), input.InsertText(text))
		}
		all, short := strings.Join(payloads, "\n"), bundles(190)
		puts(w.field(0), all+"\n"+strings.ReplaceAll("\n"+all, "\n", "\nB: ")+"\nU: "+short[0])
		w.settled(w.ctx)
		w.steps(w.ctx, chromedp.Click(`input[name="kind-`+w.headings[1]+`"][value="action"]`, chromedp.ByQuery))
		puts("#o-"+w.headings[1], short[1])
		puts(w.field(1), all)
		w.until(w.ctx, `document.querySelectorAll("#i-`+w.headings[0]+` > .item").length > 60`)
		w.settled(w.ctx)
		puts(`.item form.change textarea`, all) // an item is changed
		w.settled(w.ctx)
		for _, selector := range []string{"#f-title", "#f-organisation", "#f-role"} {
			puts(selector, short[2])
			if _, err := chromedp.RunResponse(w.ctx, chromedp.KeyEvent(kb.Enter)); err != nil {
				t.Fatal(err)
			}
		}
		earlier := regexp.MustCompile(`/minutes-checkpoints/[0-9a-f-]{36}`).FindAllString(w.get(w.as(access.Coordinator), w.notes+"/earlier").body, -1)
		if len(earlier) == 0 {
			t.Fatal("no earlier state")
		}
		for _, path := range []string{w.notes, w.notes + "/projector", earlier[0], "/minutes/" + w.id.String() + "/finish"} {
			var found, seen string
			w.steps(w.ctx, chromedp.Navigate(w.url+path), chromedp.Evaluate(injected, &found), chromedp.Text("main", &seen, chromedp.ByQuery))
			if found != "" || !strings.Contains(seen, "__xss") {
				t.Errorf("%s: %s (shown: %v)", path, found, strings.Contains(seen, "__xss"))
			}
			w.harmless(path, w.get(w.as(access.Coordinator), path).body)
		}
		h.proves(w.ctx, injected)
	})
}
