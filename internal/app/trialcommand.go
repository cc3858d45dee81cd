package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"samverkan/internal/access"
	"samverkan/internal/config"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// trialLasts is for how long the command waits for another program on the same database that has taken the letter.
const trialLasts = time.Minute

func (w World) mailTest() *cobra.Command {
	return &cobra.Command{
		Use: "mail-test ADDRESS", Short: "Send a test letter and print what the mail server says; letters that wait are sent too", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := config.Read(w.Environ)
			if err != nil {
				return err
			}
			a, err := New(cmd.Context(), c, w.Version, slog.New(slog.NewJSONHandler(w.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), nil)
			if err != nil {
				return err
			}
			return errors.Join(w.tryMail(cmd.Context(), a, args[0]), a.Close())
		},
	}
}

// tryMail writes a test letter, sends it, and prints how it went. It fails when no server took it.
func (w World) tryMail(ctx context.Context, a *App, address string) error {
	var l *post.Letter
	if err := a.DB.Write(ctx, func(tx *store.Tx) (err error) {
		l, err = secretariat.TestMail(tx, access.System(), a.Office, address)
		return err
	}); err != nil {
		return err
	}
	fmt.Fprintf(w.Stdout, "written: %s\n", l.MessageID)
	if err := a.Sender.Drain(ctx); err != nil {
		return err
	}
	for end := time.Now().Add(trialLasts); ; time.Sleep(200 * time.Millisecond) {
		if err := a.DB.Read(ctx, func(tx *store.Tx) error { return tx.DB.Omit("sealed").First(l, "id = ?", l.ID).Error }); err != nil {
			return err
		}
		if l.State != post.Sending || time.Now().After(end) {
			break
		}
	}
	switch l.State {
	case post.Sent:
		fmt.Fprintf(w.Stdout, "sent: %s\n", l.Answer)
		if a.Office.Reads {
			fmt.Fprintln(w.Stdout, "Answer the letter: the program's log then has \"answer to a test letter\".")
		}
		return nil
	case post.Filed:
		fmt.Fprintf(w.Stdout, "kept as a file in %s/outbox: no SAMVERKAN_SMTP_URL is set\n", a.Config.DataDir)
		return nil
	case post.Queued:
		return errors.New("the letter waits: sending is held. Release it on the page Utkorgen")
	}
	return fmt.Errorf("not sent (%s): %s", l.State, l.Problem)
}
