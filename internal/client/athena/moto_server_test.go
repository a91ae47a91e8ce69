//go:build moto

package athena

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/crm"
)

// The client against moto, which others wrote by AWS's own description of the wire:
//
//	make moto
//
// moto runs no SQL. It gives the rows that it was told to give, all on one page, and
// writes them to S3 as a file.

// moto starts moto_server and returns its address, with a bucket for results.
func moto(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	server := exec.CommandContext(t.Context(), "moto_server", "-H", "127.0.0.1", "-p", fmt.Sprint(port))
	if err := server.Start(); err != nil {
		t.Fatalf("%v\nmoto is installed by: pip install 'moto[athena,s3,server]'", err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill() // it may have ended with the test's context
		_ = server.Wait()
	})
	url := fmt.Sprintf("http://127.0.0.1:%d", port)
	clock := crm.SystemClock{}
	for range 300 {
		res, err := http.Get(url + "/moto-api/")
		if err == nil {
			_ = res.Body.Close()
			return url
		}
		if err := clock.Wait(t.Context(), 100*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("moto does not answer")
	return ""
}

// giveRows tells moto what the next query gives.
func giveRows(t *testing.T, url string) {
	t.Helper()
	const rows = `{"account_id": "123456789012", "region": "us-east-1", "results": [{
		"rows": [{"Data": [{"VarCharValue": "id"}, {"VarCharValue": "note"}, {"VarCharValue": "amount"}]},
			{"Data": [{"VarCharValue": "1"}, {}, {"VarCharValue": "12.50"}]},
			{"Data": [{"VarCharValue": "2"}, {"VarCharValue": ""}, {"VarCharValue": "-1.00"}]}],
		"column_info": [{"Name": "id", "Type": "varchar"}, {"Name": "note", "Type": "varchar"}, {"Name": "amount", "Type": "decimal", "Precision": 12, "Scale": 2}]}]}`
	res, err := http.Post(url+"/moto-api/static/athena/query-results", "application/json", strings.NewReader(rows))
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusCreated {
		t.Fatalf("%s, %v", res.Status, err)
	}
}

func TestAgainstMoto(t *testing.T) {
	url := moto(t)
	c := dial(t, &http.Transport{}, func(c *Config) {
		c.Endpoint, c.Clock, c.WorkGroup, c.Output = url, crm.SystemClock{}, "primary", "s3://results/warren/"
		c.AccessKey, c.SecretKey, c.SessionToken = "testing", "testing", ""
		c.Patience = time.Second
	})
	bucket := "results"
	if _, err := c.s3.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket}); err != nil {
		t.Fatal(err)
	}
	run := func(ctx context.Context) Execution {
		t.Helper()
		giveRows(t, url)
		id, err := c.Start(ctx, Query{Text: "SELECT 1"})
		if err != nil {
			t.Fatal(err)
		}
		x, err := c.Await(ctx, id, 0)
		if err != nil || x.State != Succeeded {
			t.Fatalf("%+v: %v", x, err)
		}
		return x
	}
	want := map[Mode][]string{
		Pages: {"'1' NULL '12.50'", "'2' '' '-1.00'"},
		File:  {"'1' NULL '12.50'", "'2' '' '-1.00'"},
	}
	for mode, rows := range want {
		got, err := read(t, results(t, c, run(t.Context()), Options{Mode: mode}))
		if diff := cmp.Diff(rows, got); diff != "" || err != nil {
			t.Errorf("mode %v: %v\n%s", mode, err, diff)
		}
	}
	x := run(t.Context())
	if err := c.Stop(t.Context(), x.ID); err != nil {
		t.Errorf("stopping: %v", err)
	}
	// What moto cannot do is an error in words, and no crash.
	if _, err := c.Columns(t.Context(), "payments"); err == nil || crm.CodeOf(err) == crm.CodeInternal {
		t.Errorf("the columns of a table: %v", err)
	}
	if x, err := c.Await(t.Context(), "11111111-2222-3333-4444-555555555555", 0); err == nil || crm.CodeOf(err) == crm.CodeInternal {
		t.Errorf("a query that nobody started: %+v, %v", x, err)
	}
}
