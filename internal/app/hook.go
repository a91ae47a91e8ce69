package app

import (
	"context"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/warehouse"
	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

// Hooks are the calls that sources make to tell of changes: what they tell is kept
// in the warehouse before they are answered, and read again by Follow.
type Hooks struct {
	app   *App
	db    warehouse.Driver
	hooks map[string]crm.Hook // by account
	heard chan struct{}       // something was told
}

// OpenHooks opens the hooks of the accounts that have one, and the warehouse. Close
// has to follow. The error says what to set where there is no such account.
func (a *App) OpenHooks(ctx context.Context) (*Hooks, error) {
	accounts, err := a.Configured()
	if err != nil {
		return nil, err
	}
	h := &Hooks{app: a, hooks: map[string]crm.Hook{}, heard: make(chan struct{}, 1)}
	for _, account := range accounts {
		if account.Source.Hook == nil {
			continue
		}
		hook, err := account.Source.Hook(account.Settings, crm.Deps{Clock: a.Clock, Transport: a.Transport, Observe: a.Observe, Log: a.Log})
		if err != nil {
			return nil, err
		}
		if hook != nil {
			h.hooks[account.Name] = hook
		}
	}
	if len(h.hooks) == 0 {
		return nil, &crm.Error{
			Code: crm.CodeConfig, Origin: crm.OriginConfig, Message: "no source that is configured tells of changes",
			Fix: "Set HUBSPOT_WEBHOOK_SECRET to the client secret of the app whose webhooks come here; see docs/hubspot.md.",
		}
	}
	if h.db, err = a.Warehouse(ctx, ReadWrite); err != nil {
		return nil, err
	}
	if err := a.migrate(ctx, h.db); err != nil {
		_ = h.db.Close() // the first error says more
		return nil, err
	}
	return h, nil
}

// Close lets go of the warehouse.
func (h *Hooks) Close() error { return h.db.Close() }

// Accounts lists the accounts that have a hook, in no order.
func (h *Hooks) Accounts() []string {
	var names []string
	for name := range h.hooks {
		names = append(names, name)
	}
	return names
}

// Tell takes one call. When it returns nil what the call tells is durable, so that
// the source may forget it.
func (h *Hooks) Tell(ctx context.Context, account string, call crm.Call) (records int, err error) {
	hook, ok := h.hooks[account]
	if !ok {
		return 0, &crm.Error{
			Code: crm.CodeNotFound, Origin: crm.OriginConfig, Message: "there is no account " + account + " that hears of changes",
			Fix: "Have the source call the address that warren serve has printed.",
		}
	}
	changed, err := hook.Read(call)
	if err != nil {
		return 0, err
	}
	if err := ledger.Tell(ctx, h.db, account, h.wanted(account, changed), h.app.Clock.Now()); err != nil {
		return 0, h.db.Explain(err)
	}
	select {
	case h.heard <- struct{}{}:
	default:
	}
	return len(changed), nil
}

// wanted leaves out records of streams that are not synced.
func (h *Hooks) wanted(name string, changed []crm.Changed) []crm.Changed {
	account, _ := h.app.Config.Account(name)
	synced := map[string]bool{}
	for _, s := range account.Streams {
		synced[s.Name] = true
	}
	var wanted []crm.Changed
	for _, c := range changed {
		if synced[c.Stream] {
			wanted = append(wanted, c)
		}
	}
	return wanted
}
