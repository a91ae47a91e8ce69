package table

import (
	"cmp"
	"strings"
)

// Compare orders two values of one type that is not nested; NULL comes last.
func Compare(a, b Value, t Type) int {
	switch {
	case !a.set || !b.set:
		return cmp.Compare(order(a), order(b))
	case t.Kind == DoubleKind || t.Kind == RealKind:
		return cmp.Compare(a.Float(), b.Float())
	case t.Kind == DecimalKind:
		return CompareDigits(a.text, b.text)
	case t.Kind == BooleanKind || t.fixed():
		return cmp.Compare(a.num, b.num)
	}
	return strings.Compare(a.text, b.text)
}

func order(v Value) int {
	if v.set {
		return 0
	}
	return 1
}

// CompareDigits orders two exact numbers, whatever number of digits they have.
func CompareDigits(a, b string) int {
	negativeA, wholeA, fractionA := digits(a)
	negativeB, wholeB, fractionB := digits(b)
	if negativeA != negativeB {
		if negativeA {
			return -1
		}
		return 1
	}
	order := cmp.Or(cmp.Compare(len(wholeA), len(wholeB)), strings.Compare(wholeA, wholeB), strings.Compare(fractionA, fractionB))
	if negativeA {
		return -order
	}
	return order
}

// digits takes a number apart; zeros that say nothing are dropped, and nothing
// is not negative.
func digits(text string) (negative bool, whole, fraction string) {
	text, negative = strings.CutPrefix(text, "-")
	whole, fraction, _ = strings.Cut(text, ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	return negative && whole+fraction != "", whole, fraction
}
