package app

import (
	"errors"
	"fmt"
	"sync"

	"github.com/warren-sync/warren/internal/crm"
)

// AccountWide returns the code of the failure in err's chain that is true of every
// stream of the account; "" where another stream may fare better, and has to get its
// chance. That is so of a timeout, which may be of one heavy question; of a source that
// is down, perhaps at one address only; of a limit of calls other than the day's, of
// which an account has several; and of a configuration, which may be of one stream's
// columns. The error of an open breaker has in its chain why it opened. An interruption
// tells nothing.
func AccountWide(err error) crm.Code {
	if crm.CodeOf(err) == crm.CodeCancelled {
		return ""
	}
	for e := (*crm.Error)(nil); errors.As(err, &e); err = e.Err {
		if e.Code == crm.CodeAuth || e.Code == crm.CodeUnreachable || e.Code == crm.CodeDayLimit || e.Code == crm.CodeOtherAccount {
			return e.Code
		}
	}
	return ""
}

// prospect is whether there is hope for the streams of an account that a sync has not
// begun yet, as those that it has begun tell.
type prospect struct {
	mu   sync.Mutex
	by   crm.StreamID // the stream whose failure is every stream's
	err  error        // that failure; nil while there is hope
	told bool
}

// giveUp notes a failure that is every stream's. The first one stays.
func (p *prospect) giveUp(by crm.StreamID, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.by, p.err = by, err
	}
}

// ended notes how a run ended. It returns the stream that had failed before for the
// same reason; the zero StreamID where there is none.
func (p *prospect) ended(id crm.StreamID, err error) crm.StreamID {
	why := AccountWide(err)
	if why == "" {
		return crm.StreamID{}
	}
	p.giveUp(id, err)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == id || AccountWide(p.err) != why {
		return crm.StreamID{}
	}
	return p.by
}

// hopeless returns the result of a stream that is not begun, since its answer would be
// the same as another's; false while there is hope. The first time, it is told.
func (p *prospect) hopeless(id crm.StreamID, tell func(crm.Event)) (Result, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		return Result{}, false
	}
	if !p.told {
		p.told = true
		tell(crm.Notice{ID: id, Message: fmt.Sprintf("not asked, nor is any other stream of %s from here on: the answer would be the same as for %s", id.Source, p.by)})
	}
	e := crm.Error{Code: crm.CodeInternal, Origin: crm.OriginWarren}
	if first, is := errors.AsType[*crm.Error](p.err); is {
		e = *first
	}
	e.Message, e.Err = fmt.Sprintf("%s was not asked: the answer would be the same as for %s", id, p.by), p.err
	return Result{ID: id, Run: crm.Run{StreamID: id, Status: crm.StatusFailed}, Err: &e, SameAs: p.by}, true
}
