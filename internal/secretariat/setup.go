package secretariat

import (
	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
	"samverkan/internal/partner"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// SetUp uses the one-hour link of an empty installation: it names the municipality and makes the
// first account, which coordinates and administers until there are more. hash comes from
// access.HashPassword. It refuses with fault.NotFound when the link is used up or too old.
func SetUp(tx *store.Tx, token, municipality, name, email, hash string, l lang.Language) (*access.Identity, error) {
	if _, err := access.UseOneTimeToken(tx, access.SetUpPurpose, token); err != nil {
		return nil, err
	}
	by := access.System()
	_, homeErr := partner.Establish(tx, by, municipality)
	first, joinErr := access.Join(tx, by, name, email, hash, l)
	if err := fault.Join(homeErr, joinErr); err != nil {
		return nil, err
	}
	for _, role := range []access.Role{access.Coordinator, access.Administrator} {
		if err := access.Give(tx, by, access.Grant{IdentityID: first.ID, Role: role}); err != nil {
			return nil, err
		}
	}
	return first, nil
}

// TestMail writes a letter that proves the way to an address, and nothing else.
func TestMail(tx *store.Tx, by access.Actor, o Office, to string) error {
	if err := by.Require(access.Coordinator, access.Administrator); err != nil {
		return err
	}
	address, err := mail.ParseAddress(to)
	if err != nil {
		return fault.At("to", err)
	}
	home, err := homeName(tx)
	if err != nil {
		return err
	}
	l := by.Language
	letter, err := o.writePlain(tx, post.MailTest, mail.Mailbox{Address: address}, l, post.Plain{
		Subject: l.Text("Testbrev från Samverkan"), Heading: l.Text("Testbrev från Samverkan"), Body: l.Text("Brevet kom fram. Inget mer behöver göras."), Municipality: home,
	})
	if err != nil {
		return err
	}
	return access.Log(tx, by, "send test letter", "letter", letter.ID)
}
