package client

import (
	"errors"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

func TestJSONTellsWhatTheBodyIsInstead(t *testing.T) {
	page := "<!DOCTYPE html>\n<html><head><title>Sign in – Acme</title></head>" + strings.Repeat("<p>x", 100)
	for _, test := range []struct {
		name, body string
		says       []string
		retryable  bool
	}{
		{"object", "\n {} \n", nil, false},
		{"array", "[1,2]", nil, false},
		{"web page", page, []string{`a web page titled "Sign in – Acme"`, "<!DOCTYPE html> <html>", "…"}, true},
		{"web page after a comment", "<!-- saved --><html><body>", []string{"a web page without a title"}, true},
		{"text", "Service is starting", []string{"not JSON", "Service is starting"}, false},
		{"a bare value", `"no"`, []string{"not JSON"}, false},
		{"cut", `{"data":[{"id":1},`, []string{"cut off"}, true},
		{"mismatched", `[}`, []string{"cut off"}, true},
		{"empty", " ", []string{"an empty body"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp, e := get(t, dial(t, play(ok(test.body)), nil))
			if e != nil {
				t.Fatal(e)
			}
			err := resp.JSON()
			if (err != nil) != (test.says != nil) {
				t.Fatalf("error %v", err)
			}
			if err == nil {
				return
			}
			if crm.CodeOf(err) != crm.CodeBadAnswer || crm.Retryable(err) != test.retryable {
				t.Errorf("code %s, retryable %v", crm.CodeOf(err), crm.Retryable(err))
			}
			mustHave(t, err.Error(), append(test.says, "GET /leads")...)
			e, _ = errors.AsType[*crm.Error](err)
			fix := e.Fix
			if test.retryable && !strings.Contains(err.Error(), "a web page") {
				mustHave(t, fix, "smaller pages")
			} else {
				mustHave(t, fix, "Is the base URL right?", "ACME_URL, now https://api.example.com")
			}
		})
	}
}

func TestResponseMadeByHand(t *testing.T) {
	r := &Response{Body: []byte("oops")}
	mustHave(t, r.JSON().Error(), "the source answered", "oops")
	if !r.Date().IsZero() {
		t.Errorf("date %s", r.Date())
	}
}
