package crm

import (
	"errors"
	"strings"
)

// Origin says who has to act when something failed.
type Origin string

// The four parties to a sync.
const (
	OriginSource    Origin = "source"    // the CRM or the way to it
	OriginWarehouse Origin = "warehouse" // the database written to
	OriginConfig    Origin = "config"    // settings, flags, environment, warren.yaml
	OriginWarren    Origin = "warren"    // a fault of ours
)

// Code names one kind of failure. Codes are stable: scripts compare them.
type Code string

// The failures that Warren tells apart.
const (
	CodeUsage          Code = "usage"                // a flag or argument that makes no sense
	CodeConfig         Code = "config_invalid"       // warren.yaml or the environment
	CodeAuth           Code = "source_auth"          // the source refuses the credentials
	CodeForbidden      Code = "source_forbidden"     // the credentials lack a right
	CodeNotFound       Code = "source_not_found"     // no such address at the source
	CodeOtherAccount   Code = "source_other_account" // the rows are another account's
	CodeStreamAbsent   Code = "stream_absent"        // the account does not offer this stream
	CodeSourceRefused  Code = "source_refused"       // another 4xx answer
	CodeRateLimit      Code = "source_rate_limit"    // 429 until the patience ran out
	CodeDayLimit       Code = "source_day_limit"     // the account's calls of the day are used up
	CodeSourceDown     Code = "source_down"          // 5xx until the patience ran out
	CodeUnreachable    Code = "source_unreachable"
	CodeTimeout        Code = "source_timeout"
	CodeBadAnswer      Code = "source_bad_answer"       // not JSON, cut in the middle, not the promised shape
	CodeTooLarge       Code = "source_answer_too_large" // over the response limit
	CodeWarehouse      Code = "warehouse_failed"
	CodeWarehouseConn  Code = "warehouse_unreachable"
	CodeWarehouseLock  Code = "warehouse_locked" // somebody else holds what is waited for
	CodeWarehouseFull  Code = "warehouse_full"
	CodeReadOnly       Code = "warehouse_read_only"
	CodeWarehouseRight Code = "warehouse_forbidden"
	CodeRefusedValue   Code = "warehouse_refused_value" // one record that the database does not take
	CodeNoKey          Code = "record_without_key"      // a record whose primary key is absent or no key
	CodeNotRecord      Code = "record_malformed"        // something that is no JSON object where a record was due
	CodeBrokenRule     Code = "record_broke_rule"       // a record that breaks a rule set to strict
	CodeSchema         Code = "schema_changed"          // the fields are not what they were, and are not to change
	CodeBusy           Code = "stream_busy"             // another process holds the stream (L7)
	CodeProcessDied    Code = "process_died"            // the run's process ended without closing it (L7)
	CodeLeaseLost      Code = "lease_lost"              // this process held the stream and lost it (L7)
	CodeCounts         Code = "counts_disagree"         // L2 does not hold
	CodeDeletesRefused Code = "deletes_refused"         // no row was marked as deleted: more are gone than one run may take, or nobody can tell which
	CodeInconsistent   Code = "warehouse_inconsistent"  // verify found rows that are not what the source says
	CodeBudget         Code = "scan_budget"             // the source would scan and charge for more than it may
	CodeCancelled      Code = "cancelled"
	CodeInternal       Code = "internal"
)

// Error is a failure that a person can act on: what failed, who it concerns,
// whether trying again helps, and what to do. Messages hold no secret (L8).
type Error struct {
	Code      Code
	Origin    Origin
	Message   string // what failed, one sentence without the cause
	Fix       string // what to do about it, one sentence in the imperative
	Retryable bool   // whether the same call may succeed later
	Err       error  // the cause, if there is one
}

// Error says what failed and why. The fix is printed apart from it.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	cause := e.Err.Error()
	if cause == "" || strings.Contains(e.Message, cause) {
		return e.Message
	}
	return e.Message + ": " + cause
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the outermost Error in err's chain, or
// CodeInternal when there is none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// Retryable reports whether err says that trying again may help.
func Retryable(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Retryable
}
