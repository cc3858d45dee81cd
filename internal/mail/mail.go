// Package mail composes letters and delivers them. It knows nothing of meetings or of the
// database: whoever sends renders a letter once with Compose, keeps the bytes, and gives the same
// bytes to a Conn for as long as it takes. What went wrong is told as a DeliveryError, whose
// outcome says whether trying again is useless, useful or risky.
package mail

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Dialer opens connections that deliver letters: an SMTP server, or a Folder.
type Dialer interface {
	// Dial opens a connection. It refuses with a DeliveryError whose outcome is Temporary
	// whatever the server said, because no letter was judged yet.
	Dial(ctx context.Context) (Conn, error)
}

// Conn delivers letters one after the other. It is not for use by two goroutines at a time.
type Conn interface {
	// Send delivers one letter. It returns nil when the receiver took responsibility for it, and
	// otherwise a DeliveryError.
	Send(ctx context.Context, e Envelope) error
	// Broken tells that the connection is used up and that the next letter needs a new one.
	Broken() bool
	Close() error
}

// Envelope is a finished letter on its way to one recipient.
type Envelope struct {
	Name string // file name a Folder gives the letter; unused by SMTP
	From string // envelope sender, where bounces go
	To   string
	Data []byte // as Compose made it; never changed on the way

	// BeforeDot is asked right before the letter is handed over for good; nil: not asked. When it
	// returns an error nothing is delivered, and errors.Is finds that error in Send's.
	BeforeDot func() error

	// Taken is told the server's words, on one line, when it has taken the letter; nil: nobody is.
	Taken func(words string)
}

// Outcome says what is known about a letter that was not accepted.
type Outcome string

// The outcomes.
const (
	Permanent Outcome = "permanent" // refused for good; trying again is useless
	Temporary Outcome = "temporary" // not delivered; trying again cannot double it
	Unknown   Outcome = "unknown"   // handed over but not answered for; trying again may double it
)

// DeliveryError tells why a letter was not, or perhaps not, delivered.
type DeliveryError struct {
	Outcome  Outcome
	Code     int    // of SMTP; zero: the server did not answer, and Words is our own account in English
	Enhanced string // RFC 3463, as "5.1.1"; empty: not given
	Words    string // the server's, on one line, at most 300 characters

	cause error
}

// Error gives the outcome and the words, for logs.
func (d *DeliveryError) Error() string {
	text := string(d.Outcome)
	if d.Code != 0 {
		text += " " + strconv.Itoa(d.Code)
	}
	if d.Enhanced != "" {
		text += " " + d.Enhanced
	}
	return fmt.Sprintf("delivery %s: %s", text, d.Words)
}

// Unwrap gives what lies behind: the error of BeforeDot, ErrInsecure, a network error.
func (d *DeliveryError) Unwrap() error { return d.cause }

// TooFast tells the refusal of a server that takes no more letters for now because too many came at once: it says
// something about our pace, and nothing about the letter.
func TooFast(err error) bool {
	var d *DeliveryError
	if !errors.As(err, &d) || d.Outcome != Temporary || !slices.Contains([]int{421, 450, 451, 452}, d.Code) {
		return false
	}
	words := strings.ToLower(d.Words)
	return d.Enhanced == "4.7.28" || tooFast.MatchString(words) && !aboutRoom.MatchString(words)
}

// How servers say it: Exchange Online, Google, Postfix, Exim and others; and what a full mailbox says.
var (
	tooFast   = regexp.MustCompile(`too many|exceed.{0,30}\brate\b|\brate\b.{0,20}exceed|rate[ -]?limit|(connection|message|sending|receiving|delivery)s?[ -]?(rate|limit)|at a rate|throttl|too (fast|quick|often|frequent)|slow(ing)? down|concurren|per (minute|hour|second)`)
	aboutRoom = regexp.MustCompile(`quota|storage|mailbox (is )?full|disk`)
)

// check refuses what must never reach a server. The addresses are validated where they are typed;
// here once more, because an address is a command to the server (CVE-2022-24838).
func (e Envelope) check() error {
	for _, err := range []error{inNormalForm(e.From), inNormalForm(e.To), sound(e.Data)} {
		if err != nil {
			return &DeliveryError{Outcome: Permanent, Words: oneLine(err.Error()), cause: err}
		}
	}
	return nil
}

// oneLine makes a stranger's words fit to be stored and shown.
func oneLine(words string) string {
	const longest = 300
	runes := []rune(clean(words))
	return strings.TrimSpace(string(runes[:min(len(runes), longest)]))
}
