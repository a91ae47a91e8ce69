package config

import (
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/nearest"
)

// Check reports whether value is one that the option can have. The error is a
// *crm.Error with CodeConfig; it shows the value unless the option is a secret
// (L8). An empty value means that the option is not set and is always good.
func Check(opt crm.Option, value string) error {
	p, bad := checkOption(opt, value)
	if !bad {
		return nil
	}
	return &crm.Error{Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: opt.Name + ": " + p.message, Fix: p.fix}
}

// problem is what is wrong with a value and what to do about it, before its
// place is known.
type problem struct{ message, fix string }

// checkOption is Check for callers that know the place of the value.
func checkOption(opt crm.Option, value string) (p problem, bad bool) {
	if value == "" {
		return problem{}, false
	}
	shown := quote(value)
	if opt.Secret {
		shown = "the value"
	}
	if hasControl(value) {
		return problem{shown + " holds a line break or another control character", "Paste it again, in one line."}, true
	}
	switch opt.Kind {
	case crm.OptionURL:
		return checkURL(value, opt.Secret)
	case crm.OptionInteger:
		if n, err := strconv.Atoi(value); err != nil || n < 0 {
			return problem{shown + " is not a whole number, zero or more", "Write digits only."}, true
		}
	case crm.OptionNumber:
		if n, err := strconv.ParseFloat(value, 64); err != nil || !(n >= 0) || math.IsInf(n, 0) {
			return problem{shown + " is not a number, zero or more", "Write a number such as 2 or 0.5."}, true
		}
	case crm.OptionBoolean:
		if _, err := strconv.ParseBool(value); err != nil {
			return problem{shown + " is neither true nor false", "Write true or false."}, true
		}
	case crm.OptionDuration:
		if d, err := time.ParseDuration(value); err != nil || d < 0 {
			return problem{shown + " is not a duration, zero or more", "Write a number with its unit, such as 30s, 5m or 1h30m."}, true
		}
	case crm.OptionSize:
		if _, err := crm.ParseSize(value); err != nil {
			return problem{shown + " is not a size", "Write a number of bytes such as 4096, 64kB or 16MiB."}, true
		}
	case crm.OptionChoice:
		return checkChoice(value, shown, opt.Choices)
	case crm.OptionText:
	}
	return problem{}, false
}

func checkChoice(value, shown string, choices []string) (problem, bool) {
	for _, c := range choices {
		if c == value {
			return problem{}, false
		}
	}
	message := shown + " is not one of " + strings.Join(choices, ", ")
	fix := "Write one of " + strings.Join(choices, ", ") + "."
	if s := nearest.Name(value, choices); s != "" {
		message += "; did you mean " + strconv.Quote(s) + "?"
		fix = "Write " + s + "."
	}
	return problem{message, fix}, true
}

// checkURL never shows an address that holds an @: what stands before it is a
// credential.
func checkURL(value string, secret bool) (problem, bool) {
	shown := quote(value)
	if secret || strings.Contains(value, "@") {
		shown = "the address"
	}
	u, err := url.Parse(value)
	switch {
	case err != nil:
		return problem{shown + " is not an address that can be read", "Write it as https://host/path."}, true
	case u.User != nil:
		return problem{shown + " holds a user or a password", "Take out what stands before the @; credentials have settings of their own."}, true
	case u.Scheme != "http" && u.Scheme != "https":
		return problem{shown + " does not begin with https:// or http://", "Write it as https://host/path."}, true
	case u.Hostname() == "":
		return problem{shown + " names no host", "Write it as https://host/path."}, true
	}
	return problem{}, false
}

// problemOf turns an error of this package into a problem.
func problemOf(err error) problem {
	var e *crm.Error
	if errors.As(err, &e) {
		return problem{e.Message, e.Fix}
	}
	return problem{message: err.Error()}
}
