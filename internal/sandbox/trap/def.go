package trap

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Def is one switch of the settings T.
type Def[T any] struct {
	Name string // as it stands in lists: lower case, no spaces
	Help string // what goes wrong when it is on, and what its value means

	set func(*T, string) error
	get func(*T) string
}

// Of declares a switch whose value is a V: field says where it lies in T, parse
// reads it, format writes it so that parse can read it. The zero V is off.
func Of[T any, V comparable](name, help string, field func(*T) *V, parse func(string) (V, error), format func(V) string) Def[T] {
	return Def[T]{
		Name: name, Help: help,
		set: func(t *T, text string) error {
			v, err := parse(text)
			if err == nil {
				*field(t) = v
			}
			return err
		},
		get: func(t *T) string {
			var off V
			if v := *field(t); v != off {
				return format(v)
			}
			return ""
		},
	}
}

// Lift declares the switches of an inner part for the whole that holds it.
func Lift[Outer, Inner any](defs []Def[Inner], inner func(*Outer) *Inner) []Def[Outer] {
	lifted := make([]Def[Outer], 0, len(defs))
	for _, d := range defs {
		lifted = append(lifted, Def[Outer]{
			Name: d.Name, Help: d.Help,
			set: func(o *Outer, text string) error { return d.set(inner(o), text) },
			get: func(o *Outer) string { return d.get(inner(o)) },
		})
	}
	return lifted
}

// Bool declares a switch that is on or off; its name alone switches it on.
func Bool[T any](name, help string, field func(*T) *bool) Def[T] {
	return Of(name, help, field, func(text string) (bool, error) {
		if text == "" {
			return true, nil
		}
		on, err := strconv.ParseBool(text)
		if err != nil {
			return false, errors.New("must be true or false")
		}
		return on, nil
	}, strconv.FormatBool)
}

// Count declares a switch whose value is a whole number, zero or more.
func Count[T any](name, help string, field func(*T) *int) Def[T] {
	return Of(name, help, field, func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return 0, errors.New("must be a whole number, zero or more")
		}
		return n, nil
	}, strconv.Itoa)
}

// Number declares a switch whose value is a number from 0 to most.
func Number[T any](name, help string, most float64, field func(*T) *float64) Def[T] {
	return Of(name, help, field, func(text string) (float64, error) {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || !(n >= 0 && n <= most) {
			return 0, fmt.Errorf("must be a number from 0 to %g", most)
		}
		return n, nil
	}, func(n float64) string { return strconv.FormatFloat(n, 'g', -1, 64) })
}

// Duration declares a switch whose value is a time such as 20ms, from least
// upwards.
func Duration[T any](name, help string, least time.Duration, field func(*T) *time.Duration) Def[T] {
	return Of(name, help, field, func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		switch {
		case err != nil:
			return 0, errors.New("must be a time such as 20ms or 1m30s")
		case d < least:
			return 0, fmt.Errorf("must not be less than %s", least)
		}
		return d, nil
	}, time.Duration.String)
}
