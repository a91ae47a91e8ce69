package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
)

func (c *command) check() *cobra.Command {
	return &cobra.Command{
		Use:   "check [SOURCE [STREAM…]]",
		Short: "Is everything reachable, allowed and well configured?",
		Long: "Looks at the configuration, the warehouse and each stream, goes on after what is wrong, and\n" +
			"says what to do about it. It writes nothing: what it tries in the database it takes back.",
		Example:           "  warren check\n  warren check salesrabbit leads\n  warren check --output json",
		ValidArgsFunction: c.completeStreams,
		RunE: func(cmd *cobra.Command, args []string) error {
			r := &checkReport{command: c, Findings: []findingJSON{}}
			a, err := c.open()
			if err != nil {
				r.tell(app.Finding{Subject: "configuration", Err: err})
				return r.end()
			}
			var sel app.Selection
			if len(args) > 0 {
				sel.Account, sel.Streams = args[0], args[1:]
				if _, err := a.Select(sel); err != nil {
					return err
				}
			}
			a.Check(cmd.Context(), sel, r.tell)
			return r.end()
		},
	}
}

// checkReport tells findings as they come, or all of them in the end.
type checkReport struct {
	*command `json:"-"`

	OK       bool          `json:"ok"`
	Findings []findingJSON `json:"findings"`
	exit     int
	left     int64 // streams that are left out
}

// findingJSON is a finding as --output json shows it.
type findingJSON struct {
	Subject string     `json:"subject"`
	OK      bool       `json:"ok"`
	Message string     `json:"message,omitempty"`
	Error   *errorJSON `json:"error,omitempty"`
}

func (r *checkReport) tell(f app.Finding) {
	j := findingJSON{Subject: f.Subject, OK: f.Err == nil, Error: asJSON(f.Err)}
	switch {
	case f.Err != nil:
		r.exit = worse(r.exit, codeExit(known(f.Err).Code))
	case f.Left != "":
		j.Message = f.Left
		r.left++
	default:
		j.Message = f.Good
	}
	r.Findings = append(r.Findings, j)
	if r.output != outputText {
		return
	}
	switch {
	case f.Err != nil:
		r.printf("%s %s: %s\n", r.paint(red, "✗"), f.Subject, strings.ReplaceAll(j.Error.Message, "\n", "\n  "))
		r.facts(fact{"Fix:", strings.ReplaceAll(j.Error.Fix, "\n", "\n         ")}, fact{"Code:", j.Error.Code})
	case f.Left != "":
		r.printf("%s %s: %s\n", r.paint(faint, "-"), f.Subject, j.Message)
	default:
		r.printf("%s %s: %s\n", r.paint(green, "✓"), f.Subject, j.Message)
	}
}

// end says what it comes to.
func (r *checkReport) end() error {
	r.OK = r.exit == ExitOK
	switch {
	case r.output == outputJSON:
		r.printJSON(r)
	case r.OK && r.left > 0:
		r.printf("Everything is well but for %s that the account does not offer.\n", count(r.left, "stream"))
	case r.OK:
		r.printf("Everything is well.\n")
	default:
		wrong := int64(0)
		for _, f := range r.Findings {
			if !f.OK {
				wrong++
			}
		}
		r.printf("%s to mend.\n", count(wrong, "thing"))
	}
	return exitWith(r.exit)
}
