package athena

import (
	"context"
	"fmt"
	"strings"
)

// The formats of an UNLOAD that can be read here, both compressed: JSON is one
// object a line, which leaves out what is NULL.
const (
	JSON    = "JSON"
	Parquet = "PARQUET"
)

// Unload wraps a SELECT so that Athena writes its rows into files in the folder
// at place, an s3:// address, which must be empty. The SELECT may hold neither
// a timestamp with time zone nor a time: cast them to varchar.
func Unload(text, place, format string) (string, error) {
	format = strings.ToUpper(format)
	if format != JSON && format != Parquet {
		return "", badConfig(fmt.Sprintf("the format %q of an UNLOAD cannot be read", format), "Set it to json or parquet.")
	}
	folder, err := parsePlace(place)
	if err != nil || folder.key == "" || !strings.HasSuffix(place, "/") {
		return "", badConfig("the place of an UNLOAD is not a folder in S3", "Set it to an address such as s3://bucket/warren/; it ends with a slash.")
	}
	return fmt.Sprintf("UNLOAD (%s) TO '%s' WITH (format = '%s', compression = 'GZIP')",
		strings.TrimRight(strings.TrimSpace(text), "; \n"), strings.ReplaceAll(place, "'", "''"), format), nil
}

// Unloaded reads the JSON files that an UNLOAD wrote into the folder at place, an
// s3:// address. Options.Mode has no meaning here.
func (c *Client) Unloaded(ctx context.Context, x Execution, place string, o Options) (*JSONRows, error) {
	f, err := c.unloaded(ctx, x, place, o)
	if err != nil {
		return nil, err
	}
	return &JSONRows{files: f}, nil
}

// UnloadedParquet is Unloaded for Parquet files. Each row has the columns of those
// names, in that order; one that a file lacks is NULL in all of its rows.
func (c *Client) UnloadedParquet(ctx context.Context, x Execution, place string, names []string, o Options) (*ParquetRows, error) {
	f, err := c.unloaded(ctx, x, place, o)
	if err != nil {
		return nil, err
	}
	r := &ParquetRows{files: f, names: names, cells: make([]Cell, len(names))}
	if err := r.begin(); err != nil {
		r.life.over()
		return nil, err
	}
	return r, nil
}

// unloaded finds the files that an UNLOAD wrote.
func (c *Client) unloaded(ctx context.Context, x Execution, place string, o Options) (f files, err error) {
	if !o.From.IsZero() && o.From.Query != x.ID {
		return f, elsewhere(o.From, x)
	}
	folder, err := parsePlace(place)
	if err != nil {
		return f, badConfig("the place of an UNLOAD is not an address in S3", "Set it to an address such as s3://bucket/warren/.")
	}
	manifest, err := parsePlace(x.manifest())
	if err != nil {
		return f, c.badResult(x.ID, "Athena does not say which files it wrote")
	}
	list, err := c.manifest(ctx, x.ID, manifest, folder)
	if err != nil {
		return f, err
	}
	f = files{client: c, query: x.ID, list: list}
	if err := f.resume(o.From); err != nil {
		return f, err
	}
	f.life = newLife(ctx)
	if o.Delete {
		f.remove = append(f.remove, list...)
		f.remove = append(f.remove, manifest)
		if output, err := parsePlace(x.Output); err == nil && output.key != manifest.key {
			f.remove = append(f.remove, output)
		}
		f.remove = append(f.remove, besides(manifest))
	}
	return f, nil
}

// manifest is where the list of written files lies: where Athena says, else in
// the folder of the result under the query's id.
func (x Execution) manifest() string {
	switch {
	case x.Manifest != "":
		return x.Manifest
	case strings.HasSuffix(x.Output, "-manifest.csv"):
		return x.Output
	case x.Output == "":
		return ""
	}
	return x.Output[:strings.LastIndexByte(x.Output, '/')+1] + x.ID + "-manifest.csv"
}

// besides is the file that Athena leaves beside each manifest.
func besides(manifest place) place {
	return place{bucket: manifest.bucket, key: strings.TrimSuffix(manifest.key, "-manifest.csv") + ".metadata"}
}
