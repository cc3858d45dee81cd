package post

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samverkan/internal/store"
)

// How a domain is gone easy on whose server says that letters come too fast: half the pace for an hour,
// and a pause that doubles each time that it says so again.
const (
	paceWindow  = time.Minute
	slowedFor   = time.Hour
	firstPause  = time.Minute
	longest     = time.Hour
	unknownPace = 60 // a minute, when no setting says how many
)

// Pace is how fast letters may go to one domain. The row is shared by all instances.
type Pace struct {
	Domain    string    `gorm:"primaryKey"`
	NotBefore time.Time // nothing is sent there until then
	Slowed    bool      // NotBefore is because the server there said that it goes too fast
	PerMinute int64     // what the server there seems to bear, for an hour after SlowedAt; 0: as the setting says
	Strikes   int64     // how many times it said so, each within an hour of the one before
	SlowedAt  *time.Time
	Words     string // the server's
}

// TableName is the table of Pace.
func (Pace) TableName() string { return "domain_paces" }

// Most is how many letters a minute the domain gets, given the setting; 0: no limit.
func (p Pace) Most(setting int64, now time.Time) int64 {
	if p.PerMinute == 0 || p.SlowedAt == nil || now.Sub(*p.SlowedAt) >= slowedFor || setting > 0 && setting < p.PerMinute {
		return setting
	}
	return p.PerMinute
}

// closed asks for the domains that nothing is sent to now; the letter's stands in column.
func closed(tx *store.Tx, column string) *gorm.DB {
	return tx.DB.Table("domain_paces").Select("1").Where("domain_paces.domain = "+column+" AND domain_paces.not_before > ?", tx.Now)
}

// Paces gives the domains that letters to wait now, by name.
func Paces(tx *store.Tx) (map[string]Pace, error) {
	var all []Pace
	err := tx.DB.Find(&all, "not_before > ?", tx.Now).Error
	byDomain := map[string]Pace{}
	for _, p := range all {
		byDomain[p.Domain] = p
	}
	return byDomain, err
}

// lockPace locks a domain's row, made when there is none: senders of several instances count one after the other.
func lockPace(tx *store.Tx, domain string) (*Pace, error) {
	find := func(p *Pace) error {
		return tx.DB.Clauses(clause.Locking{Strength: "UPDATE"}).Limit(1).Find(p, "domain = ?", domain).Error
	}
	p := &Pace{}
	if err := find(p); err != nil || p.Domain != "" {
		return p, err
	}
	fresh := Pace{Domain: domain, NotBefore: tx.Now}
	if err := tx.DB.Clauses(clause.OnConflict{DoNothing: true}).Create(&fresh).Error; err != nil {
		return nil, err
	}
	return p, find(p)
}

// turn gives how many letters a minute a domain may get, 0 for no limit, and whether it may get one now. Where
// no limit is set, and no server has asked for one, it locks nothing.
func turn(tx *store.Tx, domain string, setting int64) (most int64, open bool, err error) {
	p := &Pace{}
	if setting > 0 {
		p, err = lockPace(tx, domain)
	} else {
		err = tx.DB.Limit(1).Find(p, "domain = ?", domain).Error
	}
	return p.Most(setting, tx.Now), !p.NotBefore.After(tx.Now), err
}

// countTurn closes a domain that has got its letters of the last minute, until the oldest of them is a minute
// ago.
func countTurn(tx *store.Tx, domain string, most int64) error {
	if most == 0 {
		return nil
	}
	var nth []Letter
	err := tx.DB.Select("tried_at").Where("recipient_domain = ? AND tried_at > ?", domain, tx.Now.Add(-paceWindow)).
		Order("tried_at DESC").Offset(int(most) - 1).Limit(1).Find(&nth).Error
	if err != nil || len(nth) == 0 {
		return err
	}
	next := nth[0].TriedAt.Add(paceWindow)
	if err := tx.DB.Model(&Pace{}).Where("domain = ?", domain).Updates(map[string]any{"not_before": next, "slowed": false}).Error; err != nil {
		return err
	}
	return WakeAt(tx, next)
}

// slowDown heeds a server that says that letters come too fast, and gives when the next one may go. What was
// said while another letter was on its way already counts once.
func slowDown(tx *store.Tx, domain, words string, setting int64) (until time.Time, err error) {
	p, err := lockPace(tx, domain)
	if err != nil || p.Slowed && p.NotBefore.After(tx.Now) {
		return p.NotBefore, err
	}
	pace := p.Most(setting, tx.Now)
	if pace == 0 {
		pace = unknownPace
	}
	if p.SlowedAt == nil || tx.Now.Sub(*p.SlowedAt) >= slowedFor+longest {
		p.Strikes = 0
	}
	until = tx.Now.Add(min(firstPause<<min(p.Strikes, 6), longest))
	return until, tx.DB.Model(&Pace{}).Where("domain = ?", domain).Updates(map[string]any{
		"not_before": until, "slowed": true, "per_minute": max(1, pace/2), "strikes": p.Strikes + 1, "slowed_at": tx.Now, "words": words,
	}).Error
}
