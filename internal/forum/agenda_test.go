package forum

import (
	"slices"
	"testing"

	"samverkan/internal/fault"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

func TestItems(t *testing.T) {
	tx := &store.Tx{Now: storetest.Now}
	got := Items([]string{"Öppnande och närvaro", "Föregående anteckningar och uppgifter | 10", "Laget runt|20 min", "Barnperspektiv", "Besök", "Att föra vidare", "Nästa möte | 5"})
	want := []StandingItem{{"Öppnande och närvaro", Opening, 0}, {"Föregående anteckningar och uppgifter", Previous, 10}, {"Laget runt", Round, 20},
		{"Barnperspektiv", Children, 0}, {"Besök", Free, 0}, {"Att föra vidare", PassOn, 0}, {"Nästa möte", Next, 5}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	for _, wrong := range []string{"Besök | snart", "Besök | 0", "Besök | 481", "| 5", "Besök | 5 | 6"} {
		if _, err := agenda(tx, []string{wrong}); !fault.Concerns(err, "agenda") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if kept, err := agenda(tx, []string{"", " Besök | 5 "}); err != nil || !slices.Equal(kept, []string{"Besök | 5"}) {
		t.Errorf("%q, %v", kept, err)
	}
}
