package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/schema"
)

// things has one field that its source declares, and those that the account
// describes, as name:type.
func things(described ...string) crm.Stream {
	s := crm.Stream{
		Name: "things", PrimaryKey: []string{"id"},
		Fields: []crm.Field{{Column: "id", Paths: []string{"id"}}, {Column: "size", Paths: []string{"size"}, Type: crm.TypeInteger}},
	}
	for _, d := range described {
		name, kind, _ := strings.Cut(d, ":")
		t, _ := crm.ParseType(kind)
		s.Fields = append(s.Fields, crm.Field{Column: name, Paths: []string{"properties." + name}, Type: t, Discovered: true})
	}
	return s
}

// settle settles and remembers, as runs do one after the other.
func settle(t *testing.T, known *crm.Schema, c crm.Contract, stream crm.Stream) schema.Settled {
	t.Helper()
	s, err := schema.Settle(stream, *known, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range s.Learned {
		*known = append(crm.Schema{l}, *known...)
	}
	return s
}

// columns writes the columns of a stream as name:type, with what they stand beside
// and what becomes of bad values.
func columns(s crm.Stream) string {
	var list []string
	for _, f := range s.Fields {
		text := f.Column + ":" + f.Type.String()
		if f.Of != "" {
			text += "<" + f.Of
		}
		if f.OnBad != "" {
			text += "!" + string(f.OnBad)
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

func changes(s schema.Settled) string {
	var list []string
	for _, c := range s.Changes {
		list = append(list, c.String())
	}
	return strings.Join(list, "; ")
}

func contract(newField, changed, bad crm.Reaction) crm.Contract {
	return crm.Contract{NewField: newField, ChangedType: changed, BadValue: bad}
}

const own = "id:text size:integer"

// What the account describes at first is no change; after that it is, once.
func TestANewField(t *testing.T) {
	for reaction, want := range map[crm.Reaction]struct {
		columns, says string
		refused       []string
		unmapped      []string
	}{
		crm.ReactEvolve:     {own + " a:text b:decimal", "a new field properties.b, and with it a column b (decimal); records that do not change get it with the next full run", nil, nil},
		crm.ReactDrop:       {own + " a:text", "a new field properties.b (decimal) without a column, as the stream's contract has it: drop", nil, []string{"properties.b"}},
		crm.ReactQuarantine: {own + " a:text", "a new field properties.b (decimal) without a column, as the stream's contract has it: quarantine", []string{"properties.b"}, []string{"properties.b"}},
	} {
		var known crm.Schema
		c := contract(reaction, crm.ReactEvolve, crm.ReactDrop)
		if s := settle(t, &known, c, things("a:text")); columns(s.Stream) != own+" a:text" || len(s.Changes) != 0 {
			t.Errorf("%s: at first %s, %s", reaction, columns(s.Stream), changes(s))
		}
		s := settle(t, &known, c, things("a:text", "b:decimal"))
		if columns(s.Stream) != want.columns || changes(s) != want.says || !cmp.Equal(s.Stream.Refused, want.refused) || !cmp.Equal(s.Stream.Unmapped, want.unmapped) {
			t.Errorf("%s: %s, refused %q, unmapped %q: %s", reaction, columns(s.Stream), s.Stream.Refused, s.Stream.Unmapped, changes(s))
		}
		again := settle(t, &known, c, things("a:text", "b:decimal"))
		if columns(again.Stream) != want.columns || len(again.Changes) != 0 || !cmp.Equal(again.Stream.Refused, want.refused) {
			t.Errorf("%s, again: %s, %s", reaction, columns(again.Stream), changes(again))
		}
		// Who thinks better of it gets the column.
		if s := settle(t, &known, contract(crm.ReactEvolve, "", crm.ReactDrop), things("a:text", "b:decimal")); columns(s.Stream) != own+" a:text b:decimal" {
			t.Errorf("%s, then evolve: %s", reaction, columns(s.Stream))
		}
	}
}

func TestAChangeThatTheContractFreezes(t *testing.T) {
	known := crm.Schema{{Name: "properties.a", Kind: crm.SchemaDescribed, Column: "a", Type: crm.TypeDecimal}}
	for says, c := range map[string]struct {
		contract crm.Contract
		stream   crm.Stream
	}{
		"properties.b (text) is new":                               {contract(crm.ReactFreeze, "", ""), things("a:decimal", "b:text")},
		"properties.a was of type decimal and is now of type text": {contract("", crm.ReactFreeze, ""), things("a:text")},
	} {
		_, err := schema.Settle(c.stream, known, c.contract)
		if crm.CodeOf(err) != crm.CodeSchema || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	if _, err := schema.Settle(things("a:decimal"), known, contract(crm.ReactFreeze, crm.ReactFreeze, crm.ReactFreeze)); err != nil {
		t.Errorf("nothing has changed: %v", err)
	}
}

// The column of a field keeps its type, whatever the account says of it later.
func TestAFieldOfAnotherType(t *testing.T) {
	for reaction, want := range map[crm.Reaction]string{
		crm.ReactEvolve:     own + " a:decimal a_text:text<a",
		crm.ReactDrop:       own + " a:decimal!drop",
		crm.ReactQuarantine: own + " a:decimal!quarantine",
	} {
		var known crm.Schema
		c := contract(crm.ReactEvolve, reaction, crm.ReactDrop)
		settle(t, &known, c, things("a:decimal"))
		s := settle(t, &known, c, things("a:text"))
		if columns(s.Stream) != want || len(s.Changes) != 1 || s.Changes[0].Was != crm.TypeDecimal || s.Changes[0].Field.Type != crm.TypeText {
			t.Errorf("%s: %s, %s", reaction, columns(s.Stream), changes(s))
		}
		if again := settle(t, &known, c, things("a:text")); columns(again.Stream) != want || len(again.Changes) != 0 {
			t.Errorf("%s, again: %s, %s", reaction, columns(again.Stream), changes(again))
		}
		if back := settle(t, &known, c, things("a:decimal")); columns(back.Stream) != own+" a:decimal" || len(back.Changes) != 0 {
			t.Errorf("%s, and back: %s, %s", reaction, columns(back.Stream), changes(back))
		}
	}
}

// Values that do not fit get a column of text where the contract is to evolve; a
// text needs none.
func TestBadValues(t *testing.T) {
	known := crm.Schema{
		{Name: "size", Kind: crm.SchemaBad, Column: "size", Type: crm.TypeText},
		{Name: "properties.a", Kind: crm.SchemaBad, Column: "a", Type: crm.TypeText},
		{Name: "properties.gone", Kind: crm.SchemaBad, Column: "gone", Type: crm.TypeText},
	}
	for reaction, want := range map[crm.Reaction]string{
		crm.ReactEvolve:     "id:text!evolve size:integer!evolve a:date!evolve b:text!evolve size_text:text<size a_text:text<a",
		crm.ReactDrop:       "id:text size:integer a:date b:text",
		crm.ReactQuarantine: "id:text!quarantine size:integer!quarantine a:date!quarantine b:text!quarantine",
	} {
		s := settle(t, &known, contract(crm.ReactEvolve, "", reaction), things("a:date", "b:text"))
		if columns(s.Stream) != want {
			t.Errorf("%s: %s", reaction, columns(s.Stream))
		}
	}
}

// Members that nobody describes get a column with the run after the one that met
// them, where the contract is to evolve.
func TestMembersThatNobodyDescribes(t *testing.T) {
	known := crm.Schema{
		{Name: "Roof Age", Kind: crm.SchemaSeen, Type: crm.TypeDecimal},
		{Name: "size", Kind: crm.SchemaSeen, Type: crm.TypeDecimal}, // a field has it by now
		{Name: "data", Kind: crm.SchemaSeen, Type: crm.TypeJSON},
		{Name: `a\.b`, Kind: crm.SchemaSeen, Type: crm.TypeText},
		{Name: "SIZE", Kind: crm.SchemaSeen, Type: crm.TypeText},
	}
	s := settle(t, &known, contract(crm.ReactEvolve, "", crm.ReactDrop), things())
	if got := columns(s.Stream); got != own+" roof_age:decimal field_data:json a_b:text size_2:text" {
		t.Error(got)
	}
	if s := settle(t, &known, contract(crm.ReactDrop, "", crm.ReactDrop), things()); columns(s.Stream) != own {
		t.Error(columns(s.Stream))
	}
}

func TestColumnName(t *testing.T) {
	for name, want := range map[string]string{
		"firstname": "firstname", "dateCreated": "date_created", "HTMLBody": "htmlbody", "hs_v2_date": "hs_v2_date", "Roof  Age (years)": "roof_age_years",
		"1st": "field_1st", "": "field", "élan": "lan", "warren_hash": "field_warren_hash", "data": "field_data", "a.b": "a_b",
		strings.Repeat("x", 99): strings.Repeat("x", 55),
	} {
		if got := schema.ColumnName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}
