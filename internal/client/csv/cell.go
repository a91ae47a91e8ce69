package csv

// Cell is one value of a row, without its quotes.
type Cell struct {
	Text   []byte
	Quoted bool // it stood in quotes, so that an empty Text is an empty text
}

// Null reports whether nothing at all stood where the value was due.
func (c Cell) Null() bool { return !c.Quoted && len(c.Text) == 0 }
