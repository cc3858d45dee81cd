package meeting_test

import (
	"testing"

	"samverkan/internal/meeting"
)

func TestVideoLink(t *testing.T) {
	for place, want := range map[string]string{
		"":                                   "",
		"Rum 2, Kommunhuset":                 "",
		"https://moten.example/j/1?a=b":      "https://moten.example/j/1?a=b",
		"Video (https://moten.example/j/1).": "https://moten.example/j/1",
		"Rum 2\nhttps://moten.example/1 https://annan.example/2": "https://moten.example/1",
		"http://moten.example/1":                                 "",
		"javascript:alert(1)//https://":                          "",
		"https://bank.example@elak.example/1":                    "",
		"https://":                                               "",
		"https://%zz/":                                           "",
	} {
		if got := meeting.VideoLink(place); got != want {
			t.Errorf("%q: %q, not %q", place, got, want)
		}
	}
}

func TestAMeetingByDistanceHasALinkOrANumber(t *testing.T) {
	for place, want := range map[string]bool{
		"":                                        false,
		"Rum 2, Kommunhuset":                      false,
		"Storgatan 12, 643 30 Vingåker":           false,
		"Sal 0815":                                false,
		"http://moten.example/1":                  false,
		"Rum 2 eller https://moten.example/j/1":   true,
		"Ring 08-123 456 78, kod 55":              true,
		"Rum 2 (0151-191 00)":                     true,
		"Telefon:+46 8 123 456 78":                true,
		"Möte nr 2027-01-21 i rum 3, plan 2":      false,
		"Kommunhuset, 2 tr, 13.00–14.30, kaffe 9": false,
	} {
		if got := (meeting.Meeting{Place: place}).ByDistance(); got != want {
			t.Errorf("%q: %v", place, got)
		}
	}
}
