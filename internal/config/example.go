package config

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// Example returns a warren.yaml with every setting, its default and its help.
// All of it is commented out: lines that begin with ## explain, and what
// follows "# " is the setting itself.
func Example(sources []crm.Source) []byte {
	x := &example{}
	x.explain(0, `warren.yaml: every setting with its default. Take away the "# " before those that you change,`)
	x.explain(0, "and before the keys that they stand under.")
	x.explain(0, "The environment wins over this file, and flags win over both.")
	x.explain(0, "${NAME} stands for an environment variable, $$ for a dollar.")
	x.keys(0, reflect.TypeFor[fileKeys](), below{
		"log":  func() { x.keys(1, reflect.TypeFor[logKeys](), nil) },
		"sync": func() { x.keys(1, reflect.TypeFor[syncKeys](), nil) },
		"sources": func() {
			for _, s := range sources {
				x.source(s)
			}
		},
	})
	return x.Bytes()
}

type example struct{ bytes.Buffer }

// below writes what stands under a key.
type below map[string]func()

func (x *example) explain(indent int, text string) {
	x.WriteString("## " + strings.Repeat("  ", indent) + text + "\n")
}

func (x *example) set(indent int, name, text string) {
	line := strings.Repeat("  ", indent) + plain(name) + ":"
	if text != "" {
		line += " " + text
	}
	x.WriteString("# " + line + "\n")
}

// keys writes the keys of a struct of file.go.
func (x *example) keys(indent int, t reflect.Type, under below) {
	for _, k := range keysOf(t) {
		if k.name == rest {
			continue
		}
		if indent == 0 {
			x.WriteByte('\n')
		}
		help := k.help
		if len(k.choices) > 0 {
			help += " One of " + strings.Join(k.choices, ", ") + "."
		}
		if k.max > 0 {
			help += fmt.Sprintf(" From %d to %d.", k.min, k.max)
		}
		x.explain(indent, help)
		x.set(indent, k.name, plain(k.otherwise))
		if write := under[k.name]; write != nil {
			write()
		}
	}
}

func (x *example) source(s crm.Source) {
	x.WriteByte('\n')
	x.explain(1, s.Title+": "+s.Summary)
	x.set(1, s.Type, "")
	for _, opt := range s.Options {
		x.option(s, opt)
	}
	x.keys(2, reflect.TypeFor[accountKeys](), below{"streams": func() {
		for i := range s.Streams {
			x.stream(&s.Streams[i], i == 0)
		}
	}})
}

func (x *example) option(s crm.Source, opt crm.Option) {
	help := opt.Help
	if len(opt.Choices) > 0 {
		help += " One of " + strings.Join(opt.Choices, ", ") + "."
	}
	if opt.Required {
		help += " Required."
	}
	names := EnvNames(s.Type, s, opt)
	x.explain(2, help+" Environment: "+strings.Join(names, " or ")+".")
	if opt.Default == "" && (opt.Secret || opt.Required) {
		x.set(2, opt.Name, "${"+names[0]+"}")
		return
	}
	x.set(2, opt.Name, plain(strings.ReplaceAll(opt.Default, "$", "$$")))
}

// stream shows that a stream can be switched off and, in full, all that can be
// changed of one, with its first field that is no key as the example.
func (x *example) stream(st *crm.Stream, full bool) {
	x.explain(3, st.Title)
	x.set(3, st.Name, "")
	if !full {
		x.set(4, "enabled", "true")
		return
	}
	x.keys(4, reflect.TypeFor[streamKeys](), below{
		"fields": func() {
			for _, f := range st.Fields {
				if !slices.Contains(st.PrimaryKey, f.Column) {
					x.set(5, f.Column, "")
					x.keys(6, reflect.TypeFor[fieldKeys](), nil)
					return
				}
			}
		},
		"custom_fields": func() {
			x.explain(5, `"Roof Age": {column: roof_age, type: integer, rule: {type: integer, min: "0"}}`)
			x.explain(5, "A rule has "+strings.Join(keyNames(reflect.TypeFor[crm.Rule]()), ", ")+".")
		},
	})
}

// plain writes a text as YAML that reads as the same text.
func plain(text string) string {
	safe := !strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("_-./:+ ", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
	if safe && !strings.Contains(text, ": ") && text == strings.Trim(text, " :-") {
		return text
	}
	return fmt.Sprintf("%q", text)
}
