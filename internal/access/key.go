package access

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Fact is something about the installation itself.
type Fact struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

const keyFact = "key-fingerprint"

// ErrOtherKey says that the key file is not the one whose links stand in letters that were sent.
var ErrOtherKey = errors.New("the key file is not the one that this database was used with: put samverkan.key back from where it is kept. " +
	"If it is lost, samverkan adopt-key takes the one that is here; links in letters sent before then stop working")

// CheckKey remembers the key of a new database and refuses another one with ErrOtherKey: with it,
// new letters would carry links that open nothing.
func CheckKey(tx *store.Tx, key *seal.Key) error {
	var found []Fact
	if err := tx.DB.Limit(1).Find(&found, "name = ?", keyFact).Error; err != nil {
		return err
	}
	switch {
	case len(found) == 0:
		return tx.DB.Create(&Fact{keyFact, key.Fingerprint()}).Error
	case found[0].Value != key.Fingerprint():
		return ErrOtherKey
	}
	return nil
}

// AdoptKey makes key the one of this database.
func AdoptKey(tx *store.Tx, key *seal.Key) error {
	if err := tx.DB.Save(&Fact{keyFact, key.Fingerprint()}).Error; err != nil {
		return err
	}
	return Log(tx, System(), "adopt key", "installation", uuid.Nil)
}

// backupFact is when the last backup was whole.
const backupFact = "last-backup"

// BackedUp remembers that a backup was made and is whole.
func BackedUp(tx *store.Tx) error {
	return tx.DB.Save(&Fact{backupFact, tx.Now.Format(time.RFC3339)}).Error
}

// LastBackup tells when the last whole backup was made by this program, nil when none is known.
func LastBackup(tx *store.Tx) (*time.Time, error) {
	var found []Fact
	if err := tx.DB.Limit(1).Find(&found, "name = ?", backupFact).Error; err != nil || len(found) == 0 {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339, found[0].Value)
	return &at, err
}
