package postgres_test

import "strings"

// withParameter adds a parameter to an address.
func withParameter(url, parameter string) string {
	if strings.Contains(url, "?") {
		return url + "&" + parameter
	}
	return url + "?" + parameter
}
