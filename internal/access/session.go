package access

import (
	"context"
	"errors"
	"time"

	"samverkan/internal/store"
)

// Session is one browser's session. Its token is hashed before it comes here.
type Session struct {
	TokenHash string `gorm:"primaryKey"`
	Data      []byte
	ExpiresAt time.Time
}

// Sessions keeps scs's sessions in the database, so that several instances share them.
type Sessions struct{ DB *store.DB }

var errNoContext = errors.New("access: sessions are kept with a context only")

// FindCtx gives a session's data, and false when it is not there. That it has run out is seen by the
// frame, by the product's own clock; scs asks the machine's.
func (s Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	var rows []Session
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.DB.Limit(1).Find(&rows, "token_hash = ?", token).Error
	})
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	return rows[0].Data, true, nil
}

// CommitCtx keeps a session.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		return tx.DB.Save(&Session{token, data, expiry.UTC()}).Error
	})
}

// DeleteCtx forgets a session.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		return tx.DB.Delete(&Session{}, "token_hash = ?", token).Error
	})
}

// Find, Commit and Delete complete scs's Store interface; scs calls the Ctx forms.
func (s Sessions) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit is never called.
func (s Sessions) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete is never called.
func (s Sessions) Delete(string) error { return errNoContext }
