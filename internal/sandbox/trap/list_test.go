package trap

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

type inner struct{ Wait time.Duration }

type settings struct {
	inner
	On    bool
	N     int
	Share float64
}

func defs() []Def[settings] {
	return append(
		Lift([]Def[inner]{Duration("latency", "wait so long", 0, func(i *inner) *time.Duration { return &i.Wait })},
			func(s *settings) *inner { return &s.inner }),
		Bool("repeat", "repeat pages", func(s *settings) *bool { return &s.On }),
		Count("churn", "so many changes", func(s *settings) *int { return &s.N }),
		Number("dirty", "share of records", 1, func(s *settings) *float64 { return &s.Share }),
	)
}

func TestParseAndFormat(t *testing.T) {
	for _, tc := range []struct {
		list string
		want settings
		text string
	}{
		{"", settings{}, ""},
		{" , ,", settings{}, ""},
		{"latency=20ms", settings{inner: inner{20 * time.Millisecond}}, "latency=20ms"},
		{" Re-Peat , churn = 3", settings{On: true, N: 3}, "repeat,churn=3"},
		{"repeat=false,dirty=0.25", settings{Share: 0.25}, "dirty=0.25"},
		{"repeat=true", settings{On: true}, "repeat"},
		{"churn=off,latency=off", settings{}, ""},
	} {
		got, err := Parse(defs(), tc.list)
		if err != nil || got != tc.want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", tc.list, got, err, tc.want)
			continue
		}
		if text := Format(defs(), got); text != tc.text {
			t.Errorf("Format after %q = %q; want %q", tc.list, text, tc.text)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, tc := range []struct{ list, message, fix string }{
		{"latensy=1s", `no trap "latensy"`, "Did you mean latency?"},
		{"zzzzzz", `no trap "zzzzzz"`, "latency, repeat, churn, dirty"},
		{"latency", `""`, "wait so long"},
		{"latency=-1s", "less than 0s", "wait so long"},
		{"repeat=maybe", "true or false", "repeat pages"},
		{"churn=-1", "whole number", "so many changes"},
		{"churn=1.5", "whole number", "so many changes"},
		{"dirty=2", "from 0 to 1", "share of records"},
		{"dirty=NaN", "from 0 to 1", "share of records"},
		{"repeat,churn=x", `"x"`, "so many changes"},
	} {
		got, err := Parse(defs(), tc.list)
		var e *crm.Error
		if !errors.As(err, &e) {
			t.Errorf("Parse(%q) gave %v, no *crm.Error", tc.list, err)
			continue
		}
		if e.Code != crm.CodeUsage || !strings.Contains(e.Message, tc.message) || !strings.Contains(e.Fix, tc.fix) {
			t.Errorf("Parse(%q): %s / %q / %q", tc.list, e.Code, e.Message, e.Fix)
		}
		if got != (settings{}) {
			t.Errorf("Parse(%q) returned settings beside its error: %+v", tc.list, got)
		}
	}
}
