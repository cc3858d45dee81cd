package document

import (
	"archive/zip"
	"bytes"
	"io"

	"samverkan/internal/fault"
)

// Limits of packed files. They are looked into and never unpacked to anywhere.
const (
	maxEntries  = 2000
	maxUnpacked = 250 << 20 // octets, of all entries together
	maxRatio    = 100       // of what is unpacked to what was packed
	smallEntry  = 1 << 20   // one of no more octets may be packed tighter than that
)

// errPacked is for a file that would grow beyond what anybody writes.
func errPacked() error {
	return fault.On("file", "Filen är packad på ett sätt som inte går att ta emot. Spara den igen i programmet som gjorde den.")
}

// unzip opens a packed file to look into. It refuses with fault.Invalid what is none, and what goes over
// the limits: nothing is unpacked to find that out.
func unzip(data []byte) (*zip.Reader, error) {
	// The standard library reads every header before it tells how many there are.
	if bytes.Count(data, []byte("PK\x01\x02")) > maxEntries {
		return nil, errPacked()
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) > maxEntries {
		return nil, errPacked()
	}
	var packed, unpacked uint64
	for _, f := range z.File {
		if f.UncompressedSize64 > maxUnpacked || f.CompressedSize64 > uint64(len(data)) {
			return nil, errPacked()
		}
		if f.UncompressedSize64 > smallEntry && f.UncompressedSize64 > maxRatio*f.CompressedSize64 {
			return nil, errPacked()
		}
		packed += f.CompressedSize64
		unpacked += f.UncompressedSize64
	}
	// Entries that lie over each other are packed once and unpacked many times.
	if unpacked > maxUnpacked || packed > uint64(len(data)) {
		return nil, errPacked()
	}
	return z, nil
}

// entry reads a small entry of a packed file: nothing when it is not there, twice there, or longer than max.
func entry(z *zip.Reader, name string, max int64) string {
	var found *zip.File
	for _, f := range z.File {
		if f.Name == name && found != nil {
			return ""
		}
		if f.Name == name {
			found = f
		}
	}
	if found == nil {
		return ""
	}
	r, err := found.Open()
	if err != nil {
		return ""
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil || int64(len(text)) > max {
		return ""
	}
	return string(text)
}
