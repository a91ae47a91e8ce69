package seen_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/warren-sync/warren/internal/warehouse/seen"
)

var errDeliberate = errors.New("deliberate")

// walk remembers ids in parts of so many, by way of what is stored.
func walk(ids []string, size, most int) seen.Walk {
	var parts [][]byte
	for chunk := range slices.Chunk(ids, size) {
		var part []byte
		for _, id := range chunk {
			part = seen.Append(part, id)
		}
		parts = append(parts, part)
	}
	return seen.Walk{Most: most, Parts: func(yield func([]byte, error) bool) {
		for _, part := range parts {
			if !yield(part, nil) {
				return
			}
		}
	}}
}

// table yields rows as a table would, each with something beside its id.
func table(ids []string) func(func(string, int) error) error {
	return func(each func(string, int) error) error {
		for i, id := range ids {
			if err := each(id, i); err != nil {
				return err
			}
		}
		return nil
	}
}

// absent collects what Absent calls absent, in the order of the table.
func absent(t testing.TB, w seen.Walk, ids []string) (gone []string, rows, shown int64) {
	t.Helper()
	var at []int
	rows, shown, err := seen.Absent(w, table(ids), func(i int) error {
		at = append(at, i)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(at)
	for _, i := range at {
		gone = append(gone, ids[i])
	}
	return gone, rows, shown
}

// The rows that a walk did not show are those that a plain set says, each once,
// however the walk was cut into parts, however often it showed a record, and in
// however many shares it is gone through.
func TestAbsentIsWhatAPlainSetSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Custom(func(t *rapid.T) string { return strconv.Itoa(rapid.IntRange(0, 60).Draw(t, "id")) })
		inTable := rapid.SliceOfNDistinct(id, 0, 60, rapid.ID[string]).Draw(t, "table")
		inWalk := rapid.SliceOfN(id, 0, 200).Draw(t, "walk")
		w := walk(inWalk, rapid.IntRange(1, 50).Draw(t, "size"), rapid.IntRange(0, 40).Draw(t, "most"))

		set := make(map[string]bool)
		for _, id := range inWalk {
			set[id] = true
		}
		var want []string
		for _, id := range inTable {
			if !set[id] {
				want = append(want, id)
			}
		}
		var got []int
		rows, shown, err := seen.Absent(w, table(inTable), func(i int) error {
			got = append(got, i)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		var gone []string
		for _, i := range got {
			gone = append(gone, inTable[i])
		}
		if !slices.Equal(gone, want) {
			t.Errorf("absent are %q, want %q", gone, want)
		}
		if rows != int64(len(inTable)) || shown != int64(len(set)) {
			t.Errorf("%d rows and %d records, want %d and %d", rows, shown, len(inTable), len(set))
		}
		if n, err := w.Count(); err != nil || n != int64(len(inWalk)) {
			t.Errorf("the walk has %d ids, %v, want %d", n, err, len(inWalk))
		}
	})
}

func TestAnEmptyWalkShowsNothing(t *testing.T) {
	gone, rows, shown := absent(t, walk(nil, 1, 0), []string{"a", "b"})
	if !slices.Equal(gone, []string{"a", "b"}) || rows != 2 || shown != 0 {
		t.Errorf("%q of %d rows, %d shown", gone, rows, shown)
	}
}

func TestAnEmptyTableLacksNothing(t *testing.T) {
	for _, most := range []int{0, 1, 2} {
		gone, rows, shown := absent(t, walk([]string{"a", "b", "a", "c"}, 2, most), nil)
		if gone != nil || rows != 0 || shown != 3 {
			t.Errorf("%q of %d rows, %d shown", gone, rows, shown)
		}
	}
}

// Ids that look alike are told apart.
func TestIdsAreTakenWhole(t *testing.T) {
	ids := []string{"", " ", "a", "A", "a ", "1", "01", "1/2", "12", "é", "e\u0301", "a\x00"}
	for i, id := range ids {
		gone, _, _ := absent(t, walk([]string{id}, 1, 0), ids)
		if want := slices.Delete(slices.Clone(ids), i, i+1); !slices.Equal(gone, want) {
			t.Errorf("shown %q, absent %q", id, gone)
		}
	}
}

// A row whose id has the eight bytes of another's is never taken for missing;
// what a part has beyond whole ids is nobody's.
func TestEightBytesAnId(t *testing.T) {
	part := seen.Append([]byte(nil), "a")
	if len(part) != 8 {
		t.Errorf("an id takes %d bytes", len(part))
	}
	two := seen.Append(part, "b")
	if len(two) != 16 || string(two[:8]) != string(part) {
		t.Errorf("%x after %x", two, part)
	}
	torn := seen.Walk{Parts: func(yield func([]byte, error) bool) { yield(two[:12], nil) }}
	if gone, _, shown := absent(t, torn, []string{"a", "b"}); !slices.Equal(gone, []string{"b"}) || shown != 1 {
		t.Errorf("absent %q, %d shown", gone, shown)
	}
}

// Whatever fails, fails the comparison: half a walk would take rows for gone
// (L3).
func TestL3_ErrorsComeBack(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e", "f"}
	good := walk(ids[:3], 1, 1)
	// broken yields one part and fails, from the given time on that it is gone
	// through.
	broken := func(from int) seen.Walk {
		times := 0
		return seen.Walk{Most: 1, Parts: func(yield func([]byte, error) bool) {
			times++
			for part, err := range good.Parts {
				if !yield(part, err) {
					return
				}
				if times >= from {
					yield(nil, errDeliberate)
					return
				}
			}
		}}
	}
	none := func(int) error { return nil }
	for from := 1; from <= 2; from++ { // while it is counted, and while it is dealt out
		rows, shown, err := seen.Absent(broken(from), table(ids), none)
		if !errors.Is(err, errDeliberate) || rows != 0 || shown != 0 {
			t.Errorf("parts failed the %d. time: %d rows, %d shown, %v", from, rows, shown, err)
		}
	}
	if _, err := broken(1).Count(); !errors.Is(err, errDeliberate) {
		t.Errorf("the count said %v", err)
	}
	times := 0
	_, _, err := seen.Absent(good, func(each func(string, int) error) error {
		if times++; times == 2 {
			return errDeliberate
		}
		return table(ids)(each)
	}, none)
	if !errors.Is(err, errDeliberate) || times != 2 {
		t.Errorf("rows failed the second time of %d: %v", times, err)
	}
	called := 0
	_, _, err = seen.Absent(good, table(ids), func(int) error {
		called++
		return errDeliberate
	})
	if !errors.Is(err, errDeliberate) || called != 1 {
		t.Errorf("the caller failed once in %d calls: %v", called, err)
	}
}

// Memory is that of Most ids, whatever the walk (L11): what a walk of many ids
// takes in all, in twenty shares, is less than two shares, also when a few
// records were shown all the time.
func TestL11_NoMoreThanMostIdsAtOnce(t *testing.T) {
	const n, most = 400_000, 20_000
	for name, id := range map[string]func(i int) string{
		"all different":       strconv.Itoa,
		"one again and again": func(i int) string { return strconv.Itoa(i % 10) },
	} {
		t.Run(name, func(t *testing.T) {
			ids := make([]string, n)
			for i := range ids {
				ids[i] = id(i)
			}
			w := walk(ids, 10_000, most)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			gone, rows, _ := absent(t, w, []string{"0", "x"})
			runtime.ReadMemStats(&after)
			if len(gone) != 1 || rows != 2 {
				t.Errorf("%q of %d rows", gone, rows)
			}
			if bytes := after.TotalAlloc - before.TotalAlloc; bytes > 2*8*most {
				t.Errorf("%d ids at a time took %d bytes", most, bytes)
			}
		})
	}
}

// However long the walk is, the table is read once where nothing is absent, and once more
// for every Most rows that are; what was remembered of the walk is gone through twice.
func TestATableIsReadOnce(t *testing.T) {
	const n, most = 30_000, 2000
	for name, c := range map[string]struct {
		every int // of the table's rows one in so many was shown
		reads int
	}{
		"nothing absent": {1, 1},
		"half absent":    {2, 1 + n/2/most + 1},
	} {
		t.Run(name, func(t *testing.T) {
			var ids, shown, want []string
			for i := range n {
				id := strconv.Itoa(i)
				if ids = append(ids, id); i%c.every == 0 {
					shown = append(shown, id)
				} else {
					want = append(want, id)
				}
			}
			t.Setenv("TMPDIR", t.TempDir())
			w := walk(shown, 700, most)
			parts, through := w.Parts, 0
			w.Parts = func(yield func([]byte, error) bool) {
				through++
				parts(yield)
			}
			reads := 0
			var at []int
			rows, records, err := seen.Absent(w, func(each func(string, int) error) error {
				reads++
				return table(ids)(each)
			}, func(i int) error {
				at = append(at, i)
				return nil
			})
			slices.Sort(at)
			var got []string
			for _, i := range at {
				got = append(got, ids[i])
			}
			if err != nil || rows != n || records != int64(len(shown)) || !slices.Equal(got, want) {
				t.Errorf("%d absent of %d rows, %d shown, %v; want %d, %d and %d", len(got), rows, records, err, len(want), n, len(shown))
			}
			if reads > c.reads || through != 2 {
				t.Errorf("the table was read %d times, the walk %d times; want at most %d and 2", reads, through, c.reads)
			}
			left, err := os.ReadDir(os.Getenv("TMPDIR"))
			if err != nil || len(left) > 0 {
				t.Errorf("%v stay behind, %v", left, err)
			}
		})
	}
}

// A comparison that has no place for its files says so, and takes no row for gone.
func TestL3_WithoutAPlaceForTheFilesNothingIsAbsent(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nowhere"))
	_, _, err := seen.Absent(walk([]string{"a", "b"}, 1, 1), table([]string{"a", "c"}), func(int) error {
		t.Error("a row is held to be absent")
		return nil
	})
	var unusable *seen.ScratchError
	if !errors.As(err, &unusable) || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "temporary file") {
		t.Errorf("got %v", err)
	}
}

func ExampleAbsent() {
	shown := seen.Append(seen.Append(nil, "1"), "3")
	w := seen.Walk{Parts: func(yield func([]byte, error) bool) { yield(shown, nil) }}
	rows, records, err := seen.Absent(w, func(each func(string, string) error) error {
		for id, name := range map[string]string{"1": "Ann", "2": "Bob"} {
			if err := each(id, name); err != nil {
				return err
			}
		}
		return nil
	}, func(name string) error {
		fmt.Println(name, "is gone")
		return nil
	})
	fmt.Println(rows, "rows,", records, "records shown,", err)
	// Output:
	// Bob is gone
	// 2 rows, 2 records shown, <nil>
}
