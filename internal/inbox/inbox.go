// Package inbox is the door for letters: it reads the service's mailbox by IMAP and hands each
// letter to the desk, once. It reconnects at every poll, decides nothing itself, and answers nobody.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"

	"samverkan/internal/mail"
	"samverkan/internal/post"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
)

// Attempts at a letter before it is parked: one that cannot be handled must not block those behind it.
const attempts = 3

// Poller reads a mailbox.
type Poller struct {
	DB       *store.DB
	Office   secretariat.Office
	Server   *Server
	Authserv string // the name by which the receiving server signs Authentication-Results; empty: nobody's are believed
	Log      *slog.Logger
	Limit    time.Duration // for a whole poll; zero: 4 min

	busy sync.Mutex
}

// Poll handles what has come in since the last time. A second one that begins meanwhile does
// nothing. What fails is recorded, shown to coordinators and tried again by the next poll.
func (p *Poller) Poll(ctx context.Context) error {
	if !p.busy.TryLock() {
		return nil
	}
	defer p.busy.Unlock()
	limit := p.Limit
	if limit <= 0 {
		limit = 4 * time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := p.poll(ctx)
	if err == nil {
		return nil
	}
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	words := p.Server.hide(masked(err))
	recorded := p.DB.Write(note, func(tx *store.Tx) error { return post.MailboxFailed(tx, p.Server.Name(), words) })
	p.Log.Warn("mailbox not read", "mailbox", p.Server.Name(), "error", words)
	return recorded
}

// masked takes addresses out of a mail server's words: logs hold none.
func masked(err error) string {
	words := strings.Fields(err.Error())
	for i, w := range words {
		if strings.Contains(w, "@") {
			words[i] = "…"
		}
	}
	text := strings.Join(words, " ")
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:300])
	}
	return text
}

func (p *Poller) poll(ctx context.Context) error {
	folder, err := p.Server.open(ctx)
	if err != nil {
		return err
	}
	defer folder.close()
	var box *post.Mailbox
	if err := p.DB.Write(ctx, func(tx *store.Tx) (err error) {
		box, err = post.OpenMailbox(tx, p.Server.Name(), int64(folder.validity))
		return err
	}); err != nil {
		return err
	}
	uids, err := folder.list()
	if err != nil {
		return err
	}
	slices.Sort(uids)
	known, full, err := p.room(ctx, box)
	if err != nil {
		return err
	}
	floor, failed, left := box.UID, false, int64(0)
	var moving error // does not keep the next letter from being handled
	for _, uid := range uids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		fate := handled
		switch {
		case int64(uid) <= box.UID:
		case full && known[int64(uid)]: // not fetched each minute while a flood lasts
			fate = noRoom
		default:
			if fate, err = p.handle(ctx, folder, box, uid); err != nil {
				return err
			}
		}
		if fate == noRoom {
			full, left = true, left+1
		}
		if fate != handled {
			failed = true
			continue
		}
		if !failed {
			floor = max(floor, int64(uid))
		}
		if int64(uid) <= box.UID && !folder.moves {
			continue // marked as read already
		}
		if err := folder.putAway(uid); err != nil && moving == nil {
			moving = fmt.Errorf("moving handled mail: %w", err)
		}
	}
	return errors.Join(p.DB.Write(ctx, func(tx *store.Tx) error {
		return errors.Join(post.ReadTo(tx, box, floor), post.Left(tx, box, left))
	}), moving)
}

// room tells which letters were left in the mailbox for want of room, and whether there still is none.
func (p *Poller) room(ctx context.Context, box *post.Mailbox) (known map[int64]bool, full bool, err error) {
	err = p.DB.Read(ctx, func(tx *store.Tx) error {
		occupied, err := post.Occupancy(tx, p.Office.Parking)
		if err != nil {
			return err
		}
		full = occupied.Full
		known, err = box.Waiting(tx)
		return err
	})
	return known, full, err
}

// fate is what became of a letter.
type fate int

const (
	handled fate = iota
	later        // it could not be handled and will be tried again
	noRoom       // it stays in the mailbox until somebody has read what waits
)

// handle does what one letter asks for. The error is the mailbox's.
func (p *Poller) handle(ctx context.Context, folder *folder, box *post.Mailbox, uid imap.UID) (fate, error) {
	var before int64
	done := false
	if err := p.DB.Write(ctx, func(tx *store.Tx) (err error) {
		before, done, err = post.Arrived(tx, box, int64(uid))
		return err
	}); err != nil || done {
		return handled, err
	}
	head, err := folder.head(uid)
	if err != nil || head == nil { // somebody has taken it out of the folder meanwhile
		return handled, err
	}
	switch {
	case before >= attempts:
		return p.parkUnread(ctx, box, uid, head, secretariat.Unreadable)
	case head.size > mail.MaxIncoming:
		return p.parkUnread(ctx, box, uid, head, secretariat.TooLarge)
	}
	letter, err := folder.fetch(uid)
	if err != nil {
		return later, err
	}
	if len(letter) == 0 { // taken out after its head was read: no letter is without octets
		return handled, nil
	}
	in, err := mail.Read(letter, p.Authserv)
	if err != nil {
		return p.parkUnread(ctx, box, uid, head, secretariat.Unreadable)
	}
	outcome, err := p.take(ctx, box, uid, in)
	if errors.Is(err, post.ErrNoRoom) {
		return p.leave(ctx, box, uid)
	}
	if err != nil {
		p.Log.Error("letter not handled", "uid", uint32(uid), "attempt", before+1, "error", masked(err))
		return later, nil
	}
	p.Log.Info("letter received", "uid", uint32(uid), "outcome", outcome)
	return handled, nil
}

// leave lets a letter stay in the mailbox, unmoved.
func (p *Poller) leave(ctx context.Context, box *post.Mailbox, uid imap.UID) (fate, error) {
	err := p.DB.Write(ctx, func(tx *store.Tx) error { return post.Leave(tx, box, int64(uid)) })
	p.Log.Warn("letter left in the mailbox: too many wait for a person", "uid", uint32(uid))
	return noRoom, err
}

// take hands a letter to the desk, in a transaction of its own.
func (p *Poller) take(ctx context.Context, box *post.Mailbox, uid imap.UID, in *mail.Incoming) (outcome string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	err = p.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if outcome, err = secretariat.TakeReply(tx, p.Office, in); err != nil {
			return err
		}
		return post.Handled(tx, box, int64(uid))
	})
	return outcome, err
}

func (p *Poller) parkUnread(ctx context.Context, box *post.Mailbox, uid imap.UID, h *head, reason string) (fate, error) {
	key := h.messageID
	if key == "" {
		key = fmt.Sprintf("uid:%s:%d:%d", box.Name, box.Validity, uid)
	}
	err := p.DB.Write(ctx, func(tx *store.Tx) error {
		if err := secretariat.ParkUnread(tx, p.Office, key, reason, h.from, h.subject); err != nil {
			return err
		}
		return post.Handled(tx, box, int64(uid))
	})
	if errors.Is(err, post.ErrNoRoom) {
		return p.leave(ctx, box, uid)
	}
	p.Log.Warn("letter parked", "uid", uint32(uid), "reason", reason)
	return handled, err
}
