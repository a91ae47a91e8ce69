package literal

// What can be wrong with a time of day.
const (
	problemNotTime  Problem = "is not a time such as 18:01 or 18:01:02.5"
	problemHour     Problem = "has an hour outside 0 to 23"
	problemMinute   Problem = "has a minute outside 0 to 59"
	problemSecond   Problem = "has a second outside 0 to 59"
	problemFraction Problem = "has a fraction of a second without digits or with more than 9"
	problemMidnight Problem = "is after 24:00:00, the end of the day"
)

const (
	secondMicros = 1_000_000
	daySeconds   = 86_400
	dayMicros    = daySeconds * secondMicros
)

// TimeOfDay reads HH:MM, HH:MM:SS or HH:MM:SS.f, as microseconds since
// midnight. 24:00 is the end of a day, not a time in it, and refused.
func TimeOfDay(text []byte) (micros int64, exact bool, err error) {
	text = trim(text)
	if len(text) == 0 {
		return 0, false, problemEmpty
	}
	micros, exact, rest, err := readClock(text)
	switch {
	case err != nil:
		return 0, false, err
	case len(rest) > 0:
		return 0, false, problemNotTime
	case micros >= dayMicros:
		return 0, false, problemHour
	}
	return micros, exact, nil
}

// readClock reads the time of day that text begins with, as microseconds since
// midnight, and returns what follows it. exact is false when digits other than
// zero were cut behind the microsecond. 24:00:00 is the end of the day.
func readClock(text []byte) (micros int64, exact bool, rest []byte, err error) {
	hour, ok := readPair(text)
	if !ok || len(text) < 5 || text[2] != ':' {
		return 0, false, nil, problemNotTime
	}
	minute, ok := readPair(text[3:])
	if !ok {
		return 0, false, nil, problemNotTime
	}
	rest, exact = text[5:], true
	var second, fraction int64
	if len(rest) > 0 && rest[0] == ':' {
		if second, ok = readPair(rest[1:]); !ok {
			return 0, false, nil, problemNotTime
		}
		rest = rest[3:]
		if len(rest) > 0 && rest[0] == '.' {
			var digits int
			fraction, digits, exact, rest = readFraction(rest[1:])
			if digits < 1 || digits > 9 {
				return 0, false, nil, problemFraction
			}
		}
	}
	switch {
	case hour > 24:
		return 0, false, nil, problemHour
	case minute > 59:
		return 0, false, nil, problemMinute
	case second > 59:
		return 0, false, nil, problemSecond
	}
	micros = (hour*3600+minute*60+second)*secondMicros + fraction
	if micros > dayMicros || micros == dayMicros && !exact {
		return 0, false, nil, problemMidnight
	}
	return micros, exact, rest, nil
}

// readPair reads two digits.
func readPair(text []byte) (int64, bool) {
	if len(text) < 2 || !isDigit(text[0]) || !isDigit(text[1]) {
		return 0, false
	}
	return int64(text[0]-'0')*10 + int64(text[1]-'0'), true
}

// readFraction reads the digits behind a point as millionths. exact is false
// when the digits behind the sixth are not all zero.
func readFraction(text []byte) (millionths int64, digits int, exact bool, rest []byte) {
	exact = true
	for digits < len(text) && isDigit(text[digits]) {
		d := int64(text[digits] - '0')
		if digits < 6 {
			millionths = millionths*10 + d
		} else if d != 0 {
			exact = false
		}
		digits++
	}
	for i := digits; i < 6; i++ {
		millionths *= 10
	}
	return millionths, digits, exact, text[digits:]
}
