package rawjson_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/warren-sync/warren/internal/crm/rawjson"
)

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":2}`, ` { "b" : 2 , "a" : 1 } `, true},
		{`{"a":1}`, `{"a":1,"b":null}`, false},
		{`{"a":1,"b":null}`, `{"a":1,"c":null}`, false},
		{`{"a":1,"a":2}`, `{"a":2}`, true},
		{`{"a":1,"a":2}`, `{"a":1}`, false},
		{`{"a":{"b":[{"c":1.0}]}}`, `{"a":{"b":[{"c":1}]}}`, true},
		{`{"a":{"b":[{"c":1.0}]}}`, `{"a":{"b":[{"c":1.1}]}}`, false},
		{`[1,2]`, `[2,1]`, false},
		{`[1,2]`, `[1,2,3]`, false},
		{`[]`, `{}`, false},
		{`{}`, `[]`, false},
		{`"\u00e9\/"`, `"é/"`, true},
		{`"é"`, `"e\u0301"`, false},
		{`"1"`, `1`, false},
		{`1`, `"1"`, false},
		{`null`, `false`, false},
		{`null`, `null `, true},
		{`0`, `false`, false},
		{`""`, `null`, false},

		{`1.50`, `1.5`, true},
		{`1.50`, `1.51`, false},
		{`1e2`, `100`, true},
		{`1E+2`, `100.00`, true},
		{`15e-1`, `1.5`, true},
		{`0`, `-0.0e9`, true},
		{`1`, `-1`, false},
		{`10`, `1`, false},
		{`0.1`, `0.01`, false},
		{`1e400`, `1` + strings.Repeat("0", 400), true},
		{`1e-400`, `0.` + strings.Repeat("0", 399) + `1`, true},
		{`1e400`, `1e401`, false},
		{`1e99999999999999999999`, `10e99999999999999999998`, true},
		{`1e99999999999999999999`, `1e99999999999999999998`, false},
		{`12345678901234567890123`, `12345678901234567890124`, false},
		{strings.Repeat("9", 2000), strings.Repeat("9", 2000) + ".0", true},

		{`{"a":1`, `{"a":1`, true},
		{`{"a":1`, `{"a":1 `, false},
		{`1 2`, `1`, false},
		{`1]`, `1`, false},
		{`{}}`, `{}`, false},
		{``, ` `, false},
		{``, ``, true},
		{"\"\xff\"", "\"\xfe\"", false},
		{"\"\xff\"", "\"\xff\"", true},
		{`01`, `1`, false},
	} {
		if got := rawjson.Equal([]byte(c.a), []byte(c.b)); got != c.want {
			t.Errorf("%.40s and %.40s are equal: %t", c.a, c.b, got)
		}
		if got := rawjson.Equal([]byte(c.b), []byte(c.a)); got != c.want {
			t.Errorf("%.40s and %.40s are equal: %t", c.b, c.a, got)
		}
	}
}

// Numbers are equal when they are as fractions, and only then.
func TestEqualNumbersAreThoseOfOneValue(t *testing.T) {
	digits := rapid.StringMatching(`-?(0|[1-9][0-9]{0,4})(\.[0-9]{1,4})?([eE][-+]?[0-9]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := digits.Draw(t, "a"), digits.Draw(t, "b")
		if rapid.Bool().Draw(t, "shifted") { // the same value in another form
			whole, exponent, _ := strings.Cut(strings.ToLower(a), "e")
			n, _ := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
			b = shifted(whole) + "e" + strconv.Itoa(n-1)
		}
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		if got, want := rawjson.Equal([]byte(a), []byte(b)), x.Cmp(y) == 0; got != want {
			t.Errorf("%s and %s are equal: %t", a, b, got)
		}
	})
}

// shifted moves the point of a number one place to the right.
func shifted(plain string) string {
	sign := ""
	if strings.HasPrefix(plain, "-") {
		sign, plain = "-", plain[1:]
	}
	whole, fraction, _ := strings.Cut(plain, ".")
	next := "0"
	if fraction != "" {
		next, fraction = fraction[:1], fraction[1:]
	}
	if whole = strings.TrimLeft(whole+next, "0"); whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return sign + whole
	}
	return sign + whole + "." + fraction
}

// A value is equal to itself in every form that encoding/json gives it.
func FuzzEqual(f *testing.F) {
	for _, raw := range []string{`{"b":[1.50,{"c":null}],"a":"é"}`, `[1e400,-0]`, `"\u2028"`, `{"a":1,"a":2}`, `null`, `1 2`} {
		f.Add([]byte(raw), []byte(raw))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if rawjson.Equal(a, b) != rawjson.Equal(b, a) {
			t.Fatalf("%q and %q are equal one way only", a, b)
		}
		if !rawjson.Equal(a, a) {
			t.Fatalf("%q is not equal to itself", a)
		}
		if !json.Valid(a) || !bytes.Equal(a, bytes.ToValidUTF8(a, nil)) {
			return
		}
		dec := json.NewDecoder(bytes.NewReader(a))
		dec.UseNumber()
		var v any
		if dec.Decode(&v) != nil {
			return
		}
		again, err := json.Marshal(v)
		if err == nil && !rawjson.Equal(a, again) {
			t.Fatalf("%q is not equal to %q", a, again)
		}
	})
}
