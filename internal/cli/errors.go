package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/nearest"
)

// errorJSON is an error as --output json shows it.
type errorJSON struct {
	Code      crm.Code   `json:"code"`
	Origin    crm.Origin `json:"origin,omitempty"`
	Message   string     `json:"message"`
	Fix       string     `json:"fix,omitempty"`
	Retryable bool       `json:"retryable"`
}

func asJSON(err error) *errorJSON {
	if err == nil {
		return nil
	}
	e := known(err)
	return &errorJSON{Code: e.Code, Origin: e.Origin, Message: err.Error(), Fix: sentence(e.Fix), Retryable: e.Retryable}
}

// sentence gives a text a capital letter and a full stop, unless it ends as SQL does.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	text = string(unicode.ToUpper(first)) + text[size:]
	if !strings.ContainsAny(text[len(text)-1:], ".?!;") {
		text += "."
	}
	return text
}

// known returns the *crm.Error in err. There is one in every error of ours:
// what has none is of the library that parses the command line.
func known(err error) *crm.Error {
	var e *crm.Error
	if errors.As(err, &e) {
		return e
	}
	return &crm.Error{Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: err.Error(), Fix: "See warren --help."}
}

// guarded makes an error that escaped everybody into one that says so.
func guarded(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := run(cmd, args)
		var shown exitError
		var e *crm.Error
		if err == nil || errors.As(err, &shown) || errors.As(err, &e) {
			return err
		}
		return &crm.Error{
			Code: crm.CodeInternal, Origin: crm.OriginWarren, Message: "warren could not do it", Err: err,
			Fix: "Run it again with --debug and report what it prints.",
		}
	}
}

func usage(message, fix string) error {
	return &crm.Error{Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: message, Fix: fix}
}

// flagError puts what is wrong with a flag into words.
func flagError(cmd *cobra.Command, err error) error {
	help := "See " + cmd.CommandPath() + " --help."
	var bad *pflag.InvalidValueError
	if errors.As(err, &bad) {
		f := bad.GetFlag()
		if errors.Is(err, strconv.ErrRange) {
			return usage(fmt.Sprintf("--%s: %s is too large", f.Name, bad.GetValue()), help)
		}
		if errors.Is(err, errNegative) {
			return usage("--"+f.Name+" is negative", "Give a number, or 0 for all.")
		}
		return usage(fmt.Sprintf("--%s takes %s, and not %q", f.Name, valueOf(f.Value.Type()), bad.GetValue()), help)
	}
	var absent *pflag.NotExistError
	if !errors.As(err, &absent) {
		return usage(err.Error(), help)
	}
	var names []string
	add := func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	cmd.LocalFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	name := absent.GetSpecifiedName()
	if near := nearest.Name(name, names); near != "" {
		help = "Did you mean --" + near + "? " + help
	}
	return usage(fmt.Sprintf("%s has no flag --%s", cmd.CommandPath(), name), help)
}

// valueOf says what a flag of a type takes, in words.
func valueOf(flag string) string {
	switch flag {
	case "int", "int64", "uint64":
		return "a whole number"
	case "bool":
		return "true or false"
	case "duration":
		return "a time with its unit, such as 10m"
	default:
		return "a " + flag
	}
}

// printError shows an error with what to do about it.
func (c *command) printError(err error) {
	var shown exitError
	if errors.As(err, &shown) {
		return
	}
	e := asJSON(err)
	if c.output == outputJSON {
		c.printJSON(map[string]any{"error": e})
		return
	}
	c.warnf("Error: %s\n", e.Message)
	if e.Fix != "" {
		c.warnf("  Fix: %s\n", strings.ReplaceAll(e.Fix, "\n", "\n       "))
	}
	c.warnf("  Code: %s\n", e.Code)
}

func (c *command) printJSON(v any) {
	enc := json.NewEncoder(c.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		c.warnf("Error: %v\n", err)
	}
}
