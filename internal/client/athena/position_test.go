package athena

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPositionFitsIntoACheckpoint(t *testing.T) {
	for _, p := range []Position{
		{},
		{Query: queryID, Object: output + "x.csv", ETag: `"v1-2"`, Offset: 1 << 40, Size: 1 << 41},
		{Query: queryID, Token: "a/b+c==", Rows: 999},
		{Query: queryID, Object: folder + "part-0", ETag: `"v1"`, File: 3, Lines: 1_000_000},
	} {
		text, err := json.Marshal(struct{ At Position }{p})
		if err != nil {
			t.Fatal(err)
		}
		var read struct{ At Position }
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(p, read.At); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestWhatIsNoPositionIsRefused(t *testing.T) {
	for _, text := range []string{"x", "{}", `{"o":"s3://a/b"}`, `{"q":"a","b":-1}`, `{"q":"a","r":-1}`, `{"q":"a","b":2,"s":1}`, `{"q":1}`} {
		var p Position
		if err := p.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%s was taken for %+v", text, p)
		}
	}
}

// FuzzPosition holds of any text: it is refused, or it is a position that is
// written as one and read back the same.
func FuzzPosition(f *testing.F) {
	f.Add([]byte(`{"q":"a","o":"s3://a/b","e":"\"v\"","b":1,"s":2}`))
	f.Add([]byte(`{"q":"a","t":"x","r":3}`))
	f.Add([]byte(``))
	f.Fuzz(func(t *testing.T, text []byte) {
		var p, again Position
		if p.UnmarshalText(text) != nil {
			return
		}
		written, err := p.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalText(written); err != nil || again != p {
			t.Fatalf("%s became %s: %v", text, written, err)
		}
	})
}
