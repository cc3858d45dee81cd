package mailtest

import (
	"errors"
	"strings"

	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-sasl"
)

// Token is the access token that the servers here take.
const Token = "giltig-biljett"

// bearer is the server's half of XOAUTH2. It asks for an empty line before it refuses, as Google and
// Microsoft do.
type bearer struct {
	in      func(user string) error
	refused bool
}

// Next reads user=…^Aauth=Bearer …^A^A.
func (b *bearer) Next(response []byte) (challenge []byte, done bool, err error) {
	if b.refused {
		return nil, true, errors.New("the token is not good")
	}
	if response == nil {
		return []byte{}, false, nil
	}
	user, rest, _ := strings.Cut(strings.TrimPrefix(string(response), "user="), "\x01")
	if rest != "auth=Bearer "+Token+"\x01\x01" {
		b.refused = true
		return []byte(`{"status":"401"}`), false, nil
	}
	return nil, true, b.in(user)
}

// tokenSession is an IMAP session that takes tokens too.
type tokenSession struct {
	imapserver.SessionIMAP4rev2
}

// AuthenticateMechanisms are offered beside LOGIN.
func (tokenSession) AuthenticateMechanisms() []string { return []string{"XOAUTH2"} }

// Authenticate signs in by token.
func (s tokenSession) Authenticate(string) (sasl.Server, error) {
	return &bearer{in: func(user string) error { return s.Login(user, mailboxPassword) }}, nil
}
