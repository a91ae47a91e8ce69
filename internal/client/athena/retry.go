package athena

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

const (
	firstDelay = time.Second
	maxDelay   = time.Minute
)

// call is what may be told of a call.
type call struct {
	name  string // GetQueryResults
	right string // athena:GetQueryResults
	on    string // what it concerns, "" for nothing in particular
}

func (c call) String() string {
	if c.on == "" {
		return c.name
	}
	return c.name + " of " + c.on
}

// failure is an attempt that brought no good answer.
type failure struct {
	err   *crm.Error
	again bool // whether another attempt may help
	most  int  // attempts, where time alone is no bound; 0 for any number
}

// persist attempts a call until it is done, there is no hope or the patience
// ends. Its error is always a *crm.Error.
func (c *Client) persist(ctx context.Context, of call, attempt func() error) error {
	start := c.clock.Now()
	for n := 1; ; n++ {
		err := attempt()
		if err == nil {
			return nil
		}
		f := c.judge(ctx, of, err)
		wait := c.delay(n)
		took := c.clock.Now().Sub(start)
		if !f.again || f.most > 0 && n >= f.most || took+wait > c.patience {
			return c.exhausted(f, n, took)
		}
		if err := c.pause(ctx, f, n, wait); err != nil {
			return err
		}
	}
}

// ask is persist for a call whose whole answer comes at once: each attempt has
// its time.
func ask[T any](ctx context.Context, c *Client, of call, send func(context.Context) (T, error)) (answer T, err error) {
	err = c.persist(ctx, of, func() error {
		bounded, cancel := context.WithTimeoutCause(ctx, c.callTimeout, errLate)
		defer cancel()
		var err error
		answer, err = send(bounded)
		if err != nil && bounded.Err() != nil && errors.Is(context.Cause(bounded), errLate) {
			return errLate
		}
		return err
	})
	return answer, err
}

var (
	// errLate is an attempt that took too long.
	errLate = errors.New("no whole answer in time")
	// errEmpty is an answer that says nothing of what was asked for.
	errEmpty = errors.New("the answer lacks what was asked for")
)

// delay returns how long to wait after failure number n: 1 s, 2 s, 4 s … to a
// minute, each times 0.5 to 1.0 so that callers that failed together do not
// come back together.
func (c *Client) delay(n int) time.Duration {
	d := maxDelay
	if n <= 6 {
		d = min(firstDelay<<(n-1), maxDelay)
	}
	return time.Duration(float64(d) * (0.5 + 0.5*c.random()))
}

func (c *Client) pause(ctx context.Context, f *failure, n int, wait time.Duration) error {
	c.observe(crm.RetryScheduled{Source: c.source, Attempt: n, Wait: wait, Err: f.err})
	if c.clock.Wait(ctx, wait) != nil {
		return cancelled(ctx)
	}
	return nil
}

// exhausted keeps the last cause and says how much was tried.
func (c *Client) exhausted(f *failure, n int, took time.Duration) *crm.Error {
	if n == 1 {
		return f.err
	}
	e := *f.err
	e.Message = fmt.Sprintf("%s gave no good answer after %s in %s", c.source, words.Count(n, "attempt"), words.Span(took))
	e.Err = f.err
	return &e
}

// cancelled is the failure of a call whose caller left.
func cancelled(ctx context.Context) *crm.Error {
	return &crm.Error{
		Code:    crm.CodeCancelled,
		Origin:  crm.OriginWarren,
		Message: "the call to the source was cancelled",
		Fix:     "Run it again; it goes on where it stopped.",
		Err:     context.Cause(ctx),
	}
}
