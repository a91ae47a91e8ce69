package csvfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// A page is as many rows as are worth handing on at once.
const (
	pageRows  = 2000
	pageBytes = 4 << 20
)

// File is one file, as a crm.Connector.
type File struct {
	Path string
	Name string // as the user wrote it, for messages
}

// Check looks whether the file can be opened, and has a first row that names the
// members of the stream's key.
func (f *File) Check(_ context.Context, stream crm.Stream) error {
	file, err := f.open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = f.header(csv.NewReader(file, csv.Options{Columns: csv.AnyColumns}), stream)
	return err
}

func (f *File) open() (*os.File, error) {
	file, err := os.Open(f.Path)
	if err == nil {
		return file, nil
	}
	e := &crm.Error{Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: "the file " + f.Name + " cannot be opened", Fix: "Check its name, and that this user may read it.", Err: err}
	var path *fs.PathError
	if errors.As(err, &path) {
		e.Err = path.Err // without the name, which the message has
	}
	return nil, e
}

// Read yields all rows, whatever the request asks for: a file cannot be asked.
func (f *File) Read(_ context.Context, stream crm.Stream, _ crm.Request) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		file, err := f.open()
		if err != nil {
			yield(crm.Page{}, err)
			return
		}
		defer func() { _ = file.Close() }()
		rows := csv.NewReader(file, csv.Options{Columns: csv.AnyColumns})
		names, err := f.header(rows, stream)
		if err != nil {
			yield(crm.Page{}, err)
			return
		}
		p := page{file: filepath.Base(f.Name), names: names}
		for rows.Next() {
			p.add(rows.Row(), rows.Line())
			if p.full() && !yield(p.take(false), nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			if p.empty() || yield(p.take(false), nil) {
				yield(crm.Page{}, f.broken(err))
			}
			return
		}
		yield(p.take(true), nil)
	}
}

// Names returns what the first row names, in its order.
func (f *File) Names() ([]string, error) {
	file, err := f.open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return f.names(csv.NewReader(file, csv.Options{Columns: csv.AnyColumns}))
}

func (f *File) names(rows *csv.Reader) ([]string, error) {
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return nil, f.broken(err)
		}
		return nil, f.unlike("is empty")
	}
	var names []string
	for i, cell := range rows.Row() {
		name := strings.TrimSpace(string(cell.Text))
		if name == "" {
			return nil, f.unlike(fmt.Sprintf("has no name for its column %d", i+1))
		}
		if slices.Contains(names, name) {
			return nil, f.unlike(fmt.Sprintf("has two columns named %q", name))
		}
		names = append(names, name)
	}
	return names, nil
}

// header reads the names of the members, made ready to be written.
func (f *File) header(rows *csv.Reader, stream crm.Stream) ([][]byte, error) {
	names, err := f.names(rows)
	if err != nil {
		return nil, err
	}
	for _, column := range stream.PrimaryKey {
		field, _ := stream.Field(column)
		found := false
		for _, path := range field.Paths {
			found = found || slices.Contains(names, path)
		}
		if !found {
			return nil, f.unlike(fmt.Sprintf("has no column %s, which names a record of %s", strings.Join(field.Paths, " or "), stream.Name))
		}
	}
	members := make([][]byte, 0, len(names))
	for _, name := range names {
		members = append(members, append(rawjson.Quote(nil, []byte(name)), ':'))
	}
	return members, nil
}

func (f *File) unlike(what string) error {
	return &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: "the file " + f.Name + " " + what,
		Fix: "Export it again as CSV with commas, its first row the names of the columns.",
	}
}

func (f *File) broken(err error) error {
	return &crm.Error{
		Code: crm.CodeBadAnswer, Origin: crm.OriginSource, Message: "the file " + f.Name + " cannot be read to its end", Err: err,
		Fix: "Export it again; it may have been cut, or is no CSV.",
	}
}
