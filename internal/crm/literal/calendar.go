package literal

// What can be wrong with a day.
const (
	problemNotDate  Problem = "is not a date or time such as 2021-05-20 or 2021-05-20T18:01:02Z"
	problemZeroDate Problem = "is the zero date 0000-00-00, which no calendar has"
	problemYear     Problem = "has a year outside 1 to 9999"
	problemMonth    Problem = "has a month outside 1 to 12"
	problemDay      Problem = "has a day that its month does not have"
)

// readDay reads the day that text begins with, as days since 1970-01-01, and
// returns what follows it. It knows YYYY-MM-DD, and with - or / MM/DD/YYYY and
// DD/MM/YYYY. The last two are told apart as the old system did: the month
// comes first, unless the first number can be no month.
func readDay(text []byte) (days int64, rest []byte, err error) {
	a, aDigits, rest := readNumber(text)
	b, bDigits, rest := readNumber(afterSeparator(text, rest))
	c, cDigits, rest := readNumber(afterSeparator(text, rest))
	dashed := aDigits > 0 && aDigits < len(text) && text[aDigits] == '-'
	switch {
	case bDigits < 1 || bDigits > 2:
		return 0, nil, problemNotDate
	case dashed && aDigits >= 4 && cDigits >= 1 && cDigits <= 2:
		if aDigits > 4 {
			return 0, nil, problemYear
		}
		if a == 0 && b == 0 && c == 0 {
			return 0, nil, problemZeroDate
		}
		days, err = dayNumber(a, b, c)
	case aDigits >= 1 && aDigits <= 2 && cDigits == 4:
		if a > 12 {
			a, b = b, a
		}
		days, err = dayNumber(c, a, b)
	default:
		return 0, nil, problemNotDate
	}
	return days, rest, err
}

// readNumber reads up to nine digits.
func readNumber(text []byte) (number, digits int, rest []byte) {
	for digits < len(text) && digits < 9 && isDigit(text[digits]) {
		number = number*10 + int(text[digits]-'0')
		digits++
	}
	return number, digits, text[digits:]
}

// afterSeparator returns what follows the separator that rest, a tail of text,
// begins with; nothing when that is not the first separator of text.
func afterSeparator(text, rest []byte) []byte {
	if len(rest) == 0 || rest[0] != '-' && rest[0] != '/' {
		return nil
	}
	for _, c := range text {
		if !isDigit(c) {
			if c != rest[0] {
				return nil
			}
			break
		}
	}
	return rest[1:]
}

// dayNumber counts the days from 1970-01-01 to a day of the Gregorian
// calendar, which is taken to have held for ever.
func dayNumber(year, month, day int) (int64, error) {
	if year < 1 || year > 9999 {
		return 0, problemYear
	}
	if month < 1 || month > 12 {
		return 0, problemMonth
	}
	if day < 1 || day > monthLength(year, month) {
		return 0, problemDay
	}
	// The year is taken to begin in March, so that the leap day ends it.
	if month <= 2 {
		year--
		month += 12
	}
	const daysToEpoch = 719469 // from 1 March of the year 0, less the one that day counts from
	days := 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day
	return int64(days - daysToEpoch), nil
}

func monthLength(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	default:
		return 31
	}
}
