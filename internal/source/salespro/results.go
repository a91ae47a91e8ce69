package salespro

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// A lead result holds a JSON array of {title, value} as a text. Titles are the
// customer's own, and typed by people. The array becomes an object by title, in
// which the columns find their values; the text itself stays as it is (L5).
const (
	resultsMember = "lead_results"          // the text
	titlesMember  = "lead_results_by_title" // the object
)

// appendTitles appends the object by title of a lead result, or null where the text
// holds no such array. Of titles that are the same the last counts. prices are the
// titles whose columns are numbers.
func appendTitles(dst, text []byte, prices map[string]bool) []byte {
	elements, ok := arrayOf(text)
	if !ok {
		return append(dst, "null"...)
	}
	dst = append(dst, '{')
	seen := map[string]bool{}
	for i := len(elements) - 1; i >= 0; i-- {
		title, ok := rawjson.Unquote(nil, rawjson.Member(elements[i], "title"))
		name := strings.TrimSpace(string(title))
		if !ok || name == "" || seen[name] {
			continue
		}
		seen[name] = true
		if len(seen) > 1 {
			dst = append(dst, ',')
		}
		dst = append(rawjson.Quote(dst, []byte(name)), ':')
		dst = appendAnswer(dst, rawjson.Member(elements[i], "value"), prices[name])
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
	if _, err := d.ReadToken(); err != nil {
		return nil, false
	}
	_, err := d.ReadToken()
	return elements, errors.Is(err, io.EOF)
}

// appendAnswer appends a value as the columns hold it. The old system took every
// character but digits out of a price: "about 5,000 or 6,000" became 50006000. Here
// only what is written around an amount goes; anything else is left as it is, and
// the column tells that it is no number.
func appendAnswer(dst, value []byte, isPrice bool) []byte {
	text, isText := rawjson.Unquote(nil, value)
	if !isText {
		if len(value) == 0 {
			return append(dst, "null"...)
		}
		return append(dst, value...)
	}
	plain := bytes.TrimSpace(text)
	if isPrice {
		plain = amount(plain)
	} else {
		plain = bytes.TrimSpace(bytes.TrimLeft(plain, "-"))
	}
	switch strings.ToLower(string(plain)) {
	case "", "null", "none", "n/a":
		return append(dst, "null"...)
	}
	return rawjson.Quote(dst, plain)
}

// prices are the titles whose values fill columns of numbers.
func prices(stream crm.Stream) map[string]bool {
	titles := map[string]bool{}
	for _, f := range stream.Fields {
		if f.Type != crm.TypeDecimal && f.Type != crm.TypeInteger {
			continue
		}
		for _, path := range f.Paths {
			if title, ok := strings.CutPrefix(path, titlesMember+"."); ok {
				titles[firstStep(title)] = true
			}
		}
	}
	return titles
}

// money is an amount as Americans write it: a sign and a dollar in any order, and
// commas only where they part thousands.
var money = regexp.MustCompile(`^(-?)\s*\$?\s*(-?)\s*(\d{1,3}(?:,\d{3})+|\d+|)(\.\d*)?\s*\$?$`)

// amount takes off what people write around an amount of money, such as $ 33,000.00;
// a text that is none stays as it is.
func amount(text []byte) []byte {
	text = bytes.ReplaceAll(text, []byte("\u00a0"), []byte(" "))
	parts := money.FindSubmatch(text)
	if parts == nil || len(parts[1])+len(parts[2]) > 1 || len(parts[3]) == 0 && len(parts[4]) < 2 {
		if len(bytes.Trim(text, "-")) == 0 {
			return nil
		}
		return text
	}
	plain := slices.Concat(parts[1], parts[2], bytes.ReplaceAll(parts[3], []byte(","), nil))
	if len(parts[3]) == 0 {
		plain = append(plain, '0')
	}
	return append(plain, bytes.TrimSuffix(parts[4], []byte("."))...)
}
