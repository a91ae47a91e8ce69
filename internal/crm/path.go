package crm

import "strings"

// PathStep writes a name as one step of a path in Field.Paths: a dot in it becomes \. and
// a backslash \\.
func PathStep(name string) string {
	if !strings.ContainsAny(name, `.\`) {
		return name
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, `\`, `\\`), ".", `\.`)
}
