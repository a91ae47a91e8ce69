package athena

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/warren-sync/warren/internal/client/circle"
	"github.com/warren-sync/warren/internal/client/words"
)

// maxPage is how many rows Athena gives at once; of the first page one is the
// header.
const maxPage = 1000

// page is one answer of GetQueryResults.
type page struct {
	columns []Column
	rows    []types.Row
	next    string // token of the page behind it; "" for none
}

// page asks for the page with that token. Every answer must say of which
// columns it speaks.
func (c *Client) page(ctx context.Context, id, token string, most int32) (*page, error) {
	in := &athena.GetQueryResultsInput{QueryExecutionId: &id, MaxResults: &most}
	if token != "" {
		in.NextToken = &token
	}
	of := call{name: "GetQueryResults", right: "athena:GetQueryResults and s3:GetObject", on: "query " + id}
	return ask(ctx, c, of, func(ctx context.Context) (*page, error) {
		out, err := c.athena.GetQueryResults(ctx, in)
		if err != nil {
			return nil, err
		}
		set := out.ResultSet
		if set == nil || set.ResultSetMetadata == nil || len(set.ResultSetMetadata.ColumnInfo) == 0 && len(set.Rows) > 0 {
			return nil, errEmpty
		}
		p := &page{rows: set.Rows, next: aws.ToString(out.NextToken)}
		for _, info := range set.ResultSetMetadata.ColumnInfo {
			p.columns = append(p.columns, Column{Name: aws.ToString(info.Name), Type: resultType(info)})
		}
		return p, nil
	})
}

// resultType writes the type of a result's column with what Athena tells of it
// apart.
func resultType(info types.ColumnInfo) string {
	if name := aws.ToString(info.Type); name != "decimal" {
		return name
	}
	return fmt.Sprintf("decimal(%d,%d)", info.Precision, info.Scale)
}

// pages reads a result through Athena itself.
type pages struct {
	client  *Client
	life    *life
	query   string
	columns int
	token   string // of the present page
	way     circle.Watch
	page    *page
	at      int // the next row of it
	header  int // rows of it that are no data
	cells   []Cell
	text    []byte
}

func (c *Client) beginPages(r *Rows, x Execution, from Position) error {
	first, err := c.page(r.life.ctx, x.ID, from.Token, maxPage)
	if err != nil {
		return err
	}
	if len(first.columns) == 0 && x.hasHeader() {
		return c.badResult(x.ID, "it has no columns")
	}
	p := &pages{client: c, life: r.life, query: x.ID, token: from.Token, way: circle.From(from.Token), columns: len(first.columns)}
	if err := p.turn(first, from.Token); err != nil {
		return err
	}
	// Only the very first row may be a header, and only if it is one: what is no
	// SELECT has none.
	if from.Token == "" && x.hasHeader() && len(first.rows) > 0 {
		if p.read(first.rows[0]); sameNames(p.cells, first.columns) {
			p.header = 1
		}
	}
	p.at = p.header + from.Rows
	if p.at > len(first.rows) {
		return c.badResult(x.ID, fmt.Sprintf("a page has %s where %d were read before", words.Count(len(first.rows)-p.header, "row"), from.Rows))
	}
	r.from, r.columns = p, first.columns
	return nil
}

// turn goes to a page whose rows all have to be of the result's width.
func (p *pages) turn(to *page, token string) error {
	for i, row := range to.rows {
		if len(row.Data) != p.columns {
			return p.client.badResult(p.query, fmt.Sprintf("row %d of a page has %s instead of %d", i+1, words.Count(len(row.Data), "cell"), p.columns))
		}
	}
	p.page, p.token, p.at, p.header = to, token, 0, 0
	return nil
}

func (p *pages) next() ([]Cell, error) {
	for p.at == len(p.page.rows) {
		token := p.page.next
		if token == "" {
			return nil, nil
		}
		if p.way.Closes(token) {
			return nil, p.client.badResult(p.query, "the next page is one that was read before")
		}
		to, err := p.client.page(p.life.ctx, p.query, token, maxPage)
		if err != nil {
			return nil, err
		}
		if err := p.turn(to, token); err != nil {
			return nil, err
		}
	}
	p.read(p.page.rows[p.at])
	p.at++
	return p.cells, nil
}

// read makes cells of a row. Their texts share one buffer.
func (p *pages) read(row types.Row) {
	p.cells, p.text = p.cells[:0], p.text[:0]
	for _, d := range row.Data {
		from := len(p.text)
		p.text = append(p.text, aws.ToString(d.VarCharValue)...)
		p.cells = append(p.cells, Cell{Text: p.text[from:len(p.text):len(p.text)], Quoted: d.VarCharValue != nil})
	}
}

func (p *pages) position() Position {
	return Position{Query: p.query, Token: p.token, Rows: p.at - p.header}
}

func (p *pages) close() {}
