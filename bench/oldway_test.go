package main

import (
	"path/filepath"
	"testing"
)

func testTheOldWayEndsWithTheSameDataAndWritesEveryRow(t *testing.T, b *bench) {
	b.old = 150
	contenders := b.contenders(onPostgres, 150)
	if len(contenders) != 3 {
		t.Fatalf("%d contenders", len(contenders))
	}
	// Warren is counted elsewhere; the other two must agree.
	pair := []contender{contenders[0], contenders[2]}
	if err := b.round(t.Context(), 0, group{Database: onPostgres, Leads: 150}, pair, comparedSteps()); err != nil {
		t.Fatal(err)
	}
	log := map[string]map[string]int64{}
	for _, r := range b.report.Results {
		if log[r.Contender] == nil {
			log[r.Contender] = map[string]int64{}
		}
		log[r.Contender][r.Step] = r.WAL
	}
	if old, floor := log[nameOldWay][stepUnchanged], log[nameFloor][stepUnchanged]; old <= floor {
		t.Errorf("nothing had changed, and the old way wrote %d bytes of log where the floor wrote %d", old, floor)
	}
}

func TestTheOldWayIsGivenFewLeads(t *testing.T) {
	b := &bench{options: options{old: 100}, dir: t.TempDir()}
	for _, c := range []struct {
		on      string
		records int
		want    int
	}{{onPostgres, 100, 3}, {onPostgres, 101, 2}, {onSQLite, 100, 2}} {
		if got := len(b.contenders(c.on, c.records)); got != c.want {
			t.Errorf("%s with %d leads: %d contenders, want %d", c.on, c.records, got, c.want)
		}
	}
}

func TestRolesRefuseOtherArguments(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "rows")
	for _, args := range [][]string{{roleOldWay}, {roleOldWay, "postgres://127.0.0.1/x", missing}, {roleLoop}, {roleDigest}, {roleConvert}, {roleServe}} {
		if err := start(t.Context(), args, t.Output(), t.Output()); err == nil {
			t.Errorf("%v passed", args)
		}
	}
}
