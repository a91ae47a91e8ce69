package csvfile

import (
	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// page collects records.
type page struct {
	buffer []byte
	ends   []int // of the records in buffer
}

// add makes a record of a row. A row with more or fewer cells than there are names
// becomes an array, which is no record and goes into the quarantine as it is (L3).
func (p *page) add(names [][]byte, row []csv.Cell) {
	if len(row) != len(names) {
		p.buffer = append(p.buffer, '[')
		for i, cell := range row {
			if i > 0 {
				p.buffer = append(p.buffer, ',')
			}
			p.buffer = appendValue(p.buffer, cell)
		}
		p.buffer = append(p.buffer, ']')
	} else {
		p.buffer = append(p.buffer, '{')
		for i, cell := range row {
			if i > 0 {
				p.buffer = append(p.buffer, ',')
			}
			p.buffer = append(p.buffer, names[i]...)
			p.buffer = appendValue(p.buffer, cell)
		}
		p.buffer = append(p.buffer, '}')
	}
	p.ends = append(p.ends, len(p.buffer))
}

func appendValue(dst []byte, cell csv.Cell) []byte {
	if cell.Null() {
		return append(dst, "null"...)
	}
	return rawjson.Quote(dst, cell.Text)
}

func (p *page) full() bool { return len(p.ends) >= pageRows || len(p.buffer) >= pageBytes }

// take returns what was collected and begins anew.
func (p *page) take(last bool) crm.Page {
	taken := crm.Page{Records: make([][]byte, 0, len(p.ends)), Bytes: int64(len(p.buffer)), Last: last}
	at := 0
	for _, end := range p.ends {
		taken.Records = append(taken.Records, p.buffer[at:end:end])
		at = end
	}
	p.buffer, p.ends = nil, p.ends[:0]
	return taken
}
