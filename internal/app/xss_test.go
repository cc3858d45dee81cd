package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/uuid"
	"golang.org/x/net/html"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/mail/mailtest"
	"samverkan/internal/store"
)

// payloads leave each place that text can stand in: an element, an attribute in either quote or none,
// an address, a title, a text area, a comment, a script, a style, a template. What they make is
// marked data-xss, what they run sets window.__xss.
var payloads = []string{
	`<script>window.__xss=1</script>`, `<script data-xss src=data:,window.__xss=1></script>`, `"><script>window.__xss=1</script>`, `'><script>window.__xss=1</script>`,
	`<img data-xss src=x onerror=window.__xss=1>`, `"><img data-xss src=x onerror=window.__xss=1>`, `'><img data-xss src=x onerror=window.__xss=1>`,
	`" onfocus=window.__xss=1 autofocus data-xss="`, `' onfocus=window.__xss=1 autofocus data-xss='`, ` onfocus=window.__xss=1 autofocus data-xss `, "` onfocus=window.__xss=1 data-xss `",
	`<svg data-xss onload=window.__xss=1>`, `<svg/data-xss/onload=window.__xss=1>`, `<svg data-xss><script>window.__xss=1</script>`, `<svg data-xss><animate onbegin=window.__xss=1 attributeName=x dur=1s>`,
	`<math data-xss href=javascript:window.__xss=1>x`, `<body data-xss onload=window.__xss=1>`, `<iframe data-xss src=javascript:parent.__xss=1>`, `<iframe data-xss srcdoc="<script>parent.__xss=1</script>">`,
	`<object data-xss data=javascript:window.__xss=1>`, `<embed data-xss src=javascript:window.__xss=1>`, `<a data-xss href=javascript:window.__xss=1>x</a>`, `<a data-xss href="java&#9;script:window.__xss=1">x</a>`,
	`javascript:window.__xss=1`, `JaVaScRiPt:window.__xss=1//`, `data:text/html,<script data-xss>window.__xss=1</script>`, `vbscript:window.__xss=1`,
	`<details data-xss open ontoggle=window.__xss=1>`, `<video data-xss><source onerror=window.__xss=1>`, `<audio data-xss src=x onerror=window.__xss=1>`, `<input data-xss onfocus=window.__xss=1 autofocus>`,
	`<select data-xss onfocus=window.__xss=1 autofocus>`, `<marquee data-xss onstart=window.__xss=1>`, `<form data-xss action=javascript:window.__xss=1><button>x`, `<button data-xss formaction=javascript:window.__xss=1>x`,
	`</title><script>window.__xss=1</script>`, `</textarea><script>window.__xss=1</script>`, `</style><script>window.__xss=1</script>`, `</script><script>window.__xss=1</script>`,
	`--><script>window.__xss=1</script>`, `]]><script>window.__xss=1</script>`, `</select><img data-xss src=x onerror=window.__xss=1>`, `</option></select><b data-xss>x`, `</noscript><img data-xss src=x onerror=window.__xss=1>`,
	`<link data-xss rel=stylesheet href=data:,*{display:none}>`, `<style data-xss>*{display:none}</style>`, `<base data-xss href=https://evil.example/>`, `<meta data-xss http-equiv=refresh content=0;url=https://evil.example>`,
	`<b data-xss style=position:fixed;inset:0>x</b>`, `{{7*7}}<b data-xss>`, `${7*7}<b data-xss>`, `{{printf "%s" .}}`, `<template data-xss><script>window.__xss=1</script></template>`, `<x-y data-xss onclick=window.__xss=1>`,
	`&lt;script&gt;window.__xss=1&lt;/script&gt;`, `&#60;img data-xss src=x onerror=window.__xss=1&#62;`, `%3Cscript%3Ewindow.__xss=1%3C/script%3E`, `\u003cscript\u003ewindow.__xss=1\u003c/script\u003e`,
	`<scr<script>ipt>window.__xss=1</scr</script>ipt>`, `<<b data-xss>script>`, `＜script＞window.__xss=1＜/script＞`, `<b data-xss hx-get=/signout hx-trigger=load>x</b>`, `<b data-xss hx-on:load=window.__xss=1>x</b>`,
	`<b data-xss data-hx-get=/signout data-hx-trigger=load>x</b>`, `" data-hx-get=/signout data-hx-trigger=load data-xss="`,
}

// bundles puts the payloads together into texts of at most max characters.
func bundles(max int) (all []string) {
	for _, p := range payloads {
		if n := len(all); n > 0 && len([]rune(all[n-1]+" "+p)) <= max {
			all[n-1] += " " + p
			continue
		}
		all = append(all, strings.TrimSpace(p))
	}
	return all
}

// T-XSS: sixty payloads in every text that somebody may write. What is refused is shown again without
// becoming anything, and what is kept is seen by each role, and by a guest, in a real browser in
// which our policy is switched off: the escaping alone must hold.
func TestXSS(t *testing.T) {
	if len(payloads) < 60 {
		t.Fatalf("%d payloads", len(payloads))
	}
	onBoth(t, func(h *house) {
		own := h.things("rvt-miranda")
		coordinator := h.as(access.Coordinator)
		all := strings.Join(payloads, " ")
		h.submitEverywhere(coordinator, own, func(string) string { return all }, func(where string, p reply) { h.harmless(where, p.body) })
		h.submitEverywhere(coordinator, own, func(string) string { return `" onfocus=window.__xss=1 autofocus data-xss="<b data-xss>` }, func(where string, p reply) { h.harmless(where, p.body) })
		for _, field := range []string{"next", "lang", "year", "forum", "page", "version", "reason", "organisation", "sparat", "state"} {
			for _, path := range h.pagesOf(own) {
				p := h.get(coordinator, path+"?"+url.Values{field: {all}}.Encode())
				if !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") { // a file is no page
					h.harmless("?"+field+" of "+path, p.body)
				}
			}
		}

		links := h.plant(coordinator, own)
		h.pass(time.Minute)
		h.plainLetters()
		h.clock = time.Date(2027, 2, 3, 12, 0, 0, 0, time.UTC) // some meetings have been, some want somebody to do something
		h.seenByAll(own, links)
	})
}

var foreign = regexp.MustCompile(`^(script|iframe|object|embed|base|math|marquee|style|video|audio|template)$`)

// inPlace is how a form of ours says that it changes the page in place.
var inPlace = regexp.MustCompile(`^data-hx-(post=/(invitations|meetings)/[0-9a-f-]{36}/(answer|review)|get=/meetings/[0-9a-f-]{36}(/notes/projector)?|target=#main|select=#(main|letters|projector)|swap=outerMorph|` +
	`trigger=(every [25]s|input changed delay:600ms)|include=#send|sync=replace|select-oob=#undo:outerMorph,\[id\^=l-\]:outerMorph|status:422=swap:none)$`)

// ours tells the scripts that pages have.
func ours(n *html.Node) bool {
	return n.Data == "script" && n.FirstChild == nil && slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
		return a.Key == "src" && (strings.HasPrefix(a.Val, "/static/htmx.min.js?v=") || strings.HasPrefix(a.Val, "/static/notes.js?v="))
	})
}

// harmless reads a page as a browser would and refuses elements and attributes that no page of ours has.
func (h *house) harmless(where, body string) {
	h.Helper()
	if strings.Contains(body, "{{7*7}}") && strings.Contains(body, ">49<") {
		h.Errorf("%s: a template was run", where)
	}
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if foreign.MatchString(n.Data) && !ours(n) || strings.Contains(n.Data, "-") {
				h.Errorf("%s: an element %s", where, n.Data)
			}
			for _, a := range n.Attr {
				value := strings.ToLower(strings.Join(strings.Fields(a.Val), ""))
				address := a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction"
				switch {
				case inPlace.MatchString(a.Key + "=" + a.Val):
				case strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-"), strings.HasPrefix(a.Key, "data-"), a.Key == "srcdoc", a.Key == "http-equiv":
					h.Errorf("%s: %s has the attribute %s", where, n.Data, a.Key)
				case address && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "vbscript:") || strings.HasPrefix(value, "data:text")):
					h.Errorf("%s: %s leads to %.40s", where, n.Data, value)
				}
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	walk(root)
}

// plant keeps the payloads wherever they can be kept, by the forms that people use, and gives the
// links that letters brought.
func (h *house) plant(c *http.Client, own objects) (links []string) {
	h.Helper()
	kept := func(path string, form url.Values) reply {
		h.Helper()
		return h.wants(h.post(c, path, form), http.StatusSeeOther)
	}
	where := func(pattern, body string) string { return regexp.MustCompile(pattern).FindString(body) }
	for n, text := range bundles(190) {
		kept("/organisations", url.Values{"name": {text}, "kind": {"kommun"}})
		kept("/groups", url.Values{"name": {text}, "kind": {"group"}})
		kept("/groups", url.Values{"name": {text}, "kind": {"workplace"}})
		kept("/planning-days", url.Values{"year": {"2027"}, "name": {text[:min(len(text), 100)]}, "from": {"2027-03-02"}, "to": {""}, "kind": {"blocks"}})
		first := h.fields(h.get(c, "/new-forum"), "/new-forum")
		for _, field := range []string{"name", "neutralTitle", "cadenceText", "place", "agenda"} {
			first.Set(field, text)
		}
		first.Set("cadence", "varje månad") // or the plan's own words would have to be understood
		first.Set("outwardPlace", "full")
		first.Set("level", "full")
		forum := kept("/new-forum", withChoices(first)).to
		contact := h.fields(h.get(c, "/new-contact"), "/new-contact")
		contact.Set("name", text)
		contact.Set("phone", text[:min(len(text), 30)])
		contact.Set("email", fmt.Sprintf("kontakt-%d@vingaker.example", n))
		contact.Set("organisationId", h.organisation(text))
		kept("/new-contact", contact)
		kept(forum+"/members", url.Values{"contactId": {h.contactNamed(text)}})
		contact.Set("name", "Tel "+text) // somebody who is called, and owes an answer
		contact.Set("email", "")
		contact.Set("byPhone", "yes")
		kept("/new-contact", contact)
		kept(forum+"/members", url.Values{"contactId": {h.contactNamed("Tel " + text)}})
		h.write(func(tx *store.Tx) error { // a member of it reads it too
			id, err := uuid.Parse(strings.TrimPrefix(forum, "/forums/"))
			if err != nil {
				return err
			}
			return access.Give(tx, access.System(), access.Grant{IdentityID: h.world.Identities[access.Member], Role: access.Member, ForumID: &id})
		})
		meeting := kept("/new-meeting", url.Values{"forumId": {strings.TrimPrefix(forum, "/forums/")}, "date": {"2027-02-0" + fmt.Sprint(1+n%5)}, "starts": {"8.30"}, "ends": {"9"}, "place": {text}}).to
		kept("/new-meeting", url.Values{"forumId": {strings.TrimPrefix(forum, "/forums/")}, "date": {"2027-02-22"}, "starts": {"8.30"}, "ends": {"9"}, "place": {text}}) // nobody is asked to it
		h.actOn(c, meeting, "/invitation", url.Values{"note": {text}})
		h.pass(time.Minute)
		link := strings.TrimPrefix(where(`http\S+/i/\S+`, mailtest.Parse(h.T, h.mail.Letters()[len(h.mail.Letters())-1].Data).Text), h.url)
		guest := h.browser()
		answer := h.fields(h.get(guest, link), "")
		answer.Set("partStat", "DELEGATED")
		answer.Set("substitute", text)
		answer.Set("comment", text)
		h.wants(h.post(guest, link, answer), http.StatusSeeOther)
		links = append(links, link)
		h.actOn(c, meeting, "/move", url.Values{"date": {"2027-02-0" + fmt.Sprint(1+(n+1)%5)}, "note": {text}})
		h.pass(time.Minute)
		several := h.fields(h.get(c, forum+"/cancellations"), "/review")
		several["meetingId"], several["reason"], several["note"] = []string{strings.TrimPrefix(meeting, "/meetings/")}, []string{text}, []string{text}
		h.harmless(forum+"/cancellations/review", h.wants(h.post(c, forum+"/cancellations/review", several), http.StatusOK).body)
		if n%2 == 0 {
			h.actOn(c, meeting, "/cancellation", url.Values{"reason": {text}, "note": {text}})
			h.pass(time.Minute)
		}
		h.subscribeNamed(text)
	}
	links = append(links, h.plantNotes(c, own))
	return links
}

// plantNotes finalises notes that hold every payload in each field.
func (h *house) plantNotes(c *http.Client, own objects) string {
	h.Helper()
	kept := func(path string, form url.Values) reply {
		h.Helper()
		return h.wants(h.post(c, path, form), http.StatusSeeOther)
	}
	minutes, all, short := "/minutes/"+own.minutes.String(), strings.Join(payloads, " "), bundles(200)
	for _, text := range short {
		kept(minutes+"/agenda", url.Values{"title": {text}})
	}
	var meeting string
	h.read(func(tx *store.Tx) error {
		return tx.DB.Table("minutes").Where("id = ?", own.minutes).Pluck("meeting_id", &meeting).Error
	})
	page := h.get(c, "/meetings/"+meeting+"/notes")
	headings := regexp.MustCompile(`name="agendaItemId" value="([0-9a-f-]{36})">`).FindAllStringSubmatch(page.body, -1)
	for n, text := range short {
		heading := headings[n%len(headings)][1]
		write := func(kind, text string) {
			f := url.Values{"agendaItemId": {heading}, "kind-" + heading: {kind}, "text-" + heading: {text}, "owner-" + heading: {short[n]}}
			if kind == "relay" {
				f["receivers-"+heading] = []string{own.group.String(), h.group("vuxen")} // the sample's lead leads the second
			}
			kept(minutes+"/items", f)
		}
		for _, kind := range []string{"note", "decision", "action", "relay"} {
			write(kind, text)
		}
		write("note", all)
	}
	form := h.fields(h.get(c, minutes+"/finish"), "/finish")
	form.Set("reason", short[0])
	review := h.get(c, minutes+"/finish?"+url.Values{"reason": {short[0]}}.Encode())
	form.Set("hash", h.fields(review, "/finish").Get("hash"))
	kept(minutes+"/finish", form)
	receipt := h.fields(h.get(h.browser(), "/r/"+own.relay), "/r/")
	receipt.Set("comment", short[1])
	receipt.Set("kind", "apt")
	receipt["id"] = receipt["id"][:min(2, len(receipt["id"]))]
	h.wants(h.post(h.browser(), "/r/"+own.relay, receipt), http.StatusSeeOther)
	found := h.wants(h.post(c, "/search", url.Values{"query": {"script"}}), 200)
	if !strings.Contains(found.body, "<mark>") {
		h.Errorf("the notes are not found: %s", text(found.body))
	}
	h.harmless("the search", found.body)
	return "/r/" + own.relay
}

// actOn reviews an act on a meeting and does it.
func (h *house) actOn(c *http.Client, meeting, path string, change url.Values) {
	h.Helper()
	form := h.fields(h.get(c, meeting+path), "/review")
	for name, values := range change {
		form[name] = values
	}
	review := h.wants(h.post(c, meeting+"/review", form), 200)
	h.harmless("the review", review.body)
	h.wants(h.post(c, meeting+"/acts", h.fields(review, "/acts")), http.StatusSeeOther)
}

// plainLetters reads every letter that was sent: no element and no calendar property that a letter
// without payloads lacks.
func (h *house) plainLetters() {
	h.Helper()
	elements := []string{"html", "head", "meta", "title", "body", "table", "tbody", "tr", "td", "h1", "p", "strong", "br", "a"}
	properties := map[string]bool{}
	property := regexp.MustCompile(`(?m)^[A-Z][A-Z-]*`)
	calendars := 0
	for _, sent := range h.mail.Letters() {
		letter := mailtest.Parse(h.T, sent.Data)
		root, err := html.Parse(strings.NewReader(letter.HTML))
		if err != nil {
			h.Fatal(err)
		}
		var walk func(*html.Node)
		walk = func(n *html.Node) {
			if n.Type == html.ElementNode && !slices.Contains(elements, n.Data) {
				h.Errorf("a letter has the element %s", n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "data-xss" || strings.HasPrefix(a.Key, "on") || a.Key == "href" && !strings.HasPrefix(a.Val, h.url+"/") {
					h.Errorf("a letter has %s=%q", a.Key, a.Val)
				}
			}
			for child := n.FirstChild; child != nil; child = child.NextSibling {
				walk(child)
			}
		}
		walk(root)
		for _, name := range property.FindAllString(string(letter.Calendar), -1) {
			if calendars < 4 { // those of the meeting that was there before any payload
				properties[name] = true
			} else if !properties[name] && !slices.Contains([]string{"LOCATION", "STATUS", "SEQUENCE", "TRANSP"}, name) {
				h.Errorf("a calendar part has the property %s", name)
			}
		}
		if letter.Calendar != nil {
			calendars++
		}
	}
	if n := len(h.mail.Letters()); n < 40 || len(properties) < 10 {
		h.Errorf("only %d letters with %d properties", n, len(properties))
	}
}

// seenByAll opens every page, as each role that reads and as a guest, with our policy switched off.
func (h *house) seenByAll(own objects, links []string) {
	h.Helper()
	pages := map[access.Role][]string{}
	for _, role := range []access.Role{access.Coordinator, access.Manager, access.Member, access.GroupLead} {
		c := h.as(role)
		own.feed = h.subscribed(role)
		known := h.pagesOf(own)
		for _, list := range []string{"/forums", "/meetings?year=2027", "/meetings?year=2026", "/partners", "/minutes", "/outbox"} {
			most := -1
			if list == "/outbox" { // several letters say the same
				most = 20
			}
			for _, link := range regexp.MustCompile(`href="(/(?:forums|meetings|contacts|minutes|outbox)/[0-9a-f-]{36})"`).FindAllStringSubmatch(h.get(c, list).body, most) {
				known = append(known, link[1])
			}
		}
		slices.Sort(known)
		for _, path := range slices.Compact(known) {
			if p := h.get(c, path); p.status == http.StatusOK && p.header.Get("Content-Disposition") == "" { // a browser saves a file and shows nothing
				pages[role] = append(pages[role], path)
				h.harmless(path, p.body)
			}
		}
	}
	total := 0
	for role, paths := range pages {
		total += len(paths)
		// The pages of both databases were just parsed as every role; a browser takes longer, and sees
		// what the richest role sees on both.
		if role == access.Coordinator || !h.app.DB.IsPostgres() {
			h.looks(string(role), paths)
		}
	}
	h.looks("", links)
	if total < 150 {
		h.Errorf("only %d pages were seen", total)
	}
}

// injected finds what no page of ours has, and tells whether anything ran.
const injected = `(() => { const all = [...document.querySelectorAll("*")].filter(e => /^(script|iframe|object|embed|base|math|marquee|style|video|audio|template)$/i.test(e.tagName) && !/^\/static\/(htmx\.min|notes)\.js\?v=/.test(e.getAttribute("src") || "")
	|| e.tagName.includes("-") || [...e.attributes].some(a => /^(on|hx-|data-(?!hx-|htmx-powered))/.test(a.name)));
	return (window.__xss === undefined ? "" : "it ran; ") + all.map(e => e.outerHTML.slice(0, 80)).join("; ") })()`

// looks opens pages in a browser that would run whatever it finds.
func (h *house) looks(role string, paths []string) {
	h.Helper()
	ctx := window(h.T, 1280, true)
	h.steps(ctx, page.SetBypassCSP(true))
	for _, s := range sample.SignIns {
		if string(s.Role) == role {
			h.steps(ctx, chromedp.Navigate(h.url+"/signin"), chromedp.SendKeys("#f-email", s.Email), chromedp.SendKeys("#f-password", password))
			h.press(ctx, "main button.btn")
		}
	}
	shows := 0
	for _, path := range paths {
		var found, seen string
		h.steps(ctx, chromedp.Navigate(h.url+path), chromedp.Evaluate(injected, &found), chromedp.Evaluate(`document.body.innerText`, &seen))
		if found != "" {
			h.Errorf("%s as %q: %s", path, role, found)
		}
		if strings.Contains(seen, "__xss") || strings.Contains(seen, "data-xss") {
			shows++
		}
	}
	if shows == 0 {
		h.Errorf("no page shows %q a payload: the test proves nothing", role)
	}
	h.proves(ctx, injected)
}

// proves puts one payload into the page, so that the search is known to find it.
func (h *house) proves(ctx context.Context, injected string) {
	h.Helper()
	var found string
	h.steps(ctx, chromedp.Evaluate(`document.body.insertAdjacentHTML("beforeend", "<img data-xss src=x onerror=window.__xss=1>")`, nil), chromedp.Sleep(100*time.Millisecond), chromedp.Evaluate(injected, &found))
	if !strings.HasPrefix(found, "it ran; ") || !strings.Contains(found, "data-xss") {
		h.Errorf("an injected picture was not noticed: %q", found)
	}
}

func (h *house) organisation(name string) (id string) {
	h.Helper()
	h.read(func(tx *store.Tx) error {
		return tx.DB.Table("organisations").Where("name = ?", name).Pluck("id", &id).Error
	})
	return id
}

func (h *house) contactNamed(name string) (id string) {
	h.Helper()
	h.read(func(tx *store.Tx) error {
		return tx.DB.Table("contacts").Where("name = ?", name).Pluck("id", &id).Error
	})
	return id
}

// subscribeNamed gives the coordinator, the manager and the member a feed of that name.
func (h *house) subscribeNamed(name string) {
	h.Helper()
	h.write(func(tx *store.Tx) error {
		for _, role := range []access.Role{access.Coordinator, access.Manager, access.Member} {
			by, err := access.Load(tx, h.world.Identities[role])
			if err == nil {
				_, _, err = access.Subscribe(tx, by, name, access.Full, access.Contents{})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
