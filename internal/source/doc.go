// Package source lists the kinds of CRM that Warren knows. A new one is a
// package below this folder and one line in All.
package source
