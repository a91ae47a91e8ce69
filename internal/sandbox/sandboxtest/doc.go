// Package sandboxtest starts simulated CRMs for the length of a test. It is
// imported by tests only.
package sandboxtest
