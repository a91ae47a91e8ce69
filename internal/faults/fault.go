package faults

import "strconv"

// Fault is what becomes of one operation of a warehouse.
type Fault uint8

// The faults of a warehouse.
const (
	None       Fault = iota // it happens
	LoseBefore              // the connection is lost and nothing happens; a transaction is rolled back
	LoseAfter               // it happens, and the answer is lost; of a commit, the unknown outcome
	Refuse                  // the database says no, and would say so again
	Die                     // the process is killed: nothing of this driver happens any more
)

// String names the fault in words that follow "the operation".
func (f Fault) String() string {
	switch f {
	case None:
		return "happens"
	case LoseBefore:
		return "is lost before it happens"
	case LoseAfter:
		return "happens and its answer is lost"
	case Refuse:
		return "is refused"
	case Die:
		return "kills the process"
	default:
		return "meets fault " + strconv.Itoa(int(f))
	}
}

// Kind says what an operation is.
type Kind string

// The kinds of operations that reach the database.
const (
	Begin   Kind = "begin"
	Commit  Kind = "commit"
	Exec    Kind = "exec"    // in a transaction or on its own
	Query   Kind = "query"   // in a transaction or on its own
	Write   Kind = "write"   // Table.Write and Table.Delete
	Look    Kind = "look"    // Table.Known, Empty, Present and Compare
	Open    Kind = "open"    // Driver.Table
	Migrate Kind = "migrate" // Driver.Migrate
	Exists  Kind = "exists"  // Driver.Exists
	Clock   Kind = "clock"   // Driver.Now
)

// Op is one operation that is about to reach the database.
type Op struct {
	N    int64  // from 1, over the driver's life
	Kind Kind   // what it is
	Text string // the SQL, or the name of the table; "" where there is neither
	InTx bool   // whether it belongs to a transaction
}

// Failure is the error of an operation that met a fault, before the driver's
// Explain has made a *crm.Error of it.
type Failure string

// The failures.
const (
	Lost    Failure = "the connection to the warehouse was lost"
	Refused Failure = "the warehouse refused the statement"
	Dead    Failure = "the process was killed"
)

// Error says what happened.
func (f Failure) Error() string { return string(f) }
