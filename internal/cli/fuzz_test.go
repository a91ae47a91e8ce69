package cli

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// FuzzParseInstant holds of --since and --until: a text is read as the instant
// that the records' own dates are read as, or refused with what to write.
func FuzzParseInstant(f *testing.F) {
	for _, text := range []string{
		"", "2026-05-01", "2026-05-01T08:30:00Z", "2026-05-01T08:30:00.123456789+02:00", "2026-05-01T08:30:00", "2026-05-01 08:30:00", "2026-05-01T08:30", "2026-05-01 08:30",
		"0001-01-01", "0000-01-01", "9999-12-31T23:59:59-23:59", "2026-02-30", "05/01/2026", "yesterday", "24h", "1621533662", "2026-05-01T8:30", "2026-05-01T08:30:00,5Z",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseInstant("--since", text)
		if err != nil {
			var e *crm.Error
			if !errors.As(err, &e) || e.Code != crm.CodeUsage || e.Fix == "" || !got.IsZero() {
				t.Fatalf("%q: %s, %#v", text, got, err)
			}
			if _, dayErr := time.Parse(time.DateOnly, text); dayErr == nil && text >= "1970" {
				t.Fatalf("%q is refused: %v", text, err)
			}
			return
		}
		if got.Location() != time.UTC {
			t.Fatalf("%q is read as %s", text, got)
		}
		micros, _, err := literal.Timestamp([]byte(text))
		if err == nil && micros != got.UnixMicro() {
			t.Fatalf("%q is read as %s, and in a record as %s", text, got, time.UnixMicro(micros).UTC())
		}
	})
}

// FuzzShort holds of whatever a source may send: what is shown of it is one
// line of the length asked for, and nothing in it controls a terminal.
func FuzzShort(f *testing.F) {
	for _, text := range []string{"", "Zoë 👍", "a\x1b[31m\x07b", "\xff\xfe\xc3", "line\nline\r\ttab", "\u0085\u009b31m", "\ud7ff\ufffd"} {
		f.Add(text, 5)
		f.Add(text, 60)
	}
	f.Fuzz(func(t *testing.T, text string, most int) {
		most = max(1, most%200)
		got := short(text, most)
		if utf8.RuneCountInString(got) > most || !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q is shown in %d characters as %q", text, most, got)
		}
		lines := visible(text, true)
		if strings.ContainsFunc(lines, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }) || strings.Count(lines, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q is shown as %q", text, lines)
		}
	})
}
