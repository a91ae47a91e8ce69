// Package web answers the calls by which a CRM tells of changes.
//
// It may know app and crm. Nothing imports it but cli, which starts it.
package web
