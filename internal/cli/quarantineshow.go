package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func (c *command) quarantineShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show ENTRY",
		Short:   "Show one record in the quarantine, as it came",
		Example: "  warren quarantine show 3\n  warren quarantine show 3 --output json",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("which entry?", "Give a number from the first column of warren quarantine list.")
			}
			ids, err := entryNumbers(args)
			if err != nil {
				return err
			}
			a, err := c.open()
			if err != nil {
				return err
			}
			var e ledger.Entry
			exists, err := a.Look(cmd.Context(), func(db warehouse.Driver) error {
				e, err = ledger.ShowQuarantine(cmd.Context(), db, ids[0])
				return err
			})
			switch {
			case err != nil:
				return err
			case !exists:
				return noWarehouse(a)
			case c.output == outputJSON:
				c.printJSON(asWholeEntryJSON(a, e))
			default:
				c.printEntry(a, e)
			}
			return nil
		},
	}
}

// noWarehouse is the error of a command that needs one.
func noWarehouse(a *app.App) error {
	return usage(fmt.Sprintf("there is no warehouse yet at %s", a.Config.Database),
		"The first warren sync makes it; or name another with --database.")
}

func (c *command) printEntry(a *app.App, e ledger.Entry) {
	record := e.RecordID
	if record == "" {
		record = "(no id)"
	}
	closed := ""
	if !e.Closed.IsZero() {
		closed = instant(e.Closed)
	}
	c.printf("Entry %d: %s, record %s\n", e.ID, e.StreamID, visible(record, false))
	c.facts(
		fact{"state", e.Status},
		fact{"reason", visible(e.Reason, false)},
		fact{"code", e.Code},
		fact{"field", visible(e.Field, false)},
		fact{"value", visible(e.Value, false)},
		fact{"seen in the CRM", linkTo(a, e)},
		fact{"first seen", instant(e.First)},
		fact{"last seen", fmt.Sprintf("%s, in run %d; %s", instant(e.Last), e.RunID, count(e.Attempts, "attempt"))},
		fact{"closed", closed},
	)
	c.printf("\nThe record as it came (%s):\n%s\n", count(e.Size, "byte"), visible(pretty(e.Raw), true))
	switch {
	case e.Status != ledger.EntryOpen:
	case e.RecordID == "":
		c.printf("\nOnce it has an id at the source, the next sync that reads it writes it; this entry, which no record\n"+
			"can be told to be, then goes: warren quarantine discard %d\n", e.ID)
	default:
		c.printf("\nOnce it is mended at the source, the next sync that reads it takes it out of here.\n"+
			"Once the cause is mended in warren.yaml or in the warehouse: warren quarantine replay %d\n", e.ID)
	}
}

// pretty indents what is JSON, and returns anything else as it is.
func pretty(raw []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, raw, "", "  ") != nil {
		return string(raw)
	}
	return out.String()
}

// wholeEntryJSON is an entry with its record: as text, and as base64 where
// the bytes are no text.
type wholeEntryJSON struct {
	entryJSON

	Raw   string `json:"raw"`
	Bytes []byte `json:"raw_base64,omitempty"`
}

func asWholeEntryJSON(a *app.App, e ledger.Entry) wholeEntryJSON {
	j := wholeEntryJSON{entryJSON: asEntryJSON(a, e), Raw: string(e.Raw)}
	if !utf8.Valid(e.Raw) {
		j.Bytes = e.Raw
	}
	return j
}
