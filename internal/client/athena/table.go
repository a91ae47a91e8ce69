package athena

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/warren-sync/warren/internal/crm"
)

// getTable is the call that reads the description of a table.
const getTable = "GetTableMetadata"

// Column is one column of a table or a result.
type Column struct {
	Name string
	// Type as Athena names it, such as decimal(10,2) or array<string>; of a
	// result it lacks the parts of nested types and may be "".
	Type    string
	Comment string
}

// Table is the description of a table.
type Table struct {
	Name       string
	Kind       string // EXTERNAL_TABLE, VIRTUAL_VIEW …
	Columns    []Column
	Partitions []Column // by which a query can spare itself most of the scan
}

// Columns describes a table, which costs nothing.
func (c *Client) Columns(ctx context.Context, table string) (Table, error) {
	in := &athena.GetTableMetadataInput{CatalogName: &c.catalog, DatabaseName: &c.database, TableName: &table}
	if c.workGroup != "" {
		in.WorkGroup = &c.workGroup
	}
	of := call{name: getTable, right: "athena:GetTableMetadata and glue:GetTable", on: "table " + c.database + "." + table}
	tries := 0
	got, err := ask(ctx, c, of, func(ctx context.Context) (*types.TableMetadata, error) {
		out, err := c.athena.GetTableMetadata(ctx, in)
		if err != nil {
			tries++
			return nil, c.unsupported(ctx, of, tries, err)
		}
		if out.TableMetadata == nil || len(out.TableMetadata.Columns) == 0 {
			return nil, errEmpty
		}
		return out.TableMetadata, nil
	})
	switch code := crm.CodeOf(err); {
	case code == crm.CodeForbidden || code == crm.CodeBadAnswer:
		return Table{}, withoutMetadata(err)
	case err != nil:
		return Table{}, err
	}
	return Table{
		Name:       orElse(aws.ToString(got.Name), table),
		Kind:       strings.ToUpper(aws.ToString(got.TableType)),
		Columns:    columns(got.Columns),
		Partitions: columns(got.PartitionKeys),
	}, nil
}

func columns(list []types.Column) []Column {
	var all []Column
	for _, c := range list {
		all = append(all, Column{Name: aws.ToString(c.Name), Type: aws.ToString(c.Type), Comment: aws.ToString(c.Comment)})
	}
	return all
}

// unsupported ends a call early that keeps being answered with a fault: it is
// not worth the patience that reading the data is, and what stands in Athena's
// place may not know it at all.
func (c *Client) unsupported(ctx context.Context, of call, tries int, err error) error {
	if tries < unsureTries {
		return err
	}
	f := c.judge(ctx, of, err)
	if f.err.Code != crm.CodeSourceDown {
		return err
	}
	e := *f.err
	e.Code, e.Retryable = crm.CodeBadAnswer, false
	return &e
}

// withoutMetadata adds ErrNoMetadata to the chain of err.
func withoutMetadata(err error) error {
	e, _ := errors.AsType[*crm.Error](err)
	copied := *e
	copied.Err = mark(ErrNoMetadata, e.Err)
	return &copied
}
