// Package client is layer 1 for sources that speak HTTP: it turns one question
// to a CRM into one whole answer, or into a *crm.Error that says what is wrong
// and what to do.
//
// Between question and wire stand decorators, each in a file of its own and
// each around the same small interface; chain.go holds their order and the
// reason for it. A body is always read to its end inside the retry loop, so a
// cut, reset or slow body is a failed attempt and never a short page (L3).
//
// It knows HTTP, patience and politeness. It does not know streams, records,
// paging or any particular CRM: those stand in the packages under source, which
// call Get and read the answer. It imports crm and nothing else of ours.
//
// No secret leaves it (L8): the token is put on a copy of the request behind
// every decorator that observes or reports, texts of the source and of the
// network are stripped of it before they enter an error, and causes are kept
// as text because a chained error would carry the unstripped original.
//
// Retry, breaker and rate limit are written here rather than taken from
// failsafe-go. Its breaker and retry read a clock that cannot be replaced by
// crm.Clock, its breaker has no way to give back a half-open trial whose caller
// left, its retry does not see HTTP dates in Retry-After nor keep away from an
// open breaker until the moment it half-opens, and its adaptive limiter bounds
// calls in flight rather than calls a second. What was left to use of it was
// less than the code that would bind it.
package client
