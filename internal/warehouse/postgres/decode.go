package postgres

import (
	"encoding/binary"
	"math"

	"github.com/warren-sync/warren/internal/crm"
)

// decodeValue reads a value of a column of kind k from the binary format, as
// lookups need it: integers, booleans, times and texts. nil is NULL, and so is anything
// else.
func decodeValue(k kind, b []byte) crm.Value {
	switch {
	case b == nil:
		return crm.Value{}
	case k == kindInt8 && len(b) == 8:
		return crm.IntegerValue(int64(binary.BigEndian.Uint64(b)))
	case k == kindInt4 && len(b) == 4:
		return crm.IntegerValue(int64(int32(binary.BigEndian.Uint32(b))))
	case k == kindInt2 && len(b) == 2:
		return crm.IntegerValue(int64(int16(binary.BigEndian.Uint16(b))))
	case (k == kindTimestamp || k == kindTimestampTZ) && len(b) == 8:
		return crm.Value{Valid: true, Type: crm.TypeTimestamp, Int: sinceEpoch(int64(binary.BigEndian.Uint64(b)), epochMicros)}
	case k == kindDate && len(b) == 4:
		return crm.DateValue(int64(int32(binary.BigEndian.Uint32(b))) + epochDays)
	case k == kindBool && len(b) == 1:
		return crm.BooleanValue(b[0] != 0)
	case k == kindText || k == kindChar:
		return crm.TextValue(b)
	default:
		return crm.Value{}
	}
}

// sinceEpoch moves from the server's epoch to 1970; infinity stays where it is.
func sinceEpoch(n, epoch int64) int64 {
	if n > math.MaxInt64-epoch {
		return math.MaxInt64
	}
	return n + epoch
}

// decodeHash reads the fingerprint of a row; anything but one of ours is none.
func decodeHash(b []byte) (h crm.Hash) {
	if len(b) == len(h) {
		copy(h[:], b)
	}
	return h
}
