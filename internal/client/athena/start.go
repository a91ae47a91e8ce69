package athena

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

const (
	minToken = 32
	maxToken = 128
	// maxText is Athena's bound for a query, in bytes; it cannot be raised.
	maxText = 262_144
)

// Query is one question to Athena.
type Query struct {
	Text string
	// Token makes Start find the query that was started under it before, with
	// the same text and settings, instead of paying for it again: 32 to 128
	// characters. It finds one that failed or was stopped as well: to ask anew
	// takes a new token. "" is a token that is used once.
	Token string
}

// Start starts a query and returns its id, by which it can be awaited from any
// process. Where ctx ends meanwhile it may have been started all the same: the
// token finds it.
func (c *Client) Start(ctx context.Context, q Query) (id string, err error) {
	if q.Token == "" {
		q.Token = rand.Text() + rand.Text() // one for all attempts: none of them starts a second query
	}
	if len(q.Token) < minToken || len(q.Token) > maxToken {
		return "", &crm.Error{
			Code:    crm.CodeInternal,
			Origin:  crm.OriginWarren,
			Message: fmt.Sprintf("the token of a query has %d characters, not %d to %d", len(q.Token), minToken, maxToken),
			Fix:     "Report this, please: it is a fault of Warren.",
		}
	}
	if len(q.Text) > maxText {
		return "", &crm.Error{
			Code:    crm.CodeTooLarge,
			Origin:  crm.OriginConfig,
			Message: fmt.Sprintf("the query has %s, and Athena takes %d", words.Count(len(q.Text), "byte"), maxText),
			Fix:     "Map fewer columns.",
		}
	}
	in := &athena.StartQueryExecutionInput{
		QueryString:        &q.Text,
		ClientRequestToken: &q.Token,
		QueryExecutionContext: &types.QueryExecutionContext{
			Catalog:  &c.catalog,
			Database: &c.database,
		},
	}
	if c.workGroup != "" {
		in.WorkGroup = &c.workGroup
	}
	if c.output != "" {
		in.ResultConfiguration = &types.ResultConfiguration{OutputLocation: &c.output}
	}
	of := call{name: "StartQueryExecution", right: "athena:StartQueryExecution"}
	return ask(ctx, c, of, func(ctx context.Context) (string, error) {
		out, err := c.athena.StartQueryExecution(ctx, in)
		if err != nil {
			return "", err
		}
		if aws.ToString(out.QueryExecutionId) == "" {
			return "", errEmpty
		}
		return *out.QueryExecutionId, nil
	})
}

// Stop ends a query. One that has ended already stays as it is.
func (c *Client) Stop(ctx context.Context, id string) error {
	of := call{name: "StopQueryExecution", right: "athena:StopQueryExecution", on: "query " + id}
	_, err := ask(ctx, c, of, func(ctx context.Context) (*athena.StopQueryExecutionOutput, error) {
		return c.athena.StopQueryExecution(ctx, &athena.StopQueryExecutionInput{QueryExecutionId: &id})
	})
	return err
}
