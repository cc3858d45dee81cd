package access

import (
	"testing"

	"github.com/alexedwards/argon2id"
)

func TestUnknownTakesAsLongAsAnyHash(t *testing.T) {
	params, _, _, err := argon2id.DecodeHash(unknown)
	if err != nil || *params != *argon2 {
		t.Errorf("the hash for unknown addresses has other parameters: %+v, %v", params, err)
	}
}
