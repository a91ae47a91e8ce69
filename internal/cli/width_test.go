package cli_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// Every table fits a terminal of 80 columns, and says all of it elsewhere.
func TestTheTablesOfTheCommandsFitTheTerminal(t *testing.T) {
	d := at(t, salesrabbit.Config{Records: 3000, Users: 20, Seed: 1, Traps: salesrabbit.Traps{Dirty: 0.02}})
	d.crm.Put(salesrabbit.Fields{"id": []byte(`"` + strings.Repeat("no id ", 40) + `"`)})
	tables := func(name string, args ...string) {
		t.Helper()
		d.run(args...)
		for line := range strings.Lines(d.out.String()) {
			if strings.Contains(line, "://") {
				continue // the terminal breaks addresses
			}
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); d.world.StdoutTerminal && n > d.world.StdoutWidth {
				t.Errorf("%s, %d columns: %q", name, n, line)
			}
		}
	}
	d.world.StdoutTerminal, d.world.StdoutWidth = true, 80
	tables("sync", "sync", "salesrabbit")
	d.says("leadStatusHistories  full", "deleted", "quarantine:\n  warren quarantine list salesrabbit leads\n").silent("issues  time")
	d.exec("UPDATE ingestion_salesrabbit_lead SET first_name = 'A name that is longer than anything that anybody would expect of a first name' WHERE id < 10000003")
	d.crm.Delete(salesrabbit.Random(2), salesrabbit.Gone)
	d.env["SALESRABBIT_API_KEY"] = "wrong-token"
	d.run("sync", "salesrabbit", "leads").exits(cli.ExitFailed)
	d.env["SALESRABBIT_API_KEY"] = salesrabbit.DefaultToken
	for _, width := range []int{80, 120} {
		d.world.StdoutWidth = width
		tables("status", "status")
		if width == 80 {
			d.says("\nSome columns are left out; widen the terminal or pipe the output.\n").silent("watermark (UTC)")
		}
		tables("history", "history")
		for _, kept := range []string{"mode", "full", "incremental", "deleted", "status", "source_auth"} {
			d.says(kept)
		}
		if width == 80 {
			d.says("\nSome columns are left out; ").silent("created", "started")
		}
		tables("issues", "issues", "salesrabbit")
		tables("verify", "verify", "salesrabbit", "leads", "users")
		tables("traps", "sandbox", "salesrabbit", "--list-traps")
	}
	d.world.StdoutTerminal = false
	tables("history", "history")
	d.says("run  stream               mode         started (UTC)", "unchanged  deleted  failed  status   error")
	tables("status", "status")
	d.says("watermark (UTC)").silent("Some columns are left out")
}
