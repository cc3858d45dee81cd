package config

import (
	"strings"

	"samverkan/internal/mail"
)

// DKIM gives what signs letters, nil when no key is set. It refuses a key that everybody may read.
func (c Config) DKIM() (*mail.DKIM, error) {
	if c.DKIMKeyFile == "" {
		return nil, nil
	}
	key, err := readSecret(c.DKIMKeyFile)
	if err != nil {
		return nil, err
	}
	return mail.NewDKIM([]byte(key), c.DKIMDomain, c.DKIMSelector)
}

func (c *Config) completeDKIM() []string {
	if c.DKIMKeyFile == "" && c.DKIMSelector+c.DKIMDomain != "" || c.DKIMKeyFile != "" && c.DKIMSelector == "" {
		return []string{Prefix + "DKIM_KEY_FILE and " + Prefix + "DKIM_SELECTOR belong together: set both or neither"}
	}
	if c.DKIMDomain == "" {
		c.DKIMDomain = c.MailFrom[strings.LastIndexByte(c.MailFrom, '@')+1:]
	}
	if _, err := c.DKIM(); err != nil {
		return []string{Prefix + "DKIM_KEY_FILE: " + err.Error()}
	}
	return nil
}
