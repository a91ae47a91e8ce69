package trap

import (
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/nearest"
)

// Parse reads a list of switches, parted by commas, each a name or name=value;
// an empty list is everything off, and the value off switches one off. Case,
// hyphens and underscores in names do not matter. An error is a *crm.Error with
// CodeUsage.
func Parse[T any](defs []Def[T], list string) (T, error) {
	var settings, none T
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		name, value, _ := strings.Cut(item, "=")
		d, ok := find(defs, fold(name))
		if !ok {
			return none, unknown(defs, strings.TrimSpace(name))
		}
		value = strings.TrimSpace(value)
		if value == "off" {
			continue
		}
		if err := d.set(&settings, value); err != nil {
			return none, &crm.Error{
				Code: crm.CodeUsage, Origin: crm.OriginConfig,
				Message: fmt.Sprintf("The value %q of the trap %s %s.", value, d.Name, err),
				Fix:     "Correct it: " + d.Name + ": " + d.Help + ".",
			}
		}
	}
	return settings, nil
}

// Format writes the switches that are on as a list that Parse reads.
func Format[T any](defs []Def[T], settings T) string {
	var on []string
	for _, d := range defs {
		switch value := d.get(&settings); value {
		case "":
		case "true":
			on = append(on, d.Name)
		default:
			on = append(on, d.Name+"="+value)
		}
	}
	return strings.Join(on, ",")
}

func find[T any](defs []Def[T], name string) (Def[T], bool) {
	for _, d := range defs {
		if d.Name == name {
			return d, true
		}
	}
	return Def[T]{}, false
}

func fold(name string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(strings.TrimSpace(name)))
}

func unknown[T any](defs []Def[T], name string) error {
	names := make([]string, 0, len(defs))
	for _, d := range defs {
		names = append(names, d.Name)
	}
	fix := "Use some of " + strings.Join(names, ", ") + "."
	if near := nearest.Name(name, names); near != "" {
		fix = "Did you mean " + near + "?"
	}
	return &crm.Error{Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: fmt.Sprintf("There is no trap %q.", name), Fix: fix}
}
