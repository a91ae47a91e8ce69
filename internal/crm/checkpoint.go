package crm

import "time"

// Checkpoint is where an unfinished walk can go on, and what it needs to know
// of its past for the watermark (L1).
type Checkpoint struct {
	Token string    `json:"token"` // of the source
	Mode  Mode      `json:"mode"`
	Since time.Time `json:"since"` // zero for a full walk
	Start time.Time `json:"start"` // the source's clock when the walk began
	Seen  time.Time `json:"seen"`  // greatest modification time that is durable
	Saved time.Time `json:"saved"`
	Basis Basis     `json:"basis"`
	// Unproved says why the part of the walk that was read proves of no row that
	// its record is gone; "" when it does.
	Unproved string `json:"unproved,omitempty"`
	// Fresh says that nothing of the walk was read yet: the token is Starter's.
	Fresh bool `json:"fresh,omitempty"`
	// Paid says that what is still to be read is paid for.
	Paid bool `json:"paid,omitempty"`
	// Untouched says that no row was written since the checkpoint was noted, at the
	// beginning of a run: should no run go on from it, all is as it was before.
	Untouched bool `json:"untouched,omitempty"`
	// Due says that a full run is due all the same, since somebody asked for one.
	Due bool `json:"due,omitempty"`
	// Walk is the run that began the walk, where all records shown since then are
	// remembered, to find the rows that were not; else 0.
	Walk int64 `json:"walk"`
}

// Basis is what a complete walk was made with. A row says nothing of a later
// basis: when it changes, everything has to be read anew.
type Basis struct {
	Endpoint string `json:"endpoint"`          // where the source was read
	Account  string `json:"account,omitempty"` // whose records these are, as the source itself tells; "" when it did not
	Mapping  string `json:"mapping"`           // fingerprint of fields, rules and columns
}

// Same reports whether rows of one basis say the same as those of the other. An account
// that is not known of one of them may be the other's.
func (b Basis) Same(other Basis) bool {
	return b.Endpoint == other.Endpoint && b.Mapping == other.Mapping && !b.OtherAccount(other)
}

// OtherAccount reports whether the two are known to be of different accounts.
func (b Basis) OtherAccount(other Basis) bool {
	return b.Account != "" && other.Account != "" && b.Account != other.Account
}
