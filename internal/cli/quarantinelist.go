package cli

import (
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func (c *command) quarantineList() *cobra.Command {
	var status, record string
	var limit int
	cmd := &cobra.Command{
		Use:   "list [SOURCE [STREAM]]",
		Short: "List the records in the quarantine",
		Example: "  warren quarantine list\n" +
			"  warren quarantine list salesrabbit leads\n" +
			"  warren quarantine list --status discarded --output json",
		Args:              atMost(2),
		ValidArgsFunction: c.completeSource,
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := c.open()
			if err != nil {
				return err
			}
			if status == "all" {
				status = ""
			} else if states := []string{ledger.EntryOpen, ledger.EntryReplayed, ledger.EntryReplaced, ledger.EntryDiscarded}; !slices.Contains(states, status) {
				return usage("there is no status "+strconv.Quote(status), "Use open, replayed, replaced, discarded or all.")
			}
			p := placeOf(a, args)
			p.Status, p.RecordID, p.Limit = status, record, limit
			return c.listQuarantine(cmd, a, p)
		},
	}
	cmd.Flags().StringVar(&status, "status", ledger.EntryOpen, "open, replayed, replaced, discarded or all")
	cmd.Flags().StringVar(&record, "record", "", "only the record with this id")
	limitFlag(cmd, &limit, 50, "entries")
	return cmd
}

func (c *command) listQuarantine(cmd *cobra.Command, a *app.App, p place) error {
	most := p.oneMore()
	var entries []ledger.Entry
	exists, err := a.Look(cmd.Context(), func(db warehouse.Driver) error {
		var err error
		entries, err = ledger.ListQuarantine(cmd.Context(), db, p.Filter)
		return err
	})
	entries, more := cutAt(entries, most)
	switch {
	case err != nil:
		return err
	case len(entries) == 0 && p.unknown != nil:
		return p.unknown
	case c.output == outputJSON:
		list := make([]entryJSON, 0, len(entries))
		for _, e := range entries {
			list = append(list, asEntryJSON(a, e))
		}
		c.printJSON(map[string]any{"entries": list, "more": more})
	case len(entries) == 0:
		c.nothing(a, exists, "The quarantine has no such record.")
	default:
		c.printQuarantine(entries, more)
	}
	return nil
}

func (c *command) printQuarantine(entries []ledger.Entry, more bool) {
	ids := make([]crm.StreamID, 0, len(entries))
	for _, e := range entries {
		ids = append(ids, e.StreamID)
	}
	name := namer(ids)
	t := c.table("entry", "stream", "record", "why it could not be written", "value", "last seen", "state")
	t.yield(cut("value", 20), cut("why it could not be written", 27), drop("state"), drop("last seen"), cut("value", 8), cut("record", 20), cut("stream", 8))
	for _, e := range entries {
		record := e.RecordID
		if record == "" {
			record = "(no id)"
		}
		t.add(e.ID, name(e.StreamID), short(record, 48), short(e.Reason, mostShown), short(e.Value, 60), ago(c.Clock.Now(), e.Last), e.Status)
	}
	t.print()
	if more {
		c.printf("\nThere are more; --limit 0 lists all.\n")
	}
	c.printf("\nOne of them in full: warren quarantine show %d\n", entries[0].ID)
}

// entryJSON is one entry as --output json shows it.
type entryJSON struct {
	ID       int64      `json:"id"`
	Source   string     `json:"source"`
	Stream   string     `json:"stream"`
	Record   string     `json:"record"`
	Status   string     `json:"status"`
	Code     crm.Code   `json:"code"`
	Reason   string     `json:"reason"`
	Field    string     `json:"field"`
	Value    string     `json:"value"`
	Link     string     `json:"link,omitempty"`
	Size     int64      `json:"size"`
	Attempts int64      `json:"attempts"`
	RunID    int64      `json:"run_id"`
	First    time.Time  `json:"first_seen"`
	Last     time.Time  `json:"last_seen"`
	Closed   *time.Time `json:"closed,omitempty"`
	ClosedBy int64      `json:"closed_by_run,omitempty"`
}

func asEntryJSON(a *app.App, e ledger.Entry) entryJSON {
	return entryJSON{
		ID: e.ID, Source: e.StreamID.Source, Stream: e.StreamID.Stream, Record: e.RecordID, Status: e.Status, Code: e.Code,
		Reason: e.Reason, Field: e.Field, Value: e.Value, Link: linkTo(a, e), Size: e.Size, Attempts: e.Attempts,
		RunID: e.RunID, First: e.First, Last: e.Last, Closed: instantOrNil(e.Closed), ClosedBy: e.ClosedBy,
	}
}

// linkTo returns where a person sees the record; "" where nobody knows.
func linkTo(a *app.App, e ledger.Entry) string {
	account, _ := a.Config.Account(e.StreamID.Source)
	stream, _ := account.Source.Stream(e.StreamID.Stream)
	return stream.LinkTo(e.RecordID)
}
