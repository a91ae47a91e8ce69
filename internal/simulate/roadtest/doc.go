// Package roadtest is the whole way of the data for tests that compare its
// ends: a simulated account of any source behind real HTTP, Warren's own client,
// connector, processor and engine, and a real database of either kind.
//
// It knows every part of Warren that a sync is made of, wires them as app does,
// and lets a test stand in for each of them: the clock, the network, the
// connector, the database, the process. It reads back what a sync leaves, in one
// form for all databases. What is particular to a source is in one file of its
// name: how its account is opened, what its people do, what is true of it. It must
// not judge: what has to hold is said by the tests that use it.
package roadtest
