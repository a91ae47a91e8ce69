package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestFindPrograms(t *testing.T) {
	root := t.TempDir()
	install := func(dir string, names ...string) string {
		dir = filepath.Join(root, dir)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	nine := install("postgresql/9.6/bin", "initdb", "postgres")
	fifteen := install("postgresql/15/bin", "initdb", "postgres")
	install("postgresql/17/bin", "psql") // a client only
	linked := install("linked")
	if err := os.Symlink(filepath.Join(nine, "initdb"), filepath.Join(linked, "initdb")); err != nil {
		t.Fatal(err)
	}
	sixteen := install("pgsql-16/bin", "initdb", "postgres")
	debian := filepath.Join(root, "postgresql/*/bin")
	fedora := filepath.Join(root, "pgsql-*/bin")

	cases := map[string]struct {
		onPath   string // directory that PATH names, if any
		patterns []string
		want     string
	}{
		"path goes before places":                  {onPath: nine, patterns: []string{debian}, want: nine},
		"a link on path leads to its programs":     {onPath: linked, patterns: []string{debian}, want: nine},
		"the newest that is complete":              {patterns: []string{debian}, want: fifteen},
		"the newest of all places":                 {patterns: []string{debian, fedora}, want: sixteen},
		"the newest whatever the order of places":  {patterns: []string{fedora, debian}, want: sixteen},
		"a place that does not exist is passed by": {patterns: []string{filepath.Join(root, "none/*"), debian}, want: fifteen},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			lookPath := func(program string) (string, error) {
				if c.onPath == "" {
					return "", exec.ErrNotFound
				}
				return exec.LookPath(filepath.Join(c.onPath, program))
			}
			got, err := findPrograms(lookPath, c.patterns)
			if err != nil {
				t.Fatal(err)
			}
			want, err := filepath.EvalSymlinks(c.want)
			if err != nil {
				t.Fatal(err)
			}
			if got, err = filepath.EvalSymlinks(got); err != nil || got != want {
				t.Errorf("got %s, %v; want %s", got, err, want)
			}
		})
	}
}

func TestNotInstalledSaysHowToGetIt(t *testing.T) {
	nowhere := func(string) (string, error) { return "", exec.ErrNotFound }
	_, err := findPrograms(nowhere, []string{filepath.Join(t.TempDir(), "*")})
	if !errors.Is(err, ErrNotInstalled) {
		t.Fatalf("got %v", err)
	}
	const want = "PostgreSQL is not installed: apt-get install postgresql (Debian/Ubuntu), brew install postgresql (macOS), or set TEST_DATABASE_URL"
	if got := adviseURL(err).Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if other := errors.New("disk full"); adviseURL(other) != other {
		t.Error("advice was added to a failure that it does not help against")
	}
}

func TestVersion(t *testing.T) {
	for dir, want := range map[string]float64{
		"/usr/lib/postgresql/15/bin":                          15,
		"/usr/lib/postgresql/9.6/bin":                         9.6,
		"/usr/pgsql-16/bin":                                   16,
		"/usr/libexec/postgresql17":                           17,
		"/opt/homebrew/opt/postgresql@18/bin":                 18,
		"/Applications/Postgres.app/Contents/Versions/14/bin": 14,
		"/usr/local/pgsql/bin":                                0,
		"/home/u2/pg/bin":                                     0,
	} {
		if got := version(dir); got != want {
			t.Errorf("%s: got %v, want %v", dir, got, want)
		}
	}
}
