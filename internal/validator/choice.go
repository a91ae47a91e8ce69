package validator

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/literal"
)

// mostShownChoices is how many choices a message lists.
const mostShownChoices = 8

// choice takes one of a list of values.
type choice struct {
	exact  map[string]struct{}
	folded [][]byte // the choices, where their case does not matter
	err    error
}

func newChoice(rule crm.Rule) (Validator, error) {
	if err := Bounds(rule, BoundChoices, BoundIgnoreCase); err != nil {
		return nil, err
	}
	if len(rule.Choices) == 0 {
		return nil, misconfigured(fmt.Sprintf("a rule of type %s has no choices, so no value keeps it", rule.Type), "List the allowed values under choices.")
	}
	c := &choice{exact: make(map[string]struct{}, len(rule.Choices))}
	for _, value := range rule.Choices {
		c.exact[value] = struct{}{}
		if rule.IgnoreCase {
			c.folded = append(c.folded, []byte(value))
		}
	}
	shown, more := rule.Choices, ""
	if len(shown) > mostShownChoices {
		shown, more = shown[:mostShownChoices], fmt.Sprintf(" and %d more", len(shown)-mostShownChoices)
	}
	c.err = literal.Problem("is not one of " + strings.Join(shown, ", ") + more)
	return c, nil
}

func (c *choice) Check(value []byte) error {
	if _, found := c.exact[string(value)]; found {
		return nil
	}
	for _, candidate := range c.folded {
		if bytes.EqualFold(value, candidate) {
			return nil
		}
	}
	return c.err
}
