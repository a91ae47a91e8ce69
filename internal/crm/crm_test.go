package crm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

func TestValueText(t *testing.T) {
	for want, v := range map[string]crm.Value{
		"":                     {},
		"-7":                   crm.IntegerValue(-7),
		"true":                 crm.BooleanValue(true),
		"false":                crm.BooleanValue(false),
		"1.50":                 crm.DecimalValue([]byte("1.50")),
		"2026-05-01T12:01:00Z": crm.TimestampValue(at(1)),
		"1970-01-11":           crm.DateValue(10),
		"x":                    crm.TextValue([]byte("x")),
		"{}":                   crm.JSONValue([]byte("{}")),
	} {
		if got := v.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTypeNames(t *testing.T) {
	for _, name := range crm.TypeNames() {
		typ, ok := crm.ParseType(name)
		if !ok || typ.String() != name {
			t.Errorf("%s becomes %s", name, typ)
		}
	}
	if _, ok := crm.ParseType("varchar"); ok || crm.Type(99).String() != "type 99" {
		t.Error("an unknown type is known")
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "4096": 4096, "64kB": 64_000, "16MiB": 16 << 20, "1 GiB": 1 << 30, "10b": 10} {
		if got, err := crm.ParseSize(text); err != nil || got != want {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "-1", "1.5MB", "9999999999GiB", "5 parsecs"} {
		if n, err := crm.ParseSize(text); err == nil {
			t.Errorf("%s is %d", text, n)
		}
	}
}

func TestSettings(t *testing.T) {
	s := crm.Settings{Values: map[string]string{"n": "7", "f": "1.5", "b": "true", "d": "5m", "s": "1kB", "t": "x"}}
	if s.Integer("n") != 7 || s.Number("f") != 1.5 || !s.Boolean("b") || s.Duration("d") != 5*time.Minute || s.Size("s") != 1000 || s.Text("t") != "x" {
		t.Error("a setting reads as something else")
	}
	if s.Integer("no") != 0 || s.Boolean("no") || s.Text("no") != "" {
		t.Error("what is not set is not zero")
	}
}

func TestL8SettingsDoNotPrintTheirValues(t *testing.T) {
	s := crm.Settings{Account: "east", Values: map[string]string{"token": "hunter2"}}
	for _, text := range []string{fmt.Sprint(s), fmt.Sprintf("%+v %#v %s", s, s, s), s.LogValue().String()} {
		if strings.Contains(text, "hunter2") || !strings.Contains(text, "east") {
			t.Error(text)
		}
	}
}

func TestStreamNames(t *testing.T) {
	s := crm.Stream{Name: "leadStatusHistories", Aliases: []string{"history"}, RecordURL: "https://x/{id}", Fields: []crm.Field{{Column: "a"}}}
	for _, name := range []string{"leadStatusHistories", "lead-status-histories", "LEAD_STATUS_HISTORIES", "history"} {
		if !s.Is(name) {
			t.Errorf("%s is not it", name)
		}
	}
	if s.Is("leads") || s.LinkTo("7") != "https://x/7" || s.LinkTo("") != "" {
		t.Error("wrong name or link")
	}
	source := crm.Source{Streams: []crm.Stream{s}, Options: []crm.Option{{Name: "url"}}}
	if _, ok := source.Stream("history"); !ok {
		t.Error("the source does not find its stream")
	}
	if _, ok := source.Stream("none"); ok {
		t.Error("the source finds what it has not")
	}
	if _, ok := source.Option("url"); !ok {
		t.Error("the source does not find its option")
	}
	if _, ok := source.Option("none"); ok {
		t.Error("the source finds an option that it has not")
	}
	if f, ok := s.Field("a"); !ok || f.Column != "a" {
		t.Error("the stream does not find its field")
	}
	if _, ok := s.Field("b"); ok {
		t.Error("the stream finds a field that it has not")
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("connection refused")
	err := error(&crm.Error{Code: crm.CodeUnreachable, Message: "cannot reach it", Retryable: true, Err: cause})
	if err.Error() != "cannot reach it: connection refused" || !errors.Is(err, cause) || crm.CodeOf(err) != crm.CodeUnreachable || !crm.Retryable(err) {
		t.Errorf("%v", err)
	}
	if crm.CodeOf(cause) != crm.CodeInternal || crm.Retryable(cause) {
		t.Error("a foreign error has a code")
	}
	repeated := &crm.Error{Message: "cannot reach it: connection refused", Err: cause}
	if strings.Count(repeated.Error(), "refused") != 1 {
		t.Errorf("the cause is said twice: %v", repeated)
	}
}

func TestSystemClockWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := crm.SystemClock{}
		start := clock.Now()
		if err := clock.Wait(t.Context(), time.Minute); err != nil || clock.Now().Sub(start) != time.Minute {
			t.Errorf("waited %s, %v", clock.Now().Sub(start), err)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		go cancel(why)
		if err := clock.Wait(ctx, time.Hour); !errors.Is(err, why) || clock.Now().Sub(start) != time.Minute {
			t.Errorf("waited on after the end: %v", err)
		}
		if err := clock.Wait(ctx, 0); !errors.Is(err, why) {
			t.Errorf("an ended context waits: %v", err)
		}
		if err := clock.Wait(t.Context(), -1); err != nil {
			t.Error(err)
		}
	})
}

func TestRunDuration(t *testing.T) {
	run := crm.Run{Start: at(0)}
	if run.Duration(at(3)) != 3*time.Minute {
		t.Error("a running run lasts until now")
	}
	run.End = at(2)
	if run.Duration(at(3)) != 2*time.Minute {
		t.Error("an ended run lasts until its end")
	}
}

func TestBill(t *testing.T) {
	var b crm.Bill
	b.Add(crm.Bill{Scanned: 1_400_000_000, Dollars: 0.007})
	b.Add(crm.Bill{Scanned: 10, Dollars: 0.0001})
	if got := b.String(); got != "1.4 GB scanned, for less than a cent" {
		t.Error(got)
	}
	b.Add(crm.Bill{Scanned: 600_000_000_000, Dollars: 3.0})
	if got := b.String(); got != "601.4 GB scanned, for about $3.01" {
		t.Error(got)
	}
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 1049: "1.0 kB", 999_949: "999.9 kB", 999_950: "1.0 MB", 10_000_000: "10.0 MB", 5e12: "5.0 TB", 1 << 62: "4.6 EB",
	} {
		if got := crm.Bytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestPathStep(t *testing.T) {
	for name, want := range map[string]string{"": "", "plain": "plain", "a.b": `a\.b`, `a\b`: `a\\b`, `a\.b`: `a\\\.b`} {
		if got := crm.PathStep(name); got != want {
			t.Errorf("PathStep(%q) = %q, want %q", name, got, want)
		}
	}
}
