package main

import (
	"io"
	"net"
	"strings"
	"testing"
)

func TestProxyCountsBothDirectionsAndEndsWithItsConnections(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			answered <- err
			return
		}
		_, err = io.ReadAll(conn) // up to the end of the question: closing one direction must pass
		if err == nil {
			_, err = io.WriteString(conn, strings.Repeat("a", 70_000))
		}
		_ = conn.Close()
		answered <- err
	}()
	p, err := startProxy(t.Context(), listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.address())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "question"); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || len(answer) != 70_000 {
		t.Errorf("%d bytes came, %v", len(answer), err)
	}
	_ = conn.Close()
	if err := <-answered; err != nil {
		t.Error(err)
	}
	_ = listener.Close()
	if got := p.bytes(); got != 70_008 {
		t.Errorf("%d bytes counted, want 70008", got)
	}
	if err := p.stop(); err != nil {
		t.Error(err)
	}
}

func TestProxyWithoutATargetClosesTheConnection(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := listener.Addr().String()
	_ = listener.Close()
	p, err := startProxy(t.Context(), nobody)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.address())
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(conn); err == nil && len(answer) > 0 {
		t.Errorf("%q", answer)
	}
	_ = conn.Close()
	if err := p.stop(); err != nil {
		t.Error(err)
	}
}

func testCountsAreThoseOfTheStatementsAndBytes(t *testing.T, b *bench) {
	const leads = 100
	b.server = testServer(t) // which is stopped and started
	b.records, b.old = leads, leads
	if err := b.countAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := map[[3]string]counts{}
	for _, c := range b.report.Counts {
		found[[3]string{c.Database, c.Contender, c.Step}] = c
	}
	if len(found) != 5*len(comparedSteps()) {
		t.Errorf("%d counts", len(found))
	}
	// BEGIN and COMMIT, and six a record that is new or four of one that is there.
	for title, want := range map[string]int64{stepFirst: 2 + 6*leads, stepUnchanged: 2 + 4*leads, stepOneIn100: 2 + 4, stepAll: 2 + 4*leads} {
		if got := found[[3]string{onPostgres, nameOldWay, title}].Statements; got != want {
			t.Errorf("old way, %s: %d statements, want %d", title, got, want)
		}
		// BEGIN, CREATE TABLE, COPY, INSERT, COMMIT.
		if got := found[[3]string{onPostgres, nameFloor, title}].Statements; got != 5 {
			t.Errorf("floor, %s: %d statements, want 5", title, got)
		}
	}
	first := func(on, who string) counts { return found[[3]string{on, who, stepFirst}] }
	for _, c := range []counts{
		first(onPostgres, nameFloor), first(onPostgres, nameWarren), first(onPostgres, nameOldWay), first(onSQLite, nameLoop), first(onSQLite, nameWarren),
	} {
		const least = leads * 1000 // of a lead's JSON
		if c.APIBytes < least {
			t.Errorf("%+v", c)
		}
		if c.Database == onSQLite && (c.Statements != -1 || c.DBBytes != -1) || c.Database == onPostgres && (c.Statements <= 0 || c.DBBytes < least) {
			t.Errorf("%+v", c)
		}
	}
	var out strings.Builder
	b.report.Results = []result{{group: group{Database: onPostgres, Leads: leads}, Step: stepFirst, Contender: nameOldWay, Records: leads}}
	if err := b.report.writeTables(&out); err != nil || !strings.Contains(out.String(), "| 602 ") {
		t.Errorf("%v\n%s", err, out.String())
	}
}
