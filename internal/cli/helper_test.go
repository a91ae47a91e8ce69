package cli_test

import (
	"regexp"
	"slices"
	"strconv"
)

func equal[T comparable](a, b []T) bool { return slices.Equal(a, b) }

// squeezed turns runs of spaces into one: columns are as wide as what they
// hold, which differs from run to run.
func squeezed(text string) string {
	return regexp.MustCompile(` *\n`).ReplaceAllString(regexp.MustCompile(` +`).ReplaceAllString(text, " "), "\n")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
