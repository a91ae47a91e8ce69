package processor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// mappingVersion is part of every fingerprint. It goes up when this package
// maps the same record to another row than before, so that the next full run
// writes the rows anew.
const mappingVersion = "2"

// Options is what a processor is given beside the stream.
type Options struct {
	// Check returns the function that checks a rule: it gets the text of a
	// value and returns what is wrong with it.
	Check func(crm.Rule) (func(value []byte) error, error)
	// Normalize returns the function that rewrites a value into the named
	// form, and reports whether it could.
	Normalize func(name string, rule crm.Rule) (func(value []byte) ([]byte, bool), error)
	// Shape is the table's own part of the fingerprint: what its columns
	// cannot hold. See warehouse.Table.
	Shape string
	// SkipRules leaves every rule unchecked.
	SkipRules bool
}

// Processor maps the records of one stream. It keeps scratch space and so
// serves one goroutine at a time.
type Processor struct {
	stream crm.Stream
	root   *node // every path
	head   *node // the paths of the primary key and the cursor only
	fields []field
	key    []int         // positions in stream.Fields
	cursor int           // position in stream.Fields, or -1
	others map[int][]int // fields that take the values which one cannot, by its position

	salt   []byte
	sum    hash.Hash
	full   []byte // scratch of sum
	latest time.Time

	keys   slab // where the keys and values of rows live
	values slab

	// Scratch, used anew for each record.
	found   []found
	order   []*node // the nodes of the record's members in the order of the last record
	unknown map[string]member
	met     bool         // the record at hand has a name that no field knows
	bad     map[int]bool // fields in which records have values that are not of their type
}

// field is a crm.Field made ready.
type field struct {
	crm.Field
	check     func([]byte) error
	normalize func([]byte) ([]byte, bool)
}

// found is where a field's value stands in the record at hand.
type found struct {
	value []byte
	rank  int
	twice bool
}

// New returns a processor for the stream. It fails with a *crm.Error when a
// rule or a normal form of one of the fields makes no sense.
func New(stream crm.Stream, o Options) (*Processor, error) {
	p := &Processor{
		stream:  stream,
		root:    &node{},
		head:    &node{},
		cursor:  stream.FieldIndex(stream.Cursor),
		found:   make([]found, len(stream.Fields)),
		sum:     sha256.New(),
		unknown: map[string]member{},
		others:  map[int][]int{},
		bad:     map[int]bool{},
	}
	for _, column := range stream.PrimaryKey {
		p.key = append(p.key, stream.FieldIndex(column))
	}
	for i, f := range stream.Fields {
		made := field{Field: f}
		if f.Rule.Type != "" && !o.SkipRules {
			check, err := o.Check(f.Rule)
			if err != nil {
				return nil, err
			}
			made.check = check
		}
		if f.Normalize != "" {
			normalize, err := o.Normalize(f.Normalize, f.Rule)
			if err != nil {
				return nil, err
			}
			made.normalize = normalize
		}
		p.fields = append(p.fields, made)
		if f.Of != "" {
			of := stream.FieldIndex(f.Of)
			p.others[of] = append(p.others[of], i)
			continue
		}
		for rank, path := range f.Paths {
			at := p.root.add(path, target{field: i, rank: rank})
			at.decode = at.decode || f.DecodeText
			if i == p.cursor || slices.Contains(p.key, i) {
				p.head.add(path, target{field: i, rank: rank})
			}
		}
	}
	for _, name := range stream.Unmapped {
		p.root.child(name).ignored = true
	}
	for _, path := range stream.Refused {
		p.root.add(path, target{field: len(p.fields)}).refused = true
	}
	p.found = append(p.found, found{}) // where the values of refused fields go
	p.salt = mapping(stream, o)
	return p, nil
}

// Mapping is the fingerprint of how a stream is mapped: its fields, their
// rules, what the table's columns cannot hold. It is part of each row's hash. A
// field that the account adds is none of it: no record that was read before has a
// value there, and one that gets a value is changed, and comes again. Which of them
// somebody wants is: those that were left out until now have values already.
func Mapping(stream crm.Stream, o Options) string {
	stream.Fields = slices.DeleteFunc(slices.Clone(stream.Fields), func(f crm.Field) bool { return f.Discovered })
	return hex.EncodeToString(mapping(stream, o)[:8])
}

func mapping(stream crm.Stream, o Options) []byte {
	h := sha256.New()
	// Of a struct of plain values, which fields are, nothing fails to encode.
	_ = json.NewEncoder(h).Encode(struct {
		Version, Shape string
		SkipRules      bool
		Fields         []crm.Field
		Deleted        string   `json:",omitempty"`
		Properties     []string `json:",omitempty"` // which of an account's own fields are wanted
	}{mappingVersion, o.Shape, o.SkipRules, stream.Fields, stream.Deleted, stream.Properties})
	return h.Sum(nil)
}

// Latest sets the greatest time that the cursor of a record may have. Beyond
// it the record's time is an issue and not believed. Zero believes all.
func (p *Processor) Latest(t time.Time) { p.latest = t }

// beyond reports whether a cursor lies in the future.
func (p *Processor) beyond(v crm.Value) bool {
	return v.Valid && !p.latest.IsZero() && (v.Type == crm.TypeTimestamp || v.Type == crm.TypeDate) && v.Time().After(p.latest)
}

// Unknown returns the names that records had and that no field knows, in
// order; at most maxUnknown of them. They stay in the raw record.
func (p *Processor) Unknown() []string { return slices.Sorted(maps.Keys(p.unknown)) }

// Learned returns what the records showed of their fields, in the order of names:
// members that no field knows, with a type that takes all their values, and fields
// in which there were values of another type than theirs.
func (p *Processor) Learned() crm.Schema {
	var learned crm.Schema
	for name, m := range p.unknown {
		if m.has {
			learned = append(learned, crm.SchemaField{Name: crm.PathStep(name), Kind: crm.SchemaSeen, Type: m.kind})
		}
	}
	for i := range p.bad {
		learned = append(learned, crm.SchemaField{Name: p.fields[i].Paths[0], Kind: crm.SchemaBad, Column: p.fields[i].Column, Type: crm.TypeText})
	}
	slices.SortFunc(learned, func(a, b crm.SchemaField) int { return strings.Compare(a.Name, b.Name) })
	return learned
}

const maxUnknown = 100

func (p *Processor) fingerprint(raw []byte) (h crm.Hash) {
	p.sum.Reset()
	p.sum.Write(p.salt)
	p.sum.Write(raw)
	p.full = p.sum.Sum(p.full[:0])
	copy(h[:], p.full)
	return h
}
