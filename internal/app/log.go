package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/config"
	"samverkan/internal/lang"
	"samverkan/internal/store"
)

// log is the command for the log of who did and read what.
func (w World) log() *cobra.Command {
	parent := &cobra.Command{Use: "log", Short: "The log of who did and read what: verify, export"}
	parent.AddCommand(w.logVerify(), w.logExport())
	return parent
}

func (w World) logVerify() *cobra.Command {
	var head string
	verify := &cobra.Command{
		Use: "verify", Short: "Compute the chain of seals anew; says which does not hold", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			number, hash, err := parseHead(head)
			if err != nil {
				return err
			}
			return w.withDatabase(cmd.Context(), func(db *store.DB) error { return w.verifyLog(cmd.Context(), db, number, hash) })
		},
	}
	verify.Flags().StringVar(&head, "head", "", "a seal that a technical log kept elsewhere tells of, as NUMBER:HASH; it must be in the chain")
	return verify
}

func parseHead(text string) (number int64, hash string, err error) {
	if text == "" {
		return 0, "", nil
	}
	before, hash, found := strings.Cut(text, ":")
	number, err = strconv.ParseInt(before, 10, 64)
	if !found || err != nil || number < 1 {
		return 0, "", fmt.Errorf("--head is NUMBER:HASH, as the line \"log sealed\" has them")
	}
	return number, hash, nil
}

// verifyLog prints what was found and refuses when the chain does not hold.
func (w World) verifyLog(ctx context.Context, db *store.DB, number int64, hash string) error {
	c, err := access.VerifyLog(ctx, db, func(done, total int64) {
		if done%100 == 0 || done == total {
			fmt.Fprintf(w.Stderr, "  %d of %d seals\n", done, total)
		}
	})
	if err != nil {
		return err
	}
	for _, b := range c.Breaks {
		fmt.Fprintf(w.Stdout, "seal %d does not hold: %s\n", b.Number, b.Why.In(lang.English))
	}
	if number > 0 {
		if err := w.verifyHead(ctx, db, number, hash); err != nil {
			return err
		}
	}
	if !c.Holds() {
		return fmt.Errorf("%d of %d seals do not hold", len(c.Breaks), c.Head.Number)
	}
	fmt.Fprintf(w.Stdout, "%d seals hold, over %d entries. %d entries are not sealed yet.\nHead: %d:%s\n", c.Head.Number, c.Sealed, c.Unsealed, c.Head.Number, c.Head.Hash)
	return nil
}

// verifyHead refuses when the chain does not have a seal that it once had.
func (w World) verifyHead(ctx context.Context, db *store.DB, number int64, hash string) error {
	return db.Read(ctx, func(tx *store.Tx) error {
		s, err := access.FindSeal(tx, number)
		if err == nil && (s == nil || s.Hash != hash) {
			err = fmt.Errorf("seal %d is not the one that was told of elsewhere: seals were taken away or made anew", number)
		}
		return err
	})
}

func (w World) logExport() *cobra.Command {
	var from, to string
	export := &cobra.Command{
		Use: "export", Short: "Write the log as CSV to standard output; that it was done is logged", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Read(w.Environ)
			if err != nil {
				return err
			}
			var first, last almanac.Date
			if err := errors.Join(first.UnmarshalText([]byte(from)), last.UnmarshalText([]byte(to))); err != nil {
				return err
			}
			selection := access.LogSelection{}
			selection.From, selection.To = almanac.Days(first, last, c.Zone)
			return w.withDatabase(cmd.Context(), func(db *store.DB) error { return w.exportLog(cmd.Context(), db, selection) })
		},
	}
	export.Flags().StringVar(&from, "from", "", "first day, as 2026-10-01")
	export.Flags().StringVar(&to, "to", "", "last day, inclusive")
	return export
}

// exportLog logs first and then reads a snapshot: what is read may be long, and a writing transaction
// would be run again from its beginning, after some of it had been printed.
func (w World) exportLog(ctx context.Context, db *store.DB, s access.LogSelection) error {
	if err := db.Write(ctx, func(tx *store.Tx) error {
		return access.Log(tx, access.System(), "export log", "log", uuid.Nil)
	}); err != nil {
		return err
	}
	return db.Read(ctx, func(tx *store.Tx) error {
		rows, err := access.WriteLog(tx, access.System(), s, w.Stdout)
		if err == nil {
			fmt.Fprintf(w.Stderr, "  %d entries\n", rows)
		}
		return err
	})
}
