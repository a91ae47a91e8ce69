package cli

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/warren-sync/warren/internal/crm"
)

// errorJSON is an error as --output json shows it.
type errorJSON struct {
	Code      crm.Code   `json:"code"`
	Origin    crm.Origin `json:"origin"`
	Message   string     `json:"message"`
	Fix       string     `json:"fix,omitempty"`
	Retryable bool       `json:"retryable"`
}

func asJSON(err error) *errorJSON {
	if err == nil {
		return nil
	}
	var e *crm.Error
	if !errors.As(err, &e) {
		return &errorJSON{Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: err.Error(), Fix: "see warren --help"}
	}
	return &errorJSON{Code: e.Code, Origin: e.Origin, Message: err.Error(), Fix: e.Fix, Retryable: e.Retryable}
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
	fmt.Fprintf(c.Stderr, "Error: %s\n", e.Message)
	if e.Fix != "" {
		fmt.Fprintf(c.Stderr, "  Fix: %s\n", e.Fix)
	}
	fmt.Fprintf(c.Stderr, "  Code: %s\n", e.Code)
}

func (c *command) printJSON(v any) {
	enc := json.NewEncoder(c.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		fmt.Fprintf(c.Stderr, "Error: %v\n", err)
	}
}
