package words_test

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/client/words"
)

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1:                      "0 s",
		0:                       "0 s",
		440 * time.Millisecond:  "0.4 s",
		9500 * time.Millisecond: "9.5 s",
		31 * time.Second:        "31 s",
		119 * time.Second:       "119 s",
		15 * time.Minute:        "15 min",
		150 * time.Second:       "2.5 min",
		2 * time.Hour:           "2 h",
		90 * time.Hour:          "90 h",
	} {
		if got := words.Span(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
}

func TestTextsOfUnknownOrigin(t *testing.T) {
	for got, want := range map[string]string{
		words.Line(" a\n\tb\x00c\u202ed "): "a b c d",
		words.Line("\xff"):                 "\uFFFD",
		words.Cut("äöü", 2):                "äö…",
		words.Cut("äöü", 3):                "äöü",
		words.Count(1, "time"):             "1 time",
		words.Count(0, "time"):             "0 times",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
