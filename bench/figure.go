package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// median returns the middle of the values, or the mean of the two that are
// nearest to it. There must be one.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// noisy reports whether the values lie more than a quarter of their median
// apart.
func noisy(values []float64) bool {
	return slices.Max(values)-slices.Min(values) > median(values)/4
}

// spreadText returns the median, marked when it is noisy.
func spreadText(values []float64, places int) string {
	text := decimal(median(values), places)
	if noisy(values) {
		return "~" + text
	}
	return text
}

func decimal(value float64, places int) string { return strconv.FormatFloat(value, 'f', places, 64) }

// writeTable prints a table in Markdown, aligned for people who read it as it
// is. Columns that are empty throughout are left out.
func writeTable(out io.Writer, head []string, rows [][]string) error {
	widths := make([]int, len(head))
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" {
				widths[i] = max(widths[i], utf8.RuneCountInString(cell), utf8.RuneCountInString(head[i]))
			}
		}
	}
	rule := make([]string, len(head))
	for i, width := range widths {
		rule[i] = strings.Repeat("-", width)
	}
	for _, row := range append([][]string{head, rule}, rows...) {
		var line strings.Builder
		for i, cell := range row {
			if widths[i] > 0 {
				fmt.Fprintf(&line, "| %-*s ", widths[i], cell)
			}
		}
		if _, err := fmt.Fprintln(out, line.String()+"|"); err != nil {
			return err
		}
	}
	return nil
}
