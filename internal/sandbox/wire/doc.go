// Package wire serves a simulated CRM over HTTP and, on request, spoils it: it
// makes calls slow, refuses them, cuts their bodies or drops the connection, as
// networks, gateways and overloaded servers do.
//
// It wraps the CRM's own handler and knows nothing of its records; what only
// that CRM gets wrong belongs to the CRM's package.
package wire
