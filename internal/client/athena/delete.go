package athena

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"github.com/warren-sync/warren/internal/crm"
)

// deletesAtOnce bounds the deletions under way.
const deletesAtOnce = 8

// remove deletes files; those that are not there are deleted.
func (c *Client) remove(ctx context.Context, places []place) error {
	ctx, cancel := context.WithTimeout(ctx, c.callTimeout)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(deletesAtOnce)
	for _, p := range places {
		group.Go(func() error {
			of := call{name: "DeleteObject", right: "s3:DeleteObject", on: p.String()}
			_, err := ask(ctx, c, of, func(ctx context.Context) (*s3.DeleteObjectOutput, error) {
				return c.s3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &p.bucket, Key: &p.key})
			})
			if crm.CodeOf(err) == crm.CodeNotFound {
				return nil
			}
			return err
		})
	}
	err := group.Wait()
	if e, ok := errors.AsType[*crm.Error](err); ok && e.Code == crm.CodeCancelled {
		e.Code, e.Message = crm.CodeTimeout, "not all files of the result could be deleted in time"
		e.Fix = "Delete them by hand, or have S3 delete what is old by a lifecycle rule."
	}
	return err
}
