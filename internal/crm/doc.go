// Package crm is the domain: the words of Warren and the laws that hold
// between them. It knows what a record, a stream, a source, a batch, a run, a
// watermark and an issue are, and nothing of HTTP, SQL or the command line.
//
// It imports nothing of ours. Every other package may import it; that is how
// they understand each other without knowing one another.
package crm
