package cli

import (
	"context"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// watched runs do with an App whose events go to the log and the progress.
// When it returns, the progress is off the screen and the report can be
// printed.
func (c *command) watched(ctx context.Context, cfg *config.Config, do func(*app.App) error) error {
	show := c.progress()
	defer show.stop()
	// The terminal writes ^C where the cursor stands; the progress expects it
	// at the beginning of a line.
	defer context.AfterFunc(ctx, show.home)()
	log := c.loggerTo(cfg, show.out)
	for _, warning := range cfg.Warnings {
		log.Warn(warning)
	}
	events := newLogEvents(ctx, log)
	return do(&app.App{
		Config: cfg, Clock: c.Clock, Transport: c.Transport, Log: log,
		Observe: func(e crm.Event) {
			events.hear(e)
			show.hear(e)
		},
	})
}
