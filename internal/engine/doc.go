// Package engine runs one sync of one stream (layer 2): it decides what to
// ask for, lets fetching, processing and writing overlap, keeps the lease
// alive, and closes the run with the counts and the watermark that the laws
// allow. It is one engine for all sources: a source declares its streams and
// yields pages, and does not orchestrate.
//
// It tells what happens as crm.Events and does not know who listens. It may
// know crm, processor and warehouse, and must not know a source, the command
// line or how anything is shown.
package engine
