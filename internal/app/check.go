package app

import (
	"context"
	"maps"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/processor"
	"github.com/warren-sync/warren/internal/warehouse"
)

// Finding is the answer to one question of Check. One of Good, Left and Err
// says what it is.
type Finding struct {
	Subject string // what was looked at: the warehouse, salesrabbit leads …
	Good    string // what is well
	Left    string // why it was not looked at, or is not offered; no fault
	Err     error  // what is not well
}

// Check looks whether everything is reachable, allowed and well configured,
// tells each finding as it comes, and goes on after what is not well. It leaves
// nothing behind: what it tries in a database it takes back, and it makes no
// file.
func (a *App) Check(ctx context.Context, sel Selection, tell func(Finding)) {
	targets, err := a.Select(sel)
	tell(a.checkConfiguration(targets, err))
	found := a.checkWarehouse(ctx, targets)
	for _, f := range found {
		tell(f)
	}
	readable := found[0].Err == nil
	asked := map[string]*checkedAccount{}
	for _, t := range targets {
		account := asked[t.Account.Name]
		if account == nil {
			account = &checkedAccount{}
			asked[t.Account.Name] = account
		}
		tell(a.checkStream(ctx, t, account, readable, len(sel.Streams) > 0))
	}
}

// checkedAccount is what is known of an account while its streams are checked.
type checkedAccount struct {
	connector crm.Connector
	hopeless  bool // what failed is true of every stream of the account
}

func (a *App) checkConfiguration(targets []Target, err error) Finding {
	f := Finding{Subject: "configuration", Err: err, Good: "from the environment; there is no " + config.DefaultFile}
	if a.Config.File != "" {
		f.Good = a.Config.File + " is well-formed"
	}
	for _, t := range targets {
		if f.Err == nil {
			_, f.Err = processor.New(t.Stream, rules(false))
		}
	}
	return f
}

// checkStream looks at one stream. That it is not offered is no fault, unless somebody
// has named it.
func (a *App) checkStream(ctx context.Context, t Target, account *checkedAccount, readable, named bool) Finding {
	f := Finding{Subject: t.ID().String()}
	if account.hopeless {
		f.Left = "not asked: the answer would be the same"
		return f
	}
	if account.connector == nil {
		if account.connector, f.Err = a.connect(hasty(t.Account)); f.Err != nil {
			account.hopeless = true
			return f
		}
	}
	f.Err = account.connector.Check(ctx, t.Stream)
	account.hopeless = concernsAll(f.Err)
	if absent, is := notOffered(f.Err); is && !named {
		f.Left, f.Err = a.checkAbsent(ctx, t, absent, readable)
	}
	if f.Err == nil && f.Left == "" {
		f.Good = "reachable, and the credentials are accepted"
	}
	return f
}

// hasty returns the account with few retries: a person waits for the answer.
func hasty(account config.Account) config.Account {
	const name, most = "retries", 1
	if _, ok := account.Source.Option(name); ok {
		account.Settings.Values = maps.Clone(account.Settings.Values)
		account.Settings.Values[name] = strconv.Itoa(min(account.Settings.Integer(name), most))
	}
	return account
}

// checkWarehouse tells whether the warehouse can be read, and whether it could
// be written.
func (a *App) checkWarehouse(ctx context.Context, targets []Target) []Finding {
	subject := "warehouse " + a.Config.Database.String()
	if a.Config.Database.Driver == config.DriverSQLite {
		return a.checkFile(ctx, subject, targets)
	}
	db, err := a.Warehouse(ctx, ReadWrite)
	if err != nil {
		return []Finding{{Subject: subject, Err: err}}
	}
	defer func() { _ = db.Close() }() // nothing was kept that it could lose
	read := Finding{Subject: subject, Good: "can be reached and read", Err: warehouse.Explained(ctx, db, readable(ctx, db, targets))}
	if code := crm.CodeOf(read.Err); code == crm.CodeWarehouseLock || code == crm.CodeWarehouseConn {
		return []Finding{read}
	}
	write := Finding{Subject: subject, Good: "can be written", Err: warehouse.Explained(ctx, db, writable(ctx, db, targets))}
	if crm.CodeOf(read.Err) == crm.CodeWarehouseRight && crm.CodeOf(write.Err) == crm.CodeWarehouseRight {
		return []Finding{write} // whose rights are more
	}
	if read.Err != nil {
		return []Finding{read, write}
	}
	lost, err := lostColumns(ctx, db, targets)
	if err != nil {
		read.Err = warehouse.Explained(ctx, db, err)
	}
	return append([]Finding{read, write}, lost...)
}

// lostColumns tells of tables that lack columns which were filled before.
func lostColumns(ctx context.Context, db warehouse.Driver, targets []Target) (found []Finding, err error) {
	for _, t := range targets {
		lost, err := warehouse.Lost(ctx, db, t.ID(), t.Stream)
		if err != nil {
			return nil, err
		}
		if len(lost) > 0 {
			found = append(found, Finding{Subject: "table of " + t.ID().String(),
				Good: "has lost " + strings.Join(lost, ", ") + "; the next sync reads everything anew, to fill it again"})
		}
	}
	return found, nil
}
