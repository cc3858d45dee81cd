package deidentify

import (
	"time"

	"samverkan/internal/fault"
)

// Line is fault.Line for a text that is kept or leaves the house: it refuses a number that is
// certain to be a person's or a case's too.
func Line(today time.Time, field, text string, max int) (string, error) {
	text, err := fault.Line(field, text, max)
	return refuse(today, field, text, err)
}

// OptionalLine is Line for a text that may be empty.
func OptionalLine(today time.Time, field, text string, max int) (string, error) {
	text, err := fault.OptionalLine(field, text, max)
	return refuse(today, field, text, err)
}

// Text is Line for a text of several lines.
func Text(today time.Time, field, text string, max int) (string, error) {
	text, err := fault.Text(field, text, max)
	return refuse(today, field, text, err)
}

func refuse(today time.Time, field, text string, err error) (string, error) {
	if err != nil {
		return text, err
	}
	if sure := Certain(Find(text, today)); len(sure) > 0 {
		return "", fault.On(field, "Det ser ut att stå ett personnummer eller ett ärendenummer i texten (%s). Ta bort det.", Shown(sure))
	}
	return text, nil
}
