// Package config knows what the user has set: warren.yaml, the environment and
// the flags become one checked Config, in that order of precedence from weak to
// strong. Whoever starts something calls Load once and passes on the parts.
//
// It knows the shape of warren.yaml, the options that sources register in
// package crm and the addresses of databases. It must not know how a source is
// read, which validators exist or how a database is opened, and it touches
// neither the process's environment nor its arguments: both are handed in.
//
// Every mistake in the file is reported at once, with its place. No message
// holds a secret, a value that came from the environment, or what stands beside
// a mistake in the file (L8).
package config
