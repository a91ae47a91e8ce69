package athena

import (
	"encoding/json"
	"fmt"
)

// Position is where in the result of a query a reading stands. The zero
// Position is the beginning. It is good for as long as Athena keeps the result.
type Position struct {
	Query string // whose result it is

	// Of a file.
	Object string // its s3:// address
	ETag   string // of the version that was read
	Offset int64  // bytes up to the end of the last row
	Size   int64  // bytes of the whole file; 0 where that was not told

	// Of pages.
	Token string // what the page was asked for with; "" for the first
	Rows  int    // how many of its rows were read

	// Of the files of an UNLOAD: Object, ETag and these.
	File  int // how many files were read to their end
	Lines int // how many lines, or rows, of the next one were read
}

// IsZero reports whether the position is the beginning.
func (p Position) IsZero() bool { return p == Position{} }

// positionText is how a position is written, so that the names above can change.
type positionText struct {
	Query  string `json:"q"`
	Object string `json:"o,omitempty"`
	ETag   string `json:"e,omitempty"`
	Offset int64  `json:"b,omitempty"`
	Size   int64  `json:"s,omitempty"`
	Token  string `json:"t,omitempty"`
	Rows   int    `json:"r,omitempty"`
	File   int    `json:"f,omitempty"`
	Lines  int    `json:"l,omitempty"`
}

// MarshalText writes the position as JSON; the beginning as nothing.
func (p Position) MarshalText() ([]byte, error) {
	if p.IsZero() {
		return nil, nil
	}
	return json.Marshal(positionText(p))
}

// UnmarshalText reads what MarshalText wrote.
func (p *Position) UnmarshalText(text []byte) error {
	*p = Position{}
	if len(text) == 0 {
		return nil
	}
	var read positionText
	if err := json.Unmarshal(text, &read); err != nil {
		return fmt.Errorf("not a position in a result: %w", err)
	}
	if read.Query == "" || min(read.Offset, read.Size, int64(read.Rows), int64(read.File), int64(read.Lines)) < 0 || read.Size > 0 && read.Offset > read.Size {
		return fmt.Errorf("not a position in a result: %q", text)
	}
	*p = Position(read)
	return nil
}
