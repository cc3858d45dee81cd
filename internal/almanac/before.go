package almanac

// WorkdaysBefore gives the n-th working day before d.
func WorkdaysBefore(d Date, n int) Date {
	for n > 0 {
		d = d.AddDays(-1)
		if IsWorkday(d) {
			n--
		}
	}
	return d
}
