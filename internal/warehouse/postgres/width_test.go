package postgres_test

import (
	"fmt"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// PostgreSQL numbers columns for good: one that was dropped takes its place for as
// long as the table lives.
func TestADroppedColumnCountsOn(t *testing.T) {
	d := newDatabase(t, `DO $$ BEGIN EXECUTE 'CREATE TABLE things (id bigint PRIMARY KEY, ' ||
		(SELECT string_agg(format('old_%s text', n), ', ') FROM generate_series(1, 1580) n) || ')';
		EXECUTE 'ALTER TABLE things ' || (SELECT string_agg(format('DROP COLUMN old_%s', n), ', ') FROM generate_series(1, 100) n); END $$`)
	var more []crm.Field
	for n := range 20 {
		more = append(more, crm.Field{Column: fmt.Sprintf("more_%d", n), Type: crm.TypeText})
	}
	_, err := d.driver.Table(t.Context(), things(more...), true)
	wantError(t, err, crm.CodeConfig, "takes 1600 in a table; 100 that were dropped count on", "properties:")
	d.wantQuery("SELECT count(*) FROM information_schema.columns WHERE table_name = 'things'", []string{"1481"})
}
