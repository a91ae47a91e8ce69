package crm

import "fmt"

// String says what changed and what was done about it, in words that follow the
// stream's name.
func (c SchemaChanged) String() string {
	f := c.Field
	switch {
	case f.Kind == SchemaDescribed && f.Column != "":
		return fmt.Sprintf("a new field %s, and with it a column %s (%s); records that do not change get it with the next full run", f.Name, f.Column, f.Type)
	case f.Kind == SchemaDescribed:
		return fmt.Sprintf("a new field %s (%s) without a column, as the stream's contract has it: %s", f.Name, f.Type, c.Reaction)
	case f.Kind == SchemaRetyped && f.Column != "":
		return fmt.Sprintf("the field %s, until now %s, is now %s: values that its column cannot take go into the column %s", f.Name, c.Was, f.Type, f.Column)
	case f.Kind == SchemaRetyped:
		return fmt.Sprintf("the field %s, until now %s, is now %s: as the stream's contract has it, %s", f.Name, c.Was, f.Type, c.Reaction)
	case f.Kind == SchemaGone && f.Column != "":
		return fmt.Sprintf("the account shows the field %s no more (it was deleted, or made sensitive): nothing new comes into its column %s", f.Name, f.Column)
	case f.Kind == SchemaGone:
		return fmt.Sprintf("the account shows the field %s again; records that do not change get it with the next full run", f.Name)
	case f.Kind == SchemaSeen:
		return fmt.Sprintf("records have a field %s that nobody describes; it gets a column (%s) with the next run", f.Name, f.Type)
	default:
		return fmt.Sprintf("records have values in %s that its column cannot take; they get a column of text with the next run", f.Name)
	}
}
