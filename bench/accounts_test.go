package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAccountsMustEndWithTheSameData(t *testing.T) {
	var asked []string
	equal := func(table string) (string, error) {
		asked = append(asked, table)
		return "100 7", nil
	}
	if text, err := commonDigest(2, equal); err != nil || text != "100 7" {
		t.Errorf("%q %v", text, err)
	}
	if text, err := commonDigest(0, equal); err != nil || text != "100 7" {
		t.Errorf("%q %v", text, err)
	}
	if got, want := fmt.Sprint(asked), "[a0001_"+leadTable+" a0002_"+leadTable+" "+leadTable+"]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	_, err := commonDigest(3, func(table string) (string, error) { return table[:5], nil })
	if err == nil || !strings.Contains(err.Error(), "a0002_") {
		t.Errorf("other data: %v", err)
	}
	broken := errors.New("no such table")
	if _, err := commonDigest(3, func(string) (string, error) { return "", broken }); !errors.Is(err, broken) {
		t.Error(err)
	}
}

// What is measured of many streams is worth nothing when some of them did nothing.
func TestEveryStreamMustHaveWrittenItsRows(t *testing.T) {
	const one, other = `{"source":"a0001","created":5,"status":"success"}`, `{"source":"a0002","created":5,"status":"success"}`
	st := step{title: stepFirst, written: 10}
	for runs, want := range map[string]string{
		one + "," + other:                        "",
		one:                                      "1 runs, not of 2",
		one + `,{"source":"a0002"}`:              "5 rows of a0002",
		one + `,{"source":"a0002","updated":10}`: "5 rows of a0002",
		one + "," + strings.Replace(other, "success", "partial", 1):            "5 rows of a0002",
		one + "," + strings.Replace(other, "created", `failed":1,"created`, 1): "5 rows of a0002",
		"nonsense": "invalid character",
	} {
		err := program{accounts: 2}.check([]byte(`{"runs":[`+runs+`]}`), st)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", runs, err, want)
		}
	}
}
