// Package schema settles which columns a stream has, when the account adds fields,
// changes their types, or has values in them that do not fit: by what is known of
// the stream from earlier runs, and by its contract.
//
// It may know crm, and nothing of who keeps what is known.
package schema
