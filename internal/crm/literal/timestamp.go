package literal

// The first and the last microsecond of the years 1 to 9999.
const (
	minMicros = -62_135_596_800 * secondMicros
	maxMicros = 253_402_300_800*secondMicros - 1
)

// Timestamp reads an instant, as microseconds since 1970-01-01 UTC. exact is
// false when digits other than zero were cut behind the microsecond.
//
// It knows a day alone (its midnight), or a day, T or a blank, and a time of
// day, which Z, UTC or an offset may follow; without one the time is UTC. The
// day is YYYY-MM-DD, MM/DD/YYYY or MM-DD-YYYY; where the first number is above
// 12, DD/MM/YYYY or DD-MM-YYYY. A number is seconds since 1970, or
// milliseconds when it is above 10^10.
//
// An error is a Problem, and says what is wrong without repeating the text.
func Timestamp(text []byte) (micros int64, exact bool, err error) {
	text = trim(text)
	if len(text) == 0 {
		return 0, false, problemEmpty
	}
	if e, ok := scanEpoch(text); ok {
		micros, exact, err = e.instant()
	} else {
		micros, exact, err = readInstant(text)
	}
	if err != nil {
		return 0, false, err
	}
	if micros < minMicros || micros > maxMicros {
		return 0, false, problemYear
	}
	return micros, exact, nil
}

// Date reads a day, as days since 1970-01-01. It knows what Timestamp knows;
// of an instant it takes the day in UTC.
func Date(text []byte) (days int64, err error) {
	micros, _, err := Timestamp(text)
	if err != nil {
		return 0, err
	}
	// Counted from the year 1 the division never meets a negative number.
	return (micros-minMicros)/dayMicros + minMicros/dayMicros, nil
}

// readInstant reads a day and the time that may follow it.
func readInstant(text []byte) (micros int64, exact bool, err error) {
	days, rest, err := readDay(text)
	if err != nil {
		return 0, false, err
	}
	if len(rest) == 0 {
		return days * dayMicros, true, nil
	}
	if rest[0] != ' ' && rest[0]|0x20 != 't' {
		return 0, false, problemTail
	}
	clock, exact, rest, err := readClock(rest[1:])
	if err != nil {
		return 0, false, err
	}
	offset, err := readZone(rest)
	if err != nil {
		return 0, false, err
	}
	return days*dayMicros + clock - offset*secondMicros, exact, nil
}
