package salespro

import (
	"time"

	"github.com/warren-sync/warren/internal/sandbox/athena/table"
	"github.com/warren-sync/warren/internal/sandbox/people"
)

// spot is the row to be written: which, in which version, with which times.
type spot struct {
	row     int // whose content it is
	version uint64
	created time.Time
	updated time.Time // zero: NULL
}

// writer writes the values of a row one after the other. The texts of a row lie
// behind each other in one string, so that a row is one allocation.
type writer struct {
	cfg    *Config
	def    *definition
	counts map[string]int // rows at the start, by table

	values []table.Value
	buf    []byte
	spans  []span
}

// span is where the text of a value lies in the buffer.
type span struct{ column, from, to int }

// write makes the values of the row; they are good until the next one.
func (w *writer) write(s spot) []table.Value {
	w.values, w.buf, w.spans = w.values[:0], w.buf[:0], w.spans[:0]
	w.def.fill(w, s)
	all := string(w.buf)
	for _, p := range w.spans {
		w.values[p.column] = table.Text(all[p.from:p.to])
	}
	return w.values
}

func (w *writer) put(v table.Value) { w.values = append(w.values, v) }
func (w *writer) text(s string)     { w.put(table.Text(s)) }
func (w *writer) null()             { w.put(table.Value{}) }

// build writes the text that f appends.
func (w *writer) build(f func([]byte) []byte) {
	from := len(w.buf)
	w.buf = f(w.buf)
	w.spans = append(w.spans, span{len(w.values), from, len(w.buf)})
	w.put(table.Value{})
}

// maybe writes s, or NULL, or an empty text.
func (w *writer) maybe(r *people.Rand, s string) {
	switch n := r.Below(20); n {
	case 0, 1:
		w.null()
	case 2:
		w.text("")
	default:
		w.text(s)
	}
}

// times writes created_at and updated_at.
func (w *writer) times(s spot) {
	w.put(table.Time(s.created))
	if s.updated.IsZero() {
		w.null()
		return
	}
	w.put(table.Time(s.updated))
}

// money writes an amount in cents as a decimal with so many digits.
func (w *writer) money(cents int, digits int) {
	text := make([]byte, 0, 16)
	if cents < 0 {
		text, cents = append(text, '-'), -cents
	}
	text = appendPadded(text, cents/100, 1)
	text = appendPadded(append(text, '.'), cents%100, 2)
	for range digits - 2 {
		text = append(text, '0')
	}
	w.put(table.Decimal(string(text)))
}

// identity is the random numbers that stay with a row whatever becomes of it,
// content those of one version.
func (w *writer) identity(row int) people.Rand {
	return people.NewRand(w.cfg.Seed, w.def.number, uint64(row))
}

func (w *writer) content(s spot) people.Rand {
	return people.NewRand(w.cfg.Seed, w.def.number, uint64(s.row), 1+s.version)
}

func appendPadded(dst []byte, n, width int) []byte {
	var digits [20]byte
	i := len(digits)
	for ; n > 0 || len(digits)-i < width; n /= 10 {
		i--
		digits[i] = '0' + byte(n%10)
	}
	return append(dst, digits[i:]...)
}
