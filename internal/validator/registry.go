package validator

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/nearest"
)

// Registry knows the validators by name. Registering and using it at the same
// time is not safe; using it is.
type Registry struct {
	kinds map[string]kind
}

// Kind is a type of validator, for people who choose one.
type Kind struct {
	Name string
	Help string // one sentence
}

type kind struct {
	help  string
	build func(crm.Rule) (Validator, error)
}

// NewRegistry returns a registry with the built-in types.
func NewRegistry() *Registry {
	return &Registry{kinds: builtIn()}
}

// Register adds a type. build gets rules that name it and returns a validator,
// or an error that says what makes no sense in the rule: see Bounds. A name
// that is taken is refused, so that no source changes the rules of another.
func (r *Registry) Register(name, help string, build func(crm.Rule) (Validator, error)) error {
	_, taken := r.kinds[name]
	switch {
	case name == "" || build == nil:
		return &crm.Error{
			Code: crm.CodeInternal, Origin: crm.OriginWarren,
			Message: "a type of validator was registered without a name or without a function",
			Fix:     "Register it with both.",
		}
	case taken:
		return &crm.Error{
			Code: crm.CodeInternal, Origin: crm.OriginWarren,
			Message: fmt.Sprintf("the validator %q is registered twice", name),
			Fix:     "Give the second one a name of its own, such as salesrabbit_status.",
		}
	}
	r.kinds[name] = kind{help: help, build: build}
	return nil
}

// New returns the validator that rule asks for. A rule without a type checks
// nothing but, where it says so, that there is a value. The error is a
// *crm.Error with CodeConfig.
func (r *Registry) New(rule crm.Rule) (Validator, error) {
	v, err := r.build(rule)
	if err != nil {
		var known *crm.Error
		if errors.As(err, &known) {
			return nil, err
		}
		return nil, misconfigured(fmt.Sprintf("the rule for type %s makes no sense: %v", rule.Type, err), "Correct the rule.")
	}
	if rule.Required {
		v = required{next: v}
	}
	return v, nil
}

func (r *Registry) build(rule crm.Rule) (Validator, error) {
	if rule.Type == "" {
		if err := Bounds(rule); err != nil {
			return nil, misconfigured("a rule has bounds but no type", "Give it a type, such as type: string.")
		}
		return CheckFunc(anything), nil
	}
	kind, found := r.kinds[rule.Type]
	if !found {
		return nil, unknownName("type of validator", rule.Type, slices.Sorted(maps.Keys(r.kinds)))
	}
	return kind.build(rule)
}

// Names lists the types in the order of their names.
func (r *Registry) Names() []Kind {
	var kinds []Kind
	for _, name := range slices.Sorted(maps.Keys(r.kinds)) {
		kinds = append(kinds, Kind{Name: name, Help: r.kinds[name].help})
	}
	return kinds
}

// unknownName refuses a name and says which one may have been meant.
func unknownName(what, name string, known []string) error {
	fix := "Use one of " + strings.Join(known, ", ") + "."
	if near := nearest.Name(name, known); near != "" {
		fix = fmt.Sprintf("Did you mean %s? %s", near, fix)
	}
	return misconfigured(fmt.Sprintf("there is no %s %q", what, name), fix)
}
