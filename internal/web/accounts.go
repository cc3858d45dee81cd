package web

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/fault"
	"samverkan/internal/forum"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/secretariat"
	"samverkan/internal/serve"
	"samverkan/internal/store"
)

type accountsView struct {
	Page
	Accounts  []accountRow
	Proposals []access.Proposal
	Zone      *time.Location
}

// accountRow is one line of the list.
type accountRow struct {
	access.Identity
	Roles []held
}

// accounts lists everybody who can sign in.
func (w *Web) accounts(c *gin.Context) error {
	view := accountsView{Page: w.frameOf(c, "accounts", "Konton"), Zone: w.Office.Zone}
	if err := w.read(c, func(tx *store.Tx) error {
		everyone, err := access.Identities(tx, actor(c))
		if err != nil {
			return err
		}
		grants, err := access.Grants(tx, actor(c))
		if err != nil {
			return err
		}
		roles, err := named(tx, actor(c), grants)
		if err != nil {
			return err
		}
		for _, i := range everyone {
			row := accountRow{Identity: i}
			for _, g := range roles {
				if g.IdentityID == i.ID {
					row.Roles = append(row.Roles, g)
				}
			}
			view.Accounts = append(view.Accounts, row)
		}
		view.Proposals, err = access.Proposals(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	return w.show(c, http.StatusOK, "accounts", view)
}

// scopes is what a role can be for.
type scopes struct {
	Roles      []access.Role
	Forums     []forum.Title
	WorkGroups []partner.WorkGroup
}

func (s *scopes) load(tx *store.Tx, by access.Actor) (err error) {
	s.Roles = access.Roles
	if s.Forums, err = forum.Titles(tx, by); err != nil {
		return err
	}
	s.WorkGroups, err = partner.WorkGroups(tx, by)
	return err
}

type oneAccountView struct {
	Page
	scopes
	Form     url.Values
	Identity *access.Identity // nil: a new one
	Held     []held
	Sessions []access.Session
	Tokens   []access.APIToken
	Zone     *time.Location
	Takers   []access.Identity
	Waits    []access.Proposal // of this account
}

func (w *Web) newAccount(c *gin.Context) error {
	return w.showNewAccount(c, url.Values{"language": {"sv"}}, nil)
}

func (w *Web) showNewAccount(c *gin.Context, f url.Values, refused error) error {
	view := oneAccountView{Page: w.frameOf(c, "accounts", "Nytt konto"), Form: f}
	if err := w.read(c, func(tx *store.Tx) error { return view.load(tx, actor(c)) }); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "account-new", func() any { return view })
	}
	return w.show(c, http.StatusOK, "account-new", view)
}

// grantFields are the fields of a form that gives a role.
var grantFields = []string{"role", "forumId", "workGroupId", "from", "to"}

// grantOf reads a role with its scope and its days: from the first day's beginning to the last one's end.
func (w *Web) grantOf(f url.Values) (access.Grant, error) {
	g := access.Grant{Role: access.Role(f.Get("role")), ForumID: optionalID(f.Get("forumId")), WorkGroupID: optionalID(f.Get("workGroupId"))}
	from, to, err := w.daysOf(f)
	if from != nil {
		g.ValidFrom = *from
	}
	g.ValidTo = to
	return g, err
}

// daysOf reads from and to, either of which may be empty. A first day that is today begins now.
func (w *Web) daysOf(f url.Values) (from, to *time.Time, err error) {
	today := w.today()
	first, fromErr := optionalDay(f, "from", today)
	last, toErr := optionalDay(f, "to", today)
	begin, end := almanac.Days(first, last, w.Office.Zone)
	if first.After(today) {
		begin = begin.UTC()
		from = &begin
	}
	if !last.IsZero() {
		end = end.UTC()
		to = &end
	}
	return from, to, fault.Join(fromErr, toErr)
}

// optionalDay reads a day that a form may leave out; zero when it does. Without a year it is the first one
// from then on.
func optionalDay(f url.Values, name string, from almanac.Date) (d almanac.Date, err error) {
	if f.Get(name) != "" {
		d, err = almanac.ParseDate(f.Get(name), from)
	}
	return d, fault.At(name, err)
}

func (w *Web) addAccount(c *gin.Context) error {
	f, err := form(c, append([]string{"name", "email", "language"}, grantFields...)...)
	if err != nil {
		return err
	}
	g, err := w.grantOf(f)
	var made *access.Identity
	if err == nil {
		err = w.write(c, func(tx *store.Tx) (err error) {
			made, err = secretariat.InviteAccount(tx, actor(c), w.Office, f.Get("name"), f.Get("email"), lang.Parse(f.Get("language")), g)
			return err
		})
	}
	if err != nil {
		return w.showNewAccount(c, f, err)
	}
	w.sendsSoon()
	return w.done(c, "Kontot är skapat. Ett brev med en länk är på väg.", "/accounts/"+made.ID.String())
}

func (w *Web) oneAccount(c *gin.Context) error { return w.showOneAccount(c, url.Values{}, nil) }

func (w *Web) showOneAccount(c *gin.Context, f url.Values, refused error) error {
	accountID, err := id(c, "id")
	if err != nil {
		return err
	}
	a := actor(c)
	view := oneAccountView{Form: f, Zone: w.Office.Zone}
	if err := w.read(c, func(tx *store.Tx) error {
		var err error
		if view.Identity, err = access.FindIdentity(tx, a, accountID); err != nil {
			return err
		}
		grants, err := access.GrantsOf(tx, a, accountID)
		if err != nil {
			return err
		}
		if view.Held, err = named(tx, a, grants); err != nil {
			return err
		}
		if view.Sessions, err = access.SessionsOf(tx, a, accountID, serve.IdleTime, serve.AbsoluteTime); err != nil {
			return err
		}
		if view.Tokens, err = access.APITokens(tx, a, accountID); err != nil {
			return err
		}
		if view.Takers, err = access.Colleagues(tx, a); err != nil {
			return err
		}
		waiting, err := access.Proposals(tx, a)
		for _, p := range waiting {
			if p.IdentityID == accountID {
				view.Waits = append(view.Waits, p)
			}
		}
		if err != nil {
			return err
		}
		return view.load(tx, a)
	}); err != nil {
		return err
	}
	view.Page = w.frameOf(c, "accounts", "Konto: %s", view.Identity.Name)
	if refused != nil {
		return w.again(c, refused, &view.Page, "account-one", func() any { return view })
	}
	return w.show(c, http.StatusOK, "account-one", view)
}

// Coordinates tells whether the account coordinates something that can be taken over.
func (v oneAccountView) Coordinates() bool {
	for _, g := range v.Held {
		if g.Role == access.Coordinator && g.DeputyForID == nil {
			return true
		}
	}
	return false
}

func (w *Web) giveGrant(c *gin.Context) error {
	accountID, err := id(c, "id")
	if err != nil {
		return err
	}
	f, err := form(c, grantFields...)
	if err != nil {
		return err
	}
	g, err := w.grantOf(f)
	g.IdentityID = accountID
	waits := false
	if err == nil {
		err = w.write(c, func(tx *store.Tx) (err error) {
			if _, err := access.FindIdentity(tx, actor(c), accountID); err != nil {
				return err
			}
			waits, err = secretariat.Appoint(tx, actor(c), g)
			return err
		})
	}
	if err != nil {
		return w.showOneAccount(c, f, err)
	}
	if waits {
		return w.done(c, "Någon annan behöver godkänna att personen blir administratör.", "/accounts/"+accountID.String())
	}
	return w.done(c, "Rollen är given.", "/accounts/"+accountID.String())
}

func (w *Web) takeBackGrant(c *gin.Context) error {
	grantID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	var owner uuid.UUID
	err = w.write(c, func(tx *store.Tx) error {
		g, err := access.FindGrant(tx, actor(c), grantID)
		if err != nil {
			return err
		}
		owner = g.IdentityID
		return access.TakeBack(tx, actor(c), grantID)
	})
	if fault.KindOf(err) == fault.Invalid {
		return w.refusedAt(c, owner, err)
	}
	if err != nil {
		return err
	}
	return w.done(c, "Rollen är återtagen. Det gäller genast.", "/accounts/"+owner.String())
}

// refusedAt shows an account's page with what was refused on it.
func (w *Web) refusedAt(c *gin.Context, account uuid.UUID, refused error) error {
	c.Params = gin.Params{{Key: "id", Value: account.String()}}
	return w.showOneAccount(c, url.Values{}, refused)
}

// onAccount does something with the account that the address names.
func (w *Web) onAccount(c *gin.Context, notice string, verb func(*store.Tx, uuid.UUID) error) error {
	accountID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return verb(tx, accountID) })
	if fault.KindOf(err) == fault.Invalid {
		return w.showOneAccount(c, url.Values{}, err)
	}
	if err != nil {
		return err
	}
	w.sendsSoon()
	return w.done(c, notice, "/accounts/"+accountID.String())
}

func (w *Web) sendPasswordLink(c *gin.Context) error {
	return w.onAccount(c, "Ett brev med en länk är på väg.", func(tx *store.Tx, id uuid.UUID) error {
		return secretariat.SendPasswordLink(tx, actor(c), w.Office, id)
	})
}

func (w *Web) disableAccount(c *gin.Context) error {
	return w.onAccount(c, "Kontot är avstängt. Det gäller genast.", func(tx *store.Tx, id uuid.UUID) error { return access.Disable(tx, actor(c), id) })
}

func (w *Web) enableAccount(c *gin.Context) error {
	return w.onAccount(c, "Kontot är öppnat.", func(tx *store.Tx, id uuid.UUID) error { return access.Enable(tx, actor(c), id) })
}

func (w *Web) resetFactor(c *gin.Context) error {
	return w.onAccount(c, "Tvåstegsinloggningen är avstängd.", func(tx *store.Tx, id uuid.UUID) error { return access.RemoveFactor(tx, actor(c), id) })
}

func (w *Web) endAllSessions(c *gin.Context) error {
	return w.onAccount(c, "Inloggningarna är avslutade.", func(tx *store.Tx, id uuid.UUID) error { return access.EndSessions(tx, actor(c), id) })
}

type proposalsView struct {
	Page
	Proposals []access.Proposal
	Zone      *time.Location
}

// proposals shows a manager, or an administrator, what waits for a second person.
func (w *Web) proposals(c *gin.Context) error { return w.showProposals(c, nil) }

func (w *Web) showProposals(c *gin.Context, refused error) error {
	view := proposalsView{Page: w.frameOf(c, "", "Ny administratör"), Zone: w.Office.Zone}
	if err := w.read(c, func(tx *store.Tx) (err error) {
		view.Proposals, err = access.Proposals(tx, actor(c))
		return err
	}); err != nil {
		return err
	}
	if refused != nil {
		return w.again(c, refused, &view.Page, "proposals", func() any { return view })
	}
	return w.show(c, http.StatusOK, "proposals", view)
}

func (w *Web) approveProposal(c *gin.Context) error  { return w.decide(c, true) }
func (w *Web) turnDownProposal(c *gin.Context) error { return w.decide(c, false) }

func (w *Web) decide(c *gin.Context, approve bool) error {
	proposalID, err := id(c, "id")
	if err != nil {
		return err
	}
	if _, err := form(c); err != nil {
		return err
	}
	err = w.write(c, func(tx *store.Tx) error { return access.Decide(tx, actor(c), proposalID, approve) })
	if fault.KindOf(err) == fault.Invalid {
		return w.showProposals(c, err)
	}
	if err != nil {
		return err
	}
	return w.done(c, "Ditt beslut är sparat.", "/grant-proposals")
}
