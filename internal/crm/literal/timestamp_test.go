package literal

import (
	"strings"
	"testing"
	"time"
)

const instantLayout = "2006-01-02T15:04:05.000000Z"

func TestTimestampGolden(t *testing.T) {
	checkGolden(t, "timestamp", func(text []byte) (string, error) {
		micros, exact, err := Timestamp(text)
		if err != nil {
			return "", err
		}
		out := time.UnixMicro(micros).UTC().Format(instantLayout)
		if !exact {
			out += " cut"
		}
		return out, nil
	})
}

func TestDateGolden(t *testing.T) {
	checkGolden(t, "date", func(text []byte) (string, error) {
		days, err := Date(text)
		return time.Unix(days*daySeconds, 0).UTC().Format(time.DateOnly), err
	})
}

func TestTimeOfDayGolden(t *testing.T) {
	checkGolden(t, "timeofday", func(text []byte) (string, error) {
		micros, exact, err := TimeOfDay(text)
		out := time.UnixMicro(micros).UTC().Format("15:04:05.000000")
		if !exact {
			out += " cut"
		}
		return out, err
	})
}

// The first and the last day of every month there is, and every day of the 400
// years after which the calendar repeats itself, against the standard library.
func TestDayNumberAgreesWithTime(t *testing.T) {
	for year := 1; year <= 9999; year++ {
		for month := time.January; month <= time.December; month++ {
			last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
			for day := 1; day <= last; day++ {
				if day == 2 && (year < 1800 || year >= 2200) {
					day = last
				}
				got, err := dayNumber(year, int(month), day)
				if want := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / daySeconds; err != nil || got != want {
					t.Fatalf("%d-%d-%d is day %d, %v; want %d", year, month, day, got, err, want)
				}
			}
			if _, err := dayNumber(year, int(month), last+1); err != problemDay {
				t.Fatalf("%d-%d-%d: %v, want %v", year, month, last+1, err, problemDay)
			}
		}
	}
}

func TestTimestampAllocatesNothing(t *testing.T) {
	checkAllocs(t, func(text []byte) { _, _, _ = Timestamp(text) },
		"2021-05-20T18:01:02+00:00", "2021-05-20T18:01:02.123456789Z", "2021-05-20 18:01:02", "05/20/2021",
		"1621533662", "1621533662123", "0000-00-00", "2021-02-30", "no date")
	checkAllocs(t, func(text []byte) { _, _ = Date(text) }, "2021-05-20", "13/05/2021", "2021-05-20T18:01:02Z")
	checkAllocs(t, func(text []byte) { _, _, _ = TimeOfDay(text) }, "18:01", "18:01:02.5", "25:00")
}

// FuzzTimestamp compares with the standard library: what RFC 3339 allows we
// read as the same instant, and whatever we read lies in the years 1 to 9999.
func FuzzTimestamp(f *testing.F) {
	for _, seed := range []string{
		"2021-05-20T18:01:02+00:00", "2021-05-20T18:01:02.1234567Z", "0001-01-01T00:00:00+05:00",
		"9999-12-31T23:59:59.999999999-00:01", "2021-05-20 18:01:02 UTC", "13/05/2021", "-1621533662.5", "1621533662000",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		micros, exact, err := Timestamp([]byte(text))
		if err == nil && (micros < minMicros || micros > maxMicros) {
			t.Fatalf("%q is read as %d", text, micros)
		}
		if days, dayErr := Date([]byte(text)); (dayErr == nil) != (err == nil) {
			t.Fatalf("%q: as a date %v, as an instant %v", text, dayErr, err)
		} else if offset := micros - days*dayMicros; err == nil && (offset < 0 || offset >= dayMicros) {
			t.Fatalf("%q: day %d does not hold %d", text, days, micros)
		}
		want, parseErr := time.Parse(time.RFC3339Nano, text)
		if parseErr != nil || strings.Contains(text, ",") || text[12] == ':' || fractionDigits(text) > 9 {
			return // time.Parse takes more than RFC 3339 allows: here an hour of one digit
		}
		if year := want.UTC().Year(); year < 1 || year > 9999 || want.Year() < 1 {
			if err == nil {
				t.Fatalf("%q is accepted in the year %d", text, year)
			}
			return
		}
		if _, offset := want.Zone(); offset <= -daySeconds || offset >= daySeconds || strings.HasSuffix(text, ":60") {
			return // and here an offset beyond 23:59
		}
		if err != nil || micros != want.UnixMicro() || exact != (want.Nanosecond()%1000 == 0) {
			t.Fatalf("%q is read as %d, %v, %v; want %d", text, micros, exact, err, want.UnixMicro())
		}
	})
}

func fractionDigits(text string) int {
	_, fraction, _ := strings.Cut(text, ".")
	return countDigits([]byte(fraction))
}

func BenchmarkTimestamp(b *testing.B) {
	for _, text := range []string{"2021-05-20T18:01:02+00:00", "2021-05-20T18:01:02.123Z", "2021-05-20 18:01:02", "05/20/2021", "1621533662123", "no date"} {
		b.Run(text, func(b *testing.B) {
			input := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				_, _, _ = Timestamp(input)
			}
		})
	}
}

func BenchmarkDate(b *testing.B) {
	input := []byte("2021-05-20")
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Date(input)
	}
}
