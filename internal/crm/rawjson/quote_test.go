package rawjson_test

import (
	"encoding/json"
	"testing"

	"github.com/warren-sync/warren/internal/crm/rawjson"
)

func TestQuote(t *testing.T) {
	for _, text := range []string{"", "plain", `a "quote" and a \`, "line\nreturn\rtab\t", "\x00\x01\x1f\x7f", "Zoë 😀 \u2028", "</script>"} {
		quoted := rawjson.Quote([]byte("x"), []byte(text))
		var back string
		if err := json.Unmarshal(quoted[1:], &back); err != nil || back != text || quoted[0] != 'x' {
			t.Errorf("%q is quoted as %s: %q, %v", text, quoted, back, err)
		}
	}
	if got := rawjson.Quote(nil, []byte("a\xffb")); string(got) != "\"a\xffb\"" {
		t.Errorf("bytes that are no UTF-8 become %q", got)
	}
}
