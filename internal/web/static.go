package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"samverkan/internal/fault"
)

//go:embed static
var files embed.FS

// asset is a static file as it is served.
type asset struct {
	contentType   string
	plain, zipped []byte
	address       string // changes with the file, so that browsers may keep it for ever
}

var assets = loadAssets()

// loadAssets reads and compresses every static file. They are part of the program: one that cannot
// be read stops it.
func loadAssets() map[string]asset {
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
	entries, err := files.ReadDir("static")
	if err != nil {
		panic(err)
	}
	all := map[string]asset{}
	for _, entry := range entries {
		name := entry.Name()
		data, err := files.ReadFile("static/" + name)
		if err != nil {
			panic(err)
		}
		sum := sha256.Sum256(data)
		all[name] = asset{types[path.Ext(name)], data, zip(data), "/static/" + name + "?v=" + hex.EncodeToString(sum[:6])}
	}
	return all
}

func zip(data []byte) []byte {
	var zipped bytes.Buffer
	w, err := gzip.NewWriterLevel(&zipped, gzip.BestCompression)
	if err != nil {
		panic(err)
	}
	w.Write(data) // to memory: cannot fail
	w.Close()
	return zipped.Bytes()
}

// static serves the style sheet, the script and the icon. They hold no secret, so that compressing
// them tells none.
func (w *Web) static(c *gin.Context) error {
	a, known := assets[path.Base(c.Param("file"))]
	if !known {
		return fault.Missing()
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	c.Header("Vary", "Accept-Encoding")
	data := a.plain
	if strings.Contains(c.GetHeader("Accept-Encoding"), "gzip") {
		c.Header("Content-Encoding", "gzip")
		data = a.zipped
	}
	c.Data(http.StatusOK, a.contentType, data)
	return nil
}
