package secretariat

import (
	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/invite"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/minutes"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Appoint gives a role, or for an administrator's asks a second person first; waits tells which. It
// refuses as access.Give and access.Propose do.
func Appoint(tx *store.Tx, by access.Actor, g access.Grant) (waits bool, err error) {
	if g.Role == access.Administrator {
		return true, access.Propose(tx, by, g)
	}
	return false, access.Give(tx, by, g)
}

// InviteAccount makes an account with a role and writes to its owner, who chooses the password by
// the letter's link. It refuses with fault.Invalid.
func InviteAccount(tx *store.Tx, by access.Actor, o Office, name, email string, l lang.Language, g access.Grant) (*access.Identity, error) {
	i, err := access.Join(tx, by, name, email, "", l)
	if err := fault.Join(err, g.Check(tx)); err != nil { // every mistake at once
		return nil, err
	}
	g.IdentityID = i.ID
	if _, err := Appoint(tx, by, g); err != nil {
		return nil, err
	}
	return i, SendPasswordLink(tx, by, o, i.ID)
}

// SendPasswordLink writes to an account's owner with a link by which a password is chosen, for an
// administrator. It refuses with fault.Invalid a closed account.
func SendPasswordLink(tx *store.Tx, by access.Actor, o Office, id uuid.UUID) error {
	if err := by.Require(access.Administrator); err != nil {
		return err
	}
	i, err := access.FindIdentity(tx, by, id)
	if err != nil {
		return err
	}
	if i.DisabledAt != nil {
		return fault.New(fault.Invalid, "Kontot är avstängt. Öppna det först.")
	}
	purpose, token, err := access.NewLink(tx, by, i)
	if err != nil {
		return err
	}
	return o.passwordLetter(tx, i, purpose, token)
}

// Forgotten is the job that writes to whoever has forgotten the password. Known and unknown addresses
// give the same job, so that neither the page nor its time tells which is which.
type Forgotten struct {
	Email string `json:"email"`
}

// Kind is the job's stable name.
func (Forgotten) Kind() string { return "forgotten-password" }

// AskReset takes what was typed on the page for forgotten passwords; what is no address is nobody's.
// from is the address it came from. It refuses with fault.TooMany.
func AskReset(tx *store.Tx, email, from string) error {
	if err := access.CountReset(tx, from); err != nil {
		return err
	}
	email, err := mail.ParseAddress(email)
	if err != nil {
		return nil
	}
	return tx.Enqueue(Forgotten{Email: email}, tx.Now)
}

// SendReset writes the letter, when the address belongs to an account that is open.
func SendReset(tx *store.Tx, o Office, email string) error {
	i, purpose, token, err := access.NewReset(tx, email)
	if err != nil || i == nil {
		return err
	}
	return o.passwordLetter(tx, i, purpose, token)
}

func (o Office) passwordLetter(tx *store.Tx, i *access.Identity, purpose, token string) error {
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	l := i.Language
	plain := post.Plain{
		Subject: l.Text("Välj ett nytt lösenord"), Heading: l.Text("Välj ett nytt lösenord"), Municipality: home,
		Body: l.Text("Någon har bett om ett nytt lösenord till ditt konto i Samverkan. Länken gäller i 30 minuter och en gång."),
		Ask:  l.Text("Välj lösenord"), Link: o.BaseURL + "/reset/" + token,
		After: l.Text("Har du inte bett om det? Då behöver du inte göra något. Ditt lösenord är som förut."),
	}
	if purpose == access.ActivationPurpose {
		plain.Subject, plain.Heading = l.Text("Ditt konto i Samverkan"), l.Text("Du har fått ett konto i Samverkan")
		plain.Body = l.Text("Välj ett lösenord, så kan du logga in. Länken gäller i sju dagar och en gång.")
		plain.Link = o.BaseURL + "/activate/" + token
		plain.After = l.Text("Länken är din egen. Skicka den inte vidare.")
	}
	_, err = o.writePlain(tx, post.Account, mail.Mailbox{Name: i.Name, Address: i.Email}, l, plain)
	return err
}

// writePlain writes a letter that is not about a meeting, to leave at once.
func (o Office) writePlain(tx *store.Tx, kind post.Kind, to mail.Mailbox, l lang.Language, p post.Plain) (*post.Letter, error) {
	d, err := o.plainDraft(kind, to, l, p)
	if err != nil {
		return nil, err
	}
	d.NotBefore = tx.Now
	return o.post(tx, *d)
}

func (o Office) plainDraft(kind post.Kind, to mail.Mailbox, l lang.Language, p post.Plain) (*post.Draft, error) {
	rendered, err := post.RenderPlain(l, p)
	return o.draft(kind, p.Municipality, to, rendered), err
}

// TakenOver is what was moved from one coordinator to another.
type TakenOver struct {
	Drafts  int // notes that are not finalised
	Letters int // that wait to be written or sent
}

// TakeOver moves what an identity coordinates to another, for good: the forums and with them what is
// to be done and the letters that wait, and the notes that she has not finished. It refuses as
// access.MoveForums does.
func TakeOver(tx *store.Tx, by access.Actor, from, to uuid.UUID) (*TakenOver, error) {
	moved, err := access.MoveForums(tx, by, from, to)
	if err != nil {
		return nil, err
	}
	drafts, err := minutes.HandOver(tx, from, to)
	if err != nil {
		return nil, err
	}
	var forums []uuid.UUID // nil: all
	for _, g := range moved {
		if g.ForumID == nil {
			forums = nil
			break
		}
		forums = append(forums, *g.ForumID)
	}
	letters, err := invite.Waiting(tx, forums)
	return &TakenOver{int(drafts), int(letters)}, err
}
