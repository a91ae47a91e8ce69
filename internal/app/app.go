package app

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/processor"
	"github.com/warren-sync/warren/internal/validator"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/postgres"
	"github.com/warren-sync/warren/internal/warehouse/sqlite"
)

// App is Warren with one configuration.
type App struct {
	Config    *config.Config
	Clock     crm.Clock
	Log       *slog.Logger
	Transport http.RoundTripper // the way to the network
	Observe   func(crm.Event)   // hears of everything that happens; called from several goroutines
}

// Access says what a warehouse is opened for.
type Access int

// The ways to open a warehouse.
const (
	ReadWrite Access = iota
	ReadOnly         // nothing is written, nothing is created (L6)
)

// Warehouse opens the database that the configuration names.
func (a *App) Warehouse(ctx context.Context, access Access) (warehouse.Driver, error) {
	db := a.Config.Database
	if db.Driver == config.DriverPostgres {
		return postgres.Open(ctx, db.URL, postgres.Options{ReadOnly: access == ReadOnly, Streams: a.Config.Sync.Parallel})
	}
	return sqlite.Open(ctx, db.Path, sqlite.Options{ReadOnly: access == ReadOnly, Clock: a.Clock, Streams: a.Config.Sync.Parallel})
}

// connect opens the connector of an account.
func (a *App) connect(account config.Account) (crm.Connector, error) {
	if err := account.Ready(); err != nil {
		return nil, err
	}
	return account.Source.Open(account.Settings, crm.Deps{
		Clock: a.Clock, Transport: a.Transport, Observe: a.Observe, Log: a.Log,
	})
}

// rules wires the processor to the validators.
func rules(skip bool) processor.Options {
	registry := validator.NewRegistry()
	return processor.Options{
		SkipRules: skip,
		Check: func(rule crm.Rule) (func([]byte) error, error) {
			v, err := registry.New(rule)
			if err != nil {
				return nil, err
			}
			return v.Check, nil
		},
		Normalize: validator.NewNormalizer,
	}
}
