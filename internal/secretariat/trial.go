package secretariat

import (
	"strings"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/mail"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// TestMail writes a letter that proves the way to an address. Where answers by mail are read it asks for one, to an
// address that only this letter has: the answer proves the way in. It refuses with fault.Invalid what is no
// address.
func TestMail(tx *store.Tx, by access.Actor, o Office, to string) (*post.Letter, error) {
	if err := by.Require(access.Coordinator, access.Administrator); err != nil {
		return nil, err
	}
	address, err := mail.ParseAddress(to)
	if err != nil {
		return nil, fault.At("to", err)
	}
	home, err := homeName(tx)
	if err != nil {
		return nil, err
	}
	l := by.Language
	body := l.Text("Brevet kom fram. Inget mer behöver göras.")
	if o.Reads {
		body = l.Text("Brevet kom fram. Svara på det, med vilka ord du vill: då vet tjänsten att svar också kommer in. Ingen läser det du skriver.")
	}
	d, err := o.plainDraft(post.MailTest, mail.Mailbox{Address: address}, l, post.Plain{
		Subject: l.Text("Provbrev från Samverkan"), Heading: l.Text("Provbrev från Samverkan"), Body: body, Municipality: home,
	})
	if err != nil {
		return nil, err
	}
	d.NotBefore = tx.Now
	token := o.Key.Token("trial", store.NewID().String(), 1)
	if !o.Plain { // as invitations have it: that such addresses work is a part of what is tried
		d.Mail.ReplyTo, d.Mail.EnvelopeFrom = o.address(token), o.address(token)
	}
	letter, err := o.post(tx, *d)
	if err != nil {
		return nil, err
	}
	if err := post.Try(tx, letter.ID, by.By(), token); err != nil {
		return nil, err
	}
	return letter, access.Log(tx, by, "send test letter", "letter", letter.ID)
}

// address is the service's mailbox with a token in it.
func (o Office) address(token string) string {
	local, domain, _ := strings.Cut(o.From, "@")
	return local + "+" + token + "@" + domain
}

// PlusExample shows what the addresses that answers go to look like.
func (o Office) PlusExample() string { return o.address("…") }

// tokens gives what stands after the plus in the addresses that a letter came to.
func (o Office) tokens(in *mail.Incoming) (all []string) {
	local, domain, _ := strings.Cut(strings.ToLower(o.From), "@")
	for _, address := range in.To {
		token, found := strings.CutPrefix(address, local+"+")
		if token, ours := strings.CutSuffix(token, "@"+domain); found && ours {
			all = append(all, token)
		}
	}
	return all
}

// takeTrial takes the answer to a test letter: by its own address, or by what it says that it answers. Nothing is kept
// of what it says.
func (o Office) takeTrial(tx *store.Tx, in *mail.Incoming) (taken bool, err error) {
	for _, token := range o.tokens(in) {
		t, err := post.TrialByToken(tx, token)
		if err != nil {
			return false, err
		}
		if t != nil {
			return true, post.Replied(tx, t, post.ByAddress)
		}
	}
	if len(in.Answers) == 0 || in.From.Address == "" || in.Authentic == mail.Forged {
		return false, nil
	}
	t, err := post.TrialByAnswer(tx, in.Answers, in.From.Address)
	if err != nil || t == nil {
		return false, err
	}
	return true, post.Replied(tx, t, post.ByThread)
}
