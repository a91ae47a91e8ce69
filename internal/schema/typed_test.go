package schema_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/schema"
)

// sized is a stream with a declared size of a type that the account gives it; "" is an
// account that says nothing, "-" one that does not have it.
func sized(as string) crm.Stream {
	s := things()
	s.Described, s.Undescribed = []string{"size"}, as == ""
	if t, is := crm.ParseType(as); is {
		s.DescribedAs = map[string]crm.Type{"size": t}
	}
	if as == "-" {
		s.Described = []string{"id"}
	}
	return s
}

// A declared field that is of another type at the account than it was is told, once, and
// its values that do not fit are dealt with as the contract has it. The column stays as it
// was declared, whatever the account's type.
func TestADeclaredFieldOfAnotherType(t *testing.T) {
	const changed = "the field size, until now decimal, is now text: "
	for how, c := range map[crm.Reaction]struct{ says, columns string }{
		crm.ReactEvolve:     {changed + "values that its column cannot take go into the column size_text", " size_text:text<size"},
		crm.ReactDrop:       {changed + "as the stream's contract has it, drop", "!drop"},
		crm.ReactQuarantine: {changed + "as the stream's contract has it, quarantine", "!quarantine"},
	} {
		var known crm.Schema
		contract := contract(crm.ReactEvolve, how, crm.ReactDrop)
		for i, step := range []struct {
			as      string
			says    string
			changed bool
		}{
			{"", "", false}, {"decimal", "", false}, {"decimal", "", false}, {"text", c.says, true}, {"text", "", true}, {"", "", true},
			{"decimal", "", false},
		} {
			s := settle(t, &known, contract, sized(step.as))
			want := own
			if step.changed {
				want += c.columns
			}
			if got := columns(s.Stream); changes(s) != step.says || got != want {
				t.Errorf("%s, %d: %s: %s", how, i, got, changes(s))
			}
		}
	}
}

// A contract that freezes types holds for declared fields as well, until somebody has
// looked; and what is a text takes any type.
func TestADeclaredFieldOfAnotherTypeAndTheContractFreezes(t *testing.T) {
	var known crm.Schema
	evolve, freeze := contract(crm.ReactEvolve, crm.ReactEvolve, ""), contract(crm.ReactEvolve, crm.ReactFreeze, "")
	settle(t, &known, freeze, sized("integer"))
	_, err := schema.Settle(sized("text"), known, freeze)
	if crm.CodeOf(err) != crm.CodeSchema || !strings.Contains(err.Error(), "size was of type integer and is now of type text") {
		t.Errorf("%v", err)
	}
	settle(t, &known, evolve, sized("text")) // one run that allows it
	if s := settle(t, &known, freeze, sized("text")); changes(s) != "" {
		t.Error(changes(s))
	}
	s := things()
	s.DescribedAs = map[string]crm.Type{"id": crm.TypeInteger}
	known = nil
	settle(t, &known, evolve, s)
	s.DescribedAs = map[string]crm.Type{"id": crm.TypeText}
	if got := settle(t, &known, evolve, s); columns(got.Stream) != own || !strings.Contains(changes(got), "the field id, until now integer, is now text") {
		t.Errorf("%s: %s", columns(got.Stream), changes(got))
	}
}
