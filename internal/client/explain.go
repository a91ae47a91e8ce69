package client

import (
	"errors"
	"io"
	"net"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// explain turns an error of the network or of the body into plain words. The
// cause is kept as text without secrets: the chained original might hold what
// the text no longer does (L8).
func explain(of call, err error) *failure {
	e := &crm.Error{Origin: crm.OriginSource, Retryable: true}
	if text := of.quote(err.Error(), words.MostQuoted); text != "" {
		e.Err = errors.New(text)
	}
	f := &failure{err: e, outcome: down, again: true}

	late, isLate := errors.AsType[*timeoutError](err)
	large, isLarge := errors.AsType[*tooLargeError](err)
	cut, isCut := errors.AsType[*cutError](err)
	switch {
	case isLate && !late.connecting:
		e.Code = crm.CodeTimeout
		e.Message = of.source + " did not answer " + of.label + " in time"
		e.Fix = "Ask for smaller pages, or allow a longer timeout."
	case isLarge:
		e.Code, e.Retryable, f.again, f.outcome = crm.CodeTooLarge, false, false, alive
		e.Message = of.says("more than " + words.Count(int(large.max), "byte"))
		e.Fix = "Ask for smaller pages, or allow larger answers."
	case isCut && timedOut(cut):
		e.Code = crm.CodeTimeout
		e.Message = of.source + " stopped in the middle of its answer to " + of.label
		e.Fix = "Ask for smaller pages, or allow a longer timeout."
	case isCut, errors.Is(err, io.ErrUnexpectedEOF):
		e.Code = crm.CodeBadAnswer
		e.Message = of.says("a body that was cut off")
		e.Fix = "Run it again; if it stays so, ask for smaller pages and look at proxies on the way."
	case timedOut(err) && !isLate && !isDial(err):
		e.Code = crm.CodeTimeout
		e.Message = of.source + " did not answer " + of.label + " in time"
		e.Fix = "Ask for smaller pages, or allow a longer timeout."
	default:
		e.Code = crm.CodeUnreachable
		r := whyUnreachable(of, err)
		e.Message, e.Fix, f.again = of.source+" cannot be reached: "+r.what, r.fix, !r.lasting
		e.Retryable = f.again
	}
	return f
}

func timedOut(err error) bool {
	ne, ok := errors.AsType[net.Error](err)
	return ok && ne.Timeout()
}

// isDial reports whether err arose before there was a connection.
func isDial(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	_, dns := errors.AsType[*net.DNSError](err)
	return dns || ok && (op.Op == "dial" || op.Op == "proxyconnect")
}
