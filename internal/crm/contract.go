package crm

import "slices"

// Reaction says what becomes of something in the records that the schema of their
// stream does not have.
type Reaction string

// The reactions.
const (
	ReactEvolve     Reaction = "evolve"     // the table gets a column for it
	ReactFreeze     Reaction = "freeze"     // the run fails
	ReactDrop       Reaction = "drop"       // no column takes it; the raw record has it
	ReactQuarantine Reaction = "quarantine" // the record goes into the quarantine
)

// Contract is how a stream deals with a schema that changes.
type Contract struct {
	NewField    Reaction // a field that was not there before
	ChangedType Reaction // a field that the source describes as of another type than before
	BadValue    Reaction // a value that is not of its field's type
}

// SchemaKind says how a field came to be known.
type SchemaKind string

// The kinds of knowledge.
const (
	SchemaDescribed SchemaKind = "described" // the account describes it
	SchemaMapped    SchemaKind = "mapped"    // the source or warren.yaml declares it, and the account has it; without a column, it does not
	SchemaTyped     SchemaKind = "typed"     // it is declared, and the account gave it the type when it was first seen
	SchemaRetyped   SchemaKind = "retyped"   // the account describes it as of another type than its column
	SchemaSeen      SchemaKind = "seen"      // records have it, and nobody describes it
	SchemaBad       SchemaKind = "bad"       // records have values in it that are not of its type
	SchemaGone      SchemaKind = "gone"      // the account described it and does not any more; without a column, it does again
)

// SchemaField is one thing that is known of a stream's fields beside what its source
// declares.
type SchemaField struct {
	Name   string // of the field: its path in a record
	Kind   SchemaKind
	Column string // what takes it; "" for none
	Type   Type
}

// Schema is all that is known, in any order.
type Schema []SchemaField

// Find returns what is known of a field in one way.
func (s Schema) Find(kind SchemaKind, name string) (SchemaField, bool) {
	i := slices.IndexFunc(s, func(f SchemaField) bool { return f.Kind == kind && f.Name == name })
	if i < 0 {
		return SchemaField{}, false
	}
	return s[i], true
}

// Has reports whether anything is known in one way.
func (s Schema) Has(kind SchemaKind) bool {
	return slices.ContainsFunc(s, func(f SchemaField) bool { return f.Kind == kind })
}
