package salespro

import (
	"fmt"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/crm"
)

// mostNamed bounds the columns that one message names.
const mostNamed = 20

// unmapped returns the columns of a table that no field takes, with their types. A query
// asks for the others only, so that no record shows that these are there.
func unmapped(stream crm.Stream, described athena.Table) []athena.Column {
	columns := wanted(stream)
	return slices.DeleteFunc(slices.Clone(described.Columns), func(c athena.Column) bool {
		return slices.ContainsFunc(columns, func(w column) bool { return strings.EqualFold(w.name, c.Name) }) ||
			slices.ContainsFunc(stream.Unmapped, func(name string) bool { return strings.EqualFold(name, c.Name) })
	})
}

// tellUnmapped tells of them, or says why the run fails whose contract is that the
// schema stays as it is. None gets a column by itself: whatever is asked for is scanned
// and paid for, and the rows without a key of their own would be others with it.
func (c *connector) tellUnmapped(stream crm.Stream, columns []athena.Column) error {
	if len(columns) == 0 {
		return nil
	}
	names := make([]string, 0, mostNamed)
	for _, column := range columns[:min(len(columns), mostNamed)] {
		names = append(names, fmt.Sprintf("%s (%s)", column.Name, column.Type))
	}
	if more := len(columns) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	message := fmt.Sprintf("the table %s has columns that no field takes: %s", stream.Name, strings.Join(names, ", "))
	if stream.NewField == crm.ReactFreeze {
		return &crm.Error{
			Code: crm.CodeSchema, Origin: crm.OriginSource, Message: message + ", and the stream's contract is to freeze",
			Fix: fmt.Sprintf("Add them under sources.%s.streams.%s.fields in warren.yaml, or set the contract's new_field to drop.", c.account, stream.Name),
		}
	}
	c.observe(crm.Notice{
		ID: crm.StreamID{Source: c.account, Stream: stream.Name}, Message: message + "; they are not asked for, and not in the column data either",
		Fix: fmt.Sprintf("to read one, add it under sources.%s.streams.%s.fields in warren.yaml; it makes queries scan more", c.account, stream.Name),
	})
	return nil
}
