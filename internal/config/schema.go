package config

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Schema returns the JSON Schema (draft 2020-12) of warren.yaml, for editors.
// It comes from the shape of the file and the registrations of the sources.
func Schema(sources []crm.Source) ([]byte, error) {
	d := definitions{}
	named, others := schema{}, []schema{}
	for _, s := range sources {
		ref := d.account(s)
		named[s.Type] = ref
		others = append(others, schema{"allOf": []schema{ref}, "required": []string{"type"}})
	}
	all := object(named)
	if len(others) > 0 {
		all["additionalProperties"] = schema{"anyOf": others}
	}
	top := object(d.properties(reflect.TypeFor[fileKeys](), all))
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["title"] = "warren.yaml"
	top["$defs"] = d
	return json.MarshalIndent(top, "", "  ")
}

type schema = map[string]any

// definitions are the parts that stand in several places, by name.
type definitions map[string]schema

func reference(name string) schema { return schema{"$ref": "#/$defs/" + name} }

// inner tells what a value or a mapping is made of.
func (value[T]) inner() reflect.Type { return reflect.TypeFor[T]() }

func (mapping[T]) each() reflect.Type { return reflect.TypeFor[T]() }

// object describes a mapping that has these keys and no others.
func object(properties schema) schema {
	return schema{"type": "object", "additionalProperties": false, "properties": properties}
}

// properties describes the keys of a struct of file.go. The accounts, or the
// streams of one, depend on the sources and come from outside.
func (d definitions) properties(t reflect.Type, outside schema) schema {
	properties := schema{}
	for _, k := range keysOf(t) {
		if k.name == rest {
			continue
		}
		s := outside
		if f := t.FieldByIndex(k.index).Type; f != reflect.TypeFor[mapping[accountKeys]]() && f != reflect.TypeFor[mapping[streamKeys]]() {
			s = d.typed(f, k)
		}
		if k.help != "" {
			s["description"] = k.help
		}
		if k.otherwise != "" {
			s["default"] = k.otherwise
		}
		properties[k.name] = s
	}
	return properties
}

// shared describes a struct once and refers to it.
func (d definitions) shared(name string, t reflect.Type) schema {
	if d[name] == nil {
		d[name] = object(d.properties(t, nil))
	}
	return reference(name)
}

func (d definitions) typed(t reflect.Type, k key) schema {
	switch v := reflect.Zero(t).Interface().(type) {
	case interface{ inner() reflect.Type }:
		return d.typed(v.inner(), k)
	case interface{ each() reflect.Type }:
		return schema{"type": "object", "additionalProperties": d.typed(v.each(), k)}
	case crm.Rule:
		return schema{"anyOf": []schema{{"type": "string"}, d.shared("rule", t)}}
	case []string:
		return schema{"anyOf": []schema{{"type": "string"}, {"type": "array", "items": schema{"type": "string"}}}}
	case string:
		if len(k.choices) > 0 {
			return orVariable(schema{"enum": k.choices})
		}
		return scalarSchema("string", "number", "boolean")
	case bool:
		return orVariable(schema{"type": "boolean"})
	case time.Duration:
		return schema{"type": "string"}
	case int, *int:
		s := schema{"type": "integer", "minimum": k.min}
		if k.max > 0 {
			s["maximum"] = k.max
		}
		return orVariable(s)
	}
	return d.shared(strings.TrimSuffix(t.Name(), "Keys"), t)
}

func scalarSchema(types ...string) schema { return schema{"type": types} }

// orVariable lets ${NAME} stand for a value that is no text.
func orVariable(s schema) schema {
	return schema{"anyOf": []schema{s, {"type": "string", "pattern": `^\$\{`}}}
}

// account describes the accounts of one kind of source and refers to that.
func (d definitions) account(source crm.Source) schema {
	streams := schema{}
	for _, st := range source.Streams {
		properties := d.properties(reflect.TypeFor[streamKeys](), nil)
		properties["fields"] = schema{
			"type": "object", "propertyNames": schema{"enum": columnsOf(&st)}, "additionalProperties": d.shared("field", reflect.TypeFor[fieldKeys]()),
		}
		one := object(properties)
		one["description"] = st.Title
		for _, name := range append([]string{st.Name}, st.Aliases...) {
			streams[name] = one
		}
	}
	properties := d.properties(reflect.TypeFor[accountKeys](), object(streams))
	for _, opt := range source.Options {
		properties[opt.Name] = optionSchema(opt)
	}
	properties["type"] = schema{"const": source.Type}
	s := object(properties)
	s["description"] = source.Summary
	d["account_"+source.Type] = s
	return reference("account_" + source.Type)
}

func optionSchema(opt crm.Option) schema {
	var s schema
	switch opt.Kind {
	case crm.OptionInteger:
		s = orVariable(schema{"type": "integer", "minimum": 0})
	case crm.OptionNumber:
		s = orVariable(schema{"type": "number", "minimum": 0})
	case crm.OptionBoolean:
		s = orVariable(schema{"type": "boolean"})
	case crm.OptionChoice:
		s = orVariable(schema{"enum": slices.Clone(opt.Choices)})
	case crm.OptionText, crm.OptionURL, crm.OptionDuration, crm.OptionSize:
		s = scalarSchema("string", "number", "boolean")
	}
	s["description"] = opt.Help
	if opt.Default != "" {
		s["default"] = opt.Default
	}
	return s
}
