// Package salesrabbit is a simulated SalesRabbit: an account with leads, users,
// statuses and their histories, behind the HTTP API that programs meet in
// practice and, beside it, the dialect of the specification (/api/leads).
//
// The data follows from a seed. A lead's JSON is written anew from the seed, its
// number and its version each time it is asked for; what is kept is 28 bytes of
// state for each, so that a million leads fit into little memory.
//
// The account changes only when told so: through the methods of Account, over
// HTTP under /sandbox/, or by the churn trap. Traps make it misbehave as the
// real one has been seen to, or as networks do (package wire).
//
// It may know crm, people, trap and wire. It must not know the SalesRabbit
// source nor anything else of Warren's.
package salesrabbit
