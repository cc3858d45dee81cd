// Package templates holds what people read: pages, their partials, and letters as text and HTML.
// Sentences stand in Swedish and are keys of package lang.
package templates

import "embed"

// Files holds layout.html, pages/*.html, partials/*.html and mail/letter.txt and letter.html.
//
//go:embed all:mail all:pages *.html
var Files embed.FS
