package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"samverkan/internal/access"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// user is the command for accounts, for whoever has the machine.
func (w World) user() *cobra.Command {
	parent := &cobra.Command{Use: "user", Short: "Accounts: add, list, grant, password, token, disable"}
	parent.AddCommand(w.userAdd(), w.userList(), w.userGrant(), w.userPassword(), w.userToken(), w.userDisable())
	return parent
}

// checkRole refuses a role that is none, and lists those that are.
func checkRole(role string) error {
	if slices.Contains(access.Roles, access.Role(role)) {
		return nil
	}
	return fmt.Errorf("%q is no role: choose one of %s", role, strings.Trim(fmt.Sprint(access.Roles), "[]"))
}

func (w World) userAdd() *cobra.Command {
	var name, role, forumID, workGroup string
	var fromStdin bool
	add := &cobra.Command{
		Use: "add EMAIL", Short: "Add an account with a role", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkRole(role); err != nil {
				return err
			}
			password, shown, err := w.newPassword(cmd.InOrStdin(), fromStdin)
			if err != nil {
				return err
			}
			hash, err := access.HashPassword(password, args[0])
			if err != nil {
				return err
			}
			return w.withDatabase(cmd.Context(), func(db *store.DB) error {
				err := db.Write(cmd.Context(), func(tx *store.Tx) error {
					i, err := access.Join(tx, access.System(), name, args[0], hash, lang.Swedish)
					if err != nil {
						return err
					}
					return give(tx, i, role, forumID, workGroup)
				})
				if err == nil {
					fmt.Fprintf(w.Stdout, "%s is now %s.%s\n", args[0], role, shown)
				}
				return err
			})
		},
	}
	add.Flags().StringVar(&name, "name", "", "the person's name")
	add.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input; otherwise one is made and shown")
	roleFlags(add, &role, &forumID, &workGroup)
	_ = add.MarkFlagRequired("name")
	return add
}

func roleFlags(c *cobra.Command, role, forumID, workGroup *string) {
	c.Flags().StringVar(role, "role", "", "coordinator, member, manager, group-lead, registrar or administrator")
	c.Flags().StringVar(forumID, "forum", "", "only for the forum with this id in the plan file (member, coordinator)")
	c.Flags().StringVar(workGroup, "work-group", "", "for the work group with this id in the plan file (group-lead)")
	_ = c.MarkFlagRequired("role")
}

// newPassword reads one, or makes one and the words that show it.
func (w World) newPassword(in io.Reader, fromStdin bool) (password, shown string, err error) {
	if !fromStdin {
		password = seal.Random()[:20]
		return password, "\nPassword, shown this once: " + password, nil
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", "", err
	}
	return strings.TrimRight(line, "\r\n"), "", nil
}

func give(tx *store.Tx, i *access.Identity, role, forumID, workGroup string) error {
	g := access.Grant{IdentityID: i.ID, Role: access.Role(role)}
	if forumID != "" {
		id, known, err := store.ByExternalID(tx, &forum.Forum{}, forumID)
		if err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("no forum has the id %q", forumID)
		}
		g.ForumID = &id
	}
	if workGroup != "" {
		id, known, err := store.ByExternalID(tx, &partner.WorkGroup{}, workGroup)
		if err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("no work group has the id %q", workGroup)
		}
		g.WorkGroupID = &id
	}
	if g.Role == access.Member && g.ForumID == nil { // in the words of the command line
		return errors.New("a member belongs to a forum: say which with --forum")
	}
	return access.Give(tx, access.System(), g)
}

func (w World) userList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List accounts and their roles", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return w.withDatabase(cmd.Context(), func(db *store.DB) error {
				return db.Read(cmd.Context(), func(tx *store.Tx) error {
					all, err := access.Identities(tx, access.System())
					if err != nil {
						return err
					}
					table := tabwriter.NewWriter(w.Stdout, 0, 4, 2, ' ', 0)
					for _, i := range all {
						state := "disabled"
						if i.DisabledAt == nil {
							a, err := access.Load(tx, i.ID)
							if err != nil {
								return err
							}
							state = strings.Trim(fmt.Sprint(a.Roles), "[]")
						}
						fmt.Fprintf(table, "%s\t%s\t%s\n", i.Email, i.Name, state)
					}
					return table.Flush()
				})
			})
		},
	}
}

// change finds an account and does something with it.
func (w World) change(cmd *cobra.Command, email, done string, fn func(*store.Tx, *access.Identity) error) error {
	return w.withDatabase(cmd.Context(), func(db *store.DB) error {
		err := db.Write(cmd.Context(), func(tx *store.Tx) error {
			i, err := access.ByEmail(tx, email)
			if err != nil {
				return fmt.Errorf("nobody has an account with the address %s", email)
			}
			return fn(tx, i)
		})
		if err == nil {
			fmt.Fprintf(w.Stdout, "%s %s\n", email, done)
		}
		return err
	})
}

func (w World) userGrant() *cobra.Command {
	var role, forumID, workGroup string
	grant := &cobra.Command{
		Use: "grant EMAIL", Short: "Give an account one more role", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkRole(role); err != nil {
				return err
			}
			return w.change(cmd, args[0], "is now also "+role+".", func(tx *store.Tx, i *access.Identity) error {
				return give(tx, i, role, forumID, workGroup)
			})
		},
	}
	roleFlags(grant, &role, &forumID, &workGroup)
	return grant
}

func (w World) userPassword() *cobra.Command {
	var fromStdin bool
	password := &cobra.Command{
		Use: "password EMAIL", Short: "Give an account a new password", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, shown, err := w.newPassword(cmd.InOrStdin(), fromStdin)
			if err != nil {
				return err
			}
			hash, err := access.HashPassword(password, args[0])
			if err != nil {
				return err
			}
			return w.change(cmd, args[0], "has a new password."+shown, func(tx *store.Tx, i *access.Identity) error {
				return access.SetPassword(tx, access.System(), i.ID, hash)
			})
		},
	}
	password.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input; otherwise one is made and shown")
	return password
}

func (w World) userToken() *cobra.Command {
	var name string
	var readOnly bool
	var days int
	token := &cobra.Command{
		Use: "token EMAIL", Short: "Make an API token that acts for an account, shown this once", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			scopes := []string{access.ScopeRead, access.ScopeWrite}
			if readOnly {
				scopes = scopes[:1]
			}
			var made string
			err := w.change(cmd, args[0], "has a new API token.", func(tx *store.Tx, i *access.Identity) (err error) {
				made, err = access.CreateAPIToken(tx, access.System(), i.ID, name, scopes, days)
				return err
			})
			if err == nil {
				fmt.Fprintln(w.Stdout, made)
			}
			return err
		},
	}
	token.Flags().StringVar(&name, "name", "", "what uses the token")
	token.Flags().IntVar(&days, "days", 90, "for how many days it is good, at most 366")
	token.Flags().BoolVar(&readOnly, "read-only", false, "the token may change nothing")
	_ = token.MarkFlagRequired("name")
	return token
}

func (w World) userDisable() *cobra.Command {
	return &cobra.Command{
		Use: "disable EMAIL", Short: "End an account: sessions, feeds and tokens stop at once", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return w.change(cmd, args[0], "is disabled.", func(tx *store.Tx, i *access.Identity) error {
				return access.Disable(tx, access.System(), i.ID)
			})
		},
	}
}
