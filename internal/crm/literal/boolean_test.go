package literal

import (
	"strconv"
	"testing"
)

func TestBooleanGolden(t *testing.T) {
	checkGolden(t, "boolean", func(text []byte) (string, error) {
		value, err := Boolean(text)
		return strconv.FormatBool(value), err
	})
}

func TestBooleanAllocatesNothing(t *testing.T) {
	checkAllocs(t, func(text []byte) { _, _ = Boolean(text) }, "true", "INACTIVE", "0.0", "maybe", "")
}

// FuzzBoolean holds numbers to their truth: what Integer reads, Boolean reads.
func FuzzBoolean(f *testing.F) {
	for _, seed := range []string{"true", "OFF", "0", "-0.0", "12", "maybe"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := Boolean([]byte(text))
		if err != nil && value {
			t.Fatalf("%q is refused as true", text)
		}
		if n, intErr := Integer([]byte(text)); intErr == nil && (err != nil || value != (n != 0)) {
			t.Fatalf("%q is the integer %d and the truth value %v, %v", text, n, value, err)
		}
	})
}

func BenchmarkBoolean(b *testing.B) {
	input := []byte("true")
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Boolean(input)
	}
}
