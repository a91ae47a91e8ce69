package salespro

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/client/athena"
	"github.com/warren-sync/warren/internal/client/csv"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// unloads reports whether results are read from the files of an UNLOAD, which have no
// order and of which each query needs a place.
func (c *connector) unloads() bool {
	return c.results == resultsUnload || c.results == resultsParquet
}

// format is what an UNLOAD is asked to write.
func (c *connector) format() string {
	if c.results == resultsParquet {
		return athena.Parquet
	}
	return athena.JSON
}

// unloaded makes cells of the objects that UNLOAD wrote, which leave out what is
// NULL.
type unloaded struct {
	cells []athena.Cell
	at    map[string]int // of the columns
}

func newUnloaded(columns []athena.Column) *unloaded {
	u := &unloaded{cells: make([]athena.Cell, len(columns)), at: map[string]int{}}
	for i, c := range columns {
		u.at[c.Name] = i
	}
	return u
}

// cellsOf returns the cells of an object, good until the next call. An object that
// is none makes the whole result doubtful.
func (u *unloaded) cellsOf(object []byte) ([]athena.Cell, error) {
	if !jsontext.Value(object).IsValid(jsontext.AllowInvalidUTF8(true)) {
		return nil, &crm.Error{
			Code: crm.CodeBadAnswer, Origin: crm.OriginSource, Message: "a line that Athena unloaded is no JSON",
			Fix: "Run it again; if it stays so, set results to file.",
		}
	}
	clear(u.cells)
	rawjson.Members(object, func(name, value []byte) bool {
		i, wanted := u.at[string(name)]
		if !wanted || string(value) == "null" {
			return true
		}
		text, isText := rawjson.Unquote(nil, value)
		if !isText {
			text = value
		}
		u.cells[i] = csv.Cell{Text: text, Quoted: true}
		return true
	})
	return u.cells, nil
}
