package main

import (
	"io"
	"strconv"
	"strings"
)

// margin is kept free around the picture.
const margin = 20.0

// writePicture draws what was compared as bars, and what was measured of
// several sizes as curves.
func (r *report) writePicture(out io.Writer) error {
	s := &svg{height: margin}
	for _, g := range r.groups("") {
		r.drawBars(s, g)
	}
	for _, on := range []string{onPostgres, onSQLite} {
		for _, c := range curves() {
			r.drawGrowth(s, on, c)
		}
	}
	y := s.height + 4
	for _, line := range r.Machine {
		s.text(margin, y, "small", "start", line)
		y += 15
	}
	s.height = y
	return s.writeTo(out, "Warren's benchmark")
}

// databaseTitle returns the database's own name.
func databaseTitle(on string) string {
	return map[string]string{onPostgres: "PostgreSQL", onSQLite: "SQLite"}[on]
}

// thousands returns the number in groups of three digits.
func thousands(n int) string {
	text := strconv.Itoa(n)
	var parts []string
	for len(text) > 3 {
		parts = append([]string{text[len(text)-3:]}, parts...)
		text = text[:len(text)-3]
	}
	return strings.Join(append([]string{text}, parts...), ",")
}
