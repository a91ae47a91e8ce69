package salesrabbit

import (
	"strconv"

	"github.com/warren-sync/warren/internal/sandbox/people"
)

// leadStatus is one of the statuses that the company made for its leads. Its
// id is its place in the list plus firstStatusID.
type leadStatus struct {
	name         string
	abbreviation string
	weight       int // how often it occurs
}

const firstStatusID = 4101

var statuses = [...]leadStatus{
	{"Not Home", "NH", 30},
	{"Go Back", "GB", 14},
	{"Not Interested", "NI", 16},
	{"Appointment Set", "AS", 8},
	{"Callback", "CB", 6},
	{"Pitched - No Close", "PNC", 5},
	{"Closed", "CL", 5},
	{"Sold", "SLD", 3},
	{"Do Not Knock", "DNK", 3},
	{"Drive By", "DB", 3},
	{"Renter", "RNT", 2},
	{"Already Has Solar", "AHS", 2},
	{"No Soliciting", "NS", 1},
	{"Credit Fail", "CF", 1},
	{"Install Complete 🏡", "IC", 1},
}

func newStatus(r *people.Rand) uint8 {
	total := 0
	for i := range statuses {
		total += statuses[i].weight
	}
	n := r.Below(total)
	for i := range statuses {
		if n -= statuses[i].weight; n < 0 {
			return uint8(i)
		}
	}
	return 0
}

// statusNamed returns the place of the status of that name, or -1.
func statusNamed(name string) int {
	for i := range statuses {
		if statuses[i].name == name {
			return i
		}
	}
	return -1
}

func appendStatuses(dst []byte) []byte {
	dst = append(dst, `{"data":[`...)
	for i := range statuses {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(append(dst, `{"id":`...), firstStatusID+int64(i), 10)
		dst = append(append(dst, `,"name":"`...), statuses[i].name...)
		dst = append(append(dst, `","abbreviation":"`...), statuses[i].abbreviation...)
		dst = append(dst, `","active":true}`...)
	}
	return append(dst, `]}`...)
}
