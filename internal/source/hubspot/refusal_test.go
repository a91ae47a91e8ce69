package hubspot

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/client"
)

func refused(status int, body []byte) client.Refusal {
	return client.Refusal{Status: status, Body: body}
}

func TestQuotaIsReadFromHeaders(t *testing.T) {
	for name, test := range map[string]struct {
		left, most, within string
		want               client.Quota
		told               bool
	}{
		"as it is":       {"7", "190", "10000", client.Quota{Left: 7, Most: 190, Per: 10 * time.Second}, true},
		"nothing left":   {"0", "100", "10000", client.Quota{Most: 100, Per: 10 * time.Second}, true},
		"a search":       {"", "", "", client.Quota{}, false},
		"no span":        {"7", "190", "", client.Quota{}, false},
		"senseless span": {"7", "190", "99999999999", client.Quota{}, false},
		"negative":       {"-1", "190", "10000", client.Quota{}, false},
		"no most":        {"7", "0", "10000", client.Quota{}, false},
	} {
		h := http.Header{}
		for header, value := range map[string]string{headerLeft: test.left, headerMost: test.most, headerWithin: test.within} {
			if value != "" {
				h.Set(header, value)
			}
		}
		if got, told := quota(h); got != test.want || told != test.told {
			t.Errorf("%s: %+v, %t", name, got, told)
		}
	}
}

// Some survivors name themselves among the records that they have taken up.
func TestTrapASurvivorThatNamesItself(t *testing.T) {
	got := gone([][]byte{[]byte(`{"id":"5","properties":{"hs_merged_object_ids":"5;7; 8 ;;x"}}`), []byte(`{"id":"6"}`)})
	if want := `[{"id":"7"} {"id":"8"}]`; fmt.Sprintf("%s", got) != want {
		t.Errorf("%s, want %s", got, want)
	}
}
