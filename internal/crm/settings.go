package crm

import (
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
)

// Settings holds the options of one account after the configuration has
// filled in defaults and checked every value against its option. The getters
// therefore cannot fail; for a name that is not set they return zero. Printed,
// it shows the account's name only, since values may be secret (L8).
type Settings struct {
	Account string // the account's name, such as salesrabbit
	Values  map[string]string
}

// Format writes the account's name, whatever the verb.
func (s Settings) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "settings of %s", s.Account) }

// LogValue is the account's name.
func (s Settings) LogValue() slog.Value { return slog.StringValue("settings of " + s.Account) }

// Text returns the option as it was written.
func (s Settings) Text(name string) string { return s.Values[name] }

// Integer returns the option as an integer.
func (s Settings) Integer(name string) int {
	n, _ := strconv.Atoi(s.Values[name])
	return n
}

// Number returns the option as a number.
func (s Settings) Number(name string) float64 {
	n, _ := strconv.ParseFloat(s.Values[name], 64)
	return n
}

// Boolean returns the option as a truth value.
func (s Settings) Boolean(name string) bool {
	b, _ := strconv.ParseBool(s.Values[name])
	return b
}

// Duration returns the option as a duration.
func (s Settings) Duration(name string) time.Duration {
	d, _ := time.ParseDuration(s.Values[name])
	return d
}

// Size returns the option as a number of bytes.
func (s Settings) Size(name string) int64 {
	n, _ := ParseSize(s.Values[name])
	return n
}

// ParseSize reads a number of bytes such as 4096, 64kB or 16MiB.
func ParseSize(text string) (int64, error) {
	text = strings.Trim(text, " ")
	rest := strings.TrimLeft(text, "0123456789")
	unit := strings.ToLower(strings.Trim(rest, " "))
	n, err := strconv.ParseUint(text[:len(text)-len(rest)], 10, 63)
	factors := map[string]uint64{"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}
	factor, known := factors[unit]
	if err != nil || !known || n > (1<<62)/factor {
		return 0, fmt.Errorf("%q is not a size such as 4096, 64kB or 16MiB", text)
	}
	return int64(n * factor), nil
}
