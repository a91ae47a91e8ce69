package cli

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

func endOf(source, stream string, code crm.Code) crm.RunFinished {
	e := crm.RunFinished{ID: crm.StreamID{Source: source, Stream: stream}}
	if code != "" {
		e.Err = &crm.Error{Code: code, Origin: crm.OriginSource, Message: "no", Fix: "Yes."}
	}
	return e
}

// One cause is one line of the level that alerts look for: of one account, until a run
// ends otherwise, and of one code. A stream that fails again is an error again.
func TestTheLogTellsOneCauseAsOneError(t *testing.T) {
	var out bytes.Buffer
	l := newLogEvents(t.Context(), slog.New(slog.NewTextHandler(&out, nil)))
	for _, c := range []struct {
		ended crm.RunFinished
		level string
		says  string
	}{
		{endOf("hub", "deals", crm.CodeAuth), "ERROR", "hub deals sync failed: no"},
		{endOf("hub", "notes", crm.CodeAuth), "WARN", "hub notes sync failed for the same reason as that of hub deals"},
		{endOf("west", "notes", crm.CodeAuth), "ERROR", "west notes sync failed: no"},
		{endOf("hub", "deals", crm.CodeAuth), "ERROR", "hub deals sync failed: no"},
		{endOf("hub", "tasks", crm.CodeUnreachable), "ERROR", "hub tasks sync failed: no"},
		{endOf("hub", "calls", crm.CodeUnreachable), "WARN", "same reason as that of hub tasks"},
		{endOf("hub", "calls", ""), "INFO", "Completed hub calls sync"},
		{endOf("hub", "notes", crm.CodeUnreachable), "ERROR", "hub notes sync failed: no"},
		{endOf("hub", "lists", crm.CodeTimeout), "ERROR", "hub lists sync failed: no"},
		{endOf("hub", "forms", crm.CodeTimeout), "ERROR", "hub forms sync failed: no"},
	} {
		out.Reset()
		l.hear(c.ended)
		if got := out.String(); !strings.Contains(got, "level="+c.level+" ") || !strings.Contains(got, c.says) || strings.Count(got, "\n") != 1 {
			t.Errorf("%v: %q, want %s %q", c.ended, got, c.level, c.says)
		}
	}
}

// The report tells of each stream, and of one cause once.
func TestTheReportTellsOneCauseOnce(t *testing.T) {
	refused := endOf("", "", crm.CodeAuth).Err
	began := func(source, stream string) app.Result {
		return app.Result{ID: crm.StreamID{Source: source, Stream: stream}, Run: crm.Run{Mode: crm.ModeFull, Status: crm.StatusFailed}, Err: refused}
	}
	same := func(r app.Result, stream string) app.Result {
		r.SameAs = crm.StreamID{Source: r.ID.Source, Stream: stream}
		return r
	}
	idle := func(stream string) app.Result {
		r := same(began("hub", stream), "deals")
		r.Run.Mode, r.Err = "", &crm.Error{Code: crm.CodeAuth, Message: "was not asked", Err: refused}
		return r
	}
	timeout := began("hub", "forms")
	timeout.Err = endOf("", "", crm.CodeTimeout).Err
	var out bytes.Buffer
	c := &command{output: outputText, World: World{Stdout: &out, Clock: crm.SystemClock{}}}
	c.printReport(&config.Config{}, []app.Result{
		same(began("hub", "contacts"), "deals"), began("hub", "deals"), timeout, idle("notes"), idle("tasks"), began("west", "deals"), same(began("west", "notes"), "deals"),
	}, false)
	_, advice, _ := strings.Cut(out.String(), "\n\n")
	want := `hub deals failed: no
  Fix:   Yes.
  Code:  source_auth
  1 other stream of hub was asked at the same time and failed for the same reason: contacts.
  2 other streams of hub were not asked, since the answer would be the same: notes, tasks.

hub forms failed: no
  Fix:   Yes.
  Code:  source_timeout

west deals failed: no
  Fix:   Yes.
  Code:  source_auth
  1 other stream of west was asked at the same time and failed for the same reason: notes.
`
	if !strings.HasPrefix(advice, want) || strings.Count(out.String(), "not begun") != 2 {
		t.Errorf("got\n%s\nwant the advice\n%s", out.String(), want)
	}
}
