package access

import (
	"time"

	"github.com/google/uuid"

	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// Purpose is the one thing that a guest's link opens.
type Purpose string

// The purposes. Links of all but the last two are rows here; answers are invitations' own and items passed
// on their receivers'.
const (
	ToNotes    Purpose = "notes"     // finished notes of the contact's own forum
	ToAction   Purpose = "action"    // an action to report on
	ToApproval Purpose = "approval"  // a draft of minutes to agree on
	ToPoll     Purpose = "poll"      // a date poll
	ToDates    Purpose = "dates"     // the dates that another convener plans
	ToOverview Purpose = "overview"  // the contact's meetings of a year
	ToOpen     Purpose = "open"      // all open actions of the contact
	ToPlace    Purpose = "workplace" // a workplace, for its manager
	ToAnswer   Purpose = "answer"    // an invitation
	ToRelay    Purpose = "relay"     // items passed on
)

// GuestLink lets a contact without an account at one thing. It is kept as a hash: the token is made
// again from the key when a later letter repeats it. Whether it opens is looked up at each request:
// the contact's role may have ended.
type GuestLink struct {
	ID         uuid.UUID
	Purpose    Purpose
	ObjectID   uuid.UUID
	ContactID  uuid.UUID
	Generation int64 // raising it makes a new link
	LinkHash   string
	CreatedAt  time.Time
	RevokedAt  *time.Time
}

// Token gives the link's token. Its purpose stands first, so that a scanner of leaked secrets
// recognises it.
func (l GuestLink) Token(key *seal.Key) string {
	return string(l.Purpose) + "_" + key.Token(string(l.Purpose), l.ObjectID.String()+"|"+l.ContactID.String(), l.Generation)
}

// RetiredLink is a link that a newer one replaced. It opens nothing; its holder may ask for the
// newer one, which goes to the contact's address.
type RetiredLink struct {
	LinkHash  string `gorm:"primaryKey"`
	Purpose   Purpose
	ObjectID  uuid.UUID // the guest link, the invitation, or one of the items passed on
	RetiredAt time.Time
}

// IssueLink gives a contact's link to an object: the one that there is, or a new one when there is
// none or it was revoked.
func IssueLink(tx *store.Tx, key *seal.Key, purpose Purpose, object, contact uuid.UUID) (*GuestLink, error) {
	var found []GuestLink
	if err := tx.DB.Limit(1).Find(&found, "purpose = ? AND object_id = ? AND contact_id = ?", purpose, object, contact).Error; err != nil {
		return nil, err
	}
	if len(found) > 0 {
		if found[0].RevokedAt == nil {
			return &found[0], nil
		}
		return &found[0], RenewLink(tx, key, &found[0])
	}
	l := &GuestLink{ID: store.NewID(), Purpose: purpose, ObjectID: object, ContactID: contact, Generation: 1, CreatedAt: tx.Now}
	l.LinkHash = seal.Hash(l.Token(key))
	return l, tx.DB.Create(l).Error
}

// RenewLink makes a new link in the place of l, which opens nothing from then on.
func RenewLink(tx *store.Tx, key *seal.Key, l *GuestLink) error {
	if err := Retire(tx, l.Purpose, l.LinkHash, l.ID); err != nil {
		return err
	}
	l.Generation, l.RevokedAt = l.Generation+1, nil
	l.LinkHash = seal.Hash(l.Token(key))
	return tx.DB.Save(l).Error
}

// Retire remembers that a link was replaced.
func Retire(tx *store.Tx, purpose Purpose, hash string, object uuid.UUID) error {
	return tx.DB.Save(&RetiredLink{hash, purpose, object, tx.Now}).Error
}

// RetiredFor gives what a replaced link was for, and whether there was such a link.
func RetiredFor(tx *store.Tx, purpose Purpose, hash string) (object uuid.UUID, known bool, err error) {
	var found []RetiredLink
	err = tx.DB.Limit(1).Find(&found, "link_hash = ? AND purpose = ?", hash, purpose).Error
	if err != nil || len(found) == 0 {
		return uuid.Nil, false, err
	}
	return found[0].ObjectID, true, nil
}

// LinkedObjects gives what a contact has links of a purpose to that are not revoked.
func LinkedObjects(tx *store.Tx, purpose Purpose, contact uuid.UUID) (objects []uuid.UUID, err error) {
	return objects, tx.DB.Model(&GuestLink{}).Where("purpose = ? AND contact_id = ? AND revoked_at IS NULL", purpose, contact).
		Order("created_at, id").Pluck("object_id", &objects).Error
}

// RevokeLinks ends the links to an object that contacts hold; nil: everybody's.
func RevokeLinks(tx *store.Tx, purpose Purpose, object uuid.UUID, contacts []uuid.UUID) error {
	q := tx.DB.Model(&GuestLink{}).Where("purpose = ? AND object_id = ? AND revoked_at IS NULL", purpose, object)
	if contacts != nil {
		q = q.Where("contact_id IN ?", contacts)
	}
	return q.Update("revoked_at", tx.Now).Error
}

// RevokeLinksOf ends all links of a contact.
func RevokeLinksOf(tx *store.Tx, contact uuid.UUID) error {
	return tx.DB.Model(&GuestLink{}).Where("contact_id = ? AND revoked_at IS NULL", contact).Update("revoked_at", tx.Now).Error
}

// DropLinks removes the links to an object that is there no longer, and what they replaced.
func DropLinks(tx *store.Tx, purpose Purpose, object uuid.UUID) error {
	links := tx.DB.Model(&GuestLink{}).Select("id").Where("purpose = ? AND object_id = ?", purpose, object)
	if err := tx.DB.Where("purpose = ? AND object_id IN (?)", purpose, links).Delete(&RetiredLink{}).Error; err != nil {
		return err
	}
	return tx.DB.Where("purpose = ? AND object_id = ?", purpose, object).Delete(&GuestLink{}).Error
}

// LinksTo lists the links to an object, revoked ones too.
func LinksTo(tx *store.Tx, purpose Purpose, object uuid.UUID) ([]GuestLink, error) {
	var all []GuestLink
	return all, tx.DB.Order("created_at, id").Find(&all, "purpose = ? AND object_id = ?", purpose, object).Error
}

// ByGuestToken gives the link that a token stands for. It refuses with fault.NotFound whether the
// token is unknown, mistyped or revoked, after one look-up in an index. Whether the contact may
// still is for the caller to ask.
func ByGuestToken(tx *store.Tx, purpose Purpose, token string) (*GuestLink, error) {
	l := &GuestLink{}
	return l, store.Found(tx.DB.First(l, "link_hash = ? AND purpose = ? AND revoked_at IS NULL", seal.Hash(token), purpose).Error)
}

// FindLink gives a link by its id, nil when there is none.
func FindLink(tx *store.Tx, id uuid.UUID) (*GuestLink, error) {
	var found []GuestLink
	if err := tx.DB.Limit(1).Find(&found, "id = ?", id).Error; err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0], nil
}

// LinkByHash gives the link that a token with this hash stands for or stood for: also one that was
// revoked or replaced. It gives nil when there never was one.
func LinkByHash(tx *store.Tx, purpose Purpose, hash string) (*GuestLink, error) {
	var found []GuestLink
	if err := tx.DB.Limit(1).Find(&found, "link_hash = ? AND purpose = ?", hash, purpose).Error; err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return &found[0], nil
	}
	id, known, err := RetiredFor(tx, purpose, hash)
	if err != nil || !known {
		return nil, err
	}
	return FindLink(tx, id)
}

// RekeyLinks makes all links anew with another key: those that were sent stop working.
func RekeyLinks(tx *store.Tx, key *seal.Key) error {
	var all []GuestLink
	if err := tx.DB.Find(&all).Error; err != nil {
		return err
	}
	for _, l := range all {
		if err := tx.DB.Model(&GuestLink{}).Where("id = ?", l.ID).Update("link_hash", seal.Hash(l.Token(key))).Error; err != nil {
			return err
		}
	}
	return nil
}

// LinkRenewal is that somebody asked for a new link with an old one. Known and unknown ones are
// kept alike and worked later, so that neither the answer nor its time tells which it was.
type LinkRenewal struct {
	ID       uuid.UUID
	Purpose  Purpose
	LinkHash string
	At       time.Time
}

// Wishes for a new link from one address.
const (
	renewalsByAddress = 20
	renewalWindow     = time.Hour
)

// AskForLink keeps the wish. It refuses with fault.TooMany by the address it came from alone.
func AskForLink(tx *store.Tx, purpose Purpose, token, from string) error {
	subject := "renewal-from:" + from
	if err := Limit(tx, subject, renewalsByAddress, renewalWindow); err != nil {
		return err
	}
	if err := Count(tx, subject); err != nil {
		return err
	}
	return tx.DB.Create(&LinkRenewal{store.NewID(), purpose, seal.Hash(token), tx.Now}).Error
}

// LinksAsked lists the wishes that nobody has worked.
func LinksAsked(tx *store.Tx) (ids []uuid.UUID, err error) {
	return ids, tx.DB.Model(&LinkRenewal{}).Order("at, id").Pluck("id", &ids).Error
}

// TakeRenewal takes a wish to work it. It refuses with fault.NotFound when somebody else did.
func TakeRenewal(tx *store.Tx, id uuid.UUID) (*LinkRenewal, error) {
	r := &LinkRenewal{}
	if err := tx.Hold(r, id); err != nil {
		return nil, err
	}
	return r, store.Changed(tx.DB.Delete(&LinkRenewal{}, "id = ?", id))
}
