package pgtest

import (
	"cmp"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// places returns where distributions put the server's programs, which they
// often leave off PATH.
func places() []string {
	return []string{
		"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
		"/usr/pgsql-*/bin",                                   // PostgreSQL's own RPMs
		"/usr/libexec/postgresql*",                           // Alpine
		"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew, Apple silicon
		"/usr/local/opt/postgresql@*/bin",                    // Homebrew, Intel
		"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
		"/usr/local/pgsql/bin",                               // built from source
	}
}

// findPrograms returns the directory that holds initdb and postgres: the one
// on path if there is one (lookPath is exec.LookPath), else of those that match
// the patterns the one with the highest version.
func findPrograms(lookPath func(string) (string, error), patterns []string) (string, error) {
	if initdb, err := lookPath("initdb"); err == nil {
		// A link on PATH points to where its companions are.
		if target, err := filepath.EvalSymlinks(initdb); err == nil && hasServer(filepath.Dir(target)) {
			return filepath.Dir(target), nil
		}
	}
	var found []string
	for _, pattern := range patterns {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		found = append(found, slices.DeleteFunc(dirs, func(dir string) bool { return !hasServer(dir) })...)
	}
	if len(found) == 0 {
		return "", ErrNotInstalled
	}
	return slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(version(a), version(b)) }), nil
}

// hasServer reports whether both programs that a server needs are in dir.
func hasServer(dir string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// version returns the number that distributions write behind the program's
// name, such as 15 in /usr/lib/postgresql/15/bin; 0 when there is none.
func version(dir string) float64 {
	text := regexp.MustCompile(`(?:pgsql|postgresql|Versions)[-@/]?(\d+(?:\.\d+)?)`).FindStringSubmatch(dir)
	if text == nil {
		return 0
	}
	number, err := strconv.ParseFloat(text[1], 64)
	if err != nil {
		return 0
	}
	return number
}
