package config

import (
	"strings"
)

// expand replaces ${NAME} by that environment variable, and $$ by a dollar. A
// dollar before anything else stays. An empty variable counts as not set.
func expand(text string, env func(string) (string, bool)) (result string, used bool, p problem, bad bool) {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		out.WriteString(before)
		switch {
		case !found:
			return out.String(), used, problem{}, false
		case strings.HasPrefix(after, "$"):
			out.WriteByte('$')
			text = after[1:]
		case strings.HasPrefix(after, "{"):
			name, behind, closed := strings.Cut(after[1:], "}")
			if !closed || !isVariable(name) {
				return "", false, problem{"a ${ is not followed by the name of an environment variable and }", "Write ${NAME}, and $${ for a ${ that is meant as it stands."}, true
			}
			v, _ := env(name)
			if v == "" {
				return "", false, problem{"the environment variable " + name + " is not set", "Set " + name + ", or take this line out."}, true
			}
			out.WriteString(v)
			used, text = true, behind
		default:
			out.WriteByte('$')
			text = after
		}
	}
}

func isVariable(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
