// Package app puts the parts together: from what the user has set it opens
// the warehouse and the sources, wires processors to validators, and runs the
// engine over the streams that were asked for. It is the one package that
// knows all the others; the command line calls it, and so will the dashboard
// and the workers.
package app
