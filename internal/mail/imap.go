package mail

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"samverkan/internal/fault"
)

// IMAP is where letters come in.
type IMAP struct {
	Host     string
	Port     string
	User     string
	Password string // empty: an access token is used
	Folder   string
	TLS      bool // from the first octet; false only on this machine
}

// Name tells the mailbox from others, without who signs in.
func (m IMAP) Name() string { return m.Host + "/" + m.Folder }

// ParseIMAP reads where the mailbox is: imaps://user:password@host/folder; imap:// only on this
// machine. token tells that access tokens take the place of the password. It refuses with fault.Invalid what it
// does not understand; no refusal repeats the URL, which holds a password.
func ParseIMAP(address string, token bool) (IMAP, error) {
	u, err := url.Parse(address)
	if err != nil {
		return IMAP{}, fault.New(fault.Invalid, "Adressen till brevlådan går inte att läsa. Skriv den som imaps://användare:lösenord@server/INBOX, med särskilda tecken i lösenordet procentkodade.")
	}
	m := IMAP{Host: u.Hostname(), Port: u.Port(), User: u.User.Username(), Folder: strings.Trim(u.Path, "/"), TLS: u.Scheme == "imaps"}
	m.Password, _ = u.User.Password()
	if m.Folder == "" {
		m.Folder = "INBOX"
	}
	if m.Port == "" {
		m.Port = map[bool]string{false: "143", true: "993"}[m.TLS]
	}
	port, err := strconv.Atoi(m.Port)
	switch {
	case u.Scheme != "imap" && u.Scheme != "imaps":
		return m, fault.New(fault.Invalid, "Adressen till brevlådan ska börja med imaps://.")
	case m.Host == "" || strings.ContainsFunc(m.Host, notInHost):
		return m, fault.New(fault.Invalid, "Adressen till brevlådan saknar ett riktigt servernamn. Skriv den som imaps://server/INBOX.")
	case !m.TLS && !loopback(m.Host):
		return m, fault.New(fault.Invalid, "Adressen till brevlådan ska börja med imaps:// när servern inte är den här datorn. Annars skickas lösenordet i klartext.")
	case err != nil || port < 1 || port > 65535:
		return m, fault.New(fault.Invalid, "Porten i adressen till brevlådan ska vara ett tal mellan 1 och 65535.")
	case u.RawQuery != "" || u.Fragment != "":
		return m, fault.New(fault.Invalid, "Adressen till brevlådan ska sluta efter servernamn, port och mapp.")
	case m.User == "" || m.Password == "" && !token:
		return m, fault.New(fault.Invalid, "Adressen till brevlådan ska ha både användare och lösenord.")
	case strings.ContainsFunc(m.User+m.Password+m.Folder, unicode.IsControl):
		return m, fault.New(fault.Invalid, "Adressen till brevlådan har ett osynligt tecken. Skriv in den på nytt.")
	}
	return m, nil
}
