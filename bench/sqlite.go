package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the same engine as Warren's
)

// file is a SQLite database in a directory of its own.
type file struct {
	dir      string
	accounts int // whose tables it has; 0 for the one that has no prefix
}

func (f *file) path() string { return filepath.Join(f.dir, "leads.db") }

func (f *file) open(context.Context) error {
	return errors.Join(os.RemoveAll(f.dir), os.MkdirAll(f.dir, 0o700))
}

// settle has nothing to do: the last connection that closes folds the log into
// the file.
func (f *file) settle(context.Context) error { return nil }

func (f *file) close(context.Context) error { return os.RemoveAll(f.dir) }

func (f *file) digest(ctx context.Context) (string, error) {
	cmd, err := role(ctx, roleDigest, f.path(), strconv.Itoa(f.accounts))
	if err != nil {
		return "", err
	}
	_, output, err := clock(cmd)
	return strings.TrimSpace(string(output)), err
}

// digest is a role: it writes the digest of a database. Its arguments are the
// database and the number of accounts.
func digest(ctx context.Context, args []string, out io.Writer) (err error) {
	if len(args) != 2 {
		return errors.New("digest takes a database and a number of accounts")
	}
	accounts, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	db, err := openSQLite(args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	common, err := commonDigest(accounts, func(table string) (text string, err error) {
		const query = "SELECT count(*) || ' ' || sum(length(data)) || ' ' || sum(id * length(notes)) || ' ' || sum(campaign_id) FROM "
		err = db.QueryRowContext(ctx, query+table).Scan(&text)
		return text, err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, common)
	return err
}

// openSQLite opens a database on one connection, with the settings that
// Warren's driver gives the connection that writes.
func openSQLite(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate"+
		"&_pragma=busy_timeout(10000)&_pragma=foreign_keys(0)&_pragma=temp_store(MEMORY)"+
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"+
		"&_pragma=cache_size(-4000)&_pragma=wal_autocheckpoint(16000)&_pragma=journal_size_limit(67108864)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// bareLoop is the plainest way into SQLite. Its rows are fetched and made
// beforehand, so it is spared the network and the JSON.
type bareLoop struct {
	file

	pages string // directory
}

// nameLoop is how tables call it.
const nameLoop = "bare loop"

func (b *bareLoop) name() string { return nameLoop }

func (b *bareLoop) run(ctx context.Context, s *sandbox, st step) (cost, error) {
	got, err := fetch(ctx, s, st, b.pages)
	if err != nil {
		return cost{}, err
	}
	cmd, err := role(ctx, roleLoop, b.path(), got.rows, time.Now().UTC().Format(time.RFC3339))
	if err != nil {
		return cost{}, err
	}
	c, output, err := clock(cmd)
	if err != nil {
		return cost{}, err
	}
	if written := strings.TrimSpace(string(output)); written != strconv.Itoa(st.written) {
		return cost{}, fmt.Errorf("the loop wrote %s rows, %d changed", written, st.written)
	}
	c.Spared = got.curl.CPU + got.making
	return c, nil
}
