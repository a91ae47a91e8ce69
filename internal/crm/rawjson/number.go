package rawjson

import (
	"math/big"
	"strings"
)

// number is a JSON number in one form: what stands before the exponent as an
// integer without zeros at either end, and the exponent that goes with it.
type number struct {
	digits   string // without sign; "" is zero
	exponent string // in decimal
	negative bool
}

// numberOf takes a number apart. It is exact for numbers of any size, since
// databases keep larger ones than CRMs mean.
func numberOf(text string) number {
	text, negative := strings.CutPrefix(text, "-")
	text = strings.ReplaceAll(text, "E", "e")
	text, written, _ := strings.Cut(text, "e")
	whole, fraction, _ := strings.Cut(text, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	if digits == "" {
		return number{}
	}
	exponent, _ := new(big.Int).SetString("0"+strings.TrimLeft(written, "+-"), 10)
	if strings.HasPrefix(written, "-") {
		exponent.Neg(exponent)
	}
	short := strings.TrimRight(digits, "0")
	exponent.Add(exponent, big.NewInt(int64(len(digits)-len(short)-len(fraction))))
	return number{digits: short, exponent: exponent.String(), negative: negative}
}
