// Package sandbox is the roof over simulated CRMs: stand-ins for the demo, the
// tests and the benchmarks that speak over the real wire, mistakes included.
//
// Each CRM is a package of its own (salesrabbit, salespro, hubspot), and so is what
// stands between (athena, with the S3 that its results lie in). What they share lies beside
// them: people makes seeded names, addresses and numbers; wire serves over HTTP
// and breaks it on request; trap reads the list of switches that says how;
// sandboxtest starts one for the length of a test.
//
// A sandbox imitates what a CRM does, and is judged by that alone. It may know
// the domain's clock and errors (crm), and nothing else of Warren: the code
// under test and the simulation must not share a mistake.
package sandbox
