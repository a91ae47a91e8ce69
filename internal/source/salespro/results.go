package salespro

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// A lead result holds a JSON array of {title, value} as a text. Titles are the
// customer's own, and typed by people. The array becomes an object by title, in
// which the columns find their values; the text itself stays as it is (L5).
const (
	resultsMember = "lead_results"          // the text
	titlesMember  = "lead_results_by_title" // the object
)

// escape writes a title as one step of a path.
func escape(title string) string { return strings.NewReplacer(`\`, `\\`, ".", `\.`).Replace(title) }

// appendTitles appends the object by title of a lead result, or null where the text
// holds no such array.
func appendTitles(dst, text []byte) []byte {
	from := len(dst)
	dst = append(dst, '{')
	seen := map[string]bool{}
	elements, ok := arrayOf(text)
	if !ok {
		return append(dst[:from], "null"...)
	}
	// The last of two that share a title counts, so they are read from the end.
	for i := len(elements) - 1; i >= 0; i-- {
		title, ok := rawjson.Unquote(nil, rawjson.Member(elements[i], "title"))
		name := strings.TrimSpace(string(title))
		if !ok || name == "" || seen[name] || !utf8.ValidString(name) {
			continue
		}
		seen[name] = true
		if len(seen) > 1 {
			dst = append(dst, ',')
		}
		dst, _ = jsontext.AppendQuote(dst, name) // valid UTF-8 always has a quoted form
		dst = append(dst, ':')
		dst = appendResult(dst, name, rawjson.Member(elements[i], "value"))
	}
	return append(dst, '}')
}

// arrayOf returns the elements of a JSON array that a text holds.
func arrayOf(text []byte) (elements []jsontext.Value, ok bool) {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '[' {
		return nil, false
	}
	for d.PeekKind() != ']' {
		v, err := d.ReadValue()
		if err != nil {
			return nil, false
		}
		elements = append(elements, v.Clone())
	}
	_, err := d.ReadToken()
	return elements, err == nil
}

// appendResult appends a value as the columns hold it. The old system took every
// character but digits out of a price: "about 5,000 or 6,000" became 50006000. Here
// only what is written around an amount goes; anything else is left as it is, and
// the column tells that it is no number.
func appendResult(dst []byte, title string, value []byte) []byte {
	text, isText := rawjson.Unquote(nil, value)
	if !isText {
		if len(value) == 0 {
			return append(dst, "null"...)
		}
		return append(dst, value...)
	}
	plain := strings.TrimSpace(string(text))
	if isPrice(title) {
		plain = amount(plain)
	} else {
		plain = strings.TrimSpace(strings.TrimLeft(plain, "-"))
	}
	switch strings.ToLower(plain) {
	case "", "null", "none", "n/a":
		return append(dst, "null"...)
	}
	dst, err := jsontext.AppendQuote(dst, plain)
	if err != nil {
		return append(dst, "null"...)
	}
	return dst
}

func isPrice(title string) bool { return title == "One Year Price" || title == "Last Price Offered" }

// amount takes off what people write around an amount of money: $ 33,000.00
func amount(text string) string {
	plain := strings.NewReplacer("$", "", ",", "", " ", "", "\u00a0", "").Replace(text)
	digits := strings.TrimPrefix(plain, "-")
	if digits == "" || strings.Trim(digits, "0123456789.") != "" || strings.Count(digits, ".") > 1 {
		if strings.Trim(plain, "-") == "" {
			return ""
		}
		return text
	}
	return plain
}
