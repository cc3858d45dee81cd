package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/config"
	"samverkan/internal/invite"
	"samverkan/internal/jobs"
	"samverkan/internal/lang"
	"samverkan/internal/post"
	"samverkan/internal/relay"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// World is what a run of the program touches outside itself.
type World struct {
	Environ []string
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Version string
}

// Run runs the program with the arguments after its name, until it is done or ctx ends, and gives
// its exit code: 0 when it did what was asked, 1 when it could not.
func Run(ctx context.Context, w World, args []string) int {
	root := w.command()
	root.SetArgs(args)
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(w.Stderr, "samverkan:", config.English(err))
		return 1
	}
	return 0
}

// command is the contents page of the command line.
func (w World) command() *cobra.Command {
	root := &cobra.Command{
		Use: "samverkan", Short: "Keeps the meetings of an inter-agency collaboration",
		SilenceUsage: true, SilenceErrors: true, CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.AddCommand(w.serve(), w.demo(), w.importing(), w.migrate(), w.user(), w.backup(), w.restore(), w.adoptKey(), w.log(), w.mailTest(), &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(*cobra.Command, []string) { fmt.Fprintln(w.Stdout, w.Version) },
	})
	return root
}

func (w World) serve() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Serve, with settings from the environment (SAMVERKAN_…)", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Read(w.Environ)
			if err != nil {
				return err
			}
			log := slog.New(slog.NewJSONHandler(w.Stderr, &slog.HandlerOptions{Level: c.LogLevel}))
			l, err := net.Listen("tcp", c.Listen)
			if err != nil {
				return fmt.Errorf("%s: %w", c.Listen, err)
			}
			defer l.Close()
			a, err := New(cmd.Context(), c, w.Version, log, nil)
			if err != nil {
				return err
			}
			link, err := a.SetUpLink(cmd.Context())
			if err != nil {
				return errors.Join(err, a.Close())
			}
			if link != "" {
				fmt.Fprintf(w.Stdout, "Nobody has an account yet. Open this link within an hour to set up:\n  %s\n", link)
			}
			if a.Sender.Filing {
				log.Warn("no SAMVERKAN_SMTP_URL: letters are kept as files and nobody gets them", "folder", c.DataDir+"/outbox")
			}
			log.Info("serving", "address", c.BaseURL, "listen", l.Addr().String(), "version", w.Version)
			return errors.Join(a.Serve(cmd.Context(), l), a.Close())
		},
	}
}

// withDatabase opens the database that the settings name, migrated, for a command that does one
// thing.
func (w World) withDatabase(ctx context.Context, fn func(*store.DB) error) error {
	c, err := config.Read(w.Environ)
	if err != nil {
		return err
	}
	db, err := openDatabase(ctx, c, nil)
	if err != nil {
		return err
	}
	queue, err := jobs.Open(db, jobs.Options{})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return errors.Join(fn(db), queue.Close(), db.Close())
}

func (w World) migrate() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database up to this version; serve does so too", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.withDatabase(cmd.Context(), func(*store.DB) error {
				fmt.Fprintln(w.Stdout, "The database is up to date.")
				return nil
			})
		},
	}
}

func (w World) importing() *cobra.Command {
	parent := &cobra.Command{Use: "import", Short: "Bring data in from a file"}
	var dryRun, exemptSummer bool
	var ours []string
	var from string
	plan := &cobra.Command{
		Use: "plan FILE", Short: "Bring in an action plan: organisations, forums and their promises", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			file, err := secretariat.ParsePlan(f)
			if err != nil {
				return err
			}
			choices := secretariat.ImportChoices{ExemptSummer: exemptSummer, OurConvening: ours}
			if from != "" {
				if choices.PromisedFrom, err = almanac.ParseDate(from, almanac.DateOf(time.Now(), time.Local)); err != nil {
					return err
				}
			}
			return w.withDatabase(cmd.Context(), func(db *store.DB) error {
				return w.importPlan(cmd.Context(), db, file, choices, dryRun)
			})
		},
	}
	plan.Flags().BoolVar(&dryRun, "dry-run", false, "report every line and change nothing")
	plan.Flags().BoolVar(&exemptSummer, "exempt-summer", false, "no promised meeting in July, nor in August where schools take part")
	plan.Flags().StringSliceVar(&ours, "our-forum", nil, "id of a forum that we convene, where the plan states nobody (may be repeated)")
	plan.Flags().StringVar(&from, "promised-from", "", "date from which promises are measured (default: 1 January of this year)")
	var dryMinutes bool
	minutes := &cobra.Command{
		Use: "minutes FILE", Short: "Bring in old minutes, each frozen; nobody is written to", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.importMinutes(cmd.Context(), args[0], dryMinutes)
		},
	}
	minutes.Flags().BoolVar(&dryMinutes, "dry-run", false, "report every line and change nothing")
	parent.AddCommand(plan, minutes, w.importingContacts())
	return parent
}

func (w World) importingContacts() *cobra.Command {
	var dryRun bool
	contacts := &cobra.Command{
		Use: "contacts FILE", Short: "Bring in organisations and contacts from a table (CSV) or vCards; nobody is written to", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			file, err := secretariat.ParseContacts(f)
			if err != nil {
				return err
			}
			return w.withDatabase(cmd.Context(), func(db *store.DB) error {
				return w.importLines(cmd.Context(), db, dryRun, func(tx *store.Tx) ([]secretariat.Line, error) {
					done, err := secretariat.ImportContacts(tx, access.System(), file)
					if err != nil {
						return nil, err
					}
					return done.Lines, nil
				})
			})
		},
	}
	contacts.Flags().BoolVar(&dryRun, "dry-run", false, "report every line and change nothing")
	return contacts
}

func (w World) importPlan(ctx context.Context, db *store.DB, file *secretariat.PlanFile, choices secretariat.ImportChoices, dryRun bool) error {
	return w.importLines(ctx, db, dryRun, func(tx *store.Tx) ([]secretariat.Line, error) {
		return secretariat.ImportPlan(tx, access.System(), file, choices)
	})
}

func (w World) importMinutes(ctx context.Context, path string, dryRun bool) error {
	f, err := os.Open(path) // #nosec G304 -- whoever runs the command names the file
	if err != nil {
		return err
	}
	defer f.Close()
	file, err := secretariat.ParseMinutes(f)
	if err != nil {
		return err
	}
	c, err := config.Read(w.Environ)
	if err != nil {
		return err
	}
	office, err := officeOf(c)
	if err != nil {
		return err
	}
	return w.withDatabase(ctx, func(db *store.DB) error {
		return w.importLines(ctx, db, dryRun, func(tx *store.Tx) ([]secretariat.Line, error) {
			return secretariat.ImportMinutes(tx, access.System(), office, file)
		})
	})
}

// importLines runs an import, or tries it, and prints a line for everything.
func (w World) importLines(ctx context.Context, db *store.DB, dryRun bool, verb func(*store.Tx) ([]secretariat.Line, error)) error {
	run := db.Write
	if dryRun {
		run = db.Rehearse
	}
	var lines []secretariat.Line
	err := run(ctx, func(tx *store.Tx) (err error) {
		lines, err = verb(tx)
		return err
	})
	counts := map[secretariat.Outcome]int{}
	for _, l := range lines {
		counts[l.Outcome]++
		fmt.Fprintf(w.Stdout, "%-8s %-12s %-28s %s\n", l.Outcome, l.Kind, l.ID, l.Text.In(lang.English))
	}
	if err != nil {
		return err
	}
	done := "imported"
	if dryRun {
		done = "nothing was changed (--dry-run)"
	}
	if n := counts[secretariat.Changed] + counts[secretariat.Refused]; n > 0 {
		fmt.Fprintf(w.Stdout, "%d changes, %d lines left out\n", counts[secretariat.Changed], counts[secretariat.Refused])
	}
	fmt.Fprintf(w.Stdout, "%d new, %d there already, %d to look at: %s\n", counts[secretariat.Created], counts[secretariat.Existed], counts[secretariat.Noted], done)
	return nil
}

func (w World) backup() *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write a consistent backup while the service runs; the key file is not in it", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.withDatabase(cmd.Context(), func(db *store.DB) error {
				if err := db.Write(cmd.Context(), func(tx *store.Tx) error {
					return access.Log(tx, access.System(), "make backup", "installation", uuid.Nil)
				}); err != nil {
					return err
				}
				if err := w.writeBackup(cmd.Context(), db, args[0]); err != nil {
					return err
				}
				return db.Write(cmd.Context(), access.BackedUp)
			})
		},
	}
}

// writeBackup writes beside the file and renames it: a backup that was cut short has no name.
func (w World) writeBackup(ctx context.Context, db *store.DB, path string) error {
	partial := path + ".partial"
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // #nosec G304 -- whoever runs the command names the file
	if err != nil {
		return err
	}
	defer os.Remove(partial)
	total := 0
	err = db.Dump(ctx, f, w.Version, func(table string, rows int) {
		total += rows
		fmt.Fprintf(w.Stderr, "  %-20s %d\n", table, rows)
	})
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(partial, path); err != nil {
		return err
	}
	fmt.Fprintf(w.Stdout, "%s: %d rows. Keep the key file (samverkan.key in the data folder) elsewhere: without it, letters and links in the backup cannot be read.\n", path, total)
	return nil
}

func (w World) restore() *cobra.Command {
	return &cobra.Command{
		Use: "restore FILE", Short: "Put a backup into an empty database; letters are held until released", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			return w.withDatabase(cmd.Context(), func(db *store.DB) error {
				err := db.Load(cmd.Context(), f, func(table string, rows int) {
					fmt.Fprintf(w.Stderr, "  %-20s %d\n", table, rows)
				}, afterRestore)
				if err == nil {
					fmt.Fprintln(w.Stdout, "Restored. Everybody signs in anew, and no letter leaves until somebody releases them on the page Utkorgen.")
				}
				return err
			})
		},
	}
}

func (w World) adoptKey() *cobra.Command {
	return &cobra.Command{
		Use: "adopt-key", Short: "When the key file is lost: use the one that is here; links in letters sent before stop working", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Read(w.Environ)
			if err != nil {
				return err
			}
			office, err := officeOf(c)
			if err != nil {
				return err
			}
			return w.withDatabase(cmd.Context(), func(db *store.DB) error {
				err := db.Write(cmd.Context(), func(tx *store.Tx) error {
					return errors.Join(invite.Rekey(tx, office.Key), relay.Rekey(tx, office.Key), access.RekeyLinks(tx, office.Key), post.RekeyRecipients(tx, office.Key), access.AdoptKey(tx, office.Key))
				})
				if err == nil {
					fmt.Fprintln(w.Stdout, "The key file that is here is now this database's. Letters that waited to be sent are marked as failed when their turn comes.")
				}
				return err
			})
		},
	}
}

// afterRestore ends all sessions, makes the search index and holds the outbox: what the backup says is unsent may have been
// sent since it was made.
func afterRestore(tx *store.Tx) error {
	return errors.Join(access.Log(tx, access.System(), "restore backup", "installation", uuid.Nil), tx.DB.Where("TRUE").Delete(&access.Session{}).Error, secretariat.IndexAll(tx),
		post.HoldSending(tx, "Tjänsten är återställd från en säkerhetskopia. Brev som väntar kan redan vara skickade. Granska dem innan du släpper dem."))
}
