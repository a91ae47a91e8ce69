package app_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

func check(t *testing.T, a *app.App) []app.Finding {
	t.Helper()
	var findings []app.Finding
	a.Check(t.Context(), app.Selection{}, func(f app.Finding) { findings = append(findings, f) })
	return findings
}

func TestCheckLeavesNothingBehind(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{}
		a := s.open(t, database, withToken)
		for _, f := range check(t, a) {
			if f.Err != nil || f.Good == "" {
				t.Errorf("%+v", f)
			}
		}
		if s.retries != "1" {
			t.Errorf("%s retries while a person waits", s.retries)
		}
		if a.Config.Database.Driver == "sqlite" {
			if a.Exists() {
				t.Error("it made the file")
			}
			return
		}
		if n := number(t, a, "SELECT count(*) FROM pg_class WHERE relname LIKE 'warren%' OR relname LIKE 'acme%'"); n != 0 {
			t.Errorf("it left %d relations", n)
		}
	})
}

func TestCheckTellsOnceWhatIsTrueOfAllStreams(t *testing.T) {
	for code, hopeless := range map[crm.Code]bool{
		crm.CodeAuth: true, crm.CodeUnreachable: true, crm.CodeTimeout: true, crm.CodeForbidden: false, crm.CodeNotFound: false, crm.CodeBadAnswer: false,
	} {
		s := &script{fails: map[string]error{"things": &crm.Error{Code: code, Message: "no", Fix: "Yes."}}}
		findings := check(t, s.open(t, "here.db", withToken))
		last := findings[len(findings)-1]
		if crm.CodeOf(findings[len(findings)-2].Err) != code || (last.Left != "") != hopeless || (last.Good == "") != hopeless {
			t.Errorf("%s: %+v", code, findings)
		}
	}
	s := &script{cannot: &crm.Error{Code: crm.CodeConfig, Message: "no", Fix: "Yes."}}
	if findings := check(t, s.open(t, "here.db", withToken)); crm.CodeOf(findings[2].Err) != crm.CodeConfig || findings[3].Left == "" {
		t.Errorf("%+v", findings)
	}
}

func TestCheckOfAWarehouseInUse(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		s := &script{records: map[string][]string{"things": {`{"id":1}`}}}
		a := s.open(t, database, withToken)
		if _, err := a.Sync(t.Context(), app.Selection{Account: "acme", Streams: []string{"things"}}, app.Options{}); err != nil {
			t.Fatal(err)
		}
		findings := check(t, a)
		if len(findings) != 5 {
			t.Fatalf("%+v", findings)
		}
		for _, f := range findings {
			if f.Err != nil {
				t.Errorf("%+v", f)
			}
		}
		if n := number(t, a, "SELECT count(*) FROM acme_things"); n != 1 {
			t.Errorf("%d things", n)
		}
	})
}

func TestCheckOfARuleThatIsNone(t *testing.T) {
	a := (&script{}).open(t, "here.db", "sources: {acme: {token: t, streams: {parts: {fields: {email: {rule: emial}}}}}}")
	if f := check(t, a)[0]; f.Subject != "configuration" || f.Err == nil || !strings.Contains(f.Err.Error(), "emial") {
		t.Errorf("%+v", f)
	}
}
