// Package hubspot reads HubSpot: contacts, companies, deals and the other objects
// of a CRM, those that the company made itself, their associations, owners and
// pipelines, over its CRM API of version 3 or of a date.
//
// The traps, and where each is dealt with:
//
//   - a search reaches 10,000 records deep, shows changes late and out of order,
//     sorts by a time as it likes, and shows some records outside the range asked
//     for: windows are split by time, paged by id, and read once more for an hour
//     (window.go, changes.go, streams.go: Lag)
//   - a search knows of no archived record, and an archived one keeps its time of
//     change: a full run walks both lists (list.go)
//   - all properties of a wide account fit into no address: the list then brings
//     ids, and a batch the rest (list.go, batch.go)
//   - a batch may be answered before it is done, or with errors for some of its
//     records: only an absent record is no failure (batch.go)
//   - a merge takes records away without a trace but in the survivor (batch.go)
//   - associations, calculated properties, archivals and restores move no time of
//     change: a full run every so often is the truth (source.go: sweep_every)
//   - an association that is removed is an absence, at the end of the last one a
//     whole record's (links.go)
//   - ids of associated records are numbers or texts, and fit into no 32 bits
//     (links.go)
//   - the property with the time of change has two names (object.go)
//   - values are texts, empty ones stand for null, and dirty ones for anything: the
//     processor keeps what does not convert (describe.go)
//   - unknown names of properties are ignored without a word: only those that the
//     account has are asked for (describe.go)
//   - limits come in three kinds, of which that of the day ends a run (refusal.go)
//   - a token without a right gets 403: that costs that stream only, and the error
//     names the scope (absent.go)
//   - mails and notes are large, and a hundred of them may be too much (size.go)
//   - a list may lead back to a page that was read (client/circle)
//
// A record that is archived when a full run begins and restored while it walks the
// archived ones may be shown by neither list. It is asked for by itself before its row
// is held to be of one that is gone (crm.Stream.Elusive).
//
// A list can be entered behind an id that is known and nowhere else, so that there
// is no sample from the middle of a stream (crm.Sampler).
//
// It may know crm and client, and must not know the engine or a warehouse.
package hubspot
