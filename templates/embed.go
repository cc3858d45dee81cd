// Package templates holds what people read: pages, their partials, and letters as text and HTML.
// Sentences stand in Swedish and are keys of package lang.
package templates

import "embed"

// Files holds layout.html, partials.html, pages/*.html, and of letters mail/frame.html and two kinds, each as text and HTML.
//
//go:embed mail pages *.html
var Files embed.FS
