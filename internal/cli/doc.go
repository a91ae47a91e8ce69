// Package cli is the command line: it parses, calls package app, and prints.
// Each command is a file. What a command prints goes to standard output, and
// in --output json that is one JSON document and nothing else; logs, progress
// and errors go to standard error.
//
// It may know every package; nothing but main knows it.
package cli
