package deidentify_test

import (
	"testing"

	"samverkan/internal/deidentify"
)

func TestTelling(t *testing.T) {
	for text, want := range map[string]bool{
		"Nätverksträff, Vingåkers kommun": false, "Avstämning": false, "Hotell Vingen, plan 2": false, "Offertgenomgång": false,
		"Valda delar av planen": false, "Samverkan mot våld": true, "Hedersrelaterat": true, "kommunpolisen": true,
		"Relationsvåldsteamet": true, "HOT": true, "Ett hot": true, "Brottsofferjouren": true, "Kvinnojouren Miranda": true,
		"Kriminalvården": true, "valdsgruppen@vingaker.example": true, "Utsatta barn": true, "skyddat boende": true,
		"Könsstympning": true, "Tvångsgifte": true, "Samverkan RVT": false,
	} {
		if word, found := deidentify.Telling(text); found != want {
			t.Errorf("%q: %q %v", text, word, found)
		}
	}
}
