package salespro

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/crm"
)

// one is a lead result with one title and one value, as JSON.
func one(title, value string) string { return `[{"title":` + title + `,"value":` + value + `}]` }

func TestLeadResultsBecomeAnObjectByTitle(t *testing.T) {
	const price, notes = `"One Year Price"`, `"Notes"`
	for name, c := range map[string]struct{ text, want string }{
		"blanks behind a title":          {one(`"Preferred Payment "`, `"Cash"`), `{"Preferred Payment":"Cash"}`},
		"blanks of other kinds":          {one("\"\\u00a0 Notes\\t\"", `"x"`), `{"Notes":"x"}`},
		"an ampersand as an escape":      {one(`"Roof \u0026 Gutter"`, `"Cash \u0026 Check"`), `{"Roof & Gutter":"Cash & Check"}`},
		"of the same titles, the last":   {`[{"title":"Notes","value":"old"},{"title":"Notes ","value":"new"}]`, `{"Notes":"new"}`},
		"several titles":                 {`[{"title":"A","value":"1"},{"title":"B","value":"2"}]`, `{"B":"2","A":"1"}`},
		"no title at all":                {`[{"value":"x"},{"title":null,"value":"x"},{"title":"  ","value":"x"},{"title":7,"value":"x"}]`, `{}`},
		"elements that are no objects":   {`[1,"x",null,[],{"title":"Notes","value":"x"}]`, `{"Notes":"x"}`},
		"no value":                       {`[{"title":"Notes"}]`, `{"Notes":null}`},
		"members in another order":       {`[{"value":"x","more":{"title":"no"},"title":"Notes"}]`, `{"Notes":"x"}`},
		"a name twice in an element":     {`[{"title":"Notes","title":"Other","value":"x"}]`, `{"Notes":"x"}`},
		"an empty array":                 {`[]`, `{}`},
		"no array":                       {`{"title":"Notes","value":"x"}`, `null`},
		"the text null":                  {`null`, `null`},
		"nothing":                        {``, `null`},
		"cut off":                        {`[{"title":"Notes","value":"x"},{"ti`, `null`},
		"cut off behind an element":      {`[{"title":"Notes","value":"x"}`, `null`},
		"something behind it":            {`[{"title":"Notes","value":"x"}] and more`, `null`},
		"no JSON":                        {`Sold!`, `null`},
		"a number":                       {one(price, `18250`), `{"One Year Price":18250}`},
		"a number with every digit":      {one(price, `18250.123456789012345678`), `{"One Year Price":18250.123456789012345678}`},
		"a boolean":                      {one(notes, `true`), `{"Notes":true}`},
		"null":                           {one(notes, `null`), `{"Notes":null}`},
		"an object":                      {one(notes, `{"a": [1]}`), `{"Notes":{"a":[1]}}`},
		"a dollar and a comma":           {one(price, `"$33,000"`), `{"One Year Price":"33000"}`},
		"cents":                          {one(price, `" $ 12,499.05 "`), `{"One Year Price":"12499.05"}`},
		"below a dollar":                 {one(price, `"$.50"`), `{"One Year Price":"0.50"}`},
		"a dollar behind":                {one(price, `"500$"`), `{"One Year Price":"500"}`},
		"given back":                     {one(price, `"-$500"`), `{"One Year Price":"-500"}`},
		"given back otherwise":           {one(price, `"$-1,500.00"`), `{"One Year Price":"-1500.00"}`},
		"a blank that does not break":    {one(price, `"$\u00a0500"`), `{"One Year Price":"500"}`},
		"digits without commas":          {one(price, `"1234567.89"`), `{"One Year Price":"1234567.89"}`},
		"not an amount":                  {one(price, `"about 5000"`), `{"One Year Price":"about 5000"}`},
		"two amounts":                    {one(price, `"$9,999 - $12,000"`), `{"One Year Price":"$9,999 - $12,000"}`},
		"a comma for the cents":          {one(price, `"33.000,00"`), `{"One Year Price":"33.000,00"}`},
		"a comma that parts no thousand": {one(price, `"12,5"`), `{"One Year Price":"12,5"}`},
		"two signs":                      {one(price, `"--5"`), `{"One Year Price":"--5"}`},
		"two points":                     {one(price, `"1.2.3"`), `{"One Year Price":"1.2.3"}`},
		"a dash for a price":             {one(price, `"-"`), `{"One Year Price":null}`},
		"n/a for a price":                {one(price, `"n/a"`), `{"One Year Price":null}`},
		"the other price":                {one(`"Last Price Offered"`, `"$1,000"`), `{"Last Price Offered":"1000"}`},
		"an amount in a text":            {one(notes, `"$1,000"`), `{"Notes":"$1,000"}`},
		"a dash ahead":                   {one(`"Appointment Result"`, `"-Undecided"`), `{"Appointment Result":"Undecided"}`},
		"a dash alone":                   {one(notes, `"-"`), `{"Notes":null}`},
		"a dash inside":                  {one(notes, `"a-b"`), `{"Notes":"a-b"}`},
		"an empty text":                  {one(notes, `""`), `{"Notes":null}`},
		"blanks alone":                   {one(notes, `"  "`), `{"Notes":null}`},
		"none, in capitals":              {one(notes, `"NONE"`), `{"Notes":null}`},
		"N/A":                            {one(notes, `" N/A "`), `{"Notes":null}`},
		"null as a text":                 {one(notes, `"Null"`), `{"Notes":null}`},
		"none in a sentence":             {one(notes, `"none of them"`), `{"Notes":"none of them"}`},
		"quotes and line breaks":         {one(notes, `"\"a\"\nb\\"`), `{"Notes":"\"a\"\nb\\"}`},
		"NUL":                            {one(notes, `"a\u0000b"`), `{"Notes":"a\u0000b"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := appendTitles(nil, []byte(c.text), prices(leadResults()))
			var plain, want any
			if err := json.Unmarshal(got, &plain); err != nil {
				t.Fatalf("%s: %v", got, err)
			}
			if err := json.Unmarshal([]byte(c.want), &want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, plain); diff != "" || strings.Contains(c.want, "0123456789") && string(got) != c.want {
				t.Errorf("%s\n%s", got, diff)
			}
		})
	}
}

// A title that a user maps to a column of numbers is a price as well.
func TestTitlesOfColumnsOfNumbersArePrices(t *testing.T) {
	s := leadResults()
	s.Fields = append(s.Fields, result("deposit", `Deposit v1.5 (\$)`, crm.TypeDecimal), result("crew", "Crew", crm.TypeInteger), result("hint", "Hint", crm.TypeText))
	got := prices(s)
	want := map[string]bool{"One Year Price": true, "Last Price Offered": true, `Deposit v1.5 (\$)`: true, "Crew": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Bytes that are no UTF-8 stay for the processor to find, and the record is one.
func TestAnAnswerThatIsNoUTF8StaysAsItIs(t *testing.T) {
	got := string(appendTitles(nil, []byte("[{\"title\":\"Notes\",\"value\":\"a\xffb\"}]"), nil))
	if got != "{\"Notes\":\"a\xffb\"}" {
		t.Errorf("%q", got)
	}
}

// FuzzTitles holds of any text: what becomes of it is JSON, and of a text that is
// UTF-8 so is what becomes of it.
func FuzzTitles(f *testing.F) {
	for _, text := range []string{
		one(`"One Year Price"`, `"$33,000"`), one(`"Notes"`, "\"\xff\""), one("\"\xff\"", `{"a":"`+"\xfe"+`"}`), `[{"title":"A","title":"B"}]`, `[[[[`,
		one(`"\ud800"`, `"\udc00"`), `[{"title":"A","value":-0.0e1}]`, ``, `[] `, `null`,
	} {
		f.Add([]byte(text))
	}
	known := prices(leadResults())
	f.Fuzz(func(t *testing.T, text []byte) {
		s := shape{members: []member{{start: []byte(`"lead_results":`)}}, prices: known, copies: -1, key: -1}
		got := s.appendRecord(nil, []csv.Cell{{Text: text, Quoted: true}}, nil)
		if !json.Valid(got) {
			t.Fatalf("%q becomes %q", text, got)
		}
	})
}
