package client

import (
	"testing"
	"time"
)

func TestWordsForDurations(t *testing.T) {
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
		if got := words(d); got != want {
			t.Errorf("%d: %q, want %q", d, got, want)
		}
	}
}

func TestCountWithItsNoun(t *testing.T) {
	if count(1, "time") != "1 time" || count(2, "time") != "2 times" {
		t.Errorf("%q, %q", count(1, "time"), count(2, "time"))
	}
}
