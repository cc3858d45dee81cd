// Package seal holds the key that lives in a file outside the database and its backup. From it
// come the tokens that a letter repeats, and the seal on letters that wait to be sent: a stolen
// backup alone opens no link and shows no letter.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Key is 256 secret bits. The zero Key is not used.
type Key struct {
	secret []byte
	cipher cipher.AEAD
}

// alphabet is lower-case base32: mail systems fold the case of addresses, and dictation does too.
var alphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Load reads the key from path, and makes one there when the file does not exist. It refuses a
// file that others than its owner may read, and a file that is not a key.
func Load(path string) (*Key, error) {
	text, err := os.ReadFile(path) // #nosec G304 -- a setting names the folder
	if errors.Is(err, fs.ErrNotExist) {
		return create(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the key file: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("the key file %s may be read by others (mode %04o): set it to 0600", path, info.Mode().Perm())
	}
	secret, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(secret) != 32 {
		return nil, fmt.Errorf("the key file %s does not hold a key: put back the one that was made with the database", path)
	}
	return New(secret)
}

func create(path string) (*Key, error) {
	secret := make([]byte, 32)
	rand.Read(secret)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// O_EXCL: of two programs that start at once, one makes the key and the other reads it.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- a setting names the folder
	if errors.Is(err, fs.ErrExist) {
		return Load(path)
	}
	if err != nil {
		return nil, fmt.Errorf("the key file: %w", err)
	}
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(secret) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("the key file: %w", err)
	}
	return New(secret)
}

// New makes a Key of 32 secret bytes.
func New(secret []byte) (*Key, error) {
	block, err := aes.NewCipher(derive(secret, "seal"))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Key{secret: derive(secret, "token"), cipher: aead}, nil
}

// derive keeps the two uses of one secret apart.
func derive(secret []byte, use string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("samverkan|" + use))
	return mac.Sum(nil)
}

// Fingerprint tells one key from another and nothing else about it.
func (k *Key) Fingerprint() string {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte("fingerprint"))
	return hex.EncodeToString(mac.Sum(nil))[:16]
}

// Token is the same 26 lower-case letters and digits, 130 bits, for the same purpose, id and generation
// every time, so that a later letter can repeat the link of an earlier one. Raising the generation revokes.
func (k *Key) Token(purpose, id string, generation int64) string {
	mac := hmac.New(sha256.New, k.secret)
	fmt.Fprintf(mac, "%s|%s|%d", purpose, id, generation)
	return alphabet.EncodeToString(mac.Sum(nil))[:26]
}

// Random is a new token of 256 bits from the system's source.
func Random() string {
	b := make([]byte, 32)
	rand.Read(b)
	return alphabet.EncodeToString(b)
}

// Digits are six random digits, each as likely as the others: a code that a person types.
func Digits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // the system's source does not fail
	}
	return fmt.Sprintf("%06d", n)
}

// Hash is what is kept of a token. A token is looked up by its hash in an index, so that the time
// the look-up takes says nothing about how close a guess came.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// token is how tokens of Token and Random stand in a text: in an address after their prefix, or in a
// mailbox after its plus.
var token = regexp.MustCompile(`\b([a-z]+_|\+)[a-z2-7]{26,52}\b`)

// Mask takes the tokens out of a text that somebody else than their owner reads.
func Mask(text string) string { return token.ReplaceAllString(text, "$1•••") }

// Seal encrypts plain, bound to name so that one row's bytes cannot be put in another's place.
func (k *Key) Seal(plain []byte, name string) []byte {
	return k.cipher.Seal(nil, nil, plain, []byte(name)) // #nosec G407 -- NewGCMWithRandomNonce draws the nonce itself and takes none
}

// Open is the way back. It fails when the key or the name is another, or a bit has changed.
func (k *Key) Open(sealed []byte, name string) ([]byte, error) {
	plain, err := k.cipher.Open(nil, nil, sealed, []byte(name))
	if err != nil {
		return nil, errors.New("seal: made with another key, or damaged")
	}
	return plain, nil
}
