// Package people invents persons and places: names, addresses, telephone
// numbers and e-mail addresses of customers in the United States, the United
// Kingdom and Mexico, from a seed and nothing else. The same seed gives the
// same person on every machine.
//
// Every text that it makes can stand between the quotes of a JSON string as it
// is: no quote, no backslash, no control character. Addresses of e-mail lie in
// the domains that are reserved for examples, telephone numbers on exchanges
// that are kept for fiction where the country has such.
//
// It knows no CRM.
package people
