package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"

	"samverkan/internal/fault"
)

//go:embed static
var files embed.FS

// styleAddress changes with the style sheet, so that browsers may keep it for ever.
var styleAddress = "/static/app.css?v=" + digestOf("app.css")

func digestOf(name string) string {
	data, err := files.ReadFile("static/" + name)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:6])
}

var contentTypes = map[string]string{".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}

// static serves the style sheet and the icon.
func (w *Web) static(c *gin.Context) error {
	name := path.Base(c.Param("file"))
	data, err := files.ReadFile("static/" + name)
	if err != nil {
		return fault.Missing()
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Data(http.StatusOK, contentTypes[path.Ext(name)], data)
	return nil
}
