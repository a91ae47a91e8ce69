package validator

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

const (
	reasonObjectID literal.Problem = "is not an id of 1 to 20 digits"
	reasonJSON     literal.Problem = "is not valid JSON"
)

// unbounded returns check for a type that knows no bounds: what can be read can
// be stored.
func unbounded(rule crm.Rule, check func([]byte) error) (Validator, error) {
	if err := Bounds(rule); err != nil {
		return nil, err
	}
	return CheckFunc(check), nil
}

func newBoolean(rule crm.Rule) (Validator, error) {
	return unbounded(rule, func(value []byte) error { _, err := literal.Boolean(value); return err })
}

func newDate(rule crm.Rule) (Validator, error) {
	return unbounded(rule, func(value []byte) error { _, err := literal.Date(value); return err })
}

func newDatetime(rule crm.Rule) (Validator, error) {
	return unbounded(rule, func(value []byte) error { _, _, err := literal.Timestamp(value); return err })
}

func newTime(rule crm.Rule) (Validator, error) {
	return unbounded(rule, func(value []byte) error { _, _, err := literal.TimeOfDay(value); return err })
}

func newObjectID(rule crm.Rule) (Validator, error) {
	return unbounded(rule, checkObjectID)
}

func checkObjectID(value []byte) error {
	value = trim(value)
	if len(value) < 1 || len(value) > 20 {
		return reasonObjectID
	}
	for _, c := range value {
		if c-'0' > 9 {
			return reasonObjectID
		}
	}
	return nil
}

func newJSON(rule crm.Rule) (Validator, error) {
	return unbounded(rule, checkJSON)
}

// checkJSON takes what any JSON reader takes: one value, in UTF-8, without
// names that come twice in an object.
func checkJSON(value []byte) error {
	if jsontext.Value(value).IsValid() {
		return nil
	}
	if len(trim(value)) == 0 {
		return reasonEmpty
	}
	_, err := jsontext.AppendFormat(nil, value)
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		return fmt.Errorf("is not valid JSON from byte %d on", syntactic.ByteOffset+1)
	}
	return reasonJSON
}
