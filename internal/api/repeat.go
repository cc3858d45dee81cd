package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"

	"samverkan/internal/access"
	"samverkan/internal/fault"
	"samverkan/internal/store"
)

// Repeatable is a call that may be made again when its answer was lost: the same key and the same
// request give the same answer, and the work is done once.
type Repeatable struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"100" pattern:"^[!-~]+$" example:"8e03978e-40d5-43dd-bc93-6894a57f9324" doc:"Välj en ny för varje begäran; skicka samma igen när svaret uteblev. / Choose a new one for each request; send the same again when the answer was lost."`
}

// keyPattern is the one in the tag above: visible ASCII.
const keyPattern = "^[!-~]+$"

// once does work and keeps its answer under the key, in One transaction. A twin that is refused
// because the other was first is run again, and then finds the other's answer.
func once[T any](ctx context.Context, d *door, key Repeatable, request []any, work func(*store.Tx, access.Actor) (T, error)) (T, error) {
	hash, err := hashOf(readerIn(ctx), request)
	var answer T
	if err != nil {
		return answer, err
	}
	attempt := func(tx *store.Tx, by access.Actor) error {
		kept, err := access.FindRepeat(tx, by, key.Key, hash)
		if err != nil {
			return err
		}
		if kept != nil {
			answer = *new(T)
			return json.Unmarshal([]byte(kept.Body), &answer)
		}
		if answer, err = work(tx, by); err != nil {
			return err
		}
		body, err := json.Marshal(answer)
		if err != nil {
			return err
		}
		return access.KeepRepeat(tx, by, access.Repeat{Key: key.Key, RequestHash: hash, Status: http.StatusCreated, Body: string(body)})
	}
	err = d.write(ctx, attempt)
	if kind := fault.KindOf(err); store.IsDuplicate(err) || kind == fault.Conflict || kind == fault.Invalid {
		err = d.write(ctx, attempt)
	}
	return answer, err
}

// hashOf stands for a request: which call, with which values.
func hashOf(r reader, request []any) (string, error) {
	values, err := json.Marshal(request)
	if err != nil {
		return "", fmt.Errorf("request: %w", err)
	}
	sum := sha256.Sum256(append([]byte(r.method+" "+r.path+"\n"), values...))
	return hex.EncodeToString(sum[:]), nil
}
