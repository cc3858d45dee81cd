package access

import (
	"context"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"samverkan/internal/fault"
)

// argon2 as OWASP and ASVS 11.4.2 ask: 19 MiB, two passes. The library's own default takes three
// times as long for no gain that a sign-in needs.
var argon2 = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashing keeps at most one hash a core at work: a flood of sign-ins must not take all memory.
var hashing = make(chan struct{}, runtime.NumCPU())

// unknown is compared against when nobody has the address, so that the answer takes as long. It is
// the hash of a password that no check would let through, with the parameters above: made here and
// not at the start, which would cost time and 19 MiB.
const unknown = "$argon2id$v=19$m=19456,t=2,p=1$TL5xQAskXFfobb39bhkp+A$U4hRZBA/Pa2w2Z/HCBhifb5NuIB+duuQta4B4y8tTHQ"

// HashPassword checks a new password and gives what is stored of it. It takes some 50 ms, so it is
// called before the transaction. It refuses with fault.Invalid one that is too short, or among those
// guessed first.
func HashPassword(password, email string) (string, error) {
	n := utf8.RuneCountInString(password)
	switch {
	case n < 12:
		return "", fault.On("password", "Välj ett lösenord med minst 12 tecken. Några ord efter varandra går bra.")
	case n > 256:
		return "", fault.On("password", "Välj ett lösenord med högst 256 tecken.")
	case email != "" && strings.Contains(strings.ToLower(password), strings.ToLower(email)):
		return "", fault.On("password", "Lösenordet får inte innehålla e-postadressen.")
	case common(password, email):
		return "", fault.On("password", "Lösenordet är lätt att gissa. Välj till exempel fyra ord som inte hör ihop.")
	}
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2id.CreateHash(password, argon2)
}

// matches compares a password with a hash, taking its turn among those at work.
func matches(ctx context.Context, password, hash string) (bool, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return false, ctx.Err()
	}
	defer func() { <-hashing }()
	return argon2id.ComparePasswordAndHash(password, hash)
}
