package circle_test

import (
	"strconv"
	"testing"

	"github.com/warren-sync/warren/internal/client/circle"
)

// However long the way into a circle and the circle are, it is noticed before three
// times as many pages were read.
func TestACircleIsNoticed(t *testing.T) {
	for way := range 40 {
		for round := 1; round < 40; round++ {
			w := circle.From("")
			pages := 0
			for at := 1; !w.Closes(strconv.Itoa(at)); pages++ {
				if at++; at > way+round {
					at = way + 1
				}
				if pages > 3*(way+round)+3 {
					t.Fatalf("%d pages and then %d in a circle: not noticed", way, round)
				}
			}
			if pages < way+round {
				t.Errorf("%d pages and then %d in a circle: noticed after %d, all of which were new", way, round, pages)
			}
		}
	}
}

// A list that is gone on with is in a circle when it leads back to where it was gone on
// with, and no list is that has an end.
func TestOfAListThatIsGoneOnWith(t *testing.T) {
	w := circle.From("7")
	for page := 8; page < 1000; page++ {
		if w.Closes(strconv.Itoa(page)) {
			t.Fatalf("page %d was not read before", page)
		}
	}
	if w = circle.From("7"); !w.Closes("7") {
		t.Error("the page itself was read before")
	}
}
