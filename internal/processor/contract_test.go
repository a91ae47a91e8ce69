package processor_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/processor"
)

// mappedBy maps one record of a stream and returns the processor, the values as
// text, the issues and the reject.
func mappedBy(t *testing.T, stream crm.Stream, record string) (*processor.Processor, string, []crm.Issue, *crm.Reject) {
	t.Helper()
	stream.PrimaryKey = []string{"id"}
	stream.Fields = append([]crm.Field{{Column: "id", Paths: []string{"id"}}}, stream.Fields...)
	p, err := processor.New(stream, processor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var row crm.Row
	if reject := p.Identify([]byte(record), &row); reject != nil {
		t.Fatalf("%+v", reject)
	}
	issues, reject := p.Map(&row, nil)
	var values []string
	for _, v := range row.Values {
		text := "NULL"
		if v.Valid {
			text = v.String()
		}
		values = append(values, text)
	}
	return p, strings.Join(values, " "), issues, reject
}

// A value that its column cannot take stands in the other one, and is no issue; one
// that neither can take is.
func TestL5AValueStandsInTheColumnThatTakesIt(t *testing.T) {
	stream := crm.Stream{Fields: []crm.Field{
		{Column: "n", Paths: []string{"n"}, Type: crm.TypeInteger},
		{Column: "n_date", Paths: []string{"n"}, Type: crm.TypeDate, Of: "n"},
	}}
	for record, want := range map[string]struct {
		values string
		issues int
	}{
		`{"id":"a","n":7}`:            {"a 7 NULL", 0},
		`{"id":"a","n":"2026-05-01"}`: {"a NULL 2026-05-01", 0},
		`{"id":"a","n":"July"}`:       {"a NULL NULL", 1},
		`{"id":"a","n":null}`:         {"a NULL NULL", 0},
	} {
		if _, got, issues, reject := mappedBy(t, stream, record); got != want.values || len(issues) != want.issues || reject != nil {
			t.Errorf("%s: %s, %+v, %+v", record, got, issues, reject)
		}
	}
}

func TestABadValueByTheContract(t *testing.T) {
	for reaction, want := range map[crm.Reaction]struct{ rejected, freezes bool }{
		"": {}, crm.ReactDrop: {}, crm.ReactEvolve: {}, crm.ReactQuarantine: {true, false}, crm.ReactFreeze: {true, true},
	} {
		stream := crm.Stream{Fields: []crm.Field{{Column: "n", Paths: []string{"n"}, Type: crm.TypeInteger, OnBad: reaction}}}
		p, _, issues, reject := mappedBy(t, stream, `{"id":"a","n":"July"}`)
		if (reject != nil) != want.rejected || reject != nil && (reject.Freeze != want.freezes || reject.Code != crm.CodeSchema || !strings.Contains(reject.Reason, "is not a whole number")) {
			t.Errorf("%q: %+v", reaction, reject)
		}
		if !want.rejected && len(issues) != 1 {
			t.Errorf("%q: issues %+v", reaction, issues)
		}
		if l := p.Learned(); len(l) != 1 || l[0] != (crm.SchemaField{Name: "n", Kind: crm.SchemaBad, Column: "n", Type: crm.TypeText}) {
			t.Errorf("%q: learned %+v", reaction, l)
		}
	}
	// A value that breaks a rule is of the type all the same.
	stream := crm.Stream{Fields: []crm.Field{{Column: "n", Paths: []string{"n"}, Type: crm.TypeInteger, OnBad: crm.ReactFreeze}}}
	if p, _, _, reject := mappedBy(t, stream, `{"id":"a","n":7}`); reject != nil || len(p.Learned()) != 0 {
		t.Errorf("%+v, %+v", reject, p.Learned())
	}
}

func TestANewMemberByTheContract(t *testing.T) {
	for reaction, want := range map[crm.Reaction]struct{ rejected, freezes bool }{
		"": {}, crm.ReactDrop: {}, crm.ReactEvolve: {}, crm.ReactQuarantine: {true, false}, crm.ReactFreeze: {true, true},
	} {
		stream := crm.Stream{NewField: reaction, Unmapped: []string{"known"}}
		for record, new := range map[string]bool{`{"id":"a","known":1}`: false, `{"id":"a","extra":null}`: false, `{"id":"a","extra":1}`: true} {
			_, _, _, reject := mappedBy(t, stream, record)
			if (reject != nil) != (want.rejected && new) || reject != nil && (reject.Freeze != want.freezes || !strings.Contains(reject.Reason, "extra")) {
				t.Errorf("%q, %s: %+v", reaction, record, reject)
			}
		}
	}
}

func TestAFieldThatIsRefused(t *testing.T) {
	stream := crm.Stream{Refused: []string{"properties.fresh", "properties.other"}, Unmapped: []string{"properties"}}
	for record, rejected := range map[string]bool{
		`{"id":"a","properties":{"fresh":null}}`: false, `{"id":"a","properties":{}}`: false, `{"id":"a"}`: false,
		`{"id":"a","properties":{"fresh":"x"}}`: true, `{"id":"a","properties":{"other":""}}`: true,
	} {
		if _, _, _, reject := mappedBy(t, stream, record); (reject != nil) != rejected || reject != nil && (reject.Freeze || reject.Code != crm.CodeSchema) {
			t.Errorf("%s: %+v", record, reject)
		}
	}
}

// Members that nobody knows are learned with a type that takes all their values.
func TestWhatIsLearnedOfMembersThatNobodyKnows(t *testing.T) {
	p, err := processor.New(crm.Stream{PrimaryKey: []string{"id"}, Fields: []crm.Field{{Column: "id", Paths: []string{"id"}}}}, processor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range []string{
		`{"id":"1","n":1,"s":"x","b":true,"o":{"x":1},"m":1,"a.b":"x","nothing":null}`, `{"id":"2","n":2.5,"s":"2026-05-01","m":"x","late":null,"o":[]}`, `{"id":"3","late":-1}`,
	} {
		var row crm.Row
		if reject := p.Identify([]byte(record), &row); reject != nil {
			t.Fatal(reject)
		}
		if _, reject := p.Map(&row, nil); reject != nil {
			t.Fatal(reject)
		}
	}
	var got []string
	for _, f := range p.Learned() {
		got = append(got, f.Name+":"+f.Type.String())
	}
	if text := strings.Join(got, " "); text != `a\.b:text b:boolean late:decimal m:json n:decimal o:json s:text` {
		t.Error(text)
	}
}

// A field that the account adds makes nothing be read anew; any other does.
func TestTheMappingIsWithoutWhatTheAccountAdds(t *testing.T) {
	base := crm.Stream{Fields: []crm.Field{{Column: "id", Paths: []string{"id"}}}}
	with := func(f crm.Field) crm.Stream {
		s := base
		s.Fields = append(s.Fields[:1:1], f)
		return s
	}
	was := processor.Mapping(base, processor.Options{})
	if processor.Mapping(with(crm.Field{Column: "a", Discovered: true}), processor.Options{}) != was {
		t.Error("a field of the account changes the mapping")
	}
	plain := processor.Mapping(with(crm.Field{Column: "a"}), processor.Options{})
	if plain == was {
		t.Error("a field of the source does not change the mapping")
	}
	chosen := base
	chosen.Properties = []string{"a*"}
	if processor.Mapping(chosen, processor.Options{}) == was {
		t.Error("which of the account's fields are wanted does not change the mapping: those that were left out have values already")
	}
	// How a source writes an empty object is the source's own, and no mapping.
	if processor.Mapping(with(crm.Field{Column: "a", EmptyObject: true}), processor.Options{}) != plain {
		t.Error("how a source writes an empty object changes the mapping")
	}
}
