package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever sets up a database holds up others, who can stop waiting.
func TestSetupIsOneAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "warren.db")
	synctest.Test(t, func(t *testing.T) {
		d, err := Open(t.Context(), path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		unlock, err := d.lock(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := d.Migrate(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("migrate beside a setup: %v", err)
		}
		if _, err := Open(ctx, path, Options{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("open beside a setup: %v", err)
		}

		migrated := make(chan error)
		go func() { migrated <- d.Migrate(t.Context()) }()
		time.Sleep(5 * time.Second)
		unlock()
		if err := <-migrated; err != nil {
			t.Errorf("migrate after a setup: %v", err)
		}
	})
}
