//go:build ignore

// Pictures takes the pictures of the guides: it builds the program, starts the demonstration, signs
// in as the coordinator, opens links as guests do, and photographs pages in Chromium, each cut to what
// matters. Run it by scripts/pictures.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

const (
	desk   = 1280 // pixels: the coordinator's window
	phone  = 390  // a guest's, and a work group's
	folder = "docs/pictures"
	// A picture weighs at most this, in bytes.
	heaviest = 150_000
)

// demo is what the demonstration prints.
type demo struct {
	BaseURL   string
	GuestURL  string
	APIToken  string
	OutboxDir string // where letters are kept as files
	SignIns   []struct{ Role, Email, Password string }
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(only []string) (err error) {
	tmp, err := os.MkdirTemp("", "samverkan-pictures-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	d, stop, err := start(tmp)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	c := &camera{demo: d, tmp: tmp, only: only}
	return c.all()
}

// start builds the program and begins a demonstration, and gives how to end it.
func start(tmp string) (d demo, stop func() error, err error) {
	program := filepath.Join(tmp, "samverkan")
	build := exec.Command("go", "build", "-o", program, "./cmd/samverkan")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return d, nil, fmt.Errorf("go build: %w", err)
	}
	command := exec.Command(program, "demo", "--json", "--listen", "127.0.0.1:0", "--data", filepath.Join(tmp, "demo"))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		return d, nil, err
	}
	if err := command.Start(); err != nil {
		return d, nil, err
	}
	stop = func() error {
		if err := command.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return command.Wait()
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &d)
	}
	if err != nil {
		return d, nil, errors.Join(fmt.Errorf("the demonstration said %q: %w", line, err), stop())
	}
	return d, stop, nil
}

// meeting is what the API tells of one.
type meeting struct {
	ID              string
	ForumID         string
	ForumExternalID string
	StartsAt        time.Time
	State           string
}

// coming gives the meetings of a forum that are planned from now on.
func (d demo) coming(forum string) (meetings []meeting, err error) {
	today := time.Now().Format(time.DateOnly)
	var list struct{ Meetings []meeting }
	if err := d.call("/meetings?limit=200&forum="+forum+"&from="+today, &list); err != nil {
		return nil, err
	}
	for _, m := range list.Meetings {
		if m.State == "planned" && m.StartsAt.After(time.Now()) {
			meetings = append(meetings, m)
		}
	}
	if len(meetings) == 0 {
		return nil, fmt.Errorf("no meeting of %s is to come", forum)
	}
	return meetings, nil
}

// behind gives the latest meeting of a forum that has been.
func (d demo) behind(forum string) (m meeting, err error) {
	var list struct{ Meetings []meeting }
	err = d.call("/meetings?limit=200&forum="+forum+"&to="+time.Now().Format(time.DateOnly), &list)
	for _, one := range list.Meetings {
		if one.State != "cancelled" && one.StartsAt.Before(time.Now()) && one.StartsAt.After(m.StartsAt) {
			m = one
		}
	}
	if err == nil && m.ID == "" {
		err = fmt.Errorf("no meeting of %s has been", forum)
	}
	return m, err
}

// group gives the id of a work group by its id in the plan.
func (d demo) group(external string) (string, error) {
	var list struct {
		WorkGroups []struct{ ID, ExternalID string }
	}
	if err := d.call("/work-groups?limit=200", &list); err != nil {
		return "", err
	}
	for _, g := range list.WorkGroups {
		if g.ExternalID == external {
			return g.ID, nil
		}
	}
	return "", fmt.Errorf("no work group is %s", external)
}

// invited tells how many were asked to a meeting.
func (d demo) invited(m meeting) (int, error) {
	var list struct{ Total int }
	return list.Total, d.call("/meetings/"+m.ID+"/invitations", &list)
}

func (d demo) call(path string, into any) error {
	r, err := http.NewRequest(http.MethodGet, d.BaseURL+"/api/v1"+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+d.APIToken)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, answer.Status)
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

// first gives the first coming meeting of a forum to which somebody was asked, or nobody.
func (d demo) first(forum string, asked bool) (meeting, error) {
	all, err := d.coming(forum)
	if err != nil {
		return meeting{}, err
	}
	for _, m := range all {
		n, err := d.invited(m)
		if err != nil {
			return meeting{}, err
		}
		if asked == (n > 0) {
			return m, nil
		}
	}
	return meeting{}, fmt.Errorf("no coming meeting of %s where somebody is asked: %v", forum, asked)
}

// camera takes the pictures.
type camera struct {
	demo
	tmp  string
	only []string
	link string // of the work group that something was passed on to
}

// window opens a browser of a width. A page that failed to load, or says that it is not there, is
// no picture: shoot looks for that.
func (c *camera) window(width int64) (ctx context.Context, stop func(), err error) {
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		return nil, nil, errors.New("no chromium, chromium-browser or google-chrome in PATH")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-lcd-text", true)) // grey edges of letters weigh half as much as coloured ones
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(allocator)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	stop = func() { cancel(); leave(); end() }
	return ctx, stop, chromedp.Run(ctx, emulation.SetDeviceMetricsOverride(width, 900, 1, width < 500))
}

// wanted tells whether a picture was asked for.
func (c *camera) wanted(name string) bool {
	for _, prefix := range c.only {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return len(c.only) == 0
}

// shoot photographs the page from its top, or from the top of from, to the end of to; empty: to the
// page's end.
func (c *camera) shoot(ctx context.Context, name string, width int64, from, to string) error {
	if !c.wanted(name) {
		return nil
	}
	var heading string
	var place struct{ Top, Bottom float64 }
	measure := fmt.Sprintf(`(() => {
		const edge = (s, side) => document.querySelector(s).getBoundingClientRect()[side] + window.scrollY;
		return {top: %q ? Math.max(0, edge(%q, "top") - 16) : 0, bottom: %q ? edge(%q, "bottom") + 8 : document.documentElement.scrollHeight};
	})()`, from, from, to, to)
	var picture []byte
	err := chromedp.Run(ctx,
		chromedp.Text("h1", &heading, chromedp.ByQuery),
		// What follows the reader down the page would stand in the middle of a picture of all of it.
		chromedp.Evaluate(`document.activeElement && document.activeElement.blur(); document.querySelectorAll(".bar").forEach(b => b.style.position = "static")`, nil),
		chromedp.Evaluate(measure, &place),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			picture, err = page.CaptureScreenshot().WithFormat(page.CaptureScreenshotFormatPng).WithCaptureBeyondViewport(true).WithFromSurface(true).
				WithClip(&page.Viewport{X: 0, Y: place.Top, Width: float64(width), Height: place.Bottom - place.Top, Scale: 1}).Do(ctx)
			return err
		}))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", name, err)
	case strings.Contains(heading, "finns inte") || strings.Contains(heading, "fel"):
		return fmt.Errorf("%s: the page says %q", name, heading)
	}
	if picture, err = lighter(picture); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(picture) > heaviest {
		return fmt.Errorf("%s: %d bytes are more than %d", name, len(picture), heaviest)
	}
	fmt.Printf("%7d  %4.0f px  %s.png  %s\n", len(picture), place.Bottom-place.Top, name, heading)
	return os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o644)
}

// lighter writes a picture anew with as few octets as PNG allows without losing anything but the
// finest differences of shade: 256 colours, those that are most of the page first.
func lighter(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	count := map[color.RGBA]int{}
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			count[color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)]++
		}
	}
	common := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(shade(a), shade(b)))
	})
	palette := color.Palette{}
	for _, one := range common[:min(256, len(common))] {
		palette = append(palette, one)
	}
	few := image.NewPaletted(full.Bounds(), palette)
	draw.Draw(few, few.Bounds(), full, full.Bounds().Min, draw.Src)
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few)
	return out.Bytes(), err
}

func shade(c color.RGBA) int { return int(c.R)<<16 | int(c.G)<<8 | int(c.B) }

func (c *camera) open(ctx context.Context, address string) error {
	if strings.HasPrefix(address, "/") {
		address = c.BaseURL + address
	}
	answer, err := chromedp.RunResponse(ctx, chromedp.Navigate(address))
	if err != nil {
		return fmt.Errorf("%s: %w", address, err)
	}
	if answer != nil && answer.Status >= 400 { // nil: only the part after # was new
		return fmt.Errorf("%s: %d", address, answer.Status)
	}
	return nil
}

// press activates something and waits for the page that follows.
func press(ctx context.Context, selector string) error {
	answer, err := chromedp.RunResponse(ctx, chromedp.Click(selector, chromedp.ByQuery))
	if err != nil {
		return fmt.Errorf("%s: %w", selector, err)
	}
	if answer.Status >= 400 {
		return fmt.Errorf("%s: %d", selector, answer.Status)
	}
	return nil
}

// write replaces what stands in a field.
func write(ctx context.Context, selector, text string) error {
	return chromedp.Run(ctx, chromedp.SetValue(selector, text, chromedp.ByQuery))
}

// do runs steps until one fails.
func do(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (c *camera) all() error {
	ctx, stop, err := c.window(desk)
	if err != nil {
		return err
	}
	defer stop()
	if err := c.coordinator(ctx); err != nil {
		return err
	}
	if err := c.notes(ctx); err != nil {
		return err
	}
	if err := c.accounts(ctx); err != nil {
		return err
	}
	small, end, err := c.window(phone)
	if err != nil {
		return err
	}
	defer end()
	if err := c.guest(small); err != nil {
		return err
	}
	return c.lead(small)
}

// coordinator walks through the guide in its order.
func (c *camera) coordinator(ctx context.Context) error {
	shoot := func(name, from, to string) func() error {
		return func() error { return c.shoot(ctx, name, desk, from, to) }
	}
	open := func(address string) func() error { return func() error { return c.open(ctx, address) } }
	click := func(selector string) func() error { return func() error { return press(ctx, selector) } }
	unfold := func(selector string) func() error {
		return func() error { return chromedp.Run(ctx, chromedp.Click(selector, chromedp.ByQuery)) }
	}
	fill := func(selector, text string) func() error { return func() error { return write(ctx, selector, text) } }

	toInvite, err := c.first("skola-forskola", false)
	if err != nil {
		return err
	}
	toMove, err := c.first("polis-avstamning", true)
	if err != nil {
		return err
	}
	asked, err := c.first("skola-forskola", true)
	if err != nil {
		return err
	}
	named, err := c.coming("rvt-miranda")
	if err != nil {
		return err
	}
	plan, err := filepath.Abs("docs/plan-exempel.yaml")
	if err != nil {
		return err
	}
	year := fmt.Sprint(time.Now().Year() + 2) // this year and the next are planned in the demonstration
	forum := "/forums/" + named[0].ForumID
	newDate := toMove.StartsAt.AddDate(0, 0, 7).Format(time.DateOnly)

	return do(
		open("/signin"),
		fill("#f-email", c.SignIns[0].Email), fill("#f-password", c.SignIns[0].Password),
		shoot("logga-in", "", "main form"),
		click("main button.btn"),
		shoot("oversikt", "", ""),

		open("/welcome/plan"),
		func() error {
			return chromedp.Run(ctx, chromedp.SetUploadFiles("#f-file", []string{plan}, chromedp.ByQuery))
		},
		click(`button[name="try"][value="yes"]`),
		shoot("las-in-planen", "", "main table"),

		open(forum),
		shoot("forum", "", "#members + ul"),
		open(forum+"/settings"),
		shoot("forum-vem-kallar", "fieldset:has([name=convenedBy])", ".field:has(#f-cadence)"),
		shoot("forum-utat", "main form h2:last-of-type", "main form .acts"),

		open("/year/proposal?year="+year),
		shoot("planera-aret", "", "fieldset.card:nth-of-type(5)"),

		open("/new-date-poll?forum="+toMove.ForumID),
		shoot("fraga-efter-tid", "", "#f-times"),
		open("/date-polls"),
		click(`main a[href^="/date-polls/"]`),
		shoot("svaren-pa-tider", "", "main .scroll"),

		open("/meetings/"+toInvite.ID+"/invitation"),
		fill("#f-note", "Välkommen till årets första träffar."),
		shoot("bjud-in", "", "main form"),
		click("main button.btn"),
		unfold("main details summary"),
		shoot("granska", "", "main form"),
		click("#send > .acts .btn"),
		shoot("skickat", "", "main .acts"),
		click(`form[action$="/undo"] button`),
		shoot("angrat", "", "main .acts"),

		open("/meetings/"+asked.ID),
		unfold("tbody tr:nth-child(2) details summary"),
		shoot("mote", "", "main table"),

		open("/meetings/"+toMove.ID+"/move"),
		fill("#f-date", newDate),
		fill("#f-note", "Flera hade förhinder den första tiden."),
		click("main button.btn"),
		shoot("flytta", "", "main form"),

		open("/meetings/"+toMove.ID+"/cancellation"),
		fill("#f-reason", "För få kan komma"),
		fill("#f-note", "Vi ses vid nästa möte i stället."),
		shoot("stall-in", "", "main form"),

		open("/partners"),
		shoot("parter", "", "main ul.list:nth-of-type(4)"),
		open("/new-contact"),
		shoot("kontakt", "", "main form"),

		open("/subscribe"),
		shoot("prenumerera", "", "main form + h2 + ul"),

		open("/outbox"),
		shoot("utkorgen", "", "main li.out:nth-child(6)"),
		click("main li.out:nth-child(8) a"),
		shoot("brev", "", "main pre.letter"),
	)
}

// guest answers on a phone.
func (c *camera) guest(ctx context.Context) error {
	return do(
		func() error { return c.open(ctx, c.GuestURL) },
		func() error { return c.shoot(ctx, "svara", phone, "", "") },
		func() error { return press(ctx, `button[value="ACCEPTED"]`) },
		func() error { return c.shoot(ctx, "svarat", phone, "", "") },
		func() error {
			link, err := c.posted(`(?s)To: .{0,40}jan\.lonn@.*?(http\S+/p/poll_[a-z2-7]+)`) // of one who has not answered
			if err != nil {
				return err
			}
			return c.open(ctx, link)
		},
		func() error { return c.shoot(ctx, "svara-pa-tider", phone, "", ".bar") },
	)
}

// notes writes what a meeting said, ends it and finds it again.
func (c *camera) notes(ctx context.Context) error {
	shoot := func(name, from, to string) func() error {
		return func() error { return c.shoot(ctx, name, desk, from, to) }
	}
	open := func(address string) func() error { return func() error { return c.open(ctx, address) } }
	click := func(selector string) func() error { return func() error { return press(ctx, selector) } }
	touch := func(selector string) func() error {
		return func() error { return chromedp.Run(ctx, chromedp.Click(selector, chromedp.ByQuery)) }
	}
	fill := func(selector, text string) func() error { return func() error { return write(ctx, selector, text) } }

	held, err := c.behind("valdsgruppen")
	if err != nil {
		return err
	}
	group, err := c.group("vuxen")
	if err != nil {
		return err
	}
	said := "Genomgången i oktober blev uppskattad.\nB: Nästa genomgång hålls i februari.\nU: Samordnaren bokar lokal senast 15/1"
	second, fourth := "main section:nth-of-type(2)", "main section:nth-of-type(4)"

	return do(
		open("/meetings/"+held.ID+"/notes"),
		fill(second+` textarea[form="add"]`, said),
		shoot("anteckningar", "", second),
		click(second+` button[form="add"]`),
		touch(fourth+" > details summary"),
		fill(fourth+` textarea[form="add"]`, "Gå igenom checklistan inför lov."),
		touch(fourth+` input[value="relay"]`),
		touch(fourth+` input[name^="receivers-"][value="`+group+`"]`),
		shoot("formedla", fourth, fourth),
		click(fourth+` button[form="add"]`),
		click("main .bar a.btn"),
		shoot("avsluta", "", "main form"),
		touch(`input[name="shareNotes"]`),
		click(`main form[action$="/finish"] button.btn`),
		shoot("fardigstallda", "", ""),

		open("/relay-items"),
		shoot("formedlat", "", "main table"),

		open("/search"),
		fill("#f-query", "riskbedömning"),
		click("main form .acts button"),
		shoot("sok", "", "main ol.hits"),

		c.awaitLink,
	)
}

// awaitLink finds the link in the letter to the group.
func (c *camera) awaitLink() (err error) {
	c.link, err = c.posted(`http\S+/r/relay_[a-z2-7]+`)
	return err
}

// posted waits for a letter with such a link, among those that are kept as files: the page that shows a
// letter shows no key.
func (c *camera) posted(form string) (link string, err error) {
	pattern := regexp.MustCompile(form)
	for range 60 {
		files, err := filepath.Glob(filepath.Join(c.OutboxDir, "*.eml"))
		if err != nil {
			return "", err
		}
		for _, name := range files {
			letter, err := os.ReadFile(name)
			if err != nil {
				return "", err
			}
			whole := bytes.ReplaceAll(letter, []byte("=\r\n"), nil) // lines that quoted-printable has broken
			if found := pattern.FindSubmatch(whole); found != nil {
				return string(found[len(found)-1]), nil
			}
		}
		time.Sleep(time.Second)
	}
	return "", fmt.Errorf("no letter has a link like %s", form)
}

// signIn changes who is at the desk.
func (c *camera) signIn(ctx context.Context, role string) error {
	for _, s := range c.SignIns {
		if s.Role == role {
			return do(
				func() error { return press(ctx, `form[action="/signout"] button`) },
				func() error { return write(ctx, "#f-email", s.Email) },
				func() error { return write(ctx, "#f-password", s.Password) },
				func() error { return press(ctx, "main button.btn") },
			)
		}
	}
	return fmt.Errorf("nobody signs in as %s", role)
}

// accounts shows the coordinator's own account and deputies, the log, and what an administrator sees.
func (c *camera) accounts(ctx context.Context) error {
	shoot := func(name, from, to string) func() error {
		return func() error { return c.shoot(ctx, name, desk, from, to) }
	}
	open := func(address string) func() error { return func() error { return c.open(ctx, address) } }
	return do(
		open("/account"),
		shoot("konto", "", `form[action="/account/second-factor"]`),
		open("/deputies"),
		shoot("stallforetradare", "", `main form[action="/deputies"]`),

		func() error { return c.signIn(ctx, "manager") },
		open("/log"),
		shoot("logg", "", "main tbody tr:nth-child(10)"),

		func() error { return c.signIn(ctx, "administrator") },
		open("/accounts"),
		func() error { return press(ctx, "main ul.list a") },
		shoot("konton", "", `main form[action$="/disabling"]`),
	)
}

// lead goes through what was passed on, on a phone.
func (c *camera) lead(ctx context.Context) error {
	return do(
		func() error { return c.open(ctx, c.link) },
		func() error { return c.shoot(ctx, "genomgang", phone, "", "footer") },
	)
}
