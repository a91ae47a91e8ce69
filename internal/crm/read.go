package crm

import (
	"context"
	"iter"
	"time"
)

// Connector reads one source. It is safe for concurrent use by several
// streams.
type Connector interface {
	// Check asks the source the cheapest question that proves that the
	// address, the credentials and the stream are good. A nil error means yes.
	Check(ctx context.Context, stream Stream) error

	// Read yields the pages of a stream from the beginning, or from
	// Request.Resume. It ends after the last page, or after the first error,
	// which is yielded with a zero Page. A failure is never an empty page (L3).
	Read(ctx context.Context, stream Stream, req Request) iter.Seq2[Page, error]
}

// Request says which records of a stream to read.
type Request struct {
	Since    time.Time // records changed at or after it; zero means all
	Until    time.Time // records changed before it; zero means no bound. A source may ignore it: the engine filters
	Resume   string    // checkpoint of an earlier, unfinished walk with the same Since; "" starts anew
	PageSize int       // most records wanted a page; 0 leaves it to the source
	MaxScan  int64     // most bytes that the source may scan and charge for, where it does that; 0 for no bound
}

// Page is one answer of the source.
type Page struct {
	Records    [][]byte  // each one JSON object; they may share one buffer, which is not reused
	Checkpoint string    // where a later walk can go on and miss nothing behind this page, though it may show some of it again; "" if it cannot
	SourceTime time.Time // the source's clock when it answered; zero when unknown
	Total      int64     // how many records the walk will yield, when the source says; else 0
	Last       bool      // whether the walk ends with this page
	Bytes      int64     // size of the answer on the wire after decompression
	Repeated   int       // records left out because the walk yielded them before
	Requests   int       // answers that it took to make this page
	Notice     string    // what a person should know of how the walk went; "" for nothing
	Unsure     string    // why records may have been passed over, so that none is gone for not being shown; "" when none can
	Bill       Bill      // what the source charges for the page
	Vain       bool      // what the bill is for led to nothing: who goes on from the checkpoint pays anew
	Rejects    []Reject  // what stood where a record was due and is none, and why, where the connector can tell better than the bytes; fetched like the records
	// Seen is the time up to which the page shows all that changed, of a stream whose
	// records do not say when they changed; zero for all others.
	Seen time.Time
	// Gone are records of which the source says that they are no more, each one JSON
	// object with the members of the primary key. They are not among the fetched.
	Gone [][]byte
}

// Fetcher is a Connector that can show single records.
type Fetcher interface {
	// Fetch yields the records of those primary keys, as text. Of keys that the source
	// has no record of, Page.Gone tells.
	Fetch(ctx context.Context, stream Stream, ids []string) iter.Seq2[Page, error]
}

// Describer is a Connector whose accounts say which fields a stream has.
type Describer interface {
	// Describe returns the stream with the fields that the account has beside those
	// that it came with: these keep their columns, types and rules, and some may be
	// Absent.
	Describe(ctx context.Context, stream Stream) (Stream, error)
}

// Starter is a Connector whose walks cost something before they yield anything,
// such as a query that is paid for. What Start returns is durable before Read is
// called with it as Request.Resume: a walk that dies before its first page is gone
// on with, and not paid for twice.
type Starter interface {
	// Start returns the checkpoint with which a new walk begins. It asks nothing
	// of the source.
	Start(stream Stream, req Request) string
}

// Sampler is a Connector that can show a few records from somewhere in the
// middle of a stream, for the price of one call.
type Sampler interface {
	// Sample returns about n records that stand next to each other, the first
	// of them behind the share at (0 ≤ at < 1) of the about total records that
	// the stream has. It may return fewer, and none where there are none.
	Sample(ctx context.Context, stream Stream, n int, at float64, total int64) (Page, error)
}
