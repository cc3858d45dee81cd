package api

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"samverkan/internal/access"
	"samverkan/internal/post"
	"samverkan/internal/store"
)

// Letter is what became of one letter. It holds no address: a protected contact's must not stand
// in any list, and the invitation says who it was for.
type Letter struct {
	ID              uuid.UUID  `json:"id" format:"uuid"`
	Kind            string     `json:"kind" enum:"invitation,update,reschedule,cancellation,withdrawal,reminder,unanswered,relay,plan,plan-reminder,notes,action,approval,views,link,code,poll,poll-reminder,poll-more,date-request,overview,account,counter-declined,mail-test,action-reminder,approval-reminder,relay-reminder,digest,open-actions,cancelled-several"`
	InvitationID    *uuid.UUID `json:"invitationId,omitempty" format:"uuid"`
	RecipientName   string     `json:"recipientName,omitempty"`
	RecipientDomain string     `json:"recipientDomain" example:"exempel.se"`
	Subject         string     `json:"subject"`
	State           string     `json:"state" enum:"queued,sending,sent,filed,retry,unknown,failed,bounced,superseded,withdrawn"`
	Attempts        int64      `json:"attempts"`
	Reply           string     `json:"reply,omitempty" example:"550 5.1.1" doc:"E-postserverns svarskod. Orden kan innehålla adressen och står bara på sidan Brev. / The mail server's reply code. Its words may hold the address and stand on the page of letters only."`
	NotBefore       time.Time  `json:"notBefore"`
	CreatedAt       time.Time  `json:"createdAt"`
	SettledAt       *time.Time `json:"settledAt,omitempty"`
}

// Letters is a list of them.
type Letters struct {
	Letters []Letter `json:"letters"`
	Extent
}

func showLetter(l post.Letter) Letter {
	about := l.SubjectID
	if !l.Kind.AboutInvitation() {
		about = nil
	}
	return Letter{l.ID, string(l.Kind), about, l.RecipientName, l.Recipient[strings.LastIndexByte(l.Recipient, '@')+1:], l.Subject,
		string(l.State), l.Attempts, replyForm.FindString(l.Problem), l.NotBefore.UTC(), l.CreatedAt.UTC(), utc(l.SettledAt)}
}

// replyForm is a mail server's reply code, with the enhanced one of RFC 3463 when there is one.
var replyForm = regexp.MustCompile(`\b[45][0-9]{2}\b([ -][45]\.[0-9]{1,3}\.[0-9]{1,3}\b)?`)

func (d *door) listLetters(ctx context.Context, in *Paging) (*shown[Letters], error) {
	out := &shown[Letters]{}
	err := d.read(ctx, func(tx *store.Tx, by access.Actor) error {
		found, total, err := post.List(tx, by, in.Limit, in.offset())
		out.Body = Letters{each(found, showLetter), in.of(total)}
		return err
	})
	return out, err
}
