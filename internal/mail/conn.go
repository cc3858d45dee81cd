package mail

import (
	"context"
	"errors"
	"io"
	"net"
	"net/textproto"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// conn is one conversation with an SMTP server.
type conn struct {
	raw    net.Conn // below TLS; its deadlines hold for everything above
	client *smtp.Client
	opts   Options
	used   bool
	broken bool
}

// Send carries one letter to the server's answer.
func (c *conn) Send(ctx context.Context, e Envelope) error {
	if err := e.check(); err != nil {
		return err
	}
	if c.broken {
		return &DeliveryError{Outcome: Temporary, Words: "the connection is used up", cause: net.ErrClosed}
	}
	if err := c.address(ctx, e); err != nil {
		return c.refused(err)
	}
	dot, err := c.write(ctx, e)
	if err != nil {
		// the server still reads the letter: only hanging up keeps it from being delivered
		c.hangUp()
		return c.refused(err)
	}
	return c.finish(ctx, dot, e.Taken)
}

// address says from whom and to whom. It begins with RSET when another letter went before, which
// clears away a refused one and finds out whether the server is still there.
func (c *conn) address(ctx context.Context, e Envelope) error {
	steps := []func() error{
		func() error { return c.client.Mail("<" + e.From + ">") },
		func() error { return c.client.Rcpt("<" + e.To + ">") },
	}
	if c.used {
		steps = slices.Insert(steps, 0, c.client.Reset)
	}
	c.used = true
	for _, step := range steps {
		if err := c.within(ctx, c.opts.Command, step); err != nil {
			return err
		}
	}
	return nil
}

// write says the letter up to its final dot, which Close of what it returns says.
func (c *conn) write(ctx context.Context, e Envelope) (dot io.Closer, err error) {
	var w io.WriteCloser
	err = c.within(ctx, c.opts.Command, func() (err error) {
		w, err = c.client.Data()
		return err
	})
	if err != nil {
		return nil, err
	}
	// by the piece, so that a slow line has time for a long letter
	for piece := range slices.Chunk(e.Data, 64<<10) {
		err := c.within(ctx, c.opts.Command, func() error {
			if _, err := w.Write(piece); err != nil {
				return err
			}
			return c.client.Text.W.Flush()
		})
		if err != nil {
			return nil, err
		}
	}
	if e.BeforeDot != nil {
		if err := e.BeforeDot(); err != nil {
			return nil, err
		}
	}
	return w, c.silent(ctx)
}

// silent is the last look before the point of no return: a server that has hung up or has spoken
// during the letter did not take it, and finding that out now is the difference between Temporary
// and Unknown.
func (c *conn) silent(ctx context.Context) error {
	err := c.within(ctx, time.Millisecond, func() error {
		_, err := c.client.Text.R.Peek(1)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil
	case err != nil:
		return err
	}
	return c.within(ctx, c.opts.Command, func() error {
		code, words, err := c.client.Text.ReadResponse(0)
		if err != nil {
			return err
		}
		return &textproto.Error{Code: code, Msg: words}
	})
}

// finish says the dot. From here on only a clear answer tells where the letter is.
func (c *conn) finish(ctx context.Context, dot io.Closer, taken func(string)) error {
	err := c.within(ctx, c.opts.Answer, dot.Close)
	answer, answered := errors.AsType[*textproto.Error](err)
	switch {
	case err == nil, answered && answer.Code/100 == 2:
		if taken != nil {
			taken(accepted(dot, answer))
		}
		return nil
	case answered && (answer.Code/100 == 4 || answer.Code/100 == 5):
		return c.refused(err)
	}
	c.hangUp()
	return &DeliveryError{Outcome: Unknown, Words: oneLine(err.Error()), cause: err}
}

// accepted gives the server's words when it took the letter, with the code.
func accepted(dot io.Closer, other *textproto.Error) string {
	if other != nil { // a 2xx that is not 250
		return oneLine(other.Error())
	}
	if said, ok := dot.(interface{ ServerResponse() string }); ok {
		return oneLine("250 " + said.ServerResponse())
	}
	return "250"
}

// within lets one step take no longer than limit and no longer than ctx lives.
func (c *conn) within(ctx context.Context, limit time.Duration, step func() error) error {
	deadline := time.Now().Add(limit)
	if end, ok := ctx.Deadline(); ok && end.Before(deadline) {
		deadline = end
	}
	if err := c.raw.SetDeadline(deadline); err != nil {
		return err
	}
	cut := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(cut)
		c.raw.SetDeadline(time.Unix(1, 0))
	})
	err := step()
	if !stop() {
		<-cut // else it could cut the next step
	}
	return err
}

// refused makes the DeliveryError of err. RFC 5321 §3.8: after a 421 the server hangs up.
func (c *conn) refused(err error) error {
	d := refusal(err)
	if d.Code == 0 || d.Code == 421 {
		c.hangUp()
	}
	return d
}

// Broken tells that nothing more can be sent here.
func (c *conn) Broken() bool { return c.broken }

// Close says goodbye, briefly, and hangs up.
func (c *conn) Close() error {
	if c.broken {
		return nil
	}
	c.within(context.Background(), min(c.opts.Command, 5*time.Second), c.client.Quit)
	return c.hangUp()
}

func (c *conn) hangUp() error {
	if c.broken {
		return nil
	}
	c.broken = true
	if err := c.raw.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// refusal reads what the server, or the network, said before the letter was handed over.
func refusal(err error) *DeliveryError {
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return &DeliveryError{Outcome: Temporary, Words: oneLine(err.Error()), cause: err}
	}
	d := &DeliveryError{Outcome: Temporary, Code: answer.Code, cause: err}
	d.Enhanced, d.Words = words(answer.Msg)
	if d.Code/100 == 5 && !slices.Contains(aboutUs, d.Code) {
		d.Outcome = Permanent
	}
	return d
}

// aboutUs are the 5xx of RFC 4954 §6 that ask for a sign-in: a setting of ours is wrong, and the
// letter is as good as before.
var aboutUs = []int{530, 534, 535, 538}

var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}(?: |$)`)

// words separates the enhanced code, which RFC 2034 §4 repeats on every line, from the words.
func words(answer string) (code, text string) {
	var lines []string
	for line := range strings.SplitSeq(answer, "\n") {
		found := enhanced.FindString(line)
		if found != "" {
			code = strings.TrimSpace(found)
		}
		lines = append(lines, strings.TrimPrefix(line, found))
	}
	return code, oneLine(strings.Join(lines, " "))
}
