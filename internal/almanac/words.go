package almanac

import (
	"fmt"
	"time"

	"samverkan/internal/lang"
)

// Lists of weekdays begin on Sunday, as time.Weekday counts them.
var (
	monthsSwedish    = []string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}
	monthsEnglish    = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	monthsShort      = []string{"jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"}
	weekdaysSwedish  = []string{"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"}
	weekdaysDefinite = []string{"söndagen", "måndagen", "tisdagen", "onsdagen", "torsdagen", "fredagen", "lördagen"}
	weekdaysEnglish  = []string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	weekdaysShort    = []string{"sön", "mån", "tis", "ons", "tors", "fre", "lör"}
)

// MonthName gives the month in l: "januari", "January".
func MonthName(m time.Month, l lang.Language) string {
	if l == lang.English {
		return monthsEnglish[m-1]
	}
	return monthsSwedish[m-1]
}

// WeekdayName gives the day of the week in l: "torsdag", "Thursday".
func WeekdayName(w time.Weekday, l lang.Language) string {
	if l == lang.English {
		return weekdaysEnglish[w]
	}
	return weekdaysSwedish[w]
}

// Long gives the date in full: "torsdag 21 januari 2027", "Thursday 21 January 2027". The zero
// Date gives nothing.
func Long(d Date, l lang.Language) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%s %d %s %d", WeekdayName(d.Weekday(), l), d.Day, MonthName(d.Month, l), d.Year)
}

// Short gives the date without its year: "tors 21 jan", "Thu 21 Jan". The zero Date gives nothing.
func Short(d Date, l lang.Language) string {
	if d.IsZero() {
		return ""
	}
	if l == lang.English {
		return fmt.Sprintf("%s %d %s", weekdaysEnglish[d.Weekday()][:3], d.Day, monthsEnglish[d.Month-1][:3])
	}
	return fmt.Sprintf("%s %d %s", weekdaysShort[d.Weekday()], d.Day, monthsShort[d.Month-1])
}

// In says the date inside a sentence, without its year: it is a lang.Spoken.
func (d Date) In(l lang.Language) string { return Short(d, l) }
