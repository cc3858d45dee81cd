package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/config"
	"samverkan/internal/mail"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Shown is what the demo prints once it serves. The names are part of what the product promises to
// the outside.
type Shown struct {
	BaseURL   string        `json:"baseUrl"`
	FeedURL   string        `json:"feedUrl"`
	GuestURL  string        `json:"guestUrl"`
	APIToken  string        `json:"apiToken"`
	OutboxDir string        `json:"outboxDir"`
	SignIns   []ShownSignIn `json:"signIns"`
}

// ShownSignIn is one account of the demo.
type ShownSignIn struct {
	Role     string `json:"role"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

// demoMark says that a folder holds a demo, which may be thrown away.
const demoMark = "this-is-a-demo"

func (w World) demo() *cobra.Command {
	var listen, data string
	var asJSON bool
	demo := &cobra.Command{
		Use: "demo", Short: "Serve a fresh example world; letters are kept as files", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := listenDemo(listen, cmd.Flags().Changed("listen"))
			if err != nil {
				return err
			}
			defer l.Close()
			return w.runDemo(cmd.Context(), l, data, asJSON)
		},
	}
	demo.Flags().StringVar(&listen, "listen", "127.0.0.1:8080", "address to serve on")
	demo.Flags().StringVar(&data, "data", "", "folder for the demo's database and letters (default: a new temporary one)")
	demo.Flags().BoolVar(&asJSON, "json", false, "print one JSON object on one line once it serves")
	return demo
}

// listenDemo takes any free port when the usual one is taken and no other was asked for.
func listenDemo(address string, asked bool) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil && !asked {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return l, nil
}

func (w World) runDemo(ctx context.Context, l net.Listener, data string, asJSON bool) error {
	dir, err := demoFolder(data)
	if err != nil {
		return err
	}
	base := "http://" + l.Addr().String()
	c, err := config.Read([]string{
		config.Prefix + "LISTEN=" + l.Addr().String(), config.Prefix + "BASE_URL=" + base, config.Prefix + "DATA_DIR=" + dir,
		config.Prefix + "MAIL_FROM=moten@vingaker.example",
	})
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(w.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := New(ctx, c, w.Version, log, nil)
	if err != nil {
		return err
	}
	shown, err := a.fill(ctx)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	debug.FreeOSMemory() // building a year leaves more behind than serving it ever needs
	if err := w.tell(shown, asJSON); err != nil {
		return errors.Join(err, a.Close())
	}
	return errors.Join(a.Serve(ctx, l), a.Close())
}

// demoFolder gives an empty folder. One with a demo in it is emptied; one with anything else is
// refused.
func demoFolder(data string) (string, error) {
	if data == "" {
		dir, err := os.MkdirTemp("", "samverkan-demo-")
		if err != nil {
			return "", err
		}
		return dir, os.WriteFile(filepath.Join(dir, demoMark), nil, 0o600)
	}
	dir, err := filepath.Abs(data)
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, demoMark)); len(entries) > 0 && err != nil {
		return "", fmt.Errorf("the folder %s is not empty and holds no demo: choose another one", dir)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return "", err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, demoMark), nil, 0o600)
}

// fill builds the example world and gives what to tell about it.
func (a *App) fill(ctx context.Context) (Shown, error) {
	password := seal.Random()[:16]
	hash, err := access.HashPassword(password, "")
	if err != nil {
		return Shown{}, err
	}
	var world *sample.World
	if err := a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		world, err = sample.Build(tx, hash)
		return err
	}); err != nil {
		return Shown{}, err
	}
	outbox := filepath.Join(a.Config.DataDir, "outbox")
	guest, err := world.Year(ctx, a.DB, a.Office, mail.Folder{Dir: outbox})
	if err != nil {
		return Shown{}, err
	}
	shown := Shown{BaseURL: a.Config.BaseURL, FeedURL: a.Config.BaseURL + "/calendar/" + world.FeedToken + ".ics", GuestURL: guest, APIToken: world.APIToken, OutboxDir: outbox}
	for _, s := range sample.SignIns {
		shown.SignIns = append(shown.SignIns, ShownSignIn{string(s.Role), s.Email, password})
	}
	return shown, nil
}

// tell prints where to go, for a person or for a program.
func (w World) tell(s Shown, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w.Stdout).Encode(s) // #nosec G117 -- a demo tells how to get in; nothing in it is real
	}
	fmt.Fprintf(w.Stdout, "\nSamverkan is running. Open %s and sign in as one of:\n\n", s.BaseURL)
	for _, i := range s.SignIns {
		fmt.Fprintf(w.Stdout, "  %-14s %-34s %s\n", i.Role, i.Email, i.Password)
	}
	fmt.Fprintf(w.Stdout, "\nA guest answers an invitation:  %s\nA calendar feed to subscribe to: %s\nLetters are kept, not sent:      %s\n\nEnd with Ctrl-C.\n", s.GuestURL, s.FeedURL, s.OutboxDir)
	return nil
}
