package access_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/partner"
	"samverkan/internal/seal"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func keyOf(t *testing.T, b byte) *seal.Key {
	t.Helper()
	key, err := seal.New(bytes.Repeat([]byte{b}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// somebody is a contact of an organisation.
func somebody(tx *store.Tx) (uuid.UUID, error) {
	o, err := partner.AddOrganisation(tx, access.System(), "Polisen", "statlig", nil)
	if err != nil {
		return uuid.Nil, err
	}
	c, err := partner.AddContact(tx, access.System(), partner.Reach{Name: "Hans Gran", Kind: partner.Person, Email: "hans@polis.example", OrganisationID: o.ID, Language: lang.Swedish})
	if err != nil {
		return uuid.Nil, err
	}
	return c.ID, nil
}

func TestGuestLinks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		key, object := keyOf(t, 1), store.NewID()
		var contact uuid.UUID
		var first string
		write := func(fn func(tx *store.Tx) error) {
			t.Helper()
			if err := db.Write(t.Context(), fn); err != nil {
				t.Fatal(err)
			}
		}
		opens := func(tx *store.Tx, purpose access.Purpose, token string, want bool) {
			t.Helper()
			if _, err := access.ByGuestToken(tx, purpose, token); (err == nil) != want || err != nil && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s opens: %v", token, err)
			}
		}
		write(func(tx *store.Tx) (err error) {
			if contact, err = somebody(tx); err != nil {
				return err
			}
			for range 2 { // a later letter repeats the link
				l, err := access.IssueLink(tx, key, access.ToNotes, object, contact)
				if err != nil {
					return err
				}
				if first == "" {
					first = l.Token(key)
				}
				if l.Token(key) != first || l.Generation != 1 {
					t.Errorf("another link: %+v", l)
				}
			}
			opens(tx, access.ToNotes, first, true)
			opens(tx, access.ToAction, first, false)
			return nil
		})
		var second string
		write(func(tx *store.Tx) error {
			if err := access.RevokeLinks(tx, access.ToNotes, object, []uuid.UUID{contact}); err != nil {
				return err
			}
			opens(tx, access.ToNotes, first, false)
			l, err := access.IssueLink(tx, key, access.ToNotes, object, contact)
			if err != nil {
				return err
			}
			second = l.Token(key)
			opens(tx, access.ToNotes, first, false)
			opens(tx, access.ToNotes, second, true)
			was, err := access.LinkByHash(tx, access.ToNotes, seal.Hash(first))
			if err != nil || was == nil || was.ID != l.ID {
				t.Errorf("the replaced link is forgotten: %v, %v", was, err)
			}
			return err
		})
		write(func(tx *store.Tx) error { // the key file was lost
			other := keyOf(t, 2)
			if err := access.RekeyLinks(tx, other); err != nil {
				return err
			}
			opens(tx, access.ToNotes, second, false)
			l, err := access.IssueLink(tx, other, access.ToNotes, object, contact)
			if err == nil {
				opens(tx, access.ToNotes, l.Token(other), true)
			}
			return err
		})
	})
}

// A code's hash cannot be searched for without the key, and two codes of the same digits look different.
func TestCodesAreKeptWithTheKey(t *testing.T) {
	storetest.EachClock(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		key := keyOf(t, 1)
		err := db.Write(t.Context(), func(tx *store.Tx) error {
			contact, err := somebody(tx)
			if err != nil {
				return err
			}
			made, digits, err := access.NewCode(tx, key, contact, "192.0.2.1")
			if err != nil {
				return err
			}
			if right, err := access.EnterCode(tx, keyOf(t, 2), contact, digits); err != nil || right {
				t.Errorf("with another key: %v, %v", right, err)
			}
			if made.CodeHash == seal.Hash(digits) || len(digits) != 6 {
				t.Errorf("kept as %s of %d digits", made.CodeHash, len(digits))
			}
			if _, stands, err := access.CodeStands(tx, made.ID); err != nil || !stands {
				t.Errorf("it stands: %v, %v", stands, err)
			}
			if right, err := access.EnterCode(tx, key, contact, digits); err != nil || !right {
				t.Errorf("the right code: %v, %v", right, err)
			}
			if right, err := access.EnterCode(tx, key, contact, digits); err != nil || right {
				t.Errorf("the right code twice: %v, %v", right, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		clock.Move(25 * time.Hour)
		if err := db.Write(t.Context(), func(tx *store.Tx) error {
			var codes, attempts int64
			if err := access.Tidy(tx); err != nil {
				return err
			}
			tx.DB.Model(&access.GuestCode{}).Count(&codes)
			tx.DB.Model(&access.Attempt{}).Count(&attempts)
			if codes != 0 || attempts != 0 {
				t.Errorf("%d codes and %d attempts are kept for ever", codes, attempts)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
