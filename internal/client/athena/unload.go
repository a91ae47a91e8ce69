package athena

import (
	"context"
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// JSON is the format of an UNLOAD that can be read here: one object a line,
// compressed.
const JSON = "JSON"

// Unload wraps a SELECT so that Athena writes its rows into files in the folder
// at place, an s3:// address, which must be empty. The SELECT may hold neither
// a timestamp with time zone nor a time: cast them to varchar.
func Unload(text, place, format string) (string, error) {
	if !strings.EqualFold(format, JSON) {
		return "", badConfig(fmt.Sprintf("the format %q of an UNLOAD cannot be read", format), "Set it to json.")
	}
	folder, err := parsePlace(place)
	if err != nil || folder.key == "" || !strings.HasSuffix(place, "/") {
		return "", badConfig("the place of an UNLOAD is not a folder in S3", "Set it to an address such as s3://bucket/warren/; it ends with a slash.")
	}
	return fmt.Sprintf("UNLOAD (%s) TO '%s' WITH (format = 'JSON', compression = 'GZIP')",
		strings.TrimRight(strings.TrimSpace(text), "; \n"), strings.ReplaceAll(place, "'", "''")), nil
}

// Unloaded reads the files that an UNLOAD wrote into the folder at place, an
// s3:// address. Options.Mode has no meaning here.
func (c *Client) Unloaded(ctx context.Context, x Execution, place string, o Options) (*JSONRows, error) {
	if !o.From.IsZero() && o.From.Query != x.ID {
		return nil, elsewhere(o.From, x)
	}
	folder, err := parsePlace(place)
	if err != nil {
		return nil, badConfig("the place of an UNLOAD is not an address in S3", "Set it to an address such as s3://bucket/warren/.")
	}
	manifest, err := parsePlace(x.manifest())
	if err != nil {
		return nil, c.badResult(x.ID, "Athena does not say which files it wrote")
	}
	files, err := c.manifest(ctx, x.ID, manifest, folder)
	if err != nil {
		return nil, err
	}
	r := &JSONRows{client: c, query: x.ID, files: files, at: o.From.File}
	if err := r.resume(o.From); err != nil {
		return nil, err
	}
	r.life = newLife(ctx)
	if o.Delete {
		r.remove = append(r.remove, files...)
		r.remove = append(r.remove, manifest)
		if output, err := parsePlace(x.Output); err == nil && output.key != manifest.key {
			r.remove = append(r.remove, output)
		}
		r.remove = append(r.remove, besides(manifest))
	}
	return r, nil
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

// resume checks that the files are still those of the position.
func (r *JSONRows) resume(from Position) error {
	if from.Object == "" {
		return nil
	}
	if from.File >= len(r.files) || r.files[from.File].String() != from.Object {
		return &crm.Error{
			Code:    crm.CodeBadAnswer,
			Origin:  crm.OriginSource,
			Message: "the files of the query " + r.query + " are no longer those that were being read",
			Fix:     "Run it again, which asks Athena anew.",
		}
	}
	r.etag, r.skip = from.ETag, from.Lines
	return nil
}
