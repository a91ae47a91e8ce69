package hubspot

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// schema is the part of JSON Schema that HubSpot's files use.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       types             `json:"type"`
	Format     string            `json:"format"`
	Enum       []any             `json:"enum"`
	Required   []string          `json:"required"`
	Properties map[string]schema `json:"properties"`
	Additional *schema           `json:"additionalProperties"`
	Items      *schema           `json:"items"`
}

// types is one type or a list of them.
type types []string

func (t *types) UnmarshalJSON(raw []byte) error {
	if raw[0] == '[' {
		return json.Unmarshal(raw, (*[]string)(t))
	}
	*t = types{""}
	return json.Unmarshal(raw, &(*t)[0])
}

// schemas is schemas by name, as references end with it.
type schemas map[string]schema

// check returns what of a value is not as the schema has it: members that it
// does not know included.
func (all schemas) check(s schema, value any, path string) []string {
	if s.Ref != "" {
		name := s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
		target, ok := all[name]
		if !ok {
			return []string{path + ": there is no schema " + name}
		}
		return all.check(target, value, path)
	}
	if got := typeOf(value); len(s.Type) > 0 && !slices.Contains(s.Type, got) {
		return []string{fmt.Sprintf("%s: %s instead of %s", path, got, strings.Join(s.Type, " or "))}
	}
	var wrong []string
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
		wrong = append(wrong, fmt.Sprintf("%s: %v is none of %v", path, value, s.Enum))
	}
	switch v := value.(type) {
	case string:
		if _, err := time.Parse(time.RFC3339Nano, v); s.Format == "date-time" && err != nil {
			wrong = append(wrong, path+": no instant")
		}
	case []any:
		if s.Items != nil {
			for i, item := range v {
				wrong = append(wrong, all.check(*s.Items, item, fmt.Sprintf("%s[%d]", path, i))...)
			}
		}
	case map[string]any:
		wrong = append(wrong, all.checkMembers(s, v, path)...)
	}
	return wrong
}

func (all schemas) checkMembers(s schema, members map[string]any, path string) (wrong []string) {
	for _, name := range s.Required {
		if _, ok := members[name]; !ok {
			wrong = append(wrong, path+"."+name+": required, absent")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		inner, known := s.Properties[name]
		switch {
		case known:
			wrong = append(wrong, all.check(inner, members[name], path+"."+name)...)
		case s.Additional != nil:
			wrong = append(wrong, all.check(*s.Additional, members[name], path+"."+name)...)
		case len(s.Properties) > 0:
			wrong = append(wrong, path+"."+name+": unknown")
		}
	}
	return wrong
}

func typeOf(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

func TestCheckerFindsWhatIsWrong(t *testing.T) {
	var all schemas
	if err := json.Unmarshal([]byte(`{"A":{"type":"object","required":["id"],"properties":{
		"id":{"type":"string"},"n":{"type":["integer","null"]},"at":{"type":"string","format":"date-time"},"kind":{"type":"string","enum":["X","Y"]},
		"list":{"type":"array","items":{"$ref":"#/B"}},"map":{"type":"object","additionalProperties":{"type":"string"}},"lost":{"$ref":"#/C"}}},
		"B":{"type":"boolean"}}`), &all); err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{
		`{"id":"1","n":null,"at":"2026-03-01T12:00:00.000Z","kind":"X","list":[true],"map":{"a":"b"}}`: "",
		`{}`:                       "$.id: required, absent",
		`[]`:                       "$: array instead of object",
		`{"id":1}`:                 "$.id: integer instead of string",
		`{"id":"1","n":1.5}`:       "$.n: number instead of integer or null",
		`{"id":"1","at":"soon"}`:   "$.at: no instant",
		`{"id":"1","kind":"Z"}`:    "$.kind: Z is none of [X Y]",
		`{"id":"1","list":[1]}`:    "$.list[0]: integer instead of boolean",
		`{"id":"1","map":{"a":1}}`: "$.map.a: integer instead of string",
		`{"id":"1","more":{}}`:     "$.more: unknown",
		`{"id":"1","lost":1}`:      "$.lost: there is no schema C",
	} {
		var v any
		if err := json.Unmarshal([]byte(value), &v); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(all.check(schema{Ref: "#/A"}, v, "$"), ", "); got != want {
			t.Errorf("%s: %q; want %q", value, got, want)
		}
	}
}
