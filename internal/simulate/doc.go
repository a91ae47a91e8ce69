// Package simulate is a small hostile world in which Warren has to keep its
// laws: the real engine, processor, client, connector, session and driver,
// between a simulated CRM that changes while it is read and a store that loses
// its connection, refuses and dies with its process, all in one process and in
// virtual time.
//
// One seed is one life of several runs, and the same seed gives the same
// story, byte for byte: every actor draws from dice of its own, and every call
// and every operation begins with a wait that ends at an instant at which
// nobody else wakes (see lanes.go), so that time orders everything. Play must
// be called inside a testing/synctest bubble.
//
// Between the runs people change the source, somebody edits the warehouse by
// hand (hand.go) and what warren.yaml says (config.go); what is asked for is any
// run that the commands can ask for, verify and replay included.
//
// After each run, and when the world has gone quiet, the laws are held against
// what is in the warehouse and what is true at the source (laws.go,
// oracle.go). The oracle reads both by itself, and shares with what it judges the
// declaration of the streams and the names of tables. The first law that is broken ends the life; the story tells how it
// came to that.
//
// It is used by tests only, and may know everything but app and cli.
package simulate
