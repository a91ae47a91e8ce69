package cli

import (
	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// causes are the failures that are true of all streams of an account, by account: the
// log tells one cause as one error, however many streams were asked at the same time.
type causes map[string]cause

type cause struct {
	by   crm.StreamID // the stream of which it was told
	code crm.Code
}

// same returns the other stream of the account that failed for the same reason. A run
// that ends otherwise ends what is known of the account.
func (c causes) same(e crm.RunFinished) (crm.StreamID, bool) {
	account, code := e.ID.Source, app.AccountWide(e.Err)
	if known, is := c[account]; is && known.code == code && known.by != e.ID {
		return known.by, true
	}
	delete(c, account)
	if code != "" {
		c[account] = cause{e.ID, code}
	}
	return crm.StreamID{}, false
}
