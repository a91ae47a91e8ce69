package nearest_test

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm/nearest"
)

func TestName(t *testing.T) {
	known := []string{"token", "url", "api_style", "page_size", "page_limit", "email", "id"}
	for word, want := range map[string]string{
		"tokne": "token", "tokn": "token", "tokens": "token", "TOKEN": "token", "api-style": "api_style", "api": "api_style",
		"page": "page_size", "page_size_max": "page_size", "uri": "url", "emial": "email", "ids": "id",
		"": "", "x": "", "zz": "", "password": "", "colour": "", "é": "", "ürl": "url",
		"salesrabbit_status": "", "xyz": "",
	} {
		if got := nearest.Name(word, known); got != want {
			t.Errorf("%q suggests %q, want %q", word, got, want)
		}
	}
	if got := nearest.Name("token", nil); got != "" {
		t.Errorf("out of nothing came %q", got)
	}
	if got := nearest.Name("lead", []string{"load", "lead"}); got != "lead" {
		t.Errorf("the nearest is %q", got)
	}
}
