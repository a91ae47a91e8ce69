package cli_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/cli"
	"github.com/warren-sync/warren/internal/pgtest"
	"github.com/warren-sync/warren/internal/sandbox/salespro"
)

// A column that the vendor takes away is told of, and keeps what it holds; of rows without
// a key that is for people to decide.
func TestAColumnThatTheShareLacks(t *testing.T) {
	var share *salespro.Server
	at := time.Now().Add(-time.Hour)
	shows := func(lacks ...string) {
		t.Helper()
		var err error
		if share, err = salespro.New(salespro.Config{Records: 40, Seed: 1, Start: at, Lacks: lacks}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := share.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	shows()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { share.ServeHTTP(w, r) }))
	defer web.Close()
	d := bare(t)
	d.env["DATABASE_URL"] = pgtest.URL(t)
	d.reads(share, web.URL)
	types := func() string {
		return d.text("SELECT CAST(count(*) AS text) FROM ingestion_salespro_payments WHERE payment_type IS NOT NULL")
	}
	const lacks = "the account lacks it"
	d.run("discover", "salespro", "payments").exits(cli.ExitOK).silent(lacks)
	d.run("sync", "salespro", "payments").exits(cli.ExitOK)
	d.run("sync", "salespro", "user_activity").exits(cli.ExitOK)
	before := types()
	shows("payments.payment_type", "user_activity.price")
	d.run("discover", "salespro", "payments").exits(cli.ExitOK).says(lacks)
	const gone = "the account shows the field payment_type no more"
	d.run("sync", "salespro", "payments").exits(cli.ExitOK).warns(gone)
	d.run("sync", "salespro", "payments").exits(cli.ExitOK).silent(gone)
	d.run("verify", "salespro", "payments").exits(cli.ExitOK)
	if after := types(); after != before || after == "0" {
		t.Errorf("%s rows had a type, and %s have one", before, after)
	}
	d.run("sync", "salespro", "user_activity").exits(cli.ExitFailed).says("cannot do without: price", "changed_type: drop")
	d.file("warren.yaml", "sources: {salespro: {streams: {user_activity: {contract: {changed_type: drop}}}}}")
	d.run("sync", "salespro", "user_activity").exits(cli.ExitOK).warns("the account shows the field price no more")
	d.run("verify", "salespro", "user_activity").exits(cli.ExitOK)
}
