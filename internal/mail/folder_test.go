package mail_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"samverkan/internal/mail"
)

func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "brev")
	c := dial(t, mail.Folder{Dir: dir})
	for name, want := range map[string]string{
		"0001-inbjudan.eml":     "0001-inbjudan.eml",
		"0002-Påminnelse":       "0002-p-minnelse.eml",
		"../../etc/passwd.eml":  "etc-passwd.eml",
		"/abs\x00olut":          "abs-olut.eml",
		".hidden.eml":           "hidden.eml",
		`..\..\windows\sys.eml`: "windows-sys.eml",
	} {
		e := envelope(t)
		e.Name = name
		if err := c.Send(t.Context(), e); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if got, err := os.ReadFile(filepath.Join(dir, want)); err != nil || !bytes.Equal(got, e.Data) {
			t.Errorf("%q: %v", name, err)
		}
	}
	wantFiles(t, dir, 6)
	t.Run("a letter sent again replaces itself", func(t *testing.T) {
		if err := c.Send(t.Context(), envelope(t)); err != nil {
			t.Error(err)
		}
		wantFiles(t, dir, 6)
	})
	t.Run("no name is refused", func(t *testing.T) {
		for _, name := range []string{"", "..", ".eml", "///"} {
			e := envelope(t)
			e.Name = name
			wantOutcome(t, c.Send(t.Context(), e), mail.Permanent, 0)
		}
	})
	t.Run("BeforeDot keeps a letter out", func(t *testing.T) {
		lost := errors.New("lost")
		e := envelope(t)
		e.Name, e.BeforeDot = "0003.eml", func() error { return lost }
		err := c.Send(t.Context(), e)
		wantOutcome(t, err, mail.Temporary, 0)
		if !errors.Is(err, lost) {
			t.Error(err)
		}
		wantFiles(t, dir, 6)
	})
	t.Run("a link out of the folder is not followed", func(t *testing.T) {
		outside := filepath.Join(t.TempDir(), "outside")
		if err := os.Symlink(outside, filepath.Join(dir, ".0004.eml.part")); err != nil {
			t.Fatal(err)
		}
		e := envelope(t)
		e.Name = "0004.eml"
		wantOutcome(t, c.Send(t.Context(), e), mail.Temporary, 0)
		if _, err := os.Stat(outside); err == nil {
			t.Error("it was")
		}
	})
	t.Run("a folder that cannot be made is temporary", func(t *testing.T) {
		_, err := mail.Folder{Dir: filepath.Join(dir, "0001-inbjudan.eml", "x")}.Dial(t.Context())
		wantOutcome(t, err, mail.Temporary, 0)
	})
}

func wantFiles(t *testing.T, dir string, n int) {
	t.Helper()
	if files, err := os.ReadDir(dir); err != nil || len(files) != n {
		t.Errorf("%v, %v; want %d files", files, err, n)
	}
}
