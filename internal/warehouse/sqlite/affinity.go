package sqlite

import (
	"database/sql/driver"
	"errors"
	"math"
	"strconv"
	"strings"
)

// affinity is what a column does to the values that are put into it
// (https://www.sqlite.org/datatype3.html, https://www.sqlite.org/stricttables.html).
type affinity uint8

const (
	keeps        affinity = iota // stores what comes
	toTexts                      // numbers become texts
	toNumbers                    // texts that look like numbers become numbers
	toReals                      // so do they, and integers become floating
	onlyIntegers                 // refuses what is none; of a STRICT table
	onlyReals                    // refuses what is none
	onlyBinary                   // refuses what is none
)

// affinityOf applies SQLite's rules to a declared type.
func affinityOf(declared string, strict bool) affinity {
	t := strings.ToUpper(declared)
	if strict {
		return map[string]affinity{
			"INT": onlyIntegers, "INTEGER": onlyIntegers, "REAL": onlyReals, "BLOB": onlyBinary, "TEXT": toTexts,
		}[t] // and ANY keeps
	}
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(t, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("INT"):
		return toNumbers
	case has("CHAR", "CLOB", "TEXT"):
		return toTexts
	case t == "" || has("BLOB"):
		return keeps
	case has("REAL", "FLOA", "DOUB"): //nolint:misspell // SQLite's own spelling
		return toReals
	default:
		return toNumbers
	}
}

// holds reports whether a column of this affinity gives back what is put in.
func (a affinity) holds(v driver.Value) bool {
	switch v := v.(type) {
	case int64:
		return a != onlyBinary && (a != toReals && a != onlyReals || exactReal(v))
	case float64:
		return a != onlyBinary && (a != onlyIntegers || v == math.Trunc(v))
	case string:
		return a.holdsText(v)
	default:
		return true
	}
}

// exactReal reports whether a floating number is the same as n.
func exactReal(n int64) bool {
	f := float64(n)
	return f < 1<<63 && int64(f) == n
}

func (a affinity) holdsText(s string) bool {
	switch a {
	case keeps, toTexts:
		return true
	case toNumbers:
		return !looksNumeric(s) || plainInteger(s)
	case onlyIntegers:
		return plainInteger(s)
	case toReals:
		return !looksNumeric(s)
	default:
		return false
	}
}

// plainInteger reports whether an integer is written as s.
func plainInteger(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && strconv.FormatInt(n, 10) == s
}

// looksNumeric reports whether SQLite might take a text for a number.
func looksNumeric(s string) bool {
	s = strings.Trim(s, " \t\n\v\f\r")
	if s == "" || strings.Trim(s, "0123456789+-.eE") != "" {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil || errors.Is(err, strconv.ErrRange)
}
