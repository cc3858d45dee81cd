package access

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Prefixes let a scanner of leaked secrets recognise our tokens.
const (
	feedPrefix = "feed_"
	apiPrefix  = "api_"
)

// APIToken lets a program act for an identity.
type APIToken struct {
	ID         uuid.UUID
	IdentityID uuid.UUID
	Name       string
	TokenHash  string
	Scopes     []string `gorm:"serializer:json"`
	CreatedAt  time.Time
	ExpiresAt  time.Time
	RevokedAt  *time.Time
	LastUsedAt *time.Time // to the minute
}

// tokenDays is for how long an API token is good at most.
const tokenDays = 366

// CreateAPIToken gives a token that is good for days and shown this once; only its hash is kept. An
// identity makes its own; the command line makes anybody's. It refuses with fault.Invalid.
func CreateAPIToken(tx *store.Tx, by Actor, identity uuid.UUID, name string, scopes []string, days int) (token string, err error) {
	if by.ID != identity && !by.system {
		return "", fault.Missing()
	}
	name, nameErr := fault.Line("name", name, 200)
	var scopeErr, daysErr error
	if len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return s != ScopeRead && s != ScopeWrite }) {
		scopeErr = fault.On("scope", "Välj vad nyckeln får göra.")
	}
	if days < 1 || days > tokenDays {
		daysErr = fault.On("days", "Välj hur länge nyckeln ska gälla, högst ett år.")
	}
	if err := fault.Join(nameErr, scopeErr, daysErr); err != nil {
		return "", err
	}
	token = apiPrefix + seal.Random()
	row := APIToken{ID: store.NewID(), IdentityID: identity, Name: name, TokenHash: seal.Hash(token), Scopes: scopes, CreatedAt: tx.Now, ExpiresAt: tx.Now.AddDate(0, 0, days)}
	if err := tx.DB.Create(&row).Error; err != nil {
		return "", err
	}
	return token, Log(tx, by, "create api token", "api-token", row.ID)
}

// ByAPIToken gives the actor that a bearer token stands for. It refuses with fault.Unauthorized
// when the token is unknown, revoked, too old or belongs to a disabled identity.
func ByAPIToken(tx *store.Tx, token string) (Actor, error) {
	var found []APIToken
	if err := tx.DB.Limit(1).Find(&found, "token_hash = ? AND revoked_at IS NULL AND expires_at > ?", seal.Hash(token), tx.Now).Error; err != nil {
		return Actor{}, err
	}
	if len(found) == 0 {
		return Actor{}, fault.New(fault.Unauthorized, "Åtkomstnyckeln gäller inte. Skapa en ny.")
	}
	actor, err := Load(tx, found[0].IdentityID)
	actor.Scopes = found[0].Scopes
	if used := found[0].LastUsedAt; used == nil || tx.Now.Sub(*used) > time.Minute {
		actor.unnoted = &found[0].ID
	}
	return actor, err
}

// Unnoted is true when it is time to note that the actor's API token was used.
func (a Actor) Unnoted() bool { return a.unnoted != nil }

// NoteUse remembers when the actor's API token was used, which its owner sees.
func NoteUse(tx *store.Tx, a Actor) error {
	return tx.DB.Model(&APIToken{}).Where("id = ?", a.unnoted).Update("last_used_at", tx.Now).Error
}

// APITokens lists an identity's tokens that are good, the newest first, for itself and administrators.
func APITokens(tx *store.Tx, by Actor, identity uuid.UUID) ([]APIToken, error) {
	if by.ID != identity {
		if err := by.Require(Administrator); err != nil {
			return nil, err
		}
	}
	var all []APIToken
	return all, tx.DB.Where("identity_id = ? AND revoked_at IS NULL AND expires_at > ?", identity, tx.Now).Order("created_at DESC, id").Find(&all).Error
}

// RevokeAPIToken ends a token of the actor's, or for an administrator anybody's. It is refused from
// the next request on.
func RevokeAPIToken(tx *store.Tx, by Actor, id uuid.UUID) error {
	q := tx.DB.Model(&APIToken{}).Where("id = ? AND revoked_at IS NULL", id)
	if !by.Is(Administrator) {
		q = q.Where("identity_id = ?", by.ID)
	}
	if err := store.Changed(q.Update("revoked_at", tx.Now)); err != nil {
		return err
	}
	return Log(tx, by, "revoke api token", "api-token", id)
}

// Level says how much of a meeting leaves the house, in feeds and invitations.
type Level string

// The levels, the least telling first.
const (
	Protected Level = "protected" // "Möte", busy, nothing more
	Neutral   Level = "neutral"   // the forum's neutral title
	Full      Level = "full"      // also the place, where the forum has said that it is not sensitive
)

// Lower gives the less telling of two levels: a feed may lower a forum's level, never raise it.
func Lower(a, b Level) Level {
	if a == Protected || b == Protected {
		return Protected
	}
	if a == Neutral || b == Neutral {
		return Neutral
	}
	return Full
}

// FeedSubscription is a calendar feed at a secret address.
type FeedSubscription struct {
	ID            uuid.UUID
	IdentityID    uuid.UUID
	Name          string // where it is used: "Min telefon"
	Level         Level
	Language      lang.Language
	TokenHash     string
	CreatedAt     time.Time
	RevokedAt     *time.Time
	LastFetchedAt *time.Time
	LastClient    string
	ForumID       *uuid.UUID // nil: every forum that its owner sees
	SkipsInvited  bool       // leaves out the meetings that its owner is invited to by mail
}

// Contents says which meetings a feed has.
type Contents struct {
	ForumID      *uuid.UUID // nil: of every forum that its owner sees
	SkipsInvited bool       // not those that its owner is invited to by mail
}

// Subscribe creates a feed for the actor. The token is shown this once; only its hash is kept. It
// refuses with fault.Invalid, naming each field, also when the actor does not see the forum.
func Subscribe(tx *store.Tx, by Actor, name string, level Level, what Contents) (feed *FeedSubscription, token string, err error) {
	name, nameErr := fault.Line("name", name, 200)
	var levelErr, forumErr error
	if level != Protected && level != Neutral && level != Full {
		levelErr = fault.On("level", "Välj hur mycket kalendern ska visa.")
	}
	sees, err := feedStands(tx, by, what.ForumID)
	if err != nil {
		return nil, "", err
	}
	if !sees {
		forumErr = fault.On("forumId", "Välj ett av forumen i listan.")
	}
	if err := fault.Join(nameErr, levelErr, forumErr); err != nil {
		return nil, "", err
	}
	token = feedPrefix + seal.Random()
	feed = &FeedSubscription{ID: store.NewID(), IdentityID: by.ID, Name: name, Level: level, Language: by.Language, TokenHash: seal.Hash(token), CreatedAt: tx.Now,
		ForumID: what.ForumID, SkipsInvited: what.SkipsInvited}
	if err := tx.DB.Create(feed).Error; err != nil {
		return nil, "", err
	}
	return feed, token, Log(tx, by, "create feed", "feed", feed.ID)
}

// feedStands tells whether the owner of a feed of one forum sees that forum now.
func feedStands(tx *store.Tx, owner Actor, forumID *uuid.UUID) (bool, error) {
	if forumID == nil {
		return true, nil
	}
	var n int64
	err := tx.DB.Table("forums").Scopes(owner.SeesForum(tx, "forums.id")).Where("forums.id = ? AND NOT forums.occasion", *forumID).Count(&n).Error
	return n > 0, err
}

// Subscriptions lists the actor's feeds that are in use, the newest first.
func Subscriptions(tx *store.Tx, by Actor) ([]FeedSubscription, error) {
	var feeds []FeedSubscription
	return feeds, tx.DB.Where("identity_id = ? AND revoked_at IS NULL", by.ID).Order("created_at DESC, id").Find(&feeds).Error
}

// Unsubscribe ends one of the actor's feeds. Its address answers 404 from the next request on.
func Unsubscribe(tx *store.Tx, by Actor, id uuid.UUID) error {
	ended := tx.DB.Model(&FeedSubscription{}).Where("id = ? AND identity_id = ? AND revoked_at IS NULL", id, by.ID).Update("revoked_at", tx.Now)
	if err := store.Changed(ended); err != nil {
		return err
	}
	return Log(tx, by, "revoke feed", "feed", id)
}

// ByFeedToken gives the feed at a secret address and the actor whose meetings it shows. It refuses
// with fault.NotFound whether the token is unknown, revoked or its owner disabled,
// or the owner no longer sees the only forum that it shows.
func ByFeedToken(tx *store.Tx, token string) (*FeedSubscription, Actor, error) {
	feed := &FeedSubscription{}
	if err := store.Found(tx.DB.First(feed, "token_hash = ? AND revoked_at IS NULL", seal.Hash(token)).Error); err != nil {
		return nil, Actor{}, err
	}
	owner, err := Load(tx, feed.IdentityID)
	if fault.KindOf(err) == fault.Unauthorized {
		err = fault.Missing()
	}
	if err != nil {
		return nil, Actor{}, err
	}
	stands, err := feedStands(tx, owner, feed.ForumID)
	if err == nil && !stands {
		err = fault.Missing()
	}
	return feed, owner, err
}

// Fetched notes that a client read a feed, at most once in ten minutes.
func Fetched(tx *store.Tx, feed uuid.UUID, client string) error {
	return tx.DB.Model(&FeedSubscription{}).
		Where("id = ? AND (last_fetched_at IS NULL OR last_fetched_at < ?)", feed, tx.Now.Add(-10*time.Minute)).
		Updates(map[string]any{"last_fetched_at": tx.Now, "last_client": clipped(client)}).Error
}

// clipped keeps as much of what a program calls itself as is worth showing.
func clipped(client string) string {
	client = strings.ToValidUTF8(client, "")
	if len(client) > 200 {
		client = strings.ToValidUTF8(client[:200], "")
	}
	return client
}

// Repeat is the answer that was given to a request with an Idempotency-Key.
type Repeat struct {
	ID          uuid.UUID
	IdentityID  uuid.UUID
	Key         string
	RequestHash string
	Status      int64
	Body        string
	CreatedAt   time.Time
}

// TableName is the table of Repeat.
func (Repeat) TableName() string { return "idempotency_keys" }

// FindRepeat gives the answer kept under key, nil when the key is new. It refuses with
// fault.Invalid when the key was used for another request.
func FindRepeat(tx *store.Tx, by Actor, key, requestHash string) (*Repeat, error) {
	var found []Repeat
	if err := tx.DB.Limit(1).Find(&found, "identity_id = ? AND key = ?", by.ID, key).Error; err != nil || len(found) == 0 {
		return nil, err
	}
	if found[0].RequestHash != requestHash {
		return nil, fault.On("Idempotency-Key", "Nyckeln har redan använts för en annan begäran. Välj en ny.")
	}
	return &found[0], nil
}

// KeepRepeat keeps an answer in the transaction that did the work. A twin that commits first makes
// this one fail with a duplicate, so the work is done once.
func KeepRepeat(tx *store.Tx, by Actor, r Repeat) error {
	r.ID, r.IdentityID, r.CreatedAt = store.NewID(), by.ID, tx.Now
	return tx.DB.Create(&r).Error
}
