package mail

import (
	"strings"
)

// Authenticity is what the receiving server found out about the author's address.
type Authenticity string

// The findings.
const (
	NotJudged Authenticity = ""     // by a server that we trust
	Authentic Authenticity = "pass" // the domain in From vouches for the letter
	Forged    Authenticity = "fail" // the domain in From says that it is not its own
)

// authenticity reads the topmost Authentication-Results of the server that we trust (RFC 8601).
// Only the topmost: servers add theirs above what the sender wrote, and a sender may write what it
// likes further down. go-msgauth's parser is not used: it takes a semicolon in a comment for the end of a
// result, and servers quote the sender's address in comments.
func authenticity(fields []string, authserv, from string) Authenticity {
	domain := from[strings.LastIndexByte(from, '@')+1:]
	if authserv == "" || domain == "" {
		return NotJudged
	}
	for _, field := range fields {
		parts := strings.Split(withoutComments(field), ";")
		name := strings.Fields(parts[0])
		if len(name) == 0 || !strings.EqualFold(name[0], authserv) {
			continue
		}
		return judged(parts[1:], domain)
	}
	return NotJudged
}

// judged: DMARC decides when there is a result; else a DKIM signature of the author's domain or one
// above it does (RFC 7489 §3.1.1, relaxed).
func judged(results []string, domain string) Authenticity {
	found := NotJudged
	for _, result := range results {
		words := strings.Fields(result)
		if len(words) == 0 {
			continue
		}
		properties := map[string]string{}
		for _, word := range words[1:] {
			key, value, _ := strings.Cut(word, "=")
			properties[strings.ToLower(key)] = strings.ToLower(value)
		}
		switch strings.ToLower(words[0]) {
		case "dmarc=fail":
			return Forged
		case "dmarc=pass":
			if said := properties["header.from"]; said == "" || said == domain {
				found = Authentic
			}
		case "dkim=pass":
			if d := properties["header.d"]; strings.Contains(d, ".") && (d == domain || strings.HasSuffix(domain, "."+d)) {
				found = Authentic
			}
		}
	}
	return found
}

// withoutComments drops what stands in parentheses and what stands in quotes (RFC 8601 §2.2): neither
// carries a result that we read, and both may hold what a sender chose.
func withoutComments(field string) string {
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(field); i++ {
		switch c := field[i]; {
		case c == '\\' && (quoted || depth > 0):
			i++
		case quoted:
			quoted = c != '"'
		case c == '(':
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '"':
			quoted = true
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
