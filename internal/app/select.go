package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/nearest"
)

// Selection names streams. Empty means all.
type Selection struct {
	Account string
	Streams []string
	Except  []string // streams left out
	Files   bool     // also those that come in files and cannot be asked for
}

// Target is one stream of one account.
type Target struct {
	Account config.Account
	Stream  crm.Stream
}

// ID returns the stream's name in the ledger.
func (t Target) ID() crm.StreamID {
	return crm.StreamID{Source: t.Account.Name, Stream: t.Stream.Name}
}

// Select returns the streams that a selection names, in the order of their
// registration. The error is a *crm.Error and says what was meant, if it can
// be guessed.
func (a *App) Select(sel Selection) ([]Target, error) {
	accounts, err := a.accounts(sel.Account)
	if err != nil {
		return nil, err
	}
	if err := a.shared(); err != nil {
		return nil, err
	}
	var targets []Target
	for _, account := range accounts {
		for _, name := range slices.Concat(sel.Streams, sel.Except) {
			if err := offers(account, name, sel.Files); err != nil {
				return nil, err
			}
		}
		for _, stream := range account.Streams {
			if stream.FromFile && !sel.Files {
				continue
			}
			if (len(sel.Streams) == 0 || slices.ContainsFunc(sel.Streams, stream.Is)) && !slices.ContainsFunc(sel.Except, stream.Is) {
				targets = append(targets, Target{Account: account, Stream: stream})
			}
		}
	}
	return targets, nil
}

// Find returns the names under which the ledger knows an account and, unless
// it is "", one of its streams. The error says what was meant.
func (a *App) Find(source, stream string) (crm.StreamID, error) {
	accounts, err := a.accounts(source)
	if err != nil {
		return crm.StreamID{}, err
	}
	id := crm.StreamID{Source: accounts[0].Name}
	if stream == "" {
		return id, nil
	}
	known, ok := accounts[0].Source.Stream(stream)
	if !ok {
		return crm.StreamID{}, unknownStream(accounts[0], stream)
	}
	id.Stream = known.Name
	return id, nil
}

// Configured returns the accounts that the user has set up. The error says how
// to set up one when there is none.
func (a *App) Configured() ([]config.Account, error) {
	var set []config.Account
	for _, account := range a.Config.Accounts {
		if account.Configured() {
			set = append(set, account)
		}
	}
	if len(set) == 0 {
		return nil, a.nothingConfigured()
	}
	return set, nil
}

func (a *App) accounts(name string) ([]config.Account, error) {
	if name == "" {
		return a.Configured()
	}
	account, ok := a.Config.Account(name)
	if !ok {
		names := make([]string, 0, len(a.Config.Accounts))
		for _, known := range a.Config.Accounts {
			names = append(names, known.Name)
		}
		return nil, unknown("source", name, names)
	}
	return []config.Account{account}, nil
}

func (a *App) nothingConfigured() error {
	var names []string
	for _, account := range a.Config.Accounts {
		for _, option := range account.Source.Options {
			if option.Required && account.Settings.Values[option.Name] == "" || option.SetsUp {
				names = append(names, config.EnvNames(account.Name, account.Source, option)[0])
				break
			}
		}
	}
	return &crm.Error{
		Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: "no source is configured",
		Fix: "Set " + strings.Join(names, " or ") + " in the environment, or write a warren.yaml (warren config example shows one).",
	}
}

// offers reports whether the stream can be synced; files says that its records
// are at hand and nobody has to be asked for them.
func offers(account config.Account, name string, files bool) error {
	i := slices.IndexFunc(account.Streams, func(s crm.Stream) bool { return s.Is(name) })
	if i >= 0 && account.Streams[i].FromFile && !files {
		return &crm.Error{
			Code: crm.CodeUsage, Origin: crm.OriginConfig,
			Message: fmt.Sprintf("%s of %s come in a file and cannot be asked for", account.Streams[i].Name, account.Name),
			Fix:     fmt.Sprintf("Run warren import %s %s FILE.", account.Name, account.Streams[i].Name),
		}
	}
	if i >= 0 {
		return nil
	}
	if stream, known := account.Source.Stream(name); known {
		return &crm.Error{
			Code: crm.CodeConfig, Origin: crm.OriginConfig,
			Message: fmt.Sprintf("the stream %s of %s is switched off in warren.yaml", stream.Name, account.Name),
			Fix:     fmt.Sprintf("Set sources.%s.streams.%s.enabled to true.", account.Name, stream.Name),
		}
	}
	return unknownStream(account, name)
}

func unknownStream(account config.Account, name string) error {
	names := make([]string, 0, len(account.Source.Streams))
	for _, stream := range account.Source.Streams {
		names = append(names, stream.Name)
	}
	return unknown("stream of "+account.Name, name, names)
}

func unknown(what, name string, known []string) error {
	fix := "Known are " + strings.Join(known, ", ") + "."
	if near := nearest.Name(name, known); near != "" {
		fix = "Did you mean " + near + "? " + fix
	}
	return &crm.Error{Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: fmt.Sprintf("there is no %s named %q", what, name), Fix: fix}
}

// shared refuses two accounts that would write into the same table: the rows
// of one would take the place of the other's.
func (a *App) shared() error {
	holder := map[string]string{}
	for _, account := range a.Config.Accounts {
		if !account.Configured() {
			continue
		}
		for _, stream := range account.Streams {
			other, taken := holder[stream.Table]
			if taken {
				return &crm.Error{
					Code: crm.CodeConfig, Origin: crm.OriginConfig,
					Message: fmt.Sprintf("the accounts %s and %s both write the table %s", other, account.Name, stream.Table),
					Fix:     fmt.Sprintf("set sources.%s.table_prefix in warren.yaml, such as %s_", account.Name, account.Name),
				}
			}
			holder[stream.Table] = account.Name
		}
	}
	return nil
}
