package hubspot

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

type filterGroup struct {
	Filters []filter `json:"filters"`
}

type filter struct {
	PropertyName string      `json:"propertyName"`
	Operator     string      `json:"operator"`
	Value        looseText   `json:"value"`
	HighValue    looseText   `json:"highValue"`
	Values       []looseText `json:"values"`
}

// test reports whether a search finds the record.
type test func(*entry) bool

// badSearch is why a search is refused.
type badSearch struct {
	status int
	text   string
}

func invalid(text string) *badSearch { return &badSearch{http.StatusBadRequest, text} }

// compile makes one test of all filters: those of a group must all pass, and one
// group must. No filter passes everything.
func (a *Account) compile(t *table, in *searchRequest) (test, *badSearch) {
	groups := in.FilterGroups
	if len(in.Filters) > 0 {
		groups = append(groups, filterGroup{in.Filters})
	}
	if len(groups) > mostGroups {
		return nil, invalid("There can be no more than 5 filter groups.")
	}
	var either [][]test
	total := 0
	for _, group := range groups {
		if total += len(group.Filters); len(group.Filters) > mostFilters || total > mostFiltersEver {
			return nil, invalid("There can be no more than 10 filters in a group and 25 in all.")
		}
		var all []test
		for _, f := range group.Filters {
			one, err := a.compileFilter(t, &f)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		either = append(either, all)
	}
	query := a.compileQuery(t, in.Query)
	return func(e *entry) bool {
		if query != nil && !query(e) {
			return false
		}
		return len(either) == 0 || slices.ContainsFunc(either, func(all []test) bool {
			return !slices.ContainsFunc(all, func(one test) bool { return !one(e) })
		})
	}, nil
}

// compileQuery looks for a text in the properties that come by default.
func (a *Account) compileQuery(t *table, text string) test {
	if text == "" {
		return nil
	}
	var tests []test
	for _, name := range t.defaults {
		if p, ok := t.property(name); ok {
			tests = append(tests, a.contains(p, text))
		}
	}
	return func(e *entry) bool { return slices.ContainsFunc(tests, func(one test) bool { return one(e) }) }
}

// compileFilter makes the test of one filter. A property that the type does not
// have is one without a value: every comparison with it fails.
func (a *Account) compileFilter(t *table, f *filter) (test, *badSearch) {
	if wrong := f.check(); wrong != "" {
		return nil, invalid(wrong)
	}
	p, known := t.property(f.PropertyName)
	if negated, is := strings.CutPrefix(f.Operator, "NOT_"); is || f.Operator == "NEQ" {
		positive := *f
		positive.Operator = negated
		if f.Operator == "NEQ" {
			positive.Operator = "EQ"
		}
		inner, err := a.compileFilter(t, &positive)
		return func(e *entry) bool { return !inner(e) }, err
	}
	if !known {
		return func(*entry) bool { return false }, nil
	}
	if a.traps.Epoch && p.form.typ == "datetime" && f.Value == "0" {
		return nil, &badSearch{http.StatusInternalServerError, "internal error"}
	}
	switch f.Operator {
	case "HAS_PROPERTY":
		read := a.reader(p)
		return func(e *entry) bool { text, ok := read.text(e); return ok && text != "" }, nil
	case "CONTAINS_TOKEN":
		return a.contains(p, string(f.Value)), nil
	case "EQ":
		return a.among(p, []looseText{f.Value}), nil
	case "IN":
		return a.among(p, f.Values), nil
	}
	return a.between(t, p, f)
}

// check returns what is wrong with the filter, if anything.
func (f *filter) check() string {
	switch f.Operator {
	case "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN":
		if f.Value == "" {
			return "The operator " + f.Operator + " requires a value."
		}
	case "BETWEEN":
		if f.Value == "" || f.HighValue == "" {
			return "The operator BETWEEN requires value and highValue."
		}
	case "IN", "NOT_IN":
		if len(f.Values) == 0 {
			return "The operator " + f.Operator + " requires values."
		}
	case "HAS_PROPERTY", "NOT_HAS_PROPERTY":
	default:
		return "The operator " + f.Operator + " is not known."
	}
	return ""
}

// among tests for one of several values. Of a property with several values of
// its own, one has to be among them.
func (a *Account) among(p *property, values []looseText) test {
	read := a.reader(p)
	if p.numeric() {
		wanted := map[float64]bool{}
		for _, value := range values {
			if n, ok := parseNumber(string(value)); ok {
				wanted[n] = true
			}
		}
		return func(e *entry) bool { n, ok := read.number(e); return ok && wanted[n] }
	}
	wanted := map[string]bool{}
	for _, value := range values {
		wanted[strings.ToLower(string(value))] = true
	}
	return func(e *entry) bool {
		text, ok := read.text(e)
		if !ok {
			return false
		}
		text = strings.ToLower(text)
		return wanted[text] || (p.form.field == "checkbox" &&
			slices.ContainsFunc(strings.Split(text, ";"), func(part string) bool { return part != "" && wanted[part] }))
	}
}

// contains tests for a word, or with * at its ends for a part of one.
func (a *Account) contains(p *property, token string) test {
	read := a.reader(p)
	token = strings.ToLower(token)
	part := strings.Trim(token, "*")
	return func(e *entry) bool {
		text, ok := read.text(e)
		if !ok {
			return false
		}
		text = strings.ToLower(text)
		if part != token || text == token {
			return strings.Contains(text, part)
		}
		words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		return slices.Contains(words, part)
	}
}

// blurred is which records the outside trap strikes: one in so many.
const blurred = 4

// between tests for a range. Under the outside trap some records pass that lie
// slightly outside a range of the modified time.
func (a *Account) between(t *table, p *property, f *filter) (test, *badSearch) {
	low, fits := parseNumber(string(f.Value))
	high, highFits := parseNumber(string(f.HighValue))
	if !fits || !p.numeric() || (f.Operator == "BETWEEN" && !highFits) {
		return nil, invalid("The value " + string(f.Value) + " is not valid for the property " + p.name + ".")
	}
	read := a.reader(p)
	blur := float64(0)
	if p.name == t.modified {
		blur = float64(a.traps.Outside.Milliseconds())
	}
	inside := func(n, blur float64) bool {
		switch f.Operator {
		case "LT":
			return n < low+blur
		case "LTE":
			return n <= low+blur
		case "GT":
			return n > low-blur
		case "GTE":
			return n >= low-blur
		}
		return n >= low-blur && n <= high+blur
	}
	return func(e *entry) bool {
		n, ok := read.number(e)
		if !ok || inside(n, 0) || blur == 0 {
			return ok && inside(n, 0)
		}
		r := people.NewRand(a.cfg.Seed, drawOutside, uint64(e.row))
		return r.Below(blurred) == 0 && inside(n, blur)
	}, nil
}
