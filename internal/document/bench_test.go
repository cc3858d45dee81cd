package document

import "testing"

func BenchmarkPDF(b *testing.B) {
	d := Document{Title: "Minnesanteckningar: Nätverksträff", Language: "sv", Body: []Block{Heading{2, "Laget runt"}, Words("Polisen berättar om ny rutin.")}}
	for b.Loop() {
		if _, err := PDF(d); err != nil {
			b.Fatal(err)
		}
	}
}
