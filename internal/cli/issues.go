package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func (c *command) issues() *cobra.Command {
	var field, record string
	var limit int
	cmd := &cobra.Command{
		Use:   "issues [SOURCE [STREAM]]",
		Short: "List the values that look wrong",
		Long: "Lists the values that broke a rule or did not fit their column. Their records are loaded:\n" +
			"a text is kept as it came, what is no number or date is NULL in its column. The value as\n" +
			"it came stays in the column data. An issue goes away when a better version of its record\n" +
			"arrives.",
		Example: "  warren issues\n" +
			"  warren issues salesrabbit leads --field email\n" +
			"  warren issues salesrabbit leads --record 10000007 --output json",
		Args:              atMost(2),
		ValidArgsFunction: c.completeSource,
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open()
			if err != nil {
				return err
			}
			p := placeOf(a, args)
			p.RecordID, p.Limit = record, limit
			issues, more, err := a.Issues(cmd.Context(), p.Filter, field)
			switch {
			case err != nil:
				return err
			case len(issues) == 0 && p.unknown != nil:
				return p.unknown
			case c.output == outputJSON:
				c.printJSON(issuesJSON(issues, more))
			case len(issues) == 0:
				c.nothing(a, a.Exists(), "No such issue.")
			default:
				c.printIssues(issues)
				if more {
					c.printf("\nThere are more; --limit 0 lists all.\n")
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&field, "field", "", "only of this field, by its name in the source or its column")
	cmd.Flags().StringVar(&record, "record", "", "only of the record with this id")
	limitFlag(cmd, &limit, 50, "issues")
	return cmd
}

func (c *command) printIssues(issues []ledger.StoredIssue) {
	ids := make([]crm.StreamID, 0, len(issues))
	for _, i := range issues {
		ids = append(ids, i.StreamID)
	}
	name := namer(ids)
	t := c.table("stream", "record", "field", "value", "what is wrong", "column")
	t.yield(cut("what is wrong", 24), cut("value", 28), drop("column"), cut("value", 12), cut("record", 20), cut("field", 12), cut("stream", 8))
	for _, i := range issues {
		t.add(name(i.StreamID), short(i.RecordID, 48), short(i.Field, 48), short(i.Value, 60), short(i.Message, 3*mostShown), became(i.Effect))
	}
	t.print()
}

// became says what the column holds now.
func became(e crm.Effect) string {
	if e == crm.EffectNulled {
		return "is NULL"
	}
	return string(e)
}

// issueJSON is one issue as --output json shows it.
type issueJSON struct {
	Source  string     `json:"source"`
	Stream  string     `json:"stream"`
	Record  string     `json:"record"`
	Field   string     `json:"field"`
	Column  string     `json:"column"`
	Value   string     `json:"value"`
	Rule    string     `json:"rule"`
	Message string     `json:"message"`
	Effect  crm.Effect `json:"effect"`
	RunID   int64      `json:"run_id"`
	Found   time.Time  `json:"found"`
}

func issuesJSON(issues []ledger.StoredIssue, more bool) any {
	list := make([]issueJSON, 0, len(issues))
	for _, i := range issues {
		list = append(list, issueJSON{
			Source: i.StreamID.Source, Stream: i.StreamID.Stream, Record: i.RecordID, Field: i.Field, Column: i.Column,
			Value: i.Value, Rule: i.Rule, Message: i.Message, Effect: i.Effect, RunID: i.RunID, Found: i.Found,
		})
	}
	return map[string]any{"issues": list, "more": more}
}
