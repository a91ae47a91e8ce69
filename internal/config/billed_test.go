package config_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// billed is a source that charges for what it scans, with a stream that is
// replaced whole.
func billed() crm.Source {
	stream := func(name string, snapshot bool) crm.Stream {
		return crm.Stream{
			Name: name, Table: "lake_" + name, PrimaryKey: []string{"id"}, Snapshot: snapshot,
			Fields: []crm.Field{{Column: "id", Paths: []string{"id"}, Type: crm.TypeText}},
		}
	}
	return crm.Source{
		Type: "lake", Title: "Lake", Billed: true, Streams: []crm.Stream{stream("logs", false), stream("totals", true)},
		Options: []crm.Option{{Name: "max_scan_bytes", Kind: crm.OptionSize}},
	}
}

func loadBilled(t *testing.T, yaml string, o config.Overrides) (config.Account, error) {
	t.Helper()
	c, err := config.Load(config.Input{Dir: dir(t, yaml), Sources: append(sources(), billed()), Overrides: o})
	if err != nil {
		return config.Account{}, err
	}
	return account(t, c, "lake"), nil
}

func TestHowMuchAStreamMayHaveScanned(t *testing.T) {
	a, err := loadBilled(t, "sources: {lake: {max_scan_bytes: 50GB, streams: {logs: {max_scan_bytes: 0}}}}", config.Overrides{})
	if err != nil || a.MaxScan("logs") != 0 || a.MaxScan("totals") != 50e9 {
		t.Errorf("%v: %d and %d", err, a.MaxScan("logs"), a.MaxScan("totals"))
	}
	for yaml, says := range map[string]string{
		"sources: {lake: {streams: {logs: {max_scan_bytes: much}}}}":        `"much" is not a size`,
		"sources: {salesrabbit: {streams: {leads: {max_scan_bytes: 1GB}}}}": "charges nothing",
		"sources: {lake: {streams: {totals: {deletes: soft}}}}":             "totals is replaced whole",
		"sources: {lake: {streams: {totals: {delete_limit: most}}}}":        "not a share",
		"sync: {parallel: 65}":                                                    "65",
		"sources: {lake: {max_scan_bytes: -1}}":                                   "is not a size",
		"sources: {lake: {streams: {logs: {deletes: soft, delete_limit: 200%}}}}": "not a share",
	} {
		if _, err := loadBilled(t, yaml, config.Overrides{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", yaml, err)
		}
	}
}

// A table that is replaced whole has no rows to mark.
func TestASnapshotIsReplacedWhateverHoldsForOthers(t *testing.T) {
	a, err := loadBilled(t, "sync: {deletes: off, delete_limit: 50%}\nsources: {lake: {streams: {totals: {delete_limit: 90%}}}}", config.Overrides{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.Deletes("totals"), (crm.DeletePolicy{How: crm.DeletesHard, Limit: 0.9}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got, want := a.Deletes("logs"), (crm.DeletePolicy{How: crm.DeletesOff, Limit: 0.5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestHowManyStreamsAtTheSameTime(t *testing.T) {
	for flag, want := range map[int]int{0: 7, 2: 2, 64: 64} {
		c, err := config.Load(config.Input{Dir: dir(t, "sync: {parallel: 7}"), Sources: sources(), Overrides: config.Overrides{Parallel: flag}})
		if err != nil || c.Sync.Parallel != want {
			t.Errorf("--parallel %d: %+v, %v", flag, c, err)
		}
	}
	for _, flag := range []int{-1, 65} {
		if _, err := config.Load(config.Input{Dir: t.TempDir(), Overrides: config.Overrides{Parallel: flag}}); crm.CodeOf(err) != crm.CodeUsage {
			t.Errorf("--parallel %d: %v", flag, err)
		}
	}
}
