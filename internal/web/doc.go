// Package web answers calls from outside: today those by which a CRM tells of
// changes.
//
// It may know app and crm. Nothing imports it but cli, which starts it.
package web
