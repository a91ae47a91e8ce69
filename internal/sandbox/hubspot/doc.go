// Package hubspot is a simulated HubSpot: an account with contacts, companies,
// deals and the other objects of a CRM, their properties and associations,
// behind the HTTP API that programs meet: under the v3 and v4 paths and under the
// date-versioned ones.
//
// The data follows from a seed. A record's properties are written anew from the
// seed, the record's number and its version each time they are asked for; what is
// kept is some forty bytes of state for each, and what was planted. A change of
// a record gives about a quarter of its properties another value.
//
// The account changes only when told so: through the methods of Account, over
// HTTP under /sandbox/, or by the churn trap. Its changes can be told to a
// receiver of webhooks. Traps make it misbehave as the real one has been seen to,
// or as networks do (package wire). Limits of calls are traps, too: without them
// calls are counted and headers say so, but none is refused.
//
// It may know crm, people, trap and wire. It must not know the HubSpot source
// nor anything else of Warren's.
package hubspot
