// Package salespro reads SalesPro by Leap: customers, estimates, credit
// applications, lead results, payments, user activity and what is computed of
// them, over AWS Athena, where the vendor shares one database with each customer.
// Users and offices are not in the share; they come as CSV exports (files.go).
//
// No documentation of the share is public; what is known was gathered from one
// customer's loader. The traps, and where each is dealt with:
//
//   - a query is paid for when it starts, so one whose process died is found
//     again and not started twice (token.go, reading.go)
//   - each query scans what it asks for and costs at least 10 MB, so there is one
//     query a stream and run, with the columns that are mapped (sql.go, bill.go)
//   - NULL is not the empty text (client/athena, record.go)
//   - decimals, times and nested values come as text, and stay exact (record.go)
//   - user_activity and the computed tables have no key (hash.go)
//   - rows of those can be the very same, and each of them counts (hash.go)
//   - an estimate has several lead results, of which the newest counts, as JSON
//     inside a text, with titles and prices as people type them (results.go)
//   - customers come without an id (record.go)
//   - the share is refreshed at times that nobody knows, so changes come late:
//     each run reads the last day once more (streams.go: Lag)
//
// It may know crm and client, and must not know the engine or a warehouse.
package salespro
