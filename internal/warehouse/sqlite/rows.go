package sqlite

import (
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/crm/literal"
)

// arguments turns what ledger.Conn takes into what SQLite stores.
func arguments(args []any) []any {
	turned := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case bool:
			turned[i] = truth(v)
		case time.Time:
			turned[i] = v.UTC().Format(timestampLayout)
		default:
			turned[i] = arg
		}
	}
	return turned
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// rows is the answer to a query.
type rows struct {
	answer *sql.Rows
	driver *Driver
}

func (r *rows) Next() bool { return r.answer.Next() }

func (r *rows) Err() error { return r.driver.Explain(r.answer.Err()) }

// Close never fails in a way that Err does not tell.
func (r *rows) Close() { _ = r.answer.Close() }

func (r *rows) Scan(dest ...any) error {
	targets := make([]any, len(dest))
	for i, d := range dest {
		targets[i] = target{d}
	}
	return r.driver.Explain(r.answer.Scan(targets...))
}

// target stores a column in what ledger.Rows may be given.
type target struct{ dest any }

// Scan implements sql.Scanner.
func (t target) Scan(src any) error {
	switch dest := t.dest.(type) {
	case *bool:
		return store(dest, src, toBool)
	case *int64:
		return store(dest, src, toInt)
	case *string:
		return store(dest, src, toText)
	case *[]byte:
		return store(dest, src, toBytes)
	case *time.Time:
		return store(dest, src, toTime)
	case **bool:
		return storeNull(dest, src, toBool)
	case **int64:
		return storeNull(dest, src, toInt)
	case **string:
		return storeNull(dest, src, toText)
	case **[]byte:
		return storeNull(dest, src, toBytes)
	case **time.Time:
		return storeNull(dest, src, toTime)
	default:
		return fmt.Errorf("a column cannot be scanned into %T", t.dest)
	}
}

func store[T any](dest *T, src any, to func(any) (T, bool)) error {
	value, ok := to(src)
	if !ok {
		return fmt.Errorf("a column of type %T cannot be scanned into %T", src, dest)
	}
	*dest = value
	return nil
}

func storeNull[T any](dest **T, src any, to func(any) (T, bool)) error {
	if src == nil {
		*dest = nil
		return nil
	}
	value := new(T)
	*dest = value
	return store(value, src, to)
}

func toBool(src any) (bool, bool) {
	n, ok := toInt(src)
	return n != 0, ok
}

func toInt(src any) (int64, bool) {
	switch v := src.(type) {
	case int64:
		return v, true
	case float64:
		return int64(v), v == float64(int64(v))
	default:
		return 0, false
	}
}

func toText(src any) (string, bool) {
	switch v := src.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case time.Time: // of a column declared as such
		return v.UTC().Format(timestampLayout), true
	default:
		return "", false
	}
}

func toBytes(src any) ([]byte, bool) {
	if v, ok := src.([]byte); ok {
		return append([]byte{}, v...), true
	}
	text, ok := toText(src)
	return []byte(text), ok
}

// toTime reads a text as Warren, Django and SQLite's date functions write it.
func toTime(src any) (time.Time, bool) {
	switch v := src.(type) {
	case time.Time: // of a column declared as such
		return v.UTC(), true
	case string:
		micros, _, err := literal.Timestamp([]byte(v))
		return time.UnixMicro(micros).UTC(), err == nil
	default:
		return time.Time{}, false
	}
}
