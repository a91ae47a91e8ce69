package literal

// What can be wrong with a number that stands for an instant.
const problemEightDigits Problem = "has 8 digits, which may be a date without dashes or seconds since 1970"

// millisecondsFrom is the number above which a count since 1970 is in
// milliseconds: as seconds it would lie beyond the year 2286.
const millisecondsFrom = 10_000_000_000

// epoch is a number of seconds or milliseconds since 1970, such as
// -1621533662.25.
type epoch struct {
	negative bool
	whole    []byte // one digit or more
	fraction []byte // digits, or none
}

// scanEpoch reports whether text is nothing but a plain number.
func scanEpoch(text []byte) (e epoch, ok bool) {
	if len(text) > 0 && text[0] == '-' {
		e.negative, text = true, text[1:]
	}
	n := countDigits(text)
	if n == 0 {
		return epoch{}, false
	}
	e.whole, text = text[:n], text[n:]
	if len(text) == 0 {
		return e, true
	}
	e.fraction = text[1:]
	return e, text[0] == '.' && len(e.fraction) > 0 && countDigits(e.fraction) == len(e.fraction)
}

// instant returns microseconds since 1970, cut towards the past.
func (e epoch) instant() (micros int64, exact bool, err error) {
	if len(e.whole) > 18 {
		return 0, false, problemYear
	}
	var n int64
	for _, c := range e.whole {
		n = n*10 + int64(c-'0')
	}
	if !e.negative && len(e.whole) == 8 && len(e.fraction) == 0 && looksLikeDate(n) {
		return 0, false, problemEightDigits
	}
	millionths, _, exact, _ := readFraction(e.fraction)
	if n > millisecondsFrom {
		if n > maxMicros/1000 {
			return 0, false, problemYear
		}
		exact = exact && millionths%1000 == 0
		micros = n*1000 + millionths/1000
	} else {
		micros = n*secondMicros + millionths
	}
	if e.negative {
		micros = -micros
		if !exact {
			micros--
		}
	}
	return micros, exact, nil
}

// looksLikeDate reports whether n, written out, is a day of these times as
// YYYYMMDD. Read as seconds such a number is a day of August 1970: either
// reading would be a guess, and one of them would be wrong without a sign.
func looksLikeDate(n int64) bool {
	year := int(n / 10_000)
	_, err := dayNumber(year, int(n/100%100), int(n%100))
	return err == nil && year >= 1900 && year <= 2100
}

func countDigits(text []byte) int {
	n := 0
	for n < len(text) && isDigit(text[n]) {
		n++
	}
	return n
}
