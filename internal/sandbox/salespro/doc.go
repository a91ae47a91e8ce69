// Package salespro is a simulated SalesPro by Leap: one customer's share, read
// through a simulated Athena and S3 (package athena), with the dirt that such
// shares have, and the vendor's CSV exports of users and offices.
//
// The data follows from a seed. A row is written anew from the seed, its number
// and its version each time it is read; what is kept is what has become of rows
// since the start, so that millions of rows take no memory.
//
// The share changes only when told so: through the methods of Share, or over HTTP
// under /sandbox/. A query sees it as it was when the query began to read.
//
// It may know crm, people and athena. It must not know the SalesPro source nor
// anything else of Warren's.
package salespro
