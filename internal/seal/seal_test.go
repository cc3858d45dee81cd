package seal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"samverkan/internal/seal"
)

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys", "samverkan.key")
	made, err := seal.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("reads the key it made", func(t *testing.T) {
		read, err := seal.Load(path)
		if err != nil || read.Token("a", "b", 1) != made.Token("a", "b", 1) {
			t.Fatalf("another key, or %v", err)
		}
	})
	t.Run("refuses a file that others may read", func(t *testing.T) {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Load(path); err == nil {
			t.Fatal("no refusal")
		}
	})
	t.Run("refuses a file that is no key", func(t *testing.T) {
		other := filepath.Join(t.TempDir(), "k")
		if err := os.WriteFile(other, []byte("hello"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := seal.Load(other); err == nil {
			t.Fatal("no refusal")
		}
	})
}

func TestToken(t *testing.T) {
	key, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	token := key.Token("answer", "1", 1)
	if len(token) != 26 || token != key.Token("answer", "1", 1) {
		t.Fatalf("token %q is not repeated", token)
	}
	for _, other := range []string{key.Token("reply", "1", 1), key.Token("answer", "2", 1), key.Token("answer", "1", 2)} {
		if other == token {
			t.Fatal("two uses share a token")
		}
	}
	seen := map[string]bool{}
	for range 100_000 {
		r := seal.Random()
		if seen[r] || len(r) != 52 {
			t.Fatalf("token %q again, or short", r)
		}
		seen[r] = true
	}
}

func TestSeal(t *testing.T) {
	key, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	sealed := key.Seal([]byte("brev"), "row 1")
	if plain, err := key.Open(sealed, "row 1"); err != nil || string(plain) != "brev" {
		t.Fatalf("%q %v", plain, err)
	}
	if _, err := key.Open(sealed, "row 2"); err == nil {
		t.Fatal("opened under another name")
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := key.Open(sealed, "row 1"); err == nil {
		t.Fatal("opened though damaged")
	}
}

func TestMask(t *testing.T) {
	key, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	short, long := key.Token("answer", "1", 1), seal.Random()
	text := "Svara: https://s.example/i/rsvp_" + short + "\nORGANIZER:mailto:moten+" + short + "@s.example\nhttps://s.example/calendar/feed_" + long + ".ics, a_short_word, sammanträdesrum"
	want := "Svara: https://s.example/i/rsvp_•••\nORGANIZER:mailto:moten+•••@s.example\nhttps://s.example/calendar/feed_•••.ics, a_short_word, sammanträdesrum"
	if got := seal.Mask(text); got != want {
		t.Errorf("%s", got)
	}
}
