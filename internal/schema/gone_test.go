package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/schema"
)

const (
	goneB = "the account shows the field properties.b no more (it was deleted, or made sensitive): nothing new comes into its column b"
	backB = "the account shows the field properties.b again; records that do not change get it with the next full run"
)

// What the account does not describe any more is told, once, and so is what it
// describes again, each time.
func TestAFieldThatComesAndGoes(t *testing.T) {
	var known crm.Schema
	c := contract(crm.ReactEvolve, crm.ReactEvolve, crm.ReactDrop)
	with, without := things("a:text", "b:decimal"), things("a:text")
	for i, step := range []struct {
		stream        crm.Stream
		columns, says string
	}{
		{with, " a:text b:decimal", ""},
		{without, " a:text", goneB},
		{without, " a:text", ""},
		{with, " a:text b:decimal", backB},
		{with, " a:text b:decimal", ""},
		{without, " a:text", goneB},
	} {
		s := settle(t, &known, c, step.stream)
		if columns(s.Stream) != own+step.columns || changes(s) != step.says {
			t.Errorf("%d: %s: %s", i, columns(s.Stream), changes(s))
		}
	}
}

// Fields that the source came with, and that the account has as well, are known of
// without a word, and missed like any other.
func TestADeclaredFieldThatTheAccountShowsNoMore(t *testing.T) {
	declared := func(described ...string) crm.Stream {
		s := things("a:text")
		s.Fields = append(s.Fields, crm.Field{Column: "b", Paths: []string{"other", "properties.b"}, Type: crm.TypeDecimal})
		s.Described = described
		return s
	}
	var known crm.Schema
	c := contract(crm.ReactEvolve, crm.ReactEvolve, crm.ReactDrop)
	if s := settle(t, &known, c, declared()); changes(s) != "" {
		t.Errorf("one that the account never had: %s", changes(s))
	}
	for i, step := range []struct {
		stream crm.Stream
		says   string
	}{
		{declared("properties.b"), ""}, {declared(), goneB}, {declared(), ""}, {declared("properties.b"), backB},
		{things("a:text", "b:decimal"), ""}, // warren.yaml does not declare it any more
	} {
		s := settle(t, &known, c, step.stream)
		if has := s.Stream.FieldIndex("b") >= 0; changes(s) != step.says || !has {
			t.Errorf("%d: %s: %s", i, columns(s.Stream), changes(s))
		}
	}
}

// A declared field whose only path is gone is written no more, lest its column be
// emptied. A part of a described field is no field.
func TestADeclaredFieldThatIsGoneIsNotWritten(t *testing.T) {
	declared := func(described ...string) crm.Stream {
		s := things()
		s.Fields = append(s.Fields, crm.Field{Column: "city", Paths: []string{"properties.city"}},
			crm.Field{Column: "pitch", Paths: []string{"properties.roof.pitch"}})
		s.Described = described
		return s
	}
	var known crm.Schema
	c := contract(crm.ReactEvolve, crm.ReactEvolve, crm.ReactDrop)
	all, less := own+" city:text pitch:text", own+" pitch:text"
	silent := declared("properties.city")
	silent.Undescribed = true
	for i, step := range []struct {
		stream        crm.Stream
		columns, says string
	}{
		{declared("properties.other"), all, ""}, // the account never had it
		{declared(), all, ""},
		{declared("properties.city", "properties.roof"), all, ""},
		{silent, all, ""}, // an account that says nothing says nothing of it
		{declared("properties.roof"), less, "the account shows the field properties.city no more (it was deleted, or made sensitive): nothing new comes into its column city"},
		{declared("properties.roof"), less, ""},
		{silent, less, ""},
		{declared("properties.city"), all, "the account shows the field properties.city again; records that do not change get it with the next full run"},
		{silent, all, ""},
	} {
		if s := settle(t, &known, c, step.stream); columns(s.Stream) != step.columns || changes(s) != step.says {
			t.Errorf("%d: %s: %s", i, columns(s.Stream), changes(s))
		}
	}
}

// Rows whose key or time of change is gone are no rows, whatever the contract. Those that
// have no key but what they hold are others without any of it, which has to be wanted.
func TestAFieldIsGoneThatRowsCannotDoWithout(t *testing.T) {
	declared := func(snapshot bool, described ...string) crm.Stream {
		s := things()
		s.Cursor, s.Snapshot = "changed", snapshot
		s.Fields = append(s.Fields, crm.Field{Column: "changed", Paths: []string{"changed"}}, crm.Field{Column: "city", Paths: []string{"city"}})
		s.Described = described
		return s
	}
	for _, c := range []struct {
		snapshot    bool
		changedType crm.Reaction
		described   []string
		says        string // "" where the run goes on
	}{
		{false, crm.ReactEvolve, []string{"id", "changed"}, ""},
		{false, crm.ReactEvolve, []string{"changed", "city"}, "cannot do without: id"},
		{false, crm.ReactDrop, []string{"id", "city"}, "cannot do without: changed"},
		{false, crm.ReactFreeze, []string{"id"}, "its contract is to freeze: city is gone; changed is gone"},
		{true, crm.ReactEvolve, []string{"id", "changed"}, "cannot do without: city; they have no key but what they hold"},
		{true, crm.ReactEvolve, []string{"id"}, "cannot do without: changed"},
		{true, crm.ReactDrop, []string{"id", "changed"}, ""},
		{true, crm.ReactQuarantine, []string{"id", "changed"}, "cannot do without: city; they have no key but what they hold"},
		{true, crm.ReactDrop, []string{"id"}, "cannot do without: changed"},
		{true, crm.ReactFreeze, []string{"id", "changed"}, "its contract is to freeze: city is gone"},
	} {
		var known crm.Schema
		how := contract(crm.ReactEvolve, c.changedType, crm.ReactDrop)
		settle(t, &known, how, declared(c.snapshot, "id", "changed", "city"))
		s, err := schema.Settle(declared(c.snapshot, c.described...), known, how)
		if c.says == "" {
			if err != nil || s.Stream.FieldIndex("city") >= 0 {
				t.Errorf("%v: %v, %s", c, err, columns(s.Stream))
			}
			continue
		}
		e, _ := errors.AsType[*crm.Error](err)
		if crm.CodeOf(err) != crm.CodeSchema || !strings.HasSuffix(err.Error(), c.says) {
			t.Errorf("%v: %v", c, err)
		} else if offers := strings.Contains(e.Fix, "changed_type: drop"); offers != strings.HasSuffix(c.says, "what they hold") {
			t.Errorf("%v: %s", c, e.Fix)
		}
	}
	// What was lost with consent is no news in the runs after it.
	var known crm.Schema
	settle(t, &known, contract(crm.ReactEvolve, crm.ReactDrop, ""), declared(true, "id", "changed", "city"))
	settle(t, &known, contract(crm.ReactEvolve, crm.ReactDrop, ""), declared(true, "id", "changed"))
	if s := settle(t, &known, contract(crm.ReactEvolve, crm.ReactEvolve, ""), declared(true, "id", "changed")); changes(s) != "" {
		t.Error(changes(s))
	}
}

// What warren.yaml maps no more, or from elsewhere, is not gone from the account, whatever
// the contract; and a field that has other paths does without one.
func TestAFieldThatIsMappedOtherwiseIsNotGone(t *testing.T) {
	declared := func(described string, fields ...crm.Field) crm.Stream {
		s := things()
		s.Snapshot, s.Cursor, s.Described = true, "changed", strings.Fields(described)
		s.Fields = append(s.Fields, fields...)
		return s
	}
	field := func(column string, paths ...string) crm.Field { return crm.Field{Column: column, Paths: paths} }
	for _, how := range []crm.Reaction{crm.ReactEvolve, crm.ReactFreeze, crm.ReactDrop} {
		var known crm.Schema
		c := contract(crm.ReactEvolve, how, crm.ReactDrop)
		settle(t, &known, c, declared("id changed kind made", field("changed", "changed", "made"), field("kind", "kind"), field("mine", "results.Mine")))
		for _, next := range []crm.Stream{
			declared("id changed made", field("changed", "changed"), field("kind", "made")),
			declared("id made changed", field("changed", "made")),
		} {
			if s := settle(t, &known, c, next); changes(s) != "" {
				t.Errorf("%s: %s", how, changes(s))
			}
		}
	}
	var known crm.Schema
	c := contract(crm.ReactEvolve, crm.ReactDrop, crm.ReactDrop)
	settle(t, &known, c, declared("id changed made", field("changed", "changed", "made")))
	s := settle(t, &known, c, declared("id changed", field("changed", "changed", "made")))
	if !strings.Contains(changes(s), "the field made no more") || s.Stream.FieldIndex("changed") < 0 {
		t.Errorf("%s: %s", columns(s.Stream), changes(s))
	}
}

// Of an account that does not tell of its fields a run that came to its end proves that
// those are there that it asked for; those that the account was known to lack it lacks.
func TestAnAccountThatDoesNotTellOfItsFields(t *testing.T) {
	declared := func(described string, absent bool) crm.Stream {
		s := things()
		s.Described, s.Undescribed = strings.Fields(described), described == "id size city town"
		s.Fields = append(s.Fields, crm.Field{Column: "city", Paths: []string{"city"}}, crm.Field{Column: "town", Paths: []string{"town"}, Absent: absent})
		return s
	}
	silent := declared("id size city town", false)
	c := contract(crm.ReactEvolve, crm.ReactEvolve, crm.ReactDrop)
	var known crm.Schema
	s := settle(t, &known, c, silent)
	if len(known) != 0 || len(s.Proved) != 4 {
		t.Errorf("known %v, proved %v", known, s.Proved)
	}
	if s := settle(t, &known, c, declared("id size city", true)); changes(s) != "" {
		t.Errorf("of what no run has proved: %s", changes(s))
	}
	if s := settle(t, &known, c, silent); len(s.Proved) != 0 || !s.Stream.Fields[3].Absent || s.Stream.Fields[2].Absent {
		t.Errorf("proved %v, %+v", s.Proved, s.Stream.Fields)
	}
	known = append(crm.Schema{}, settle(t, new(crm.Schema), c, silent).Proved...)
	if s := settle(t, &known, c, declared("id size town", false)); !strings.Contains(changes(s), "the field city no more") {
		t.Errorf("of what a run has proved: %s", changes(s))
	}
}

// What nobody wants any more is not gone from the account.
func TestAFieldThatIsNotWantedIsNotGone(t *testing.T) {
	var known crm.Schema
	c := contract(crm.ReactEvolve, crm.ReactEvolve, crm.ReactDrop)
	settle(t, &known, c, things("a:text", "b:decimal"))
	unwanted := things("a:text")
	unwanted.Unmapped = []string{"properties.b"}
	if s := settle(t, &known, c, unwanted); changes(s) != "" {
		t.Errorf("%s", changes(s))
	}
	dropped := crm.Schema{{Name: "properties.c", Kind: crm.SchemaDescribed}} // it had no column
	if s := settle(t, &dropped, c, things("a:text")); strings.Contains(changes(s), "properties.c") {
		t.Errorf("%s", changes(s))
	}
}

// A contract that freezes types freezes the fields as well, until somebody has looked.
func TestAFieldThatIsGoneAndTheContractFreezes(t *testing.T) {
	var known crm.Schema
	settle(t, &known, contract(crm.ReactEvolve, crm.ReactFreeze, ""), things("a:text", "b:decimal"))
	_, err := schema.Settle(things("a:text"), known, contract(crm.ReactEvolve, crm.ReactFreeze, ""))
	if crm.CodeOf(err) != crm.CodeSchema || !strings.Contains(err.Error(), "properties.b is gone") {
		t.Errorf("%v", err)
	}
	settle(t, &known, contract(crm.ReactEvolve, crm.ReactEvolve, ""), things("a:text")) // one run that allows it
	if s := settle(t, &known, contract(crm.ReactEvolve, crm.ReactFreeze, ""), things("a:text")); changes(s) != "" {
		t.Errorf("%s", changes(s))
	}
}
