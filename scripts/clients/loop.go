package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"samverkan/internal/access"
	"samverkan/internal/almanac"
	"samverkan/internal/app/sample"
	"samverkan/internal/store"
)

// loop is the whole way: the program calls a meeting, a mail server delivers, Thunderbird opens the invitation and
// answers, and the program reads the answer. Once without addresses with a token.
func (b *bench) loop() error {
	p, err := b.install()
	if err != nil {
		return err
	}
	defer p.stop()
	if err := p.start(); err != nil {
		return err
	}
	m, letters, err := p.calls(60, hans, chef, gun)
	if err != nil {
		return err
	}
	answers := []struct{ who, button, partStat string }{{hans, "accept", "ACCEPTED"}, {chef, "decline", "DECLINED"}, {gun, "tentative", "TENTATIVE"}}
	for _, a := range answers {
		b.check("loop: the letter to "+a.who[:strings.IndexByte(a.who, '@')]+" as it arrived", "verify-invite", letters[a.who], "--method", "REQUEST", "--attendee", a.who)
		b.answers(letters[a.who], a.who, a.button)
	}
	for _, a := range answers {
		began := time.Now()
		b.holds("loop: "+a.partStat+" is read by the poll", began, p.waits(m, a.who, answer{a.partStat, "mail", false}))
	}
	b.holds("loop: the page tells that the answer came by mail", time.Now(), p.tells(m, "Svarade med e-post"))
	return b.withoutTokens(p)
}

// answers presses a button in Thunderbird, whose REPLY leaves through the mail server.
func (b *bench) answers(letter, who, button string) {
	b.check("loop: Thunderbird presses "+button, "verify-thunderbird", "mail", letter, "--to", who, "--answer", button, "--smtp", fmt.Sprint(b.smtp))
}

// withoutTokens: the sender's address alone changes nothing; with the receiving server's word it does, and the
// answer is marked. What is answered while the program is away is read when it is back.
func (b *bench) withoutTokens(p *program) error {
	p.stop()
	p.environ = append(p.environ, "SAMVERKAN_PLUS_ADDRESSES=false", "SAMVERKAN_AUTHSERV_ID="+authserv)
	if err := p.start(); err != nil {
		return err
	}
	m, letters, err := p.calls(70, hans)
	if err != nil {
		return err
	}
	p.stop()
	b.answers(letters[hans], hans, "accept")
	if err := p.start(); err != nil {
		return err
	}
	began := time.Now()
	b.holds("loop: without a token the answer waits for a person", began, p.parks(m, "Svaret kom inte till inbjudans egen adress, och e-postservern har inte intygat avsändaren."))
	p.stop()
	if err := b.vouch(); err != nil {
		return err
	}
	b.answers(letters[hans], hans, "decline")
	if err := p.start(); err != nil {
		return err
	}
	began = time.Now()
	b.holds("loop: with the server's word it counts, marked", began, p.waits(m, hans, answer{"DECLINED", "mail", true}))
	b.holds("loop: the page tells that it is not certain", time.Now(), p.tells(m, "Svarade med e-post, overifierat"))
	return nil
}

// authserv is the name by which the mail server says what it found out.
const authserv = "mailhost.example"

// vouch lets the mail server say that the sender's domain vouches for what comes in, as one with DMARC would.
func (b *bench) vouch() error {
	etc := filepath.Join(b.dir, "mailhost", "postfix", "etc")
	says := "smtpd_sender_restrictions = check_sender_access static:{PREPEND Authentication-Results: " + authserv + "; dmarc=pass header.from=omrade-vast.example}"
	for _, command := range []*exec.Cmd{exec.CommandContext(b.ctx, "postconf", "-c", etc, "-e", says), exec.CommandContext(b.ctx, "postfix", "-c", etc, "reload")} {
		if said, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", command, err, said)
		}
	}
	return nil
}

// install makes a database with the example's people, without meetings, for the built program.
func (b *bench) install() (*program, error) {
	p := &program{bench: b, dir: filepath.Join(b.dir, "loop"), password: store.NewID().String()}
	if err := p.address(); err != nil {
		return nil, err
	}
	hash, err := access.HashPassword(p.password, "")
	if err != nil {
		return nil, err
	}
	a, err := open(b.ctx, p.dir, p.url, nil)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	if err := a.DB.Write(b.ctx, func(tx *store.Tx) error {
		w, err := sample.Build(tx, hash)
		if err == nil {
			p.token, p.forum = w.APIToken, w.Forums["polis-avstamning"].String()
		}
		return err
	}); err != nil {
		return nil, err
	}
	p.environ = append(os.Environ(), "SAMVERKAN_DATA_DIR="+p.dir, "SAMVERKAN_LISTEN="+strings.TrimPrefix(p.url, "http://"), "SAMVERKAN_BASE_URL="+p.url,
		"SAMVERKAN_MAIL_FROM="+service, "SAMVERKAN_SEND_DELAY=1s", fmt.Sprintf("SAMVERKAN_SMTP_URL=smtp://127.0.0.1:%d", b.smtp),
		fmt.Sprintf("SAMVERKAN_IMAP_URL=imap://%s:test@127.0.0.1:%d/INBOX", strings.ReplaceAll(service, "@", "%40"), b.imap))
	return p, nil
}

// calls calls a meeting some days ahead through the API, and gives the letters as some of the invited find them in
// their mailboxes.
func (p *program) calls(days int, who ...string) (id string, letters map[string]string, err error) {
	before := map[string]int{}
	for _, address := range who {
		if before[address], _, err = p.mailbox(address); err != nil {
			return "", nil, err
		}
	}
	day := workday(almanac.DateOf(time.Now(), time.UTC).AddDays(days))
	made, err := p.asks("POST", "/meetings", map[string]any{"forumId": p.forum, "date": day.String(), "starts": "13:00", "ends": "14:30", "place": place})
	if err != nil {
		return "", nil, err
	}
	id = fmt.Sprint(made["id"])
	review, err := p.asks("POST", "/meetings/"+id+"/reviews", map[string]any{"act": "invitation"})
	if err != nil {
		return "", nil, err
	}
	if _, err := p.asks("POST", "/meetings/"+id+"/invitations", map[string]any{"reviewHash": review["hash"]}); err != nil {
		return "", nil, err
	}
	letters = map[string]string{}
	for _, address := range who {
		if letters[address], err = p.arrives(address, before[address]); err != nil {
			return "", nil, err
		}
	}
	return id, letters, nil
}
