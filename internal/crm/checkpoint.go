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
}
