package app_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
)

// window opens a real browser of a width. Where there is none the test is skipped loudly, or fails
// when REQUIRE_CHROMIUM is set.
func window(t *testing.T, width int64, script bool) context.Context {
	t.Helper()
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		if os.Getenv("REQUIRE_CHROMIUM") != "" {
			t.Fatal("no Chromium")
		}
		fmt.Fprintf(os.Stderr, "!!! BROWSER TESTS NOT RUN: %s: no Chromium\n", t.Name())
		t.Skip("!!! BROWSER TESTS NOT RUN")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-quic", true))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, leave := chromedp.NewContext(allocator)
	t.Cleanup(leave)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			t.Errorf("script failed: %s", e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			t.Errorf("the console says %s", e.Type)
		}
	})
	if err := chromedp.Run(ctx, emulation.SetDeviceMetricsOverride(width, 800, 1, width < 500), emulation.SetScriptExecutionDisabled(!script)); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// steps does things in a window.
func (h *house) steps(ctx context.Context, actions ...chromedp.Action) {
	h.Helper()
	if err := chromedp.Run(ctx, actions...); err != nil {
		h.Fatal(err)
	}
}

// seen is the text of the window's page.
func (h *house) seen(ctx context.Context) (text string) {
	h.Helper()
	h.steps(ctx, chromedp.Text("main", &text, chromedp.ByQuery))
	return text
}

// press activates what a person would, and waits for the next page.
func (h *house) press(ctx context.Context, selector string) {
	h.Helper()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(selector, chromedp.ByQuery)); err != nil {
		h.Fatal(err)
	}
}

// A partner answers on a phone without script: one tap in the mail, one on the page.
func TestBrowserAnswersOnAPhone(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		ctx := window(h.T, 320, false)
		h.steps(ctx, chromedp.Navigate(h.url+"/i/"+own.answer))
		if seen := h.seen(ctx); !strings.Contains(seen, "Kan du komma?") || !strings.Contains(seen, "onsdag 3 februari 2027 kl. 09.00–10.00") {
			h.Fatalf("the page: %s", seen)
		}
		h.press(ctx, `button[value="ACCEPTED"]`)
		if seen := h.seen(ctx); !strings.Contains(seen, "Du har svarat: Kommer") {
			h.Fatalf("the receipt: %s", seen)
		}
		var wide bool
		h.steps(ctx, chromedp.EvaluateAsDevTools(`document.documentElement.scrollWidth > 320`, &wide))
		if wide {
			h.Error("the page is wider than the phone")
		}
	})
}

// A coordinator signs in and invites with the keyboard's and mouse's own ways, seeing each letter.
func TestBrowserInvites(t *testing.T) {
	onBoth(t, func(h *house) {
		meeting := h.scheduled("polis-avstamning", "2027-02-09")
		ctx := window(h.T, 1280, true)
		h.steps(ctx, chromedp.Navigate(h.url+meeting), chromedp.WaitVisible("#f-email"),
			chromedp.SendKeys("#f-email", sample.SignIns[0].Email), chromedp.SendKeys("#f-password", password))
		h.press(ctx, "main button.btn") // back to where one was going
		if seen := h.seen(ctx); !strings.Contains(seen, "Ingen är inbjuden än.") {
			h.Fatalf("the meeting: %s", seen)
		}
		h.press(ctx, `a[href$="/invitation"]`)
		h.steps(ctx, chromedp.SendKeys("#f-note", "Välkommen."))
		h.press(ctx, "main button.btn")
		h.steps(ctx, chromedp.Click("main details summary", chromedp.ByQuery))
		if seen := h.seen(ctx); !strings.Contains(seen, "Skicka till 3 personer") || !strings.Contains(seen, "Välkommen.") {
			h.Fatalf("the review: %s", seen)
		}
		h.press(ctx, "#send > .acts .btn")
		if seen := h.seen(ctx); !regexp.MustCompile(`Breven skickas om \d+ sekund`).MatchString(seen) {
			h.Fatalf("the receipt: %s", seen)
		}
		h.pass(time.Minute)
		h.letters("REQUEST", 3)
	})
}

// With script the letters are shown with the line while it is typed, the receipt follows the letters
// on their way, and an answer by telephone is written into its row; no page is loaded anew.
func TestBrowserChangesThePageInPlace(t *testing.T) {
	onBoth(t, func(h *house) {
		meeting := h.scheduled("polis-avstamning", "2027-02-09")
		ctx := window(h.T, 1280, true)
		h.steps(ctx, chromedp.Navigate(h.url+meeting), chromedp.WaitVisible("#f-email"),
			chromedp.SendKeys("#f-email", sample.SignIns[0].Email), chromedp.SendKeys("#f-password", password))
		h.press(ctx, "main button.btn")
		h.press(ctx, `a[href$="/invitation"]`)
		h.press(ctx, "main button.btn")

		var loaded, focused bool
		same := func(where string) {
			h.Helper()
			h.steps(ctx, chromedp.Evaluate(`window.same === true`, &loaded), chromedp.Evaluate(`document.activeElement !== document.body`, &focused))
			if !loaded || !focused {
				h.Errorf("%s: same page %v, focus kept %v", where, loaded, focused)
			}
		}
		until := func(what string) {
			h.Helper()
			h.steps(ctx, chromedp.Poll(what, nil, chromedp.WithPollingTimeout(20*time.Second)))
		}
		h.steps(ctx, chromedp.Evaluate(`window.same = true`, &loaded), chromedp.Click("main details summary", chromedp.ByQuery),
			chromedp.SendKeys("#f-note", "Välkommen."))
		until(`document.querySelector("details[open] pre").textContent.includes("Välkommen.")`)
		same("the review")
		h.steps(ctx, chromedp.SendKeys("#f-note", " Mötet gäller hedersvåld."), chromedp.Click(`#send button[formaction]`, chromedp.ByQuery))
		until(`document.activeElement.textContent.includes("Ordet ”hedersvåld” berättar vad mötet handlar om")`)
		h.steps(ctx, chromedp.SetValue("#f-note", "Välkommen."), chromedp.Click(`#send button[formaction]`, chromedp.ByQuery))
		until(`document.getElementById("e-note") === null && document.querySelector("details[open] pre").textContent.includes("Välkommen.")`)
		// By the keyboard: what is typed may still move the page a little.
		if _, err := chromedp.RunResponse(ctx, chromedp.Focus("#send > .acts .btn"), chromedp.KeyEvent(kb.Enter)); err != nil {
			h.Fatal(err)
		}
		h.steps(ctx, chromedp.Evaluate(`window.same = true`, &loaded), chromedp.Focus("#undo-button"))
		until(`document.getElementById("letters").textContent === "0 av 3 brev har lämnats till e-postservern."`)
		same("the receipt")
		h.pass(time.Minute)
		until(`document.getElementById("letters").textContent === "Alla 3 brev har lämnats till e-postservern."`)
		for address, l := range h.letters("REQUEST", 3) {
			if !strings.Contains(l.Text, "Välkommen.") {
				h.Errorf("the letter to %s lacks the line", address)
			}
		}

		row := `//tr[.//small[contains(., "")]][1]//summary`
		h.steps(ctx, chromedp.Click(row, chromedp.BySearch), chromedp.Click(`details[open] button[value="ACCEPTED"]`, chromedp.ByQuery))
		until(`document.querySelector("main").textContent.includes("Svarade på telefon") && document.getElementById("notice").textContent === "Svaret är sparat."`)
		same("the answer")
	})
}

// Every page of the coordinator fits a small phone and says nothing in the console.
func TestBrowserPagesFit(t *testing.T) {
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		ctx := window(h.T, 320, true)
		h.steps(ctx, chromedp.Navigate(h.url+"/signin"), chromedp.SendKeys("#f-email", sample.SignIns[0].Email), chromedp.SendKeys("#f-password", password))
		h.press(ctx, "main button.btn")
		own.feed = h.subscribed(access.Coordinator)
		for _, route := range h.routes() {
			method, pattern, _ := strings.Cut(route, " ")
			if method != "GET" || strings.HasPrefix(pattern, "/api/") || strings.HasPrefix(pattern, "/calendar") || strings.HasSuffix(pattern, ".ics") || aFile(pattern) || strings.HasPrefix(pattern, "/static") || pattern == "/metrics" || pattern == "/readyz" || pattern == "/healthz" {
				continue
			}
			var wide, headings int
			h.steps(ctx, chromedp.Navigate(h.url+own.fill(h, pattern)),
				chromedp.Evaluate(`document.documentElement.scrollWidth`, &wide), chromedp.Evaluate(`document.querySelectorAll("h1").length`, &headings))
			if wide > 320 || headings != 1 {
				h.Errorf("%s: %d pixels wide, %d h1", pattern, wide, headings)
			}
		}
	})
}
