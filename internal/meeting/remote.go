package meeting

import (
	"net/url"
	"regexp"
	"strings"
)

// dialIn is a telephone number as it is written in a place: "Ring in: 08-123 456 78, kod 55".
var dialIn = regexp.MustCompile(`(?:^|[\s:(])(?:\+\d{2}|0\d)[\d ()/-]{5,}\d`)

// ByDistance tells whether a meeting can be taken part in from elsewhere: its place has a video link or a
// number to ring.
func (m Meeting) ByDistance() bool {
	return VideoLink(m.Place) != "" || dialIn.MatchString(m.Place)
}

// VideoLink gives the first https address in a place, "" when there is none. Another scheme could be
// anything.
func VideoLink(place string) string {
	for _, word := range strings.Fields(place) {
		if at := strings.Index(word, "https://"); at >= 0 {
			address := strings.TrimRight(word[at:], ".,;:)>]\"'”’")
			if u, err := url.Parse(address); err == nil && u.Host != "" && u.User == nil { // user@ dresses one host up as another
				return address
			}
		}
	}
	return ""
}
