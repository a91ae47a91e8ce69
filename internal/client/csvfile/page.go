package csvfile

import (
	"fmt"

	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// page collects records.
type page struct {
	file    string   // for messages
	names   [][]byte // of the members, made ready to be written
	buffer  []byte
	ends    []int // of the records in buffer
	rejects []crm.Reject
	broken  int // bytes of the rejects
}

// add makes a record of a row that begins in that line.
func (p *page) add(row []csv.Cell, line int64) {
	if len(row) != len(p.names) {
		p.reject(row, line)
		return
	}
	p.buffer = append(p.buffer, '{')
	for i, cell := range row {
		if i > 0 {
			p.buffer = append(p.buffer, ',')
		}
		p.buffer = append(p.buffer, p.names[i]...)
		p.buffer = appendValue(p.buffer, cell)
	}
	p.buffer = append(p.buffer, '}')
	p.ends = append(p.ends, len(p.buffer))
}

// reject keeps a row with more or fewer cells than there are names as the array of its
// cells: of none of them can be told what it is, since the cell that is lacking or too
// many may be any (L3).
func (p *page) reject(row []csv.Cell, line int64) {
	raw := []byte{'['}
	for i, cell := range row {
		if i > 0 {
			raw = append(raw, ',')
		}
		raw = appendValue(raw, cell)
	}
	raw = append(raw, ']')
	p.broken += len(raw)
	p.rejects = append(p.rejects, crm.Reject{
		Raw: raw, Code: crm.CodeNotRecord,
		Reason: fmt.Sprintf("the row in line %d of %s has %s, and the first row of the file names %d: "+
			"a comma is lacking or too many, or a quote around a text that has one", line, p.file, words.Count(len(row), "cell"), len(p.names)),
	})
}

func appendValue(dst []byte, cell csv.Cell) []byte {
	if cell.Null() {
		return append(dst, "null"...)
	}
	return rawjson.Quote(dst, cell.Text)
}

func (p *page) empty() bool { return len(p.ends)+len(p.rejects) == 0 }

func (p *page) full() bool {
	return len(p.ends)+len(p.rejects) >= pageRows || len(p.buffer)+p.broken >= pageBytes
}

// take returns what was collected and begins anew.
func (p *page) take(last bool) crm.Page {
	taken := crm.Page{Records: make([][]byte, 0, len(p.ends)), Bytes: int64(len(p.buffer) + p.broken), Last: last, Rejects: p.rejects}
	at := 0
	for _, end := range p.ends {
		taken.Records = append(taken.Records, p.buffer[at:end:end])
		at = end
	}
	p.buffer, p.ends, p.rejects, p.broken = nil, p.ends[:0], nil, 0
	return taken
}
