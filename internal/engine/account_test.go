package engine_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/engine"
)

// The rows of one account are not written over with those of another, unless somebody
// asks for all of them; what was not told is no reason to refuse.
func TestAnotherAccountsRecordsAreNotWrittenOverTheRows(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		try := func(account string, ask engine.Ask, want crm.Code) {
			t.Helper()
			w.stream.Account = account
			if _, err := w.try(t.Context(), ask); err != nil && crm.CodeOf(err) != want || err == nil && want != "" {
				t.Errorf("%s %+v: %v, want %q", account, ask, err, want)
			}
		}
		w.source.pages, w.source.before = [][]string{page(1, 4, 0), page(5, 4, 0)}, stopAt(1)
		try("7", engine.Ask{}, crm.CodeOf(errSource))
		try("8", engine.Ask{}, crm.CodeOtherAccount) // half of the first load is there
		w.source.before = nil
		try("7", engine.Ask{}, "")
		w.source.before = stopAt(0)
		try("8", engine.Ask{Full: true}, crm.CodeOf(errSource)) // nothing of it came
		w.source.before = nil
		for _, ask := range []engine.Ask{{}, {Since: noon(0)}, {Verify: true}, {DryRun: true}, {Restart: true}} {
			try("8", ask, crm.CodeOtherAccount)
		}
		try("", engine.Ask{}, "")
		try("8", engine.Ask{}, crm.CodeOtherAccount) // a run that was told nothing has forgotten nothing
		try("7", engine.Ask{}, "")
		w.source.pages, w.source.before = [][]string{page(1, 4, 1), page(5, 4, 1)}, stopAt(1)
		try("8", engine.Ask{Full: true}, crm.CodeOf(errSource)) // half of it came
		w.source.before = nil
		try("7", engine.Ask{}, crm.CodeOtherAccount)
		try("8", engine.Ask{}, "")
		try("8", engine.Ask{}, "")
	})
}
