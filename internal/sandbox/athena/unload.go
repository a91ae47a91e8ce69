package athena

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/athena/sql"
	"github.com/warren-sync/warren/internal/sandbox/athena/store"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

const (
	manifestSuffix = "-manifest.csv"
	// unloadFiles is among how many files the rows are dealt out.
	unloadFiles = 4
)

// unload writes the rows of an UNLOAD and the list of the files.
func (s *Server) unload(ctx context.Context, q *query, plan *sql.Plan) (outcome, error) {
	out := outcome{}
	to, format, err := s.checkUnload(plan)
	if err != nil {
		return out, err
	}
	u := &unloader{server: s, query: q, to: to, format: format}
	err = plan.Run(ctx, &q.scanned, func(row []table.Value) error {
		out.rows++
		return u.write(format.row(plan.Columns, row))
	})
	manifest, unwritten := u.commit() // of a query that failed, too: nobody removes its files
	if err == nil {
		err = unwritten
	}
	if err != nil || q.place == nil {
		return out, err
	}
	if out.manifest, err = s.writeManifest(q, manifest); err != nil {
		return out, err
	}
	return out, s.writeMetadata(q, q.id+".metadata")
}

func (s *Server) writeManifest(q *query, files []string) (string, error) {
	name := q.id + manifestSuffix
	w, err := s.objects.Create(q.place.bucket, q.place.at(name))
	if err != nil {
		return "", err
	}
	for _, file := range files {
		if _, err := fmt.Fprintln(w, file); err != nil {
			w.Abort()
			return "", err
		}
	}
	return q.place.url(name), w.Commit()
}

// unloadFormat is how rows become lines.
type unloadFormat struct {
	json      bool // else text with delimiters
	gzip      bool
	delimiter string
}

func (s *Server) checkUnload(plan *sql.Plan) (place, unloadFormat, error) {
	f := unloadFormat{gzip: true, delimiter: "\x01"}
	to, ok := parsePlace(plan.Unload.To)
	if !ok {
		return to, f, &sql.Error{Code: "INVALID_PARAMETER", Text: "The S3 location provided to save your query results is invalid: " + plan.Unload.To}
	}
	for name, value := range plan.Unload.Options {
		switch upper := strings.ToUpper(value); {
		case name == "format" && (upper == "JSON" || upper == "TEXTFILE"):
			f.json = upper == "JSON"
		case name == "compression" && (upper == "GZIP" || upper == "NONE"):
			f.gzip = upper == "GZIP"
		case name == "field_delimiter" && value != "":
			f.delimiter = value
		default:
			return to, f, &sql.Error{Code: "NOT_SUPPORTED", Text: "UNLOAD with " + name + " = '" + value + "'"}
		}
	}
	if _, named := plan.Unload.Options["format"]; !named {
		return to, f, &sql.Error{Code: "NOT_SUPPORTED", Text: "UNLOAD without format"}
	}
	seen := map[string]bool{}
	for _, c := range plan.Columns {
		switch {
		case c.Type.Kind == table.ZonedKind || c.Type.Kind == table.UnknownKind || c.Type.Kind == table.JSONKind:
			return to, f, &sql.Error{Code: "NOT_SUPPORTED", Text: "Unsupported Hive type: " + c.Type.String()}
		case seen[c.Name]:
			return to, f, &sql.Error{Code: "DUPLICATE_COLUMN_NAME", Text: "Column name '" + c.Name + "' specified more than once"}
		}
		seen[c.Name] = true
	}
	switch {
	case !s.objects.HasBucket(to.bucket):
		return to, f, &sql.Error{Code: "HIVE_FILESYSTEM_ERROR", Text: "The specified bucket does not exist: " + to.bucket}
	case s.objects.HasPrefix(to.bucket, to.prefix):
		return to, f, &sql.Error{Code: "HIVE_PATH_ALREADY_EXISTS", Text: "Target directory for table already exists: " + plan.Unload.To}
	}
	return to, f, nil
}

// row makes a line of a row. In JSON a member that is NULL is left out.
func (f unloadFormat) row(columns []sql.Column, row []table.Value) []byte {
	var line []byte
	if !f.json {
		for i, v := range row {
			if i > 0 {
				line = append(line, f.delimiter...)
			}
			if v.IsNull() {
				line = append(line, `\N`...)
				continue
			}
			line = v.AppendText(line, columns[i].Type)
		}
		return append(line, '\n')
	}
	line = append(line, '{')
	for i, v := range row {
		if v.IsNull() {
			continue
		}
		if len(line) > 1 {
			line = append(line, ',')
		}
		line = append(table.AppendQuoted(line, columns[i].Name), ':')
		line = v.AppendJSON(line, columns[i].Type)
	}
	return append(line, '}', '\n')
}

// unloader deals lines out among files, which it makes as they are needed.
type unloader struct {
	server *Server
	query  *query
	to     place
	format unloadFormat
	files  []unloadFile
	lines  int
}

type unloadFile struct {
	name   string
	object *store.Writer
	out    io.Writer
	zip    *gzip.Writer // nil without compression
}

func (u *unloader) write(line []byte) error {
	i := u.lines % unloadFiles
	u.lines++
	if i == len(u.files) {
		if err := u.create(i); err != nil {
			return err
		}
	}
	_, err := u.files[i].out.Write(line)
	return err
}

func (u *unloader) create(i int) error {
	f := unloadFile{name: fmt.Sprintf("%s_%s_%05d", u.query.submitted.UTC().Format("20060102_150405"), u.query.id, i)}
	if u.format.gzip {
		f.name += ".gz"
	}
	object, err := u.server.objects.Create(u.to.bucket, u.to.at(f.name))
	if err != nil {
		return err
	}
	f.object, f.out = object, object
	if u.format.gzip {
		f.zip, _ = gzip.NewWriterLevel(object, gzip.BestSpeed) // the level is one that there is
		f.out = f.zip
	}
	u.files = append(u.files, f)
	return nil
}

// commit puts the files in their places and returns their addresses.
func (u *unloader) commit() ([]string, error) {
	var names []string
	for _, f := range u.files {
		if f.zip != nil {
			if err := f.zip.Close(); err != nil {
				u.abort()
				return nil, err
			}
		}
		if err := f.object.Commit(); err != nil {
			return nil, err
		}
		names = append(names, u.to.url(f.name))
	}
	return names, nil
}

func (u *unloader) abort() {
	for _, f := range u.files {
		f.object.Abort()
	}
}
