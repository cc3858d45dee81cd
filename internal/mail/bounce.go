package mail

import (
	"bufio"
	"bytes"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

// Bounce is a report that a letter of ours was not, or not yet, delivered (RFC 3464).
type Bounce struct {
	Recipient string // address, lower case; empty: not said
	Action    string // failed, delayed, delivered, relayed or expanded
	Status    string // RFC 3463, as 5.1.1; empty: not said
	Words     string // the server's, on one line
	MessageID string // of our letter; empty: not said
}

// Failed tells that the letter will not arrive.
func (b Bounce) Failed() bool { return b.Action == "failed" }

// Hard tells that no other letter will arrive either: the address is gone, or refuses us.
func (b Bounce) Hard() bool {
	if !b.Failed() {
		return false
	}
	// RFC 3463 §2: class 5 is permanent; x.2.2 is a full mailbox, which empties, and x.3 and x.4 are the servers' own trouble
	return strings.HasPrefix(b.Status, "5.") && !strings.HasPrefix(b.Status, "5.2.2") && !strings.HasPrefix(b.Status, "5.3") && !strings.HasPrefix(b.Status, "5.4")
}

func reportType(h message.Header) bool {
	kind, params, err := h.ContentType()
	return err == nil && strings.EqualFold(kind, "multipart/report") && strings.EqualFold(params["report-type"], "delivery-status")
}

// readStatus reads message/delivery-status: blocks of fields, the first about the message and each
// other about a recipient (RFC 3464 §2.1). Our letters have one recipient: the worst block counts.
func (b *Bounce) readStatus(text []byte) {
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	for n, block := range bytes.Split(text, []byte("\n\n")) {
		block = bytes.TrimSpace(block)
		if len(block) == 0 || n > 20 {
			continue
		}
		h, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(append(block, "\n\n"...))))
		if err != nil || h.Get("Action") == "" || b.Failed() {
			continue
		}
		b.Action = strings.ToLower(cut(clean(h.Get("Action")), 20))
		b.Recipient = typed(h.Get("Original-Recipient"))
		if b.Recipient == "" {
			b.Recipient = typed(h.Get("Final-Recipient"))
		}
		status, _, _ := strings.Cut(strings.TrimSpace(h.Get("Status")), " ")
		b.Status = cut(clean(status), 12)
		b.Words = oneLine(withoutType(h.Get("Diagnostic-Code")))
	}
}

// readOriginal finds out which of our letters came back.
func (b *Bounce) readOriginal(text []byte) {
	h, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(append(text, "\r\n\r\n"...))))
	if err == nil {
		b.MessageID = identifier(h.Get("Message-ID"))
	}
}

// withoutType takes "smtp;" away.
func withoutType(value string) string {
	if kind, rest, found := strings.Cut(value, ";"); found && !strings.ContainsAny(kind, " \t") {
		return rest
	}
	return value
}

// typed reads "rfc822;address".
func typed(value string) string {
	address, err := ParseAddress(strings.Trim(strings.TrimSpace(withoutType(value)), "<>"))
	if err != nil {
		return ""
	}
	return strings.ToLower(address)
}
