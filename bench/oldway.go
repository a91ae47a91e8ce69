package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// nameOldWay is how tables call the old design.
const nameOldWay = "record by record"

// oldWay is the old design: for each record what Django's update_or_create
// sends. It is this program that sends it, so Django's own work is spared.
type oldWay struct{ floor }

func (o *oldWay) name() string { return nameOldWay }

func (o *oldWay) run(ctx context.Context, s *sandbox, st step) (cost, error) {
	got, err := fetch(ctx, s, st, o.dir)
	if err != nil {
		return cost{}, err
	}
	load, err := o.around(ctx, func() (cost, error) {
		cmd, err := role(ctx, roleOldWay, o.address(), got.rows)
		if err != nil {
			return cost{}, err
		}
		c, output, err := clock(cmd)
		if err != nil {
			return cost{}, err
		}
		// It writes every row that it reads, changed or not.
		if written := strings.TrimSpace(string(output)); written != strconv.Itoa(st.records) {
			return cost{}, fmt.Errorf("record by record wrote %s rows, %d were read", written, st.records)
		}
		return c, nil
	})
	load.Spared += got.making
	return got.curl.then(load), err
}

// recordByRecord is a role. Its arguments are the database and the rows. It
// writes how many rows it wrote.
func recordByRecord(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 2 {
		return errors.New("recordbyrecord takes a database and a file of rows")
	}
	rows, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	settings, err := pgx.ParseConfig(args[0])
	if err != nil {
		return err
	}
	// As psycopg does, values go within the text of the statement.
	settings.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conn, err := pgx.ConnectConfig(ctx, settings)
	if err != nil {
		return err
	}
	written, err := updateOrCreateAll(ctx, conn, rows)
	_ = conn.Close(ctx) // nothing is under way
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, written)
	return err
}

// updateOrCreateAll writes all rows in one transaction.
func updateOrCreateAll(ctx context.Context, conn *pgx.Conn, rows io.Reader) (int, error) {
	u := newUpdateOrCreate(conn)
	if err := u.send(ctx, "BEGIN"); err != nil {
		return 0, err
	}
	lines, written := scanRows(rows), 0
	for ; lines.Scan(); written++ {
		if err := u.row(ctx, lines.Bytes()); err != nil {
			return 0, err
		}
	}
	return written, errors.Join(lines.Err(), u.send(ctx, "COMMIT"))
}

// updateOrCreate is Django's: QuerySet.update_or_create and get_or_create in
// django/db/models/query.py, within transaction.atomic of the caller.
type updateOrCreate struct {
	conn    *pgx.Conn
	columns []column
	args    []any
	locked  string // reads one row, under a lock
	insert  string
	update  string
}

func newUpdateOrCreate(conn *pgx.Conn) *updateOrCreate {
	list := columns()
	places, changes := []string{"$1"}, make([]string, 0, len(list))
	for i, c := range list[1:] {
		place := "$" + strconv.Itoa(i+2)
		places = append(places, place)
		changes = append(changes, c.name+" = "+place)
	}
	const times = ", synced_at, created_in_sync"
	return &updateOrCreate{
		conn: conn, columns: list, args: make([]any, len(list)),
		// 21 is MAX_GET_RESULTS, by which get() tells one row from several.
		locked: "SELECT " + names("") + times + " FROM " + leadTable + " WHERE id = $1 LIMIT 21 FOR UPDATE",
		insert: "INSERT INTO " + leadTable + " (" + names("") + times + ") VALUES (" + strings.Join(places, ", ") + ", now(), now())",
		update: "UPDATE " + leadTable + " SET " + strings.Join(changes, ", ") + ", synced_at = now() WHERE id = $1",
	}
}

// row sends six statements for a row that is new, and four for one that is
// there. Django gives each savepoint a name of its own; here the names are the
// same for every row, since the server counts statements by their text.
func (u *updateOrCreate) row(ctx context.Context, line []byte) error {
	if err := bind(u.args, u.columns, line); err != nil {
		return err
	}
	if err := u.send(ctx, "SAVEPOINT s1_x1"); err != nil {
		return err
	}
	found, err := u.conn.Exec(ctx, u.locked, u.args[0])
	if err != nil {
		return err
	}
	if found.RowsAffected() == 0 {
		err = u.send(ctx, "SAVEPOINT s1_x2", u.insert, "RELEASE SAVEPOINT s1_x2")
	} else {
		err = u.send(ctx, u.update)
	}
	if err != nil {
		return err
	}
	return u.send(ctx, "RELEASE SAVEPOINT s1_x1")
}

// send sends statements, one at a time. The two that write take a row's values.
func (u *updateOrCreate) send(ctx context.Context, statements ...string) error {
	for _, statement := range statements {
		var args []any
		if statement == u.insert || statement == u.update {
			args = u.args
		}
		if _, err := u.conn.Exec(ctx, statement, args...); err != nil {
			return fmt.Errorf("%.40s: %w", statement, err)
		}
	}
	return nil
}
