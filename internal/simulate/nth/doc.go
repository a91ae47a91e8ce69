// Package nth holds the tests that let the first, the second, the third …
// operation of a sync fail, until one passes without meeting the fault.
//
// Each operation is lost before or after it took place, refused, or the last
// one of a process that dies. Whatever becomes of the run, its error says what
// to do, the laws hold, and one clean run later the warehouse is what it would
// have been without the fault. The package has no code of its own but tests.
package nth
