package post

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/mail"
	"samverkan/internal/seal"
	"samverkan/internal/store"
)

// How the sender works.
const (
	connections = 2                // the bound on doubles after a crash is letters in flight
	leaseTime   = 60 * time.Second // a dead sender's letter is taken over after at most this
	leaseRenew  = 20 * time.Second
	sweepEvery  = 30 * time.Second // the safety net under River's wake jobs
	landWithin  = 12 * time.Second // for letters in flight when the program is told to end
)

// When a letter that was refused for now is tried again, after the n-th attempt; then it is given
// up and shown to a person.
var retryAfter = []time.Duration{1 * time.Minute, 5 * time.Minute, 15 * time.Minute, 1 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// Tries is how many times a letter that is refused for now is tried before it is given up.
var Tries = len(retryAfter) + 1

// When a letter that may have arrived is tried again (RFC 5321 §4.5.3.2.6 has us wait for the
// answer itself; trying in a hurry made 127 copies of 20 letters elsewhere).
var askAgainAfter = []time.Duration{15 * time.Minute, 1 * time.Hour, 4 * time.Hour}

// parked is long after any letter matters: a letter of unknown fate that only a person takes up.
const parked = 100 * 365 * 24 * time.Hour

// errLeaseLost stops a delivery right before its final dot.
var errLeaseLost = errors.New("post: another sender has taken the letter over")

// Sender hands letters over. Several may run, in one program or many, on one database.
type Sender struct {
	DB   *store.DB
	Key  *seal.Key
	Mail mail.Dialer
	// Filing is true when Mail keeps letters as files because there is no mail server.
	Filing bool
	// Owed writes the letters that have become due. It is run before each look.
	Owed func(context.Context) error
	// Entitled looks once more whether the letter may go; nil: always. A letter that may not is
	// marked Withdrawn.
	Entitled func(*store.Tx, *Letter) (bool, error)
	// PerMinute is how many letters a minute one recipient domain gets; zero: no limit.
	PerMinute int64
	Log       *slog.Logger

	poke chan struct{}
	once sync.Once
}

func (s *Sender) pokes() chan struct{} {
	s.once.Do(func() { s.poke = make(chan struct{}, 1) })
	return s.poke
}

// Poke makes Run look now. It never waits.
func (s *Sender) Poke() {
	select {
	case s.pokes() <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends, and then lets letters in flight end.
func (s *Sender) Run(ctx context.Context) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := s.Drain(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("sending letters", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-s.pokes():
		case <-ticker.C:
		}
	}
}

// Drain writes what is owed and sends everything that is due now, over two connections.
func (s *Sender) Drain(ctx context.Context) error {
	var group sync.WaitGroup
	failures := make([]error, connections, connections+1)
	if s.Owed != nil { // one that cannot be written does not stop those that are
		failures = append(failures, s.Owed(ctx))
	}
	for i := range connections {
		group.Go(func() { failures[i] = s.sendAll(ctx) })
	}
	group.Wait()
	return errors.Join(failures...)
}

// sendAll sends over one connection, reused, until nothing is due.
func (s *Sender) sendAll(ctx context.Context) error {
	flight, landed := inFlight(ctx)
	defer landed()
	var conn mail.Conn
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	for ctx.Err() == nil {
		l, err := s.next(flight)
		if err != nil || l == nil {
			return err
		}
		if conn != nil && conn.Broken() {
			conn.Close()
			conn = nil
		}
		if conn == nil {
			if conn, err = s.Mail.Dial(flight); err != nil {
				// No letter was judged: this one waits, and so do the others until the next look.
				conn = nil
				return s.postpone(ctx, l, err)
			}
		}
		if err := s.send(flight, conn, l); err != nil {
			return err
		}
	}
	return nil
}

// inFlight gives the context of a letter that has been claimed: it outlives ctx for as long as a server
// that is well takes to answer. Cutting a conversation off at its final dot makes a double of the letter.
func inFlight(ctx context.Context) (flight context.Context, landed func()) {
	flight, cut := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(landWithin):
			cut()
		case <-flight.Done():
		}
	})
	return flight, func() { stop(); cut() }
}

// next claims the next letter. It skips letters whose right is gone.
func (s *Sender) next(ctx context.Context) (*Letter, error) {
	for {
		var l *Letter
		entitled := true
		err := s.DB.Write(ctx, func(tx *store.Tx) (err error) {
			l, err = claim(tx, uuid.NewString(), tx.Now.Add(leaseTime), s.PerMinute)
			if err != nil || l == nil || s.Entitled == nil {
				return err
			}
			if entitled, err = s.Entitled(tx, l); err != nil || entitled {
				return err
			}
			return ours(tx.DB.Model(&Letter{}), l.ID, l.Lease).
				Updates(map[string]any{"state": Withdrawn, "settled_at": tx.Now, "sealed": nil, "tried_at": nil}).Error
		})
		if err != nil || l == nil || entitled {
			return l, err
		}
	}
}

// send hands one letter over, with its lease renewed meanwhile, and records what became of it.
func (s *Sender) send(ctx context.Context, conn mail.Conn, l *Letter) error {
	data, err := s.Key.Open(l.Sealed, l.ID.String())
	if err != nil {
		return s.settle(ctx, l, &mail.DeliveryError{Outcome: mail.Permanent, Words: "Brevet kan inte läsas: nyckelfilen är en annan än när det skrevs."})
	}
	stop, answer := s.renew(ctx, l), ""
	err = conn.Send(ctx, mail.Envelope{
		Name: l.CreatedAt.UTC().Format("20060102-150405") + "-" + l.ID.String() + ".eml", From: l.EnvelopeFrom, To: l.Recipient, Data: data,
		BeforeDot: func() error { return s.stillOurs(ctx, l) },
		Taken:     func(words string) { answer = words },
	})
	stop()
	l.Answer = answer
	return s.settle(ctx, l, err)
}

// renew prolongs the lease while the letter is on its way: a server may take ten minutes to answer
// the final dot.
func (s *Sender) renew(ctx context.Context, l *Letter) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(leaseRenew)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				err := s.DB.Write(ctx, func(tx *store.Tx) error {
					return ours(tx.DB.Model(&Letter{}), l.ID, l.Lease).Update("leased_until", tx.Now.Add(leaseTime)).Error
				})
				if err != nil && ctx.Err() == nil {
					s.Log.Warn("lease not renewed", "letter", l.ID, "error", err)
				}
			}
		}
	}()
	return func() { cancel(); <-done }
}

// stillOurs is the last look before the dot: a sender that was frozen may find that another has
// taken over.
func (s *Sender) stillOurs(ctx context.Context, l *Letter) error {
	return s.DB.Read(ctx, func(tx *store.Tx) error {
		var n int64
		if err := ours(tx.DB.Model(&Letter{}), l.ID, l.Lease).Where("leased_until > ?", tx.Now).Count(&n).Error; err != nil {
			return err
		}
		if n == 0 {
			return errLeaseLost
		}
		return nil
	})
}

// settle records what became of a letter, at once and alone, and only while the lease is ours. It
// is done even when ctx has ended: what was handed over must not be forgotten.
func (s *Sender) settle(ctx context.Context, l *Letter, delivery error) error {
	if errors.Is(delivery, errLeaseLost) {
		s.Log.Warn("letter taken over by another sender", "letter", l.ID)
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		row := s.outcome(tx.Now, l, delivery)
		if mail.TooFast(delivery) {
			until, err := slowDown(tx, l.RecipientDomain, row["problem"].(string), s.PerMinute)
			if err != nil {
				return err
			}
			// It says nothing about the letter, so it counts as no attempt: the letter waits as long as it takes.
			row = map[string]any{"state": l.refused(), "problem": row["problem"], "not_before": until, "attempts": l.Attempts - 1}
		}
		row["lease"], row["leased_until"] = "", nil
		s.Log.Info("letter", "letter", l.ID, "kind", l.Kind, "state", row["state"], "attempt", l.Attempts)
		if err := ours(tx.DB.Model(&Letter{}), l.ID, l.Lease).Updates(row).Error; err != nil {
			return err
		}
		if again, set := row["not_before"].(time.Time); set && again.Before(tx.Now.Add(parked/2)) {
			return WakeAt(tx, again)
		}
		return nil
	})
}

// postpone puts a letter back when no server could be spoken to. That says nothing about the
// letter, so it counts as no attempt, and an hour's outage delays nothing by more than a minute.
func (s *Sender) postpone(ctx context.Context, l *Letter, dial error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	s.Log.Warn("mail server not reached", "error", dial)
	return s.DB.Write(ctx, func(tx *store.Tx) error {
		// No wake job: one for each of 500 letters would knock 500 times. The sweep looks again.
		return ours(tx.DB.Model(&Letter{}), l.ID, l.Lease).Updates(map[string]any{
			"state": l.refused(), "problem": dial.Error(), "not_before": tx.Now.Add(retryAfter[0]), "attempts": l.Attempts - 1, "lease": "", "leased_until": nil, "tried_at": nil,
		}).Error
	})
}

// refused is the state of a letter that was refused for now: a copy that may have arrived is not
// forgotten, or a later change would not reach whoever holds it.
func (l *Letter) refused() State {
	if l.doubted {
		return Unknown
	}
	return Retry
}

// outcome is what a row says after a delivery.
func (s *Sender) outcome(now time.Time, l *Letter, delivery error) map[string]any {
	if delivery == nil {
		state := Sent
		if s.Filing {
			state = Filed
		}
		return map[string]any{"state": state, "settled_at": now, "problem": "", "answer": l.Answer}
	}
	problem, outcome := delivery.Error(), mail.Temporary
	var d *mail.DeliveryError
	if errors.As(delivery, &d) {
		problem, outcome = d.Error(), d.Outcome
	}
	n := int(l.Attempts)
	switch {
	case outcome == mail.Unknown && n <= len(askAgainAfter):
		return map[string]any{"state": Unknown, "problem": problem, "not_before": now.Add(askAgainAfter[n-1])}
	case outcome == mail.Temporary && n <= len(retryAfter):
		return map[string]any{"state": l.refused(), "problem": problem, "not_before": now.Add(retryAfter[n-1])}
	case outcome == mail.Unknown || l.doubted:
		return map[string]any{"state": Unknown, "problem": problem, "not_before": now.Add(parked), "settled_at": now}
	}
	return map[string]any{"state": Failed, "problem": problem, "settled_at": now}
}
