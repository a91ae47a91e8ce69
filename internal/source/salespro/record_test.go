package salespro

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/client/csv"
)

var null = csv.Cell{}

func cell(text string) csv.Cell { return csv.Cell{Text: []byte(text), Quoted: true} }

func TestValuesOfEveryType(t *testing.T) {
	for name, c := range map[string]struct {
		kind, text, want string
		nested           bool
	}{
		"a text":                       {kind: "varchar", text: "Ann", want: `"Ann"`},
		"a char, padded":               {kind: "char(5)", text: "Ann  ", want: `"Ann  "`},
		"a text of digits":             {kind: "varchar", text: "007", want: `"007"`},
		"an empty text":                {kind: "varchar", text: "", want: `""`},
		"quotes":                       {kind: "varchar", text: `6" x 4", \`, want: `"6\" x 4\", \\"`},
		"line breaks":                  {kind: "varchar", text: "a\r\nb\tc", want: `"a\r\nb\tc"`},
		"NUL":                          {kind: "varchar", text: "a\x00b", want: `"a\u0000b"`},
		"another alphabet":             {kind: "varchar", text: "Ключ 👍", want: `"Ключ 👍"`},
		"a tinyint":                    {kind: "tinyint", text: "-8", want: `-8`},
		"a smallint":                   {kind: "smallint", text: "0", want: `0`},
		"an int":                       {kind: "int", text: "12", want: `12`},
		"an integer":                   {kind: "integer", text: "12", want: `12`},
		"the greatest bigint":          {kind: "bigint", text: "9223372036854775807", want: `9223372036854775807`},
		"a decimal to its last digit":  {kind: "decimal(38,18)", text: "12345678901234567890.123456789012345678", want: `12345678901234567890.123456789012345678`},
		"zeros at the end of it":       {kind: "decimal(12,2)", text: "18450.00", want: `18450.00`},
		"a decimal below zero":         {kind: "decimal(12,2)", text: "-0.01", want: `-0.01`},
		"a double":                     {kind: "double", text: "1.0E10", want: `1.0E10`},
		"a small double":               {kind: "double", text: "4.9E-324", want: `4.9E-324`},
		"a real":                       {kind: "real", text: "1.5", want: `1.5`},
		"a float":                      {kind: "float", text: "1.5", want: `1.5`},
		"not a number":                 {kind: "double", text: "NaN", want: `"NaN"`},
		"infinity":                     {kind: "double", text: "Infinity", want: `"Infinity"`},
		"infinity below":               {kind: "real", text: "-Infinity", want: `"-Infinity"`},
		"an empty number":              {kind: "bigint", text: "", want: `""`},
		"zeros ahead are no number":    {kind: "bigint", text: "007", want: `"007"`},
		"a plus is none":               {kind: "bigint", text: "+7", want: `"+7"`},
		"nor a minus alone":            {kind: "bigint", text: "-", want: `"-"`},
		"nor a point without digits":   {kind: "decimal(3,1)", text: "1.", want: `"1."`},
		"nor one without any ahead":    {kind: "decimal(3,1)", text: ".5", want: `".5"`},
		"nor an exponent without any":  {kind: "double", text: "1e+", want: `"1e+"`},
		"nor two numbers":              {kind: "bigint", text: "1,2", want: `"1,2"`},
		"true":                         {kind: "boolean", text: "true", want: `true`},
		"false":                        {kind: "boolean", text: "false", want: `false`},
		"neither":                      {kind: "boolean", text: "yes", want: `"yes"`},
		"a date":                       {kind: "date", text: "2024-01-31", want: `"2024-01-31"`},
		"a timestamp":                  {kind: "timestamp", text: "2020-02-07 14:15:20.384", want: `"2020-02-07 14:15:20.384"`},
		"a timestamp with its zone":    {kind: "timestamp with time zone", text: "2020-02-07 14:15:20.384 Europe/Berlin", want: `"2020-02-07 14:15:20.384 Europe/Berlin"`},
		"bytes":                        {kind: "varbinary", text: "61 62", want: `"61 62"`},
		"JSON":                         {kind: "json", text: ` {"a": [1, null]} `, want: `{"a": [1, null]}`},
		"JSON that is none":            {kind: "json", text: `{a=1}`, want: `"{a=1}"`},
		"JSON with a name twice":       {kind: "json", text: `{"a":1,"a":2}`, want: `"{\"a\":1,\"a\":2}"`},
		"an array that was made JSON":  {kind: "varchar", text: `["a","b"]`, nested: true, want: `["a","b"]`},
		"an array as it is":            {kind: "array", text: `[a, b]`, want: `"[a, b]"`},
		"a row as it is":               {kind: "row", text: `{a=1, b=null}`, want: `"{a=1, b=null}"`},
		"a number of unknown type":     {kind: "", text: "12", want: `"12"`},
		"a type that nobody knows yet": {kind: "hyperloglog", text: "x", want: `"x"`},
	} {
		t.Run(name, func(t *testing.T) {
			q := &query{nested: map[string]bool{"v": c.nested}}
			s := shapeOf(payments(), q, []athena.Column{{Name: "v", Type: c.kind}})
			if got := string(s.appendRecord(nil, []csv.Cell{cell(c.text)}, nil)); got != `{"v":`+c.want+`}` || !json.Valid([]byte(got)) {
				t.Errorf("%s", got)
			}
		})
	}
}

// What is no UTF-8 stays for the processor, which finds it and says so (L5).
func TestBytesThatAreNoUTF8StayAsTheyAre(t *testing.T) {
	s := shapeOf(payments(), &query{}, []athena.Column{{Name: "v", Type: "varchar"}})
	if got := string(s.appendRecord(nil, []csv.Cell{cell("a\xffb")}, nil)); got != "{\"v\":\"a\xffb\"}" {
		t.Errorf("%q", got)
	}
}

func TestTrapNullIsNotTheEmptyText(t *testing.T) {
	columns := []athena.Column{{Name: "a", Type: "varchar"}, {Name: "b", Type: "varchar"}, {Name: "n", Type: "bigint"}}
	s := shapeOf(payments(), &query{}, columns)
	got := string(s.appendRecord(nil, []csv.Cell{null, cell(""), null}, []byte("k")))
	if want := `{"content_hash":"k","a":null,"b":"","n":null}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Where a result does not say of which types its columns are, the table does.
func TestTheTypeOfTheTableStandsIn(t *testing.T) {
	q := &query{types: map[string]string{"amount": "decimal(12,2)"}}
	s := shapeOf(payments(), q, []athena.Column{{Name: "Amount"}})
	if got := string(s.appendRecord(nil, []csv.Cell{cell("12.50")}, nil)); got != `{"Amount":12.50}` {
		t.Error(got)
	}
}

// The text of a lead result stays beside what is made of it, and rows that are the
// same are counted nowhere in the record.
func TestWhatIsMadeOfARowStandsBesideIt(t *testing.T) {
	s := shapeOf(leadResults(), &query{}, []athena.Column{{Name: copiesColumn, Type: "bigint"}, {Name: "lead_results", Type: "varchar"}})
	got := s.appendRecord(nil, []csv.Cell{cell("3"), cell(`[{"title":"Notes","value":"-x"}]`)}, nil)
	want := `{"lead_results":"[{\"title\":\"Notes\",\"value\":\"-x\"}]","lead_results_by_title":{"Notes":"x"}}`
	if string(got) != want || s.copies != 0 {
		t.Errorf("%s", got)
	}
}

func TestWhatUnloadLeavesOutIsNull(t *testing.T) {
	u := newUnloaded([]athena.Column{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "e"}})
	cells, err := u.cellsOf([]byte(`{"a":"x\ny","c":12.50,"d":null,"e":"","other":1}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []csv.Cell{cell("x\ny"), null, cell("12.50"), null, cell("")}
	if diff := cmp.Diff(want, cells); diff != "" {
		t.Error(diff)
	}
	cells, err = u.cellsOf([]byte(`{}`))
	if diff := cmp.Diff(make([]csv.Cell, 5), cells); diff != "" || err != nil {
		t.Errorf("what the row before held shows: %v, %s", err, diff)
	}
	for _, line := range []string{`{"a":tru}`, `{"a":}`, `{"a":"x`, `{"a":1}}`, ``} {
		if _, err := u.cellsOf([]byte(line)); err == nil {
			t.Errorf("%q is taken for an object", line)
		}
	}
}

// FuzzRecord holds of any cells, whatever their columns are said to be: they become
// an object of JSON, and what is UTF-8 stays the same text or the same number.
func FuzzRecord(f *testing.F) {
	for _, kind := range []string{"varchar", "bigint", "double", "boolean", "json"} {
		for _, text := range []string{"", "x", "-1.50", "1e5", "NaN", `{"a":1}`, "[1", "true", "a\x00\"\\\n", "\xff", "0", "-", "1.", `{"a":"\ud800"}`} {
			f.Add(kind, text, false)
		}
	}
	f.Fuzz(func(t *testing.T, kind, text string, isNull bool) {
		s := shapeOf(payments(), &query{}, []athena.Column{{Name: "v", Type: kind}, {Name: "w", Type: "varchar"}})
		c := cell(text)
		if isNull {
			c = null
		}
		got := s.appendRecord(nil, []csv.Cell{c, cell("end")}, nil)
		var back struct {
			V any
			W string
		}
		d := json.NewDecoder(strings.NewReader(string(got)))
		d.UseNumber()
		if err := d.Decode(&back); err != nil || back.W != "end" {
			t.Fatalf("%q becomes %q: %v", text, got, err)
		}
		switch v := back.V.(type) {
		case string:
			if utf8.ValidString(text) && v != text && kind != "json" {
				t.Fatalf("%q becomes %q", text, v)
			}
		case json.Number:
			if len(text) > 100 {
				return // fractions of any size are no use here
			}
			was, ok := new(big.Rat).SetString(strings.TrimSpace(text))
			is, _ := new(big.Rat).SetString(v.String())
			if ok && is != nil && was.Cmp(is) != 0 {
				t.Fatalf("%q becomes %s", text, v)
			}
		case nil:
			if !isNull && strings.TrimSpace(text) != "null" {
				t.Fatalf("%q becomes NULL", text)
			}
		}
	})
}

// FuzzUnloaded holds of any line: it is refused, or what is made of it is an object.
func FuzzUnloaded(f *testing.F) {
	for _, line := range []string{`{"a":"x","n":1.50}`, `{"a":null}`, `{"a":{"b":[1]},"n":"\ud800"}`, `{"n":NaN}`, `{"a":"` + "\xff" + `"}`, `{"a":1,"a":2}`, `[]`, `1`} {
		f.Add([]byte(line))
	}
	columns := []athena.Column{{Name: "a"}, {Name: "n", Type: "bigint"}}
	f.Fuzz(func(t *testing.T, line []byte) {
		cells, err := newUnloaded(columns).cellsOf(line)
		if err != nil {
			return
		}
		s := shapeOf(payments(), &query{}, columns)
		if got := s.appendRecord(nil, cells, nil); !json.Valid(got) {
			t.Fatalf("%q becomes %q", line, got)
		}
	})
}
