package athena

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/warren-sync/warren/internal/sandbox/athena/sql"
	"github.com/warren-sync/warren/internal/sandbox/athena/table"
)

// maxRows is the most rows that one page has.
const maxRows = 1000

type resultsRequest struct {
	ID              string `json:"QueryExecutionId"`
	MaxResults      *int
	NextToken       string
	QueryResultType string
}

type resultsAnswer struct {
	NextToken   string `json:",omitempty"`
	UpdateCount int64
	ResultSet   resultSet
}

// pageToken is where a page begins.
type pageToken struct {
	ID     string `json:"i"`
	Offset int64  `json:"o"`
	Page   int    `json:"p"`
}

func (t pageToken) String() string {
	text, _ := json.Marshal(t) // it has nothing that could fail
	return base64.URLEncoding.EncodeToString(text)
}

func parseToken(text string) (pageToken, bool) {
	var t pageToken
	plain, err := base64.URLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(plain, &t) != nil || t.Page < 2 {
		return pageToken{}, false
	}
	return t, true
}

// results reads a page of a result; the first begins with the names of the
// columns.
func (s *Server) results(in resultsRequest) (*resultsAnswer, *fault) {
	most := maxRows
	if in.MaxResults != nil {
		most = *in.MaxResults
	}
	if most < 1 || most > maxRows {
		return nil, invalidRequest(fmt.Sprintf("MaxResults is more than maximum allowed length %d, or less than 1", maxRows))
	}
	from := pageToken{ID: in.ID, Page: 1}
	if in.NextToken != "" {
		token, ok := parseToken(in.NextToken)
		if !ok || token.ID != in.ID {
			return nil, invalidRequest("Malformed token")
		}
		from = token
	}
	s.mu.Lock()
	q := s.queries[in.ID]
	if q == nil {
		s.mu.Unlock()
		return nil, unknownQuery(in.ID)
	}
	shown, columns, rows := q.state(s.cfg.Clock.Now()), q.columns, q.rows
	s.mu.Unlock()
	switch {
	case !shown.final():
		return nil, invalidRequest("Query has not yet finished. Current state: " + string(shown))
	case shown != succeeded:
		return nil, invalidRequest("Query did not finish successfully. Final query state: " + string(shown))
	case q.unload:
		return s.manifest(q, rows, in.QueryResultType == "DATA_MANIFEST")
	}
	return s.page(q, columns, from, most)
}

// manifest answers for an UNLOAD, which has no rows, with the addresses of its
// files if they are asked for.
func (s *Server) manifest(q *query, rows int64, wanted bool) (*resultsAnswer, *fault) {
	out := &resultsAnswer{UpdateCount: rows, ResultSet: resultSet{Rows: []resultRow{}}}
	if !wanted || q.place == nil {
		return out, nil
	}
	f, ok := s.objects.Open(q.place.bucket, q.place.at(q.id+manifestSuffix))
	if !ok {
		return nil, invalidRequest("Could not find results")
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		at := lines.Text()
		out.ResultSet.Rows = append(out.ResultSet.Rows, resultRow{Data: []datum{{VarCharValue: &at}}})
	}
	return out, nil
}

func unknownQuery(id string) *fault {
	return invalidRequest("QueryExecution " + id + " was not found")
}

func (s *Server) page(q *query, columns []sql.Column, from pageToken, most int) (*resultsAnswer, *fault) {
	f, ok := s.openResult(q)
	if !ok {
		return nil, invalidRequest("Could not find results")
	}
	defer func() { _ = f.Close() }()
	if _, err := f.Seek(from.Offset, io.SeekStart); err != nil {
		return nil, invalidRequest("Malformed token")
	}
	out := &resultsAnswer{ResultSet: resultSet{Rows: []resultRow{}}}
	reader := csvReader{in: bufio.NewReaderSize(f, 64<<10), offset: from.Offset}
	for len(out.ResultSet.Rows) < most {
		row, err := reader.row()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &fault{status: 500, kind: "InternalServerException", text: err.Error()}
		}
		out.ResultSet.Rows = append(out.ResultSet.Rows, resultRow{Data: row})
	}
	if reader.more() {
		out.NextToken = pageToken{ID: q.id, Offset: reader.offset, Page: from.Page + 1}.String()
	}
	for _, c := range columns {
		out.ResultSet.ResultSetMetadata.ColumnInfo = append(out.ResultSet.ResultSetMetadata.ColumnInfo, infoOf(c))
	}
	return out, nil
}

func (s *Server) openResult(q *query) (*os.File, bool) {
	if q.place == nil {
		return s.private.Open(privateBucket, q.name())
	}
	return s.objects.Open(q.place.bucket, q.place.at(q.name()))
}

func infoOf(c sql.Column) columnInfo {
	info := columnInfo{
		CatalogName: "hive", Name: c.Name, Label: c.Name, Type: c.Type.Name(), Nullable: "UNKNOWN",
		CaseSensitive: c.Type.Textual(), Precision: c.Type.Precision, Scale: c.Type.Scale,
	}
	if digits := digitsOf(c.Type); digits > 0 {
		info.Precision = digits
	}
	return info
}

// digitsOf returns the precision that Athena tells of types without parameters.
func digitsOf(t table.Type) int {
	switch t.Kind {
	case table.VarcharKind:
		if t.Precision == 0 {
			return 2147483647
		}
	case table.TinyintKind:
		return 3
	case table.SmallintKind:
		return 5
	case table.IntegerKind:
		return 10
	case table.BigintKind:
		return 19
	case table.RealKind, table.DoubleKind:
		return 17
	case table.TimestampKind, table.ZonedKind:
		return 3
	default:
	}
	return 0
}
