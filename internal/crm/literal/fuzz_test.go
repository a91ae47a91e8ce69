package literal

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// The layouts that the standard library and this package both know, as the
// CRMs write them.
var dayLayouts = [...]string{"2006-01-02", "2006-1-2", "01/02/2006", "1/2/2006", "01-02-2006"}

var clockLayouts = [...]string{"", "T15:04", " 15:04", "T15:04:05", " 15:04:05", "T15:04:05.000", "T15:04:05.999999", " 15:04:05.000000000"}

var zoneLayouts = [...]string{"", "Z07:00", "-07:00", "-0700", " -0700", "Z", " UTC"}

// FuzzLayouts writes an instant in every layout that both know and holds what
// is read to what the standard library reads from the same text.
func FuzzLayouts(f *testing.F) {
	f.Add(int64(1621533662), int64(123456789), 7200, uint8(0), uint8(3), uint8(1))
	f.Add(int64(-62135596800), int64(0), -3600, uint8(1), uint8(0), uint8(0))      // the first day of the year 1
	f.Add(int64(253402300799), int64(999999999), 60, uint8(2), uint8(7), uint8(3)) // the last second of the year 9999
	f.Add(int64(951782400), int64(1), 0, uint8(3), uint8(6), uint8(6))             // 29 February 2000
	f.Add(int64(-2203891200), int64(500), 86340, uint8(4), uint8(2), uint8(4))     // 1 March 1900, after no leap day
	f.Add(int64(0), int64(999), -86340, uint8(0), uint8(5), uint8(2))
	f.Fuzz(func(t *testing.T, seconds, nanos int64, offset int, day, clock, zone uint8) {
		seconds, nanos, offset = seconds%400_000_000_000, nanos%1_000_000_000, offset%daySeconds/60*60
		dayLayout, clockLayout, zoneLayout := dayLayouts[int(day)%len(dayLayouts)], clockLayouts[int(clock)%len(clockLayouts)], zoneLayouts[int(zone)%len(zoneLayouts)]
		if clockLayout == "" {
			zoneLayout = "" // a day has no zone
		}
		instant := time.Unix(seconds, nanos).In(time.FixedZone("", offset))
		if strings.HasSuffix(zoneLayout, "UTC") || zoneLayout == "Z" {
			instant = instant.UTC()
		}
		if year := instant.Year(); year < 1 || year > 9999 {
			return // a year that has not four digits is written otherwise
		}
		layout := dayLayout + clockLayout + zoneLayout
		text := instant.Format(layout)
		want, err := time.Parse(layout, text)
		if err != nil {
			t.Fatalf("%q in the layout %s: %v", text, layout, err)
		}
		micros, exact, err := Timestamp([]byte(text))
		if year := want.UTC().Year(); year < 1 || year > 9999 {
			if err == nil {
				t.Fatalf("%q is read although it lies in the year %d", text, year)
			}
			return
		}
		if err != nil || micros != want.UnixMicro() || exact != (want.Nanosecond()%1000 == 0) {
			t.Fatalf("%q is read as %d, exact %v, %v; want %d", text, micros, exact, err, want.UnixMicro())
		}
		if days, err := Date([]byte(text)); err != nil || days != floorDiv(want.Unix(), daySeconds) {
			t.Fatalf("%q is read as day %d, %v; want %d", text, days, err, floorDiv(want.Unix(), daySeconds))
		}
	})
}

// FuzzDate holds of any text: a day that is read is the day of the instant
// that is read, writing it gives a text for the same day, and what the
// standard library takes for a day is one.
func FuzzDate(f *testing.F) {
	for _, text := range []string{
		"2021-05-20", "2024-02-29", "2023-02-29", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "13/05/2021", "05/13/2021", "31/12/1999",
		"2021-5-2", "2021/05/20", "2021-05-20T24:00:00Z", "2021-05-20T23:59:60Z", "20210520", "1621533662", "-1", "1e3", "99999999999", " 2021-05-20\t", "0001-01-01T00:00:00+23:59",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		days, err := Date([]byte(text))
		micros, _, instantErr := Timestamp([]byte(text))
		if (err == nil) != (instantErr == nil) {
			t.Fatalf("%q: as a date %v, as an instant %v", text, err, instantErr)
		}
		want, parseErr := time.Parse(time.DateOnly, text)
		if err != nil {
			if parseErr == nil && want.Year() >= 1 {
				t.Fatalf("%q is refused: %v", text, err)
			}
			var problem Problem
			if !errors.As(err, &problem) || days != 0 {
				t.Fatalf("%q: %d, %v", text, days, err)
			}
			return
		}
		if parseErr == nil && days != floorDiv(want.Unix(), daySeconds) {
			t.Fatalf("%q is read as day %d, want %s", text, days, want)
		}
		if days != floorDiv(micros, dayMicros) {
			t.Fatalf("%q is read as day %d and instant %d", text, days, micros)
		}
		written := time.Unix(days*daySeconds, 0).UTC().Format(time.DateOnly)
		if again, err := Date([]byte(written)); err != nil || again != days {
			t.Fatalf("%q is day %d, %s, which is read as %d, %v", text, days, written, again, err)
		}
	})
}

// FuzzTimeOfDay compares with the standard library.
func FuzzTimeOfDay(f *testing.F) {
	for _, text := range []string{
		"18:01", "18:01:02", "18:01:02.5", "00:00:00.0000001", "23:59:59.999999999", "24:00", "24:00:00", "24:00:00.0000001", "23:59:60", "8:01", "18:01:02.", "18:01:02,5", " 18:01 ", "18:01Z",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		micros, exact, err := TimeOfDay([]byte(text))
		if err == nil && (micros < 0 || micros >= dayMicros) {
			t.Fatalf("%q is read as %d", text, micros)
		}
		layout := "15:04:05"
		if strings.Count(text, ":") == 1 {
			layout = "15:04"
		}
		trimmed := string(trim([]byte(text)))
		want, parseErr := time.Parse(layout, trimmed)
		// One digit for the hour and a comma for the point are the library's own.
		theirs := strings.Contains(trimmed, ",") || strings.IndexByte(trimmed, ':') < 2 || fractionDigits(trimmed) > 9
		switch {
		case err == nil && parseErr != nil:
			t.Fatalf("%q is read as %d, the library says %v", text, micros, parseErr)
		case parseErr == nil && !theirs && err != nil:
			t.Fatalf("%q is refused: %v", text, err)
		case err == nil:
			since := want.Sub(want.Truncate(24 * time.Hour))
			if micros != since.Microseconds() || exact != (since%time.Microsecond == 0) {
				t.Fatalf("%q is read as %d, exact %v; want %s", text, micros, exact, since)
			}
		}
	})
}

func floorDiv(n, by int64) int64 {
	if n < 0 {
		return -((-n + by - 1) / by)
	}
	return n / by
}
