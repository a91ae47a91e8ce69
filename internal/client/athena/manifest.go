package athena

import (
	"bufio"
	"context"
	"strings"
)

const (
	// maxFiles bounds the files of one UNLOAD; Athena writes some dozens.
	maxFiles = 100_000
	// maxName bounds the line of a manifest; a key in S3 has 1024 bytes.
	maxName = 8 << 10
)

// manifest reads the list of files that a query wrote. An entry outside of the
// folder that was asked for is refused: it would have Warren read, and delete,
// what is not its own.
func (c *Client) manifest(ctx context.Context, query string, at, folder place) ([]place, error) {
	o := c.newObject(ctx, at)
	defer o.close()
	lines := bufio.NewScanner(o)
	lines.Buffer(nil, maxName)
	var files []place
	for lines.Scan() {
		text := strings.Trim(strings.TrimSpace(lines.Text()), `"`)
		if text == "" {
			continue
		}
		p, err := parsePlace(text)
		if err != nil || !p.within(folder) {
			return nil, c.badResult(query, "its list of files names "+c.keys.quote(text, 200)+", which is not in "+folder.String())
		}
		if len(files) == maxFiles {
			return nil, c.badResult(query, "its list of files has no end")
		}
		files = append(files, p)
	}
	if err := lines.Err(); err != nil {
		return nil, c.readError(query, "its list of files cannot be read", err)
	}
	return files, nil
}
