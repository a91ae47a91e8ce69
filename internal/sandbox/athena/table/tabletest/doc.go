// Package tabletest has tables that the tests of queries read. It is imported by
// tests only.
package tabletest
