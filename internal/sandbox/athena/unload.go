package athena

import (
	"context"
	"fmt"
	"maps"
	"slices"
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
	u := &unloader{server: s, query: q, to: to, format: format, columns: plan.Columns}
	err = plan.Run(ctx, &q.scanned, func(row []table.Value) error {
		out.rows++
		return u.write(row)
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

// unloadFormat is what an UNLOAD was asked to write.
type unloadFormat struct {
	name        string // JSON, TEXTFILE or PARQUET
	compression string // GZIP unless it was asked for otherwise
	delimiter   string // of a TEXTFILE
}

// compressions are those that a format knows.
func compressions(format string) []string {
	if format == formatParquet {
		return []string{"GZIP", "SNAPPY", "ZSTD", "NONE"}
	}
	return []string{"GZIP", "NONE"}
}

// The formats.
const (
	formatJSON    = "JSON"
	formatText    = "TEXTFILE"
	formatParquet = "PARQUET"
)

func readFormat(options map[string]string) (unloadFormat, error) {
	f := unloadFormat{name: strings.ToUpper(options["format"]), compression: "GZIP", delimiter: "\x01"}
	if f.name == "" {
		return f, &sql.Error{Code: "NOT_SUPPORTED", Text: "UNLOAD without format"}
	}
	for _, name := range slices.Sorted(maps.Keys(options)) {
		value := options[name]
		switch upper := strings.ToUpper(value); {
		case name == "format" && (upper == formatJSON || upper == formatText || upper == formatParquet):
		case name == "compression" && slices.Contains(compressions(f.name), upper):
			f.compression = upper
		case name == "field_delimiter" && value != "" && f.name == formatText:
			f.delimiter = value
		default:
			return f, &sql.Error{Code: "NOT_SUPPORTED", Text: "UNLOAD with " + name + " = '" + value + "'"}
		}
	}
	return f, nil
}

func (s *Server) checkUnload(plan *sql.Plan) (place, unloadFormat, error) {
	to, ok := parsePlace(plan.Unload.To)
	if !ok {
		return to, unloadFormat{}, &sql.Error{Code: "INVALID_PARAMETER", Text: "The S3 location provided to save your query results is invalid: " + plan.Unload.To}
	}
	f, err := readFormat(plan.Unload.Options)
	if err != nil {
		return to, f, err
	}
	seen := map[string]bool{}
	for _, c := range plan.Columns {
		switch {
		case c.Type.Kind == table.ZonedKind || c.Type.Kind == table.UnknownKind || c.Type.Kind == table.JSONKind:
			return to, f, &sql.Error{Code: "NOT_SUPPORTED", Text: "Unsupported Hive type: " + c.Type.String()}
		case f.name == formatParquet && len(c.Type.Parts) > 0:
			return to, f, &sql.Error{Code: "NOT_SUPPORTED", Text: "The sandbox writes no nested values into Parquet: " + c.Name}
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

// unloader deals rows out among files, which it makes as they are needed.
type unloader struct {
	server  *Server
	query   *query
	to      place
	format  unloadFormat
	columns []sql.Column
	files   []unloadFile
	rows    int
}

type unloadFile struct {
	name   string
	object *store.Writer
	rows   rowWriter
}

// rowWriter writes rows in some format.
type rowWriter interface {
	write(row []table.Value) error
	// close writes what is still to be written.
	close() error
}

func (u *unloader) write(row []table.Value) error {
	i := u.rows % unloadFiles
	u.rows++
	if i == len(u.files) {
		if err := u.create(i); err != nil {
			return err
		}
	}
	return u.files[i].rows.write(row)
}

func (u *unloader) create(i int) error {
	f := unloadFile{name: fmt.Sprintf("%s_%s_%05d", u.query.submitted.UTC().Format("20060102_150405"), u.query.id, i)}
	if u.format.name != formatParquet && u.format.compression == "GZIP" {
		f.name += ".gz"
	}
	object, err := u.server.objects.Create(u.to.bucket, u.to.at(f.name))
	if err != nil {
		return err
	}
	f.object = object
	if u.format.name == formatParquet {
		f.rows = newParquetWriter(object, u.columns, u.format.compression, u.server.cfg.GroupRows)
	} else {
		f.rows = newLineWriter(object, u.columns, u.format)
	}
	u.files = append(u.files, f)
	return nil
}

// commit puts the files in their places and returns their addresses.
func (u *unloader) commit() ([]string, error) {
	var names []string
	for _, f := range u.files {
		if err := f.rows.close(); err != nil {
			u.abort()
			return nil, err
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
