// Package config reads the settings of `samverkan serve` from the environment, and nowhere else.
// A secret may stand in a file that a variable ending in _FILE names; the certificate and its key
// only ever do. Every mistake is reported together, before anything starts.
package config

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"samverkan/internal/deidentify"
	"samverkan/internal/fault"
	"samverkan/internal/lang"
	"samverkan/internal/mail"
)

// Prefix begins the name of every variable.
const Prefix = "SAMVERKAN_"

// Config is every setting. The names are part of what the product promises to the outside.
type Config struct {
	DatabaseURL    string        `env:"DATABASE_URL"` // sqlite:///path or postgres://…; empty: a file in DataDir
	Listen         string        `env:"LISTEN" envDefault:"127.0.0.1:8080"`
	BaseURL        string        `env:"BASE_URL"`                             // as users write it; links in letters begin with it
	DataDir        string        `env:"DATA_DIR" envDefault:"samverkan-data"` // SQLite, the key, letters when there is no mail server
	SMTPURL        string        `env:"SMTP_URL"`                             // smtp://user:password@host:port or smtps://…; empty: letters are kept as files
	MailFrom       string        `env:"MAIL_FROM"`                            // the service's own mailbox
	IMAPURL        string        `env:"IMAP_URL"`                             // imaps://user:password@host/folder; empty: answers by mail are not read
	AuthservID     string        `env:"AUTHSERV_ID"`                          // by which the receiving server signs Authentication-Results; empty: nobody's are believed
	PlusAddresses  bool          `env:"PLUS_ADDRESSES" envDefault:"true"`     // the mail server delivers moten+anything@ to moten@
	OAuthTokenURL  string        `env:"OAUTH_TOKEN_URL"`                      // where access tokens for SMTP and IMAP are fetched; empty: passwords
	OAuthClientID  string        `env:"OAUTH_CLIENT_ID"`
	OAuthSecret    string        `env:"OAUTH_CLIENT_SECRET"`
	OAuthScope     string        `env:"OAUTH_SCOPE"`          // as https://outlook.office365.com/.default
	Lang           string        `env:"LANG" envDefault:"sv"` // language of pages before anyone has signed in
	TimeZone       string        `env:"TIME_ZONE" envDefault:"Europe/Stockholm"`
	SendDelay      time.Duration `env:"SEND_DELAY" envDefault:"30s"`        // time for "Ångra"
	OpenEvery      int           `env:"OPEN_ACTIONS_MONTHS" envDefault:"1"` // months between letters to a partner's contact of all that is open with it; 0: none
	TrustedProxies []string      `env:"TRUSTED_PROXIES"`                    // addresses whose X-Forwarded-For is believed
	TLSCertFile    string        `env:"TLS_CERT_FILE"`                      // PEM, with its chain; empty: a proxy speaks TLS
	TLSKeyFile     string        `env:"TLS_KEY_FILE"`                       // PEM
	DKIMKeyFile    string        `env:"DKIM_KEY_FILE"`                      // PEM; empty: letters are not signed here
	DKIMSelector   string        `env:"DKIM_SELECTOR"`
	DKIMDomain     string        `env:"DKIM_DOMAIN"`                            // empty: that of MailFrom
	HalfYears      bool          `env:"HALF_YEAR_FOLLOW_UP" envDefault:"false"` // remind of a follow-up of each first half year too
	MailPerMinute  int64         `env:"MAIL_PER_MINUTE" envDefault:"120"`       // letters to one recipient domain; 0: no limit
	LogLevel       slog.Level    `env:"LOG_LEVEL" envDefault:"info"`

	Zone *time.Location `env:"-"` // of TimeZone
}

// Read gives the settings, or an error that names every mistake on a line of its own.
func Read(environ []string) (Config, error) {
	values, mistakes := gather(environ)
	c := Config{}
	if err := env.ParseWithOptions(&c, env.Options{Environment: values, Prefix: Prefix}); err != nil {
		var all env.AggregateError
		if errors.As(err, &all) {
			for _, e := range all.Errors {
				mistakes = append(mistakes, e.Error())
			}
		} else {
			mistakes = append(mistakes, err.Error())
		}
	}
	mistakes = append(mistakes, c.complete()...)
	if len(mistakes) > 0 {
		sort.Strings(mistakes)
		return Config{}, fmt.Errorf("the settings have %d mistakes:\n  %s", len(mistakes), strings.Join(mistakes, "\n  "))
	}
	return c, nil
}

// gather takes our variables out of the environment, with files read, and finds names that are
// none of ours: a misspelt setting is a mistake, not a default.
func gather(environ []string) (values map[string]string, mistakes []string) {
	known := names()
	values = map[string]string{}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		short, ours := strings.CutPrefix(name, Prefix)
		if !ours {
			continue
		}
		if base, isFile := strings.CutSuffix(short, "_FILE"); isFile && known[base] {
			text, err := readSecret(value)
			if err != nil {
				mistakes = append(mistakes, fmt.Sprintf("%s: %v", name, err))
			}
			if _, both := values[Prefix+base]; both {
				mistakes = append(mistakes, fmt.Sprintf("%s and %s are both set: keep one", Prefix+base, name))
			}
			values[Prefix+base] = text
			continue
		}
		if !known[short] {
			mistakes = append(mistakes, fmt.Sprintf("%s is not a setting", name))
			continue
		}
		if _, both := values[name]; both {
			mistakes = append(mistakes, fmt.Sprintf("%s and %s_FILE are both set: keep one", name, name))
		}
		values[name] = value
	}
	return values, mistakes
}

func names() map[string]bool {
	known := map[string]bool{}
	t := reflect.TypeFor[Config]()
	for i := range t.NumField() {
		known[t.Field(i).Tag.Get("env")] = true
	}
	return known
}

func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Mode().Perm()&0o004 != 0 {
		return "", fmt.Errorf("%s may be read by everyone (mode %04o): take that right away", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path) // #nosec G304 -- a setting names the file
	return strings.TrimSpace(string(text)), err
}

// complete fills in what follows from other settings and checks the rest.
func (c *Config) complete() (mistakes []string) {
	wrong := func(name, format string, args ...any) {
		mistakes = append(mistakes, Prefix+name+": "+fmt.Sprintf(format, args...))
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		wrong("LISTEN", "%q is not an address such as 127.0.0.1:8080", c.Listen)
	}
	if c.BaseURL == "" && err == nil {
		scheme := "http://"
		if c.TLS() {
			scheme = "https://"
		}
		c.BaseURL = scheme + net.JoinHostPort(hostOrLoopback(host), port)
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	u, baseErr := url.Parse(c.BaseURL)
	switch {
	case c.BaseURL == "" && err != nil: // it follows from LISTEN, whose mistake is told already
	case baseErr != nil || u.Host == "" || u.Path != "" || u.RawQuery != "":
		wrong("BASE_URL", "%q is not an address such as https://samverkan.kommunen.se", c.BaseURL)
	case u.Scheme != "https" && c.TLS():
		wrong("BASE_URL", "%q must begin with https:// when TLS_CERT_FILE is set", c.BaseURL)
	case u.Scheme != "https" && !loopback(u.Hostname()):
		wrong("BASE_URL", "%q must begin with https:// unless it is this machine: sign-ins and links would travel in the clear", c.BaseURL)
	}
	if c.Zone, err = time.LoadLocation(c.TimeZone); err != nil || c.TimeZone == "" {
		wrong("TIME_ZONE", "%q is not a time zone such as Europe/Stockholm", c.TimeZone)
	}
	if c.Lang != "sv" && c.Lang != "en" {
		wrong("LANG", "%q is neither sv nor en", c.Lang)
	}
	if c.SendDelay < 0 || c.SendDelay > time.Hour {
		wrong("SEND_DELAY", "%s is not between 0s and 1h", c.SendDelay)
	}
	if c.OpenEvery < 0 || c.OpenEvery > 12 {
		wrong("OPEN_ACTIONS_MONTHS", "%d is not between 0 (none) and 12", c.OpenEvery)
	}
	if c.MailPerMinute < 0 || c.MailPerMinute > 10_000 {
		wrong("MAIL_PER_MINUTE", "%d is not between 0 (no limit) and 10000", c.MailPerMinute)
	}
	if c.DatabaseURL == "" {
		path, err := filepath.Abs(filepath.Join(c.DataDir, "samverkan.db"))
		if err != nil {
			wrong("DATA_DIR", "%v", err)
		}
		c.DatabaseURL = "sqlite://" + path
	}
	for _, proxy := range c.TrustedProxies {
		if everybody, err := proxyAddress(proxy); err != nil || everybody {
			wrong("TRUSTED_PROXIES", "%q is not the address of a proxy, or a network such as 10.0.0.0/24", proxy)
		}
	}
	return slices.Concat(mistakes, c.completeTLS(), c.completeMail())
}

// ByToken tells that SMTP and IMAP sign in by access tokens.
func (c Config) ByToken() bool { return c.OAuthTokenURL != "" }

// completeOAuth: all of it or nothing; the secret travels to the address, so that has to be secure.
func (c *Config) completeOAuth() (mistakes []string) {
	u, err := url.Parse(c.OAuthTokenURL)
	switch {
	case c.OAuthTokenURL == "" && c.OAuthClientID+c.OAuthSecret+c.OAuthScope == "":
		return nil
	case c.OAuthTokenURL == "" || c.OAuthClientID == "" || c.OAuthSecret == "":
		return []string{Prefix + "OAUTH_TOKEN_URL, OAUTH_CLIENT_ID and OAUTH_CLIENT_SECRET belong together: set all three or none"}
	case err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())):
		return []string{Prefix + "OAUTH_TOKEN_URL: must begin with https://"}
	}
	return nil
}

func (c *Config) completeMail() (mistakes []string) {
	mistakes = c.completeOAuth()
	if c.SMTPURL != "" {
		options := mail.Options{}
		if c.ByToken() {
			options.Token = func(context.Context) (string, error) { return "", nil } // only whether there is one matters here
		}
		if _, err := mail.NewSMTP(c.SMTPURL, options); err != nil {
			mistakes = append(mistakes, Prefix+"SMTP_URL: "+English(err))
		}
		if c.MailFrom == "" {
			mistakes = append(mistakes, Prefix+"MAIL_FROM: needed with SMTP_URL: the mailbox that invitations come from, such as moten@kommunen.se")
		}
	}
	if c.IMAPURL != "" {
		if _, err := mail.ParseIMAP(c.IMAPURL, c.ByToken()); err != nil {
			mistakes = append(mistakes, Prefix+"IMAP_URL: "+English(err))
		}
		if c.MailFrom == "" {
			mistakes = append(mistakes, Prefix+"MAIL_FROM: needed with IMAP_URL: the mailbox that is read")
		}
	}
	if strings.ContainsAny(c.AuthservID, " ;()\"") {
		mistakes = append(mistakes, fmt.Sprintf("%sAUTHSERV_ID: %q is not a name such as mx.kommunen.se", Prefix, c.AuthservID))
	}
	if c.MailFrom == "" {
		c.MailFrom = "moten@samverkan.example"
	}
	address, err := mail.ParseAddress(c.MailFrom)
	if err != nil {
		return append(mistakes, Prefix+"MAIL_FROM: "+English(err))
	}
	if word, tells := deidentify.Telling(address); tells {
		mistakes = append(mistakes, fmt.Sprintf("%sMAIL_FROM: %q tells what the meetings are about, and stands on locked phones: use a neutral mailbox", Prefix, word))
	}
	c.MailFrom = address
	return append(mistakes, c.completeDKIM()...)
}

// English says an error to whoever runs the program, who reads English.
func English(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return lang.English.Text(f.Text, f.Args...)
	}
	return err.Error()
}

// proxyAddress reads an address or a network, and tells whether it is everybody's.
func proxyAddress(text string) (everybody bool, err error) {
	if _, err = netip.ParseAddr(text); err == nil {
		return false, nil
	}
	network, err := netip.ParsePrefix(text)
	return network.Bits() == 0, err
}

func hostOrLoopback(host string) string {
	if host == "" || net.ParseIP(host).IsUnspecified() {
		return "127.0.0.1"
	}
	return host
}

func loopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
