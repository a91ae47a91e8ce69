// Package salesrabbit reads SalesRabbit, the door-to-door sales CRM: leads,
// users, lead statuses and their histories, over its REST interface.
//
// The vendor's documentation is not to be had; what is known was gathered from
// programs that run against the live service. The traps, and where each is
// dealt with:
//
//   - pages move under the reader while records are deleted or change
//     (window.go, walk.go: pages overlap, and a gap is noticed and re-read)
//   - query parameters it does not know, it ignores (walk.go compares what
//     was asked with what came)
//   - /users, and on some accounts /leadStatusHistories, ignore the page
//     number and always send everything (walk.go)
//   - 304 means nothing changed, not an error and not the page of last time
//     (walk.go)
//   - a change of status may leave dateModified alone (pass.go reads twice)
//   - customFields comes as an object, as the text "{}" and as []
//     (streams.go, processor)
//   - leadStatusHistories is an object keyed by lead, [] when empty, and the
//     id in an event is that of the status (histories.go, streams.go)
//
// It may know crm and client, and must not know the engine or a warehouse.
package salesrabbit
