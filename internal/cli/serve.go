package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/web"
)

func (c *command) serveHooks() *cobra.Command {
	var address, public string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Hear of changes from the CRMs, and read what they tell of at once",
		Long: "Listens for the calls by which a CRM tells of changes (webhooks), until Ctrl-C, and reads the\n" +
			"records that they tell of again within seconds: what changed, what was deleted, what was merged.\n" +
			"What was told is kept in the warehouse until it was read. warren sync goes on bringing what is\n" +
			"not told.",
		Example: "  warren serve --listen 127.0.0.1:8085 --public https://warren.example.com",
		Args:    atMost(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := possiblePublic(public); err != nil {
				return err
			}
			cfg, err := c.load(config.Overrides{})
			if err != nil {
				return err
			}
			return c.watched(cmd.Context(), cfg, func(a *app.App) error { return c.hear(cmd.Context(), a, address, public) })
		},
	}
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:8085", "address to listen at; port 0 for any that is free")
	cmd.Flags().StringVar(&public, "public", "", "the address by which the CRM reaches this one, such as https://warren.example.com, where a proxy stands between")
	return cmd
}

func possiblePublic(public string) error {
	if public == "" {
		return nil
	}
	u, err := url.Parse(public)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return usage(fmt.Sprintf("--public %q is no address that a CRM could call", public), "Write it as https://warren.example.com.")
	}
	return nil
}

// hear listens, and reads what it is told of, until ctx ends.
func (c *command) hear(ctx context.Context, a *app.App, address, public string) error {
	hooks, err := a.OpenHooks(ctx)
	if err != nil {
		return err
	}
	ln, err := listenAt(ctx, address)
	if err != nil {
		return errors.Join(err, hooks.Close())
	}
	at := public
	if at == "" {
		at = "http://" + ln.Addr().String()
	}
	accounts := hooks.Accounts()
	slices.Sort(accounts)
	for _, account := range accounts {
		c.printf("%s calls %s\n", account, at+web.HooksPath(account))
	}
	if public != "" {
		c.printf("Listening at http://%s\n", ln.Addr())
	}
	c.printf("Ctrl-C stops it.\n")
	following, stop := context.WithCancel(ctx)
	var followed sync.WaitGroup
	followed.Go(func() { hooks.Follow(following) })
	err = web.Serve(ctx, ln, web.Hooks(hooks, public, a.Log))
	stop()
	followed.Wait()
	return errors.Join(err, hooks.Close())
}

func listenAt(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", address)
	if err == nil {
		return ln, nil
	}
	e := &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig, Err: err,
		Message: "Warren cannot listen at " + address, Fix: "Give another address with --listen, such as 127.0.0.1:8085.",
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		e.Message, e.Fix, e.Err = address+" is in use by another program", "Stop that program, or give another port with --listen, and tell it the CRM.", nil
	}
	return nil, e
}
