// Package trap reads and writes lists of switches such as
//
//	latency=20ms,429=10,truncate=page:3,usersrepeat
//
// that say how a simulated CRM misbehaves. Each CRM declares its switches once,
// as a list of Def; parsing, help and the list as text follow from it.
//
// It knows no CRM and no HTTP.
package trap
