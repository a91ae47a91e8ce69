// Package same holds the tests that one result comes about in whatever way it
// is reached: in steps or at once, in small batches or large ones, from pages
// of any size and order, by one process or by eight, in one database or the
// other, looked at first or done at once, once or twice.
//
// None of them says what the right result is. Each compares two ways that have
// nothing in common but the account they read, so that a fault must happen on
// both alike to stay unseen. The package has no code of its own but tests.
package same
