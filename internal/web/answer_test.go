package web

import "testing"

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
		if got := videoLink(place); got != want {
			t.Errorf("%q: %q, not %q", place, got, want)
		}
	}
}
