package crm

import (
	"log/slog"
	"net/http"
	"slices"
)

// Source is the registration of one kind of CRM. Command-line arguments,
// environment variables, configuration, its reference page and the redaction
// of secrets all come from it.
type Source struct {
	Type    string // salesrabbit
	Title   string // SalesRabbit
	Summary string // one line for people
	Options []Option
	Streams []Stream
	OldAll  string // the old system's command for all of its streams; "": sync_ with the source and _all
	// OldOthers are further commands of the old system, of streams that only settings
	// make and that have the name among their OldCommands; and the flags of each that
	// took one record out of all.
	OldOthers map[string][]string
	Describes bool     // its connectors are a Describer
	NewField  Reaction // what becomes of a new field where no contract says; "" is ReactDrop
	Billed    bool     // it charges for the bytes that it scans: see Bill

	// Endpoint says where an account is read, without secrets; a table that was
	// read elsewhere says nothing of it. nil: the option url.
	Endpoint func(Settings) string

	// More returns the streams that an account has beside Streams, as its settings
	// say; nil where there are none.
	More func(Settings) ([]Stream, error)

	// Hook returns what reads the calls by which the source tells an account of
	// changes; nil for a source that tells nothing.
	Hook func(Settings, Deps) (Hook, error)

	// Open returns the connector for one account.
	Open func(Settings, Deps) (Connector, error)
}

// Option is one setting of a source.
type Option struct {
	Name     string   // key in warren.yaml: api_style
	Help     string   // one sentence
	Env      []string // environment variables, the first that is set wins
	Default  string
	Kind     OptionKind
	Choices  []string // the values of a choice
	Secret   bool     // never shown (L8)
	Required bool
	SetsUp   bool // whoever sets it in the environment has set up the account, as with one that is required
}

// OptionKind is what an option's text must be.
type OptionKind string

// The kinds of options.
const (
	OptionText     OptionKind = "text"
	OptionURL      OptionKind = "url"      // http or https, with a host
	OptionInteger  OptionKind = "integer"  // zero or more
	OptionNumber   OptionKind = "number"   // zero or more, may have a fraction
	OptionBoolean  OptionKind = "boolean"  // true or false
	OptionDuration OptionKind = "duration" // such as 5m or 1.5s, zero or more
	OptionSize     OptionKind = "size"     // bytes, such as 64MiB
	OptionChoice   OptionKind = "choice"   // one of Choices
)

// Deps is what the outside gives to a connector.
type Deps struct {
	Clock     Clock
	Random    func() float64    // in [0,1), for how long to wait; safe for concurrent use; nil: the connector's own
	Transport http.RoundTripper // the way to the network
	Observe   func(Event)       // hears of retries, waits and pages; never nil
	Log       *slog.Logger
}

// Stream returns the stream that goes by that name.
func (s *Source) Stream(name string) (Stream, bool) {
	i := slices.IndexFunc(s.Streams, func(st Stream) bool { return st.Is(name) })
	if i < 0 {
		return Stream{}, false
	}
	return s.Streams[i], true
}

// Option returns the option of that name.
func (s *Source) Option(name string) (Option, bool) {
	i := slices.IndexFunc(s.Options, func(o Option) bool { return o.Name == name })
	if i < 0 {
		return Option{}, false
	}
	return s.Options[i], true
}
