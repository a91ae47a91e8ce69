package simulate

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// company is the account of one source that a life takes place around, with what
// people do there and what is true of it. Nothing else in the world knows a source.
type company interface {
	http.Handler

	// source is what Warren reads the account by.
	source() crm.Source
	// perPage is how many records a process asks for at once, from a number that was
	// drawn, and values are its settings, where they are not the usual ones.
	perPage(drawn int) int
	values(perPage int) map[string]string
	// traits tell what the account is like.
	traits() []trait
	// call names what is asked for.
	call(r *http.Request) string
	// bounds are those that somebody may set to a column in warren.yaml; without a
	// column nobody does.
	bounds() bounds
	// promise is what Warren promises where the account is like that.
	promise() promise

	// change lets people make one change. It is "" when there was nothing to change.
	change() (Kind, string)
	// trick lets the source play a trick for the time of a run, or not, or ends that.
	trick(on bool) bool
	// heed lets somebody heed what Warren says of the account; false if it says nothing.
	heed() bool

	// records lists the records that the source has now, past every lag and mishap,
	// and asked for in the plainest way.
	records() ([][]byte, error)
	// changed is the latest of the times by which a record can be asked for; zero
	// where it shows none.
	changed(fields map[string]json.RawMessage) time.Time
	// says reports whether a raw record says what another does.
	says(raw string, f fact) bool
	// listedSince is from when on, by the machine's clock, the source has shown a
	// record in one version or another; zero for from the beginning.
	listedSince(f fact) time.Time
	// silent is when a record last changed or came back without a later time of
	// change: only a full run sees that. It is zero when it never did.
	silent(f fact) time.Time
}

// promise is what can be asked of Warren.
type promise struct {
	exact bool // an incremental run misses nothing
	dated bool // each record says when it was changed itself
	sure  bool // a run that nothing disturbs sees every record as it is
	whole bool // a record has no key, and is known by all that it holds
	shown bool // a few records can be asked for, for a sample
	fixed bool // the members of a record are always the same
	calls int  // more than any run has reason to make
}

// bounds are the least and the greatest number that a column is to hold.
type bounds struct{ column, least, most string }

// trait is something that an account is like, or not.
type trait struct {
	is   bool
	kind Kind
	more any
}

// Sources lists the types of source that a life may take place around.
func Sources() []string { return slices.Sorted(maps.Keys(companies())) }

// trade is how an account of one source is opened, and what can happen there that
// happens nowhere else.
type trade struct {
	open  func(w *world, d dice) (company, error)
	kinds []Kind
}

func companies() map[string]trade {
	return map[string]trade{
		"hubspot": {newHub, hubKinds()},

		"salespro":    {newShare, shareKinds()},
		"salesrabbit": {newRabbit, rabbitKinds()},
	}
}
