package web

import (
	"html/template"

	"samverkan/internal/document"
)

// rich shows a text with the few signs of Markdown that it may hold. It is the only place where
// something is called HTML that the templates do not escape again: package document has written
// every tag of it and escaped every word.
func rich(text string) template.HTML { return marked(document.Markdown(text)) }

// marked shows blocks, with what a revision added and took away.
func marked(blocks []document.Block) template.HTML {
	return template.HTML(document.HTML(blocks)) // #nosec G203 -- escaped by construction, and fuzzed in package document
}
