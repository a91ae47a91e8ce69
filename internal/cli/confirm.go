package cli

import (
	"bufio"
	"strings"
)

// confirm asks the person at the terminal. Where nobody is there to answer,
// only --yes will do.
func (c *command) confirm(question string) error {
	if !c.StdinTerminal {
		return usage("there is nobody to ask: "+question, "Add --yes if that is what you want.")
	}
	c.warnf("%s [y/N] ", question)
	answer, _ := bufio.NewReader(c.Stdin).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return usage("nothing was done", "Answer y to go on, or add --yes.")
}
