package layout_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse/layout"
)

// The name of a stage fits every database, and no two tables share one.
func TestStageName(t *testing.T) {
	if got := layout.StageName("ingestion_lead"); got != "warren_stage_ingestion_lead" {
		t.Error(got)
	}
	long := strings.Repeat("x", 60)
	a, b := layout.StageName(long+"a"), layout.StageName(long+"b")
	if len(a) != 63 || len(b) != 63 || a == b {
		t.Errorf("%s and %s", a, b)
	}
}

func TestKeysEqual(t *testing.T) {
	err := layout.KeysEqual("things", "code", "citext", "the type text")
	if crm.CodeOf(err) != crm.CodeDeletesRefused || !strings.Contains(err.Error(), "key column code of type citext") {
		t.Error(err)
	}
}
