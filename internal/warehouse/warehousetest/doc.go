// Package warehousetest is what a warehouse driver must do, written down as
// tests. A driver's own test calls Run and RunShared; what they ask for is the
// contract of warehouse.Driver, warehouse.Table and ledger.DB, law by law.
//
// It may know warehouse, ledger and crm, and must not know any driver: it sees
// the database through the interfaces alone, in SQL that all of them take. For
// tests outside a driver it offers Dump, a portable way to read rows back.
package warehousetest
