package roadtest

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Told says who comes to know of a deed.
type Told uint8

// The ways in which a source tells.
const (
	Newer   Told = iota // the record has a later time of change
	Changed             // whoever asks for changes is told, in whatever way
	Untold              // only whoever reads everything can tell
)

// Deed is something that befalls about n records of a stream.
type Deed struct {
	Told Told
	Do   func(n int)
}

// People are those who work on the records of one stream.
type People struct {
	Deeds []Deed
	// Change edits n records, Insert makes n; they are among the deeds.
	Change, Insert func(n int)
	// Spoil adds some records that no table takes; nil where the source has none such.
	Spoil func()
	// Whole says that every run reads all of the stream.
	Whole bool
	// Blind says that deeds in other streams befall the records of this one, which
	// then is told only to who reads everything.
	Blind bool

	truth func() []Fact
	form  func(record map[string]any) // leaves of a record what the truth speaks of; nil for all of it
}

// Fact is one record as the account has it.
type Fact struct {
	Record string // as People.Form writes it
	State  string // of its row: Present, or Missing where the account says itself that it is deleted
}

// Do lets each deed that is told in one of those ways befall n records.
func (p *People) Do(n int, told ...Told) {
	for _, deed := range p.Deeds {
		if slices.Contains(told, deed.Told) {
			deed.Do(n)
		}
	}
}

// Truth is what the account has, in any order.
func (p *People) Truth() []Fact { return p.truth() }

// Form writes of a record what the truth speaks of, in one form; of what is no JSON
// it is the text.
func (p *People) Form(raw []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return string(raw)
	}
	if record, is := value.(map[string]any); is && p.form != nil {
		p.form(record)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return string(raw)
	}
	return string(text)
}
