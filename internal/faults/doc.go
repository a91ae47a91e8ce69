// Package faults makes a warehouse and a network fail on command, so that
// tests can ask what becomes of the laws when the third commit is lost or the
// body of the second page is cut.
//
// Who plans the faults is told of each operation before it happens and says
// what is to become of it; what the operation does when nothing goes wrong is
// left to the real driver or transport. Nothing here is random, and nothing
// waits but by the clock that was given.
//
// It is used by tests only. It may know crm and warehouse, and must not know a
// source, a database or what is being tested.
package faults
