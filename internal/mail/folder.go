package mail

import (
	"context"
	"errors"
	"os"
	"strings"
)

// Folder keeps letters as files instead of sending them, for trying the program out and for
// demonstrations. It is a Dialer.
type Folder struct {
	Dir string // made when it is not there
}

// Dial opens the folder.
func (f Folder) Dial(ctx context.Context) (Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, refusal(err)
	}
	if err := os.MkdirAll(f.Dir, 0o700); err != nil {
		return nil, refusal(err)
	}
	root, err := os.OpenRoot(f.Dir)
	if err != nil {
		return nil, refusal(err)
	}
	return shelf{root}, nil
}

type shelf struct{ root *os.Root }

// Send keeps the letter under Envelope.Name. A letter sent again replaces itself.
func (s shelf) Send(ctx context.Context, e Envelope) error {
	if err := e.check(); err != nil {
		return err
	}
	name := fileName(e.Name)
	if name == "" {
		return &DeliveryError{Outcome: Permanent, Words: "the letter has no file name"}
	}
	if err := s.keep(ctx, name, e); err != nil {
		return refusal(err)
	}
	return nil
}

// keep writes beside the name and renames, so that a name always holds a whole letter.
func (s shelf) keep(ctx context.Context, name string, e Envelope) error {
	draft := "." + name + ".part"
	if err := s.write(draft, e.Data); err != nil {
		return err
	}
	err := ctx.Err()
	if err == nil && e.BeforeDot != nil {
		err = e.BeforeDot()
	}
	if err == nil {
		err = s.root.Rename(draft, name)
	}
	if err != nil {
		return errors.Join(err, s.root.Remove(draft))
	}
	return s.settle()
}

func (s shelf) write(name string, data []byte) error {
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// settle makes the rename itself outlive a power cut.
func (s shelf) settle() error {
	dir, err := s.root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Broken is never so for a folder.
func (s shelf) Broken() bool { return false }

// Close closes the folder.
func (s shelf) Close() error { return s.root.Close() }

// fileName gives name with only a–z, digits, hyphens and dots, never hidden, ending in .eml. Nothing
// of a letter becomes a path (CVE-2026-45711).
func fileName(name string) string {
	const longest = 200
	name = strings.Map(func(r rune) rune {
		if notInLabel(r) && r != '.' {
			return '-'
		}
		return r
	}, strings.TrimSuffix(strings.ToLower(name), ".eml"))
	name = strings.Trim(name[:min(len(name), longest)], ".-")
	if name == "" {
		return ""
	}
	return name + ".eml"
}
