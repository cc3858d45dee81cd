package secretariat_test

import (
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/app/sample"
	"samverkan/internal/fault"
	"samverkan/internal/secretariat"
	"samverkan/internal/store"
	"samverkan/internal/store/storetest"
)

// A comment that comes by letter is somebody else's words: nothing of it is kept before a person has read it.
func TestAnAnswerWithANumberWaits(t *testing.T) {
	each(t, func(t *testing.T, d *desk) {
		m, letter := d.called()
		a := replyTo(letter, "ACCEPTED", d.clock.Time(), "UID:", "COMMENT:Gäller 910101-2384\nUID:")
		if got := d.receive(a); got != "parked: "+secretariat.NumberInComment || d.last(m, "omradespolis") != nil {
			t.Errorf("%s: %+v", got, d.last(m, "omradespolis"))
		}
		if got := d.receive(replyTo(letter, "ACCEPTED", d.clock.Time(), "UID:", "COMMENT:Kommer lite senare\nUID:")); got != "answer" {
			t.Error(got)
		}
	})
}

func TestTheGuardReadsAPlan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for number, refused := range map[string]bool{" Se 910101-2384.": true, " Se 5000-K123456-26.": true, " Se SN 2026/0123.": false} {
			text := strings.Replace(string(sample.Plan), "Genomföra insatsen", "Genomföra insatsen."+number, 1)
			if text == string(sample.Plan) {
				t.Fatal("the plan has no such row")
			}
			var lines []secretariat.Line
			err := db.Rehearse(t.Context(), func(tx *store.Tx) (err error) {
				lines, err = secretariat.ImportPlan(tx, access.System(), parse(t, text), secretariat.ImportChoices{})
				return err
			})
			if is := err != nil && fault.KindOf(err) == fault.Invalid; is != refused {
				t.Errorf("%q: %v", number, err)
			}
			if refused && lines[0].Outcome != secretariat.Mistake {
				t.Errorf("%+v", lines[0])
			}
		}
	})
}
