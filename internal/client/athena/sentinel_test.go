package athena

import (
	"errors"
	"testing"
)

func TestAMarkSaysTheCause(t *testing.T) {
	cause := errors.New("the cause")
	for want, err := range map[string]error{"the cause": mark(ErrNoTable, cause), ErrNoTable.Error(): mark(ErrNoTable, nil)} {
		if err.Error() != want || !errors.Is(err, ErrNoTable) || errors.Is(err, ErrNoMetadata) || errors.Is(err, cause) != (want == "the cause") {
			t.Errorf("%q, want %q", err, want)
		}
	}
}
