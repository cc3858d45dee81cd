package access

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"samverkan/internal/store"
)

// Session is one browser's session. Its token is hashed before it comes here.
type Session struct {
	TokenHash  string `gorm:"primaryKey"`
	ID         uuid.UUID
	IdentityID *uuid.UUID // nil: nobody has signed in
	Client     string     // the browser, as it calls itself
	Data       []byte
	BeganAt    time.Time
	SeenAt     time.Time
	ExpiresAt  time.Time
	EndedAt    *time.Time
}

// Holder is whose session some data is.
type Holder struct {
	Session  uuid.UUID // Nil: to be given one
	Identity *uuid.UUID
	Client   string
	Began    time.Time
}

// Sessions keeps scs's sessions in the database, so that several instances share them. One that has
// ended stays as a row until it runs out: a request that was under way then must not write it anew.
type Sessions struct {
	DB   *store.DB
	Read func(data []byte) Holder // of the data that scs keeps
}

var errNoContext = errors.New("access: sessions are kept with a context only")

// FindCtx gives a session's data, and false when it is not there or has ended. That it has run out is seen by the
// frame, by the product's own clock; scs asks the machine's.
func (s Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	var rows []Session
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		return tx.DB.Limit(1).Find(&rows, "token_hash = ? AND ended_at IS NULL", token).Error
	})
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	return rows[0].Data, true, nil
}

// CommitCtx keeps a session that has not ended.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	holder := s.Read(data)
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		if holder.Began.IsZero() {
			holder.Began = tx.Now
		}
		if holder.Session == uuid.Nil {
			holder.Session = store.NewID()
		}
		row := Session{TokenHash: token, ID: holder.Session, IdentityID: holder.Identity, Client: clipped(holder.Client), Data: data, BeganAt: holder.Began, SeenAt: tx.Now, ExpiresAt: expiry.UTC()}
		return tx.DB.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "token_hash"}},
			DoUpdates: clause.AssignmentColumns([]string{"identity_id", "client", "data", "seen_at", "expires_at"}),
			Where:     clause.Where{Exprs: []clause.Expression{clause.Expr{SQL: "sessions.ended_at IS NULL"}}},
		}).Create(&row).Error
	})
}

// DeleteCtx ends a session.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		return tx.DB.Model(&Session{}).Where("token_hash = ? AND ended_at IS NULL", token).Updates(ended(tx)).Error
	})
}

// ended is how a session's row is left: nobody's data.
func ended(tx *store.Tx) map[string]any { return map[string]any{"ended_at": tx.Now, "data": []byte{}} }

// Find, Commit and Delete complete scs's Store interface; scs calls the Ctx forms.
func (s Sessions) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit is never called.
func (s Sessions) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete is never called.
func (s Sessions) Delete(string) error { return errNoContext }

// SessionsOf lists the sessions of an identity that go on, the one seen last first, for itself and
// administrators. idle and longest are how long one may rest and last.
func SessionsOf(tx *store.Tx, by Actor, identity uuid.UUID, idle, longest time.Duration) ([]Session, error) {
	if by.ID != identity {
		if err := by.Require(Administrator); err != nil {
			return nil, err
		}
	}
	var all []Session
	err := tx.DB.Omit("data").Where("identity_id = ? AND ended_at IS NULL AND seen_at > ? AND began_at > ?", identity, tx.Now.Add(-idle), tx.Now.Add(-longest)).
		Order("seen_at DESC, id").Find(&all).Error
	return all, err
}

// EndSession ends one of the actor's own sessions, from the next request on.
func EndSession(tx *store.Tx, by Actor, id uuid.UUID) error {
	q := tx.DB.Model(&Session{}).Where("id = ? AND identity_id = ? AND ended_at IS NULL", id, by.ID).Updates(ended(tx))
	if err := store.Changed(q); err != nil {
		return err
	}
	return Log(tx, by, "end session", "session", id)
}

// EndSessions ends all sessions of an identity: its own, or for an administrator anybody's.
func EndSessions(tx *store.Tx, by Actor, identity uuid.UUID) error {
	if by.ID != identity {
		if err := by.Require(Administrator); err != nil {
			return err
		}
	}
	if err := endSessions(tx, identity); err != nil {
		return err
	}
	return Log(tx, by, "end sessions", "identity", identity)
}

func endSessions(tx *store.Tx, identity uuid.UUID) error {
	if err := tx.DB.Model(&Session{}).Where("identity_id = ? AND ended_at IS NULL", identity).Updates(ended(tx)).Error; err != nil {
		return err
	}
	return tx.DB.Model(&Identity{}).Where("id = ?", identity).Update("signed_out_at", tx.Now).Error
}
