package layout

import (
	"fmt"

	"github.com/warren-sync/warren/internal/crm"
)

// Width returns how many columns a table of Warren's own has for a stream.
func Width(stream crm.Stream) int {
	n := len(stream.Fields)
	own := append([]string{Data, Hash, Synced, Created, DeletedAt, DeletedRun}, stream.PrimaryKey...)
	for _, name := range own {
		if _, declared := stream.Field(name); !declared {
			n++
		}
	}
	return n
}

// Limit is how many columns a database takes in one table.
type Limit struct {
	Database string // as people call it
	Columns  int
}

// Check refuses a stream whose table would have that many columns, before the database
// does in words of its own. dropped of them are columns that were dropped and count on.
func (l Limit) Check(stream crm.Stream, columns, dropped int) error {
	if columns <= l.Columns {
		return nil
	}
	message := fmt.Sprintf("the table of stream %s would have %d columns, and %s takes %d in a table", stream.Name, columns, l.Database, l.Columns)
	if dropped > 0 {
		message += fmt.Sprintf("; %d that were dropped count on", dropped)
	}
	return &crm.Error{
		Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: message,
		Fix: "Set properties: of the stream in warren.yaml to those that you need, such as [email, \"lead_*\"]; the others stay in the column data.",
	}
}
