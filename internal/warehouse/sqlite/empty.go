package sqlite

import "context"

// Empty reports whether the table holds no row.
func (t *table) Empty(ctx context.Context) (bool, error) {
	rows, err := t.driver.Query(ctx, "SELECT 1 FROM "+quote(t.rel.name)+" LIMIT 1")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return !rows.Next(), t.driver.Explain(rows.Err())
}

// Empty of a table that does not exist is true.
func (absentTable) Empty(context.Context) (bool, error) { return true, nil }
