package warehouse

import (
	"strconv"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// Of how many rows there are issues is remembered in bounded memory (L11); beyond that
// any row may have some.
func TestL11IssuedForgetsNoneAndKeepsFew(t *testing.T) {
	var s issued
	if s.any([]crm.Row{{ID: "1"}}) {
		t.Error("a row has issues before there were any")
	}
	for i := range mostIssued {
		s.add(strconv.Itoa(i))
	}
	for i := range mostIssued {
		if !s.any([]crm.Row{{ID: "x"}, {ID: strconv.Itoa(i)}}) {
			t.Fatalf("the issues of row %d are forgotten", i)
		}
	}
	if s.any([]crm.Row{{ID: "another"}}) {
		t.Error("a row has the issues of others")
	}
	for i := range 1000 {
		s.add("more " + strconv.Itoa(i))
	}
	if !s.any([]crm.Row{{ID: "another"}}) || len(s.ids) > mostIssued || s.any(nil) {
		t.Errorf("of more rows %d are kept", len(s.ids))
	}
}
