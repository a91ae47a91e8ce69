package crm

// Issue is something wrong with one field of one record (L5). It names the
// record and holds the value as the source sent it.
type Issue struct {
	RecordID string // the primary key as text; "" when the record has none
	Field    string // the source's name of the field, such as phonePrimary
	Column   string // the column it goes into; "" when it concerns the whole record
	Value    string // the value as sent, cut to MaxIssueValue bytes
	Rule     string // what it breaks: a validator's name, "type", "length", "encoding" …
	Message  string // why, in words
	Effect   Effect // what Warren did about it
}

// MaxIssueValue bounds the value that an issue keeps; the whole value stays in
// the raw record.
const MaxIssueValue = 1024

// Effect says what became of the value that an issue is about.
type Effect string

// The things that can become of a value.
const (
	EffectKept    Effect = "kept"    // stored as the source sent it
	EffectNulled  Effect = "nulled"  // the column is NULL; the raw record has the value
	EffectCleaned Effect = "cleaned" // stored with the characters replaced that no database takes
	EffectFailed  Effect = "failed"  // the record is in the quarantine
)
