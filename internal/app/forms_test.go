package app_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"

	"golang.org/x/net/html"
)

// sheet is one form of a page.
type sheet struct {
	action  string
	fields  url.Values // as a browser would send them untouched
	written []string   // those that a person writes text in
	buttons []url.Values
}

// sheets gives a page's forms that change something.
func sheets(body string) (all []*sheet) {
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		return nil
	}
	var walk func(n *html.Node, in *sheet)
	walk = func(n *html.Node, in *sheet) {
		if n.Type == html.ElementNode {
			if n.Data == "form" && strings.EqualFold(attribute(n, "method"), "post") {
				in = &sheet{action: attribute(n, "action"), fields: url.Values{}}
				all = append(all, in)
			}
			if in != nil {
				in.take(n)
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child, in)
		}
	}
	walk(root, nil)
	return all
}

// take notes a field of the form.
func (s *sheet) take(n *html.Node) {
	name := attribute(n, "name")
	if name == "" {
		return
	}
	switch kind := attribute(n, "type"); n.Data {
	case "textarea":
		s.fields.Add(name, content(n))
		s.written = append(s.written, name)
	case "select":
		s.fields.Add(name, chosen(n))
	case "button":
		s.buttons = append(s.buttons, url.Values{name: {attribute(n, "value")}})
	case "input":
		switch kind {
		case "checkbox", "radio":
			if has(n, "checked") {
				s.fields.Add(name, attribute(n, "value"))
			}
		case "file":
		case "hidden":
			s.fields.Add(name, attribute(n, "value"))
		default:
			s.fields.Add(name, attribute(n, "value"))
			s.written = append(s.written, name)
		}
	}
}

func content(n *html.Node) (text string) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type == html.TextNode {
			text += child.Data
		}
		text += content(child)
	}
	return text
}

// chosen is a list's choice; the last one when none is marked, because the first is often "none".
func chosen(n *html.Node) (value string) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type == html.ElementNode && child.Data == "option" {
			value = attribute(child, "value")
			if has(child, "selected") {
				return value
			}
		}
	}
	return value
}

// pagesOf gives the pages that a route's objects make, each once.
func (h *house) pagesOf(own objects) (paths []string) {
	h.Helper()
	for _, route := range h.routes() {
		method, pattern, _ := strings.Cut(route, " ")
		if method == http.MethodGet && !strings.HasPrefix(pattern, "/api/") && !strings.HasPrefix(pattern, "/calendar") && !strings.HasPrefix(pattern, "/static") &&
			pattern != "/metrics" && pattern != "/readyz" && pattern != "/healthz" && !aFile(pattern) {
			paths = append(paths, own.fill(h, pattern))
		}
	}
	sort.Strings(paths)
	return paths
}

// aFile tells routes that give a file to keep, which no browser shows.
func aFile(pattern string) bool {
	return strings.HasSuffix(pattern, "/copies/:format") || strings.Contains(pattern, "/attachments/:") || pattern == "/disclosures/:id" || strings.HasSuffix(pattern, ".pdf") || pattern == "/relays.csv" || pattern == "/workplaces.csv" || pattern == "/promises.csv" || pattern == "/decisions.csv" || pattern == "/contacts.csv"
}

// submitEverywhere sends every form of every page that c sees, with its written fields set to value,
// one at a time, all together, and with every other field as well, by its last button. check sees
// each answer.
func (h *house) submitEverywhere(c *http.Client, own objects, value func(field string) string, check func(where string, p reply)) {
	h.Helper()
	done := map[string]bool{}
	for _, path := range h.pagesOf(own) {
		page := h.get(c, path)
		for _, s := range sheets(page.body) {
			if s.action == "/signout" || done[s.action] || strings.HasSuffix(s.action, "/finish") && len(s.written) == 0 {
				continue
			}
			done[s.action] = true
			h.submit(c, s, value, check)
		}
	}
	if len(done) < 15 {
		h.Errorf("only %d forms were found", len(done))
	}
}

func (h *house) submit(c *http.Client, s *sheet, value func(string) string, check func(string, reply)) {
	h.Helper()
	buttons := s.buttons
	if len(buttons) == 0 {
		buttons = []url.Values{{}}
	}
	attempt := func(fields ...string) {
		form := url.Values{}
		for name, values := range s.fields {
			form[name] = values
		}
		for _, name := range fields {
			form[name] = []string{value(name)}
		}
		for name, values := range buttons[len(buttons)-1] {
			form[name] = values
		}
		check(s.action+" ("+strings.Join(fields, ", ")+")", h.post(c, s.action, form))
	}
	for _, name := range s.written {
		attempt(name)
	}
	if len(s.written) > 1 {
		attempt(s.written...)
	}
	if len(s.written) > 0 { // also what a person does not write
		attempt(slices.Sorted(maps.Keys(s.fields))...)
	}
}
