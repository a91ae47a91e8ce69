package hubspot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm"
)

// property is what is of use here of a property's declaration.
type property struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Archived bool   `json:"archived"`
}

// Describe adds the properties that the account has, in the order of their names,
// so that the same account always gives the same stream.
func (c *connector) Describe(ctx context.Context, stream crm.Stream) (crm.Stream, error) {
	if stream.FullEvery > 0 {
		stream.FullEvery = c.sweep
	}
	answers, err := c.knowAccount(ctx)
	if err != nil {
		return crm.Stream{}, err
	}
	stream.Asked += answers
	stream.Account = c.account.portal()
	o, ok := c.plan.object(stream.Name)
	if !ok {
		return stream, nil
	}
	properties, answers, err := c.properties(ctx, o)
	if err != nil {
		return crm.Stream{}, c.absent(stream, err)
	}
	stream.Asked += answers
	c.remember(o, properties)
	stream.RecordURL = c.account.recordURL(o)
	stream.Fields = adopt(slices.Clone(stream.Fields), properties)
	names := newColumns(stream)
	covered := map[string]bool{}
	for i := range stream.Fields {
		f := &stream.Fields[i]
		f.Absent = len(f.Paths) > 0
		for _, path := range f.Paths {
			name, is := propertyAt(path)
			if is && path == pathOf(name) { // a part of its value is not all of it
				covered[name] = true
			}
			f.Absent = f.Absent && is && !slices.ContainsFunc(properties, func(p property) bool { return p.Name == name })
		}
	}
	stream.Unmapped, stream.DescribedAs = slices.Clone(stream.Unmapped), map[string]crm.Type{}
	for _, p := range properties {
		switch {
		case covered[p.Name]:
			stream.Described = append(stream.Described, pathOf(p.Name))
			stream.DescribedAs[pathOf(p.Name)] = p.field("").Type
		case allowed(stream.Properties, p.Name):
			stream.Fields = append(stream.Fields, p.field(names.of(p.Name)))
		default:
			stream.Unmapped = append(stream.Unmapped, pathOf(p.Name))
		}
	}
	c.tellUnmatched(stream, properties)
	return stream, nil
}

// tellUnmatched tells of patterns that are no property's, once: most often they are
// misspelt.
func (c *connector) tellUnmatched(stream crm.Stream, properties []property) {
	for _, pattern := range stream.Properties {
		unmatched := !slices.ContainsFunc(properties, func(p property) bool { return matches(pattern, p.Name) })
		if unmatched && c.first(stream.Name+" "+pattern) {
			c.observe(crm.Notice{
				ID: crm.StreamID{Source: c.name, Stream: stream.Name}, Message: "the account has no property " + pattern,
				Fix: "correct it under properties of the stream in warren.yaml, or take it out; warren discover " + c.name + " " + stream.Name + " lists them",
			})
		}
	}
}

// first reports whether something is said for the first time.
func (c *connector) first(said string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.said[said]
	c.said[said] = true
	return !before
}

// properties asks for what the type has, and says how many answers that took; sensitive
// ones are not among them. A list without those that every type has is no list of
// properties: a table whose columns nobody asks for any more would be emptied, row by
// row (L5).
func (c *connector) properties(ctx context.Context, o object) (list []property, answers int, err error) {
	a, err := c.ask(ctx, client.Question{Path: c.paths.ofProps(o)}, func(a *answer) error {
		list = list[:0]
		if a.after != "" {
			return badAnswer(errPaged)
		}
		for _, raw := range a.results {
			var p property
			if err := json.Unmarshal(raw, &p); err != nil {
				return badAnswer(err)
			}
			if p.Name != "" && !p.Archived {
				list = append(list, p)
			}
		}
		for _, name := range []string{"hs_object_id", o.modified} {
			if !slices.ContainsFunc(list, func(p property) bool { return p.Name == name }) {
				return badAnswer(problem("it lists no property " + name))
			}
		}
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(list, func(a, b property) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(list, func(a, b property) bool { return a.Name == b.Name }), a.requests, nil
}

// errPaged is of lists that HubSpot does not page: more of one is never lost in silence (L3).
const errPaged = problem("a list that has no pages has another one")

// remember notes which properties there are: names that are not known HubSpot
// ignores without a word, and so nobody asks for them.
func (c *connector) remember(o object, properties []property) {
	names := make(map[string]bool, len(properties))
	for _, p := range properties {
		names[p.Name] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.found[o.name] = names
}

// field is the column for a property. A value that does not convert is NULL with an
// issue, and stays in the raw record (L5).
func (p property) field(column string) crm.Field {
	f := crm.Field{Column: column, Paths: []string{pathOf(p.Name)}, Type: crm.TypeText, Discovered: true}
	switch p.Type {
	case "number":
		f.Type = crm.TypeDecimal
	case "bool":
		f.Type = crm.TypeBoolean
	case "date":
		f.Type = crm.TypeDate
	case "datetime":
		f.Type = crm.TypeTimestamp
	case "json":
		f.Type, f.DecodeText = crm.TypeJSON, true
	}
	return f
}

// adopt lets the columns primary_source and secondary_source find their values
// where the company has put its own name before the property's.
func adopt(fields []crm.Field, properties []property) []crm.Field {
	for i, f := range fields {
		if f.Column != "primary_source" && f.Column != "secondary_source" || len(f.Paths) != 1 || f.Paths[0] != pathOf(f.Column) {
			continue
		}
		paths := slices.Clone(f.Paths)
		for _, p := range properties {
			if strings.HasSuffix(p.Name, "_"+f.Column) {
				paths = append(paths, pathOf(p.Name))
			}
		}
		fields[i].Paths = paths
	}
	return fields
}

// allowed reports whether one of the patterns is the name, with * for any
// characters; without patterns all are.
func allowed(patterns []string, name string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, name) })
}

func matches(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	rest, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	last := len(parts) - 1
	for _, part := range parts[1:last] {
		at := strings.Index(rest, part)
		if at < 0 {
			return false
		}
		rest = rest[at+len(part):]
	}
	return strings.HasSuffix(rest, parts[last])
}

// columns gives properties the names of their columns.
type columns map[string]bool // those that are taken

func newColumns(stream crm.Stream) columns {
	taken := columns{}
	for _, f := range stream.Fields {
		taken[f.Column] = true
	}
	// What the warehouse keeps beside the fields, in any generation of the tables.
	for _, name := range []string{"data", "synced_at", "created_in_sync", "created_at", "updated_at", "sync_created_at", "sync_updated_at"} {
		taken[name] = true
	}
	return taken
}

// maxColumn is the longest name of a column that every warehouse takes.
const maxColumn = 63

// of returns the column for a property: its own name, where that can be one. The
// column of a property must not depend on which others there are, or one that is
// added would take another's; so any other name ends in a part of its hash.
func (c columns) of(property string) string {
	name := property
	if sum := sha256.Sum256([]byte(property)); c[name] || !plain(name) {
		mark := "_" + hex.EncodeToString(sum[:4])
		name = escape(property)
		name = name[:min(len(name), maxColumn-len(mark))] + mark
	}
	c[name] = true
	return name
}

// plain reports whether a name can be a column's as it is, and is none of Warren's
// own or the database's.
func plain(name string) bool {
	return name == escape(name) && len(name) <= maxColumn && !strings.HasPrefix(name, "warren_") && !strings.HasPrefix(name, "sqlite_")
}

// escape makes a name of small letters, digits and _ that begins with a letter.
func escape(name string) string {
	escaped := strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			return r
		}
		return '_'
	}, name)
	if escaped == "" || escaped[0] < 'a' || strings.HasPrefix(escaped, "sqlite_") || strings.HasPrefix(escaped, "warren_") {
		return "p_" + escaped
	}
	return escaped
}
