package config

import (
	"slices"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/nearest"
)

// strictModeName is the one setting of the old system's ENTERPRISE_* that has
// an effect.
const strictModeName = "ENTERPRISE_VALIDATION_STRICT_MODE"

// environment looks up variables the way all settings want them.
type environment struct {
	get func(string) (string, bool)
}

// lookup returns the variable without white space around it. One that is empty
// counts as not set.
func (e environment) lookup(name string) (string, bool) {
	if e.get == nil {
		return "", false
	}
	text, _ := e.get(name)
	text = clean(text)
	return text, text != ""
}

// EnvNames lists the environment variables that set an option of an account;
// the first that is set wins. The account that is named after its source has
// the names that the source registered, every other has ACCOUNT_OPTION.
func EnvNames(account string, source crm.Source, opt crm.Option) []string {
	if account == source.Type && len(opt.Env) > 0 {
		return slices.Clone(opt.Env)
	}
	return []string{envPrefix(account) + "_" + envPrefix(opt.Name)}
}

func envPrefix(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

// option returns the value of the first variable that is set, and its name. It
// warns when an alias says something else.
func (l *loader) option(names []string) (text, from string) {
	for _, name := range names {
		v, set := l.env.lookup(name)
		switch {
		case !set:
		case from == "":
			text, from = v, name
		case v != text:
			l.warnings = append(l.warnings, "environment variables "+from+" and "+name+" differ; "+from+" is used")
		}
	}
	return text, from
}

// strictMode reads the ENTERPRISE_* name that has an effect and warns of names
// that were meant to be it.
func (l *loader) strictMode() {
	if text, set := l.env.lookup(strictModeName); set {
		strict, err := strconv.ParseBool(text)
		if err != nil {
			l.mistakes.inEnvironment(strictModeName, problem{quote(text) + " is neither true nor false", "Set it to true or false."})
		}
		l.strict = &strict
	}
	for _, pair := range l.in.Environ {
		name, _, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, "ENTERPRISE_") || name == strictModeName {
			continue
		}
		if strings.Contains(name, "STRICT") || nearest.Name(name, []string{strictModeName}) != "" {
			l.warnings = append(l.warnings, "environment variable "+name+" has no effect; did you mean "+strictModeName+"?")
		}
	}
}
