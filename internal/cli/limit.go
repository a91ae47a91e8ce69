package cli

import (
	"errors"
	"strconv"

	"github.com/spf13/cobra"
)

// errNegative is what a listLimit says to a number below 0.
var errNegative = errors.New("is negative")

// listLimit is the value of --limit: the most entries to list, 0 for all.
type listLimit int

// limitFlag gives a command that lists its --limit.
func limitFlag(cmd *cobra.Command, limit *int, most int, what string) {
	*limit = most
	cmd.Flags().Var((*listLimit)(limit), "limit", "most "+what+" to list; 0 for all")
}

func (l *listLimit) String() string { return strconv.Itoa(int(*l)) }

func (l *listLimit) Type() string { return "int" }

func (l *listLimit) Set(text string) error {
	n, err := strconv.ParseInt(text, 0, strconv.IntSize)
	switch {
	case err != nil:
		return err
	case n < 0:
		return errNegative
	}
	*l = listLimit(n)
	return nil
}
