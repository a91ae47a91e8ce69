// Package pgtest gives tests a real PostgreSQL that they may do anything to.
//
// A package whose tests need a database says so in one line,
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// and then calls [URL] wherever a test needs a fresh, empty database. The
// server behind it starts with the first call and ends with the test process;
// a run that needs no database starts none. A test that stops, kills or
// reconfigures the server takes one of its own from [Dedicated]; a program
// that is no test takes one from [Open].
//
// The binaries are found on PATH or where distributions put them. A test never
// skips for want of PostgreSQL: it fails, and says how to get it.
// TEST_DATABASE_URL names a server to use in place of a throwaway one; its user
// must be allowed to create databases, each test gets one of its own there and
// drops it.
//
// Start servers outside testing/synctest bubbles: a server is real input and
// output, and takes real time.
//
// The package is test support. It knows PostgreSQL and the operating system,
// nothing of Warren, and only tests and benchmarks may import it.
package pgtest
