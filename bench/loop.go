package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/config"
)

// loop is a role: prepared upserts, one row at a time, in transactions as
// large as Warren's. Its arguments are the database, the rows and the time to
// note. It writes how many rows it inserted or updated.
func loop(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 3 {
		return errors.New("loop takes a database, a file of rows and the time")
	}
	rows, err := os.Open(args[1])
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	db, err := openSQLite(args[0])
	if err != nil {
		return err
	}
	written, err := upsertAll(ctx, db, rows, args[2])
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, written)
	return err
}

func upsertAll(ctx context.Context, db *sql.DB, rows io.Reader, now string) (int64, error) {
	for _, statement := range append([]string{sqliteTable()}, createIndexes()...) {
		statement = strings.Replace(statement, "CREATE INDEX", "CREATE INDEX IF NOT EXISTS", 1)
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return 0, err
		}
	}
	lines := scanRows(rows)
	var written int64
	for more := true; more; {
		n, err := upsertBatch(ctx, db, lines, now, &more)
		if err != nil {
			return 0, err
		}
		written += n
	}
	return written, lines.Err()
}

// scanRows reads a file of rows line by line.
func scanRows(rows io.Reader) *bufio.Scanner {
	lines := bufio.NewScanner(rows)
	lines.Buffer(make([]byte, 64<<10), 64<<20)
	return lines
}

// upsertBatch writes one transaction's worth of lines. It clears more when
// there are no further ones.
func upsertBatch(ctx context.Context, db *sql.DB, lines *bufio.Scanner, now string, more *bool) (written int64, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, finish(tx, err)) }()
	statement, err := tx.PrepareContext(ctx, sqliteUpsert())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, statement.Close()) }()
	list := columns()
	args := make([]any, len(list)+2)
	args[len(list)], args[len(list)+1] = now, now
	for range config.DefaultBatchSize {
		if !lines.Scan() {
			*more = false
			break
		}
		if err := bind(args, list, lines.Bytes()); err != nil {
			return 0, err
		}
		result, err := statement.ExecContext(ctx, args...)
		if err != nil {
			return 0, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, err
		}
		written += n
	}
	return written, nil
}

func finish(tx *sql.Tx, err error) error {
	if err != nil {
		return tx.Rollback()
	}
	return tx.Commit()
}

// bind takes a line of COPY apart into arguments.
func bind(args []any, list []column, line []byte) error {
	for i, c := range list {
		var field []byte
		field, line, _ = bytes.Cut(line, []byte{'\t'})
		if bytes.Equal(field, []byte(`\N`)) {
			args[i] = nil
			continue
		}
		text := string(unescape(field))
		var err error
		switch c.kind {
		case kindInteger:
			args[i], err = strconv.ParseInt(text, 10, 64)
		case kindNumber:
			args[i], err = strconv.ParseFloat(text, 64)
		default:
			args[i] = text
		}
		if err != nil {
			return fmt.Errorf("column %s: %w", c.name, err)
		}
	}
	return nil
}

// sqliteTable returns the specification's table in SQLite's types.
func sqliteTable() string {
	var list []string
	for _, c := range columns() {
		definition := c.name + " TEXT"
		switch c.kind {
		case kindInteger:
			definition = c.name + " INTEGER"
		case kindNumber:
			definition = c.name + " REAL"
		default:
		}
		if strings.Contains(c.postgres, "PRIMARY KEY") {
			definition += " PRIMARY KEY"
		}
		list = append(list, definition)
	}
	return "CREATE TABLE IF NOT EXISTS " + leadTable + " (" + strings.Join(list, ", ") + ", synced_at TEXT NOT NULL, created_in_sync TEXT NOT NULL)"
}

func sqliteUpsert() string {
	return "INSERT INTO " + leadTable + " (" + names("") + ", synced_at, created_in_sync) VALUES (?" + strings.Repeat(", ?", len(columns())+1) + ")" +
		" ON CONFLICT (id) DO UPDATE SET " + assignments() + ", synced_at = excluded.synced_at" +
		" WHERE " + leadTable + ".data IS NOT excluded.data"
}
