package mail

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"samverkan/internal/fault"
)

// ParseAddress reads one plain address as a person typed it and gives it in normal form: without
// space around it, the domain in lower case. It refuses with fault.Invalid everything else that
// RFC 5322 would allow, because quoted local parts, comments and routes reach another mailbox in
// one program than in the next (CVE-2025-59937), and no person has such an address.
func ParseAddress(text string) (string, error) {
	address := strings.TrimSpace(text)
	switch {
	case strings.ContainsAny(text, "\r\n") || strings.ContainsFunc(address, unicode.IsControl):
		return "", fault.New(fault.Invalid, "E-postadressen innehåller en radbrytning eller ett osynligt tecken. Skriv in adressen för hand på en rad.")
	case address == "":
		return "", fault.New(fault.Invalid, "Skriv en e-postadress.")
	case len(address) > 254: // RFC 5321 §4.5.3.1.3: a path of 256 octets with its < and >
		return "", fault.New(fault.Invalid, "E-postadressen är för lång. Skriv en adress med högst 254 tecken.")
	case strings.ContainsAny(address, "<>"):
		return "", fault.New(fault.Invalid, "Skriv bara själva e-postadressen, utan namn och utan tecknen < och >.")
	case strings.ContainsAny(address, `"\`):
		return "", fault.New(fault.Invalid, "Ta bort citattecken och omvända snedstreck ur e-postadressen.")
	case strings.ContainsAny(address, "()"):
		return "", fault.New(fault.Invalid, "Ta bort parenteserna ur e-postadressen.")
	case strings.ContainsAny(address, ",;"), strings.Count(address, "@") > 1:
		return "", fault.New(fault.Invalid, "Skriv bara en e-postadress, med ett enda @.")
	case strings.ContainsFunc(address, unicode.IsSpace):
		return "", fault.New(fault.Invalid, "Ta bort mellanslagen ur e-postadressen.")
	case !strings.Contains(address, "@"):
		return "", fault.New(fault.Invalid, "E-postadressen saknar @. Skriv den som namn@kommun.se.")
	}
	local, domain, _ := strings.Cut(address, "@")
	if err := checkLocal(local); err != nil {
		return "", err
	}
	domain = strings.ToLower(domain)
	if err := checkDomain(domain); err != nil {
		return "", err
	}
	return local + "@" + domain, nil
}

func checkLocal(local string) error {
	switch {
	case local == "":
		return fault.New(fault.Invalid, "E-postadressen saknar något före @. Skriv den som namn@kommun.se.")
	case len(local) > 64: // RFC 5321 §4.5.3.1.1
		return fault.New(fault.Invalid, "Delen före @ i e-postadressen är för lång. Skriv högst 64 tecken.")
	case strings.ContainsFunc(local, beyondASCII):
		return fault.New(fault.Invalid, "Delen före @ i e-postadressen kan inte ha å, ä, ö eller andra särskilda bokstäver. Skriv den med a–z.")
	case local[0] == '.' || strings.HasSuffix(local, ".") || strings.Contains(local, ".."):
		return fault.New(fault.Invalid, "Delen före @ i e-postadressen kan inte börja eller sluta med punkt eller ha två punkter i rad. Rätta punkterna.")
	case local[0] == '-' || strings.ContainsFunc(local, notInLocal):
		return fault.New(fault.Invalid, "Delen före @ i e-postadressen har ett tecken som inte går att använda. Skriv den med bokstäver, siffror, punkt, bindestreck, understreck eller plus.")
	}
	return nil
}

func checkDomain(domain string) error {
	labels := strings.Split(domain, ".")
	switch last := labels[len(labels)-1]; {
	case domain == "":
		return fault.New(fault.Invalid, "E-postadressen saknar något efter @. Skriv den som namn@kommun.se.")
	case strings.ContainsAny(domain, "[]:"), last != "" && strings.Trim(last, "0123456789") == "":
		return fault.New(fault.Invalid, "E-postadressen pekar på ett nummer i stället för en domän. Skriv ett domännamn efter @, som kommun.se.")
	case strings.ContainsFunc(domain, beyondASCII):
		return fault.New(fault.Invalid, "Delen efter @ i e-postadressen kan inte ha å, ä, ö eller andra särskilda bokstäver. Skriv domänen med a–z, eller i sin form som börjar med xn--.")
	case len(labels) < 2:
		return fault.New(fault.Invalid, "Delen efter @ i e-postadressen saknar punkt. Skriv hela domänen, som kommun.se.")
	}
	for _, label := range labels {
		// RFC 1035 §2.3.4 and RFC 5321 §4.1.2: letters, digits and inner hyphens, 63 at most
		if label == "" || len(label) > 63 || label[0] == '-' || strings.HasSuffix(label, "-") || strings.ContainsFunc(label, notInLabel) {
			return fault.New(fault.Invalid, "Delen efter @ i e-postadressen är inte ett riktigt domännamn. Skriv den som kommun.se.")
		}
	}
	return nil
}

// inNormalForm refuses an address that ParseAddress would not have given.
func inNormalForm(address string) error {
	parsed, err := ParseAddress(address)
	if err == nil && parsed != address {
		err = errors.New("not in normal form")
	}
	if err != nil {
		return fmt.Errorf("address %q: %w", address, err)
	}
	return nil
}

func beyondASCII(r rune) bool { return r > unicode.MaxASCII }

func notInLabel(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
}

// notInLocal is RFC 5322's atext and the dot, without the characters that old relays read as a
// route (% and !) and that programs hand to a shell (| and `).
func notInLocal(r rune) bool {
	letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	return !letter && !strings.ContainsRune(".#$&'*+-/=?^_{}~", r)
}
