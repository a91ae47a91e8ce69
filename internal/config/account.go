package config

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// Account is one source with what the user has set for it. Printing, logging
// or encoding it shows no secret (L8).
type Account struct {
	Name     string
	Source   crm.Source
	Settings crm.Settings // checked, defaults filled in; secrets in clear
	Streams  []crm.Stream // those to sync, with the user's changes, in the source's order
	Disabled []string     // names of the streams that the user has switched off

	file       string
	configured bool
	batchSizes map[string]int // by stream
	maxScans   map[string]int64
	deletes    map[string]crm.DeletePolicy
	contracts  map[string]crm.Contract
	rules      map[string]Position // of rules that the user has set, by stream/column
}

// BatchSize returns how many records of the stream are written in one
// transaction.
func (a Account) BatchSize(stream string) int {
	if n := a.batchSizes[stream]; n > 0 {
		return n
	}
	return DefaultBatchSize
}

// MaxScan returns how many bytes the stream may have scanned in one day; 0 for no
// bound.
func (a Account) MaxScan(stream string) int64 {
	if n, own := a.maxScans[stream]; own {
		return n
	}
	return a.Settings.Size("max_scan_bytes")
}

// Deletes returns what becomes of the stream's rows that the source no longer
// has.
func (a Account) Deletes(stream string) crm.DeletePolicy { return a.deletes[stream] }

// Contract returns what becomes of changes of the stream's schema.
func (a Account) Contract(stream string) crm.Contract { return a.contracts[stream] }

// RuleAt returns where the file sets the rule of a column, so that whoever
// knows the validators can say what is wrong with it; ok is false for a rule
// that the source itself declares.
func (a Account) RuleAt(stream, column string) (at Position, ok bool) {
	at, ok = a.rules[stream+"/"+column]
	return at, ok
}

// Configured reports whether the user has set up this account: it is in the
// file, or the environment has one of the options that it cannot do without.
func (a Account) Configured() bool { return a.configured }

// Missing lists the required options that nobody has set.
func (a Account) Missing() []crm.Option {
	var missing []crm.Option
	for _, opt := range a.Source.Options {
		if opt.Required && a.Settings.Values[opt.Name] == "" {
			missing = append(missing, opt)
		}
	}
	return missing
}

// Ready returns nil when every required option is set, or else a *crm.Error
// with CodeConfig that says which are not and where to set them.
func (a Account) Ready() error {
	missing := a.Missing()
	if len(missing) == 0 {
		return nil
	}
	var names, ways []string
	for _, opt := range missing {
		names = append(names, "no "+opt.Name)
		ways = append(ways, "set "+EnvNames(a.Name, a.Source, opt)[0]+", or "+joinPath("sources."+a.Name, opt.Name)+" in "+a.file)
	}
	fix := strings.Join(ways, "; ")
	return &crm.Error{
		Code: crm.CodeConfig, Origin: crm.OriginConfig,
		Message: a.Name + " has " + strings.Join(names, " and "),
		Fix:     strings.ToUpper(fix[:1]) + fix[1:] + ".",
	}
}

// Redacted returns the settings with every secret hidden.
func (a Account) Redacted() map[string]string {
	shown := make(map[string]string, len(a.Settings.Values))
	for _, opt := range a.Source.Options {
		v, set := a.Settings.Values[opt.Name]
		switch {
		case !set:
		case opt.Secret:
			shown[opt.Name] = hidden
		default:
			shown[opt.Name] = v
		}
	}
	return shown
}

// String shows the account without its secrets.
func (a Account) String() string {
	return fmt.Sprintf("%s (%s) %v", a.Name, a.Source.Type, a.Redacted())
}

// GoString returns what String returns.
func (a Account) GoString() string { return a.String() }

// LogValue returns what String returns.
func (a Account) LogValue() slog.Value { return slog.StringValue(a.String()) }

// MarshalJSON encodes name, type, settings without secrets, and streams.
func (a Account) MarshalJSON() ([]byte, error) {
	streams := make([]string, 0, len(a.Streams))
	for _, s := range a.Streams {
		streams = append(streams, s.Name)
	}
	return json.Marshal(map[string]any{
		"name": a.Name, "type": a.Source.Type, "settings": a.Redacted(), "streams": streams, "disabled": a.Disabled,
	})
}
