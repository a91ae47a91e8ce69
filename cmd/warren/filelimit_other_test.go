//go:build !unix

package main

// fileLimit is a limit that this system does not know.
const fileLimit = "WARREN_TEST_FILE_LIMIT"

func limitFiles(string) error { return nil }
