package sandboxtest_test

import (
	"net/http"
	"testing"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
	"github.com/warren-sync/warren/internal/sandbox/sandboxtest"
)

func TestSalesRabbitServesAndStops(t *testing.T) {
	var url string
	t.Run("inner", func(t *testing.T) {
		var s *salesrabbit.Server
		url, s = sandboxtest.SalesRabbit(t, salesrabbit.Config{Records: 3})
		res, err := http.Get(url + "/sandbox/state")
		if err != nil || res.StatusCode != http.StatusOK || s.State().Leads != 3 {
			t.Fatalf("%v, %v", res, err)
		}
		_ = res.Body.Close()
	})
	if res, err := http.Get(url + "/sandbox/state"); err == nil {
		_ = res.Body.Close()
		t.Error("it serves after its test")
	}
}
