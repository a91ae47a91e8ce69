// Package nearest finds the name that a misspelt one was meant to be, for all
// that takes names from people: commands, flags, settings, rules, traps.
package nearest
