package postgres

import "github.com/warren-sync/warren/internal/crm"

// kind is a family of column types that look the same in the binary format.
type kind uint8

const (
	kindText kind = iota // text, varchar
	kindChar             // char(n), padded with blanks
	kindInt2
	kindInt4
	kindInt8
	kindNumeric
	kindFloat4
	kindFloat8
	kindBool
	kindTimestamp   // without time zone: the wall clock of UTC
	kindTimestampTZ // an instant
	kindDate
	kindJSON
	kindJSONB
	kindBytea
	kindOther // anything else: travels as text through a cast
)

// wire is what the protocol and SQL call a kind.
type wire struct {
	element uint32 // type OID
	array   uint32 // OID of the array of it
	name    string
}

// holds returns the type of the values that a column of kind k takes.
func (k kind) holds() crm.Type {
	switch k {
	case kindInt2, kindInt4, kindInt8:
		return crm.TypeInteger
	case kindNumeric, kindFloat4, kindFloat8:
		return crm.TypeDecimal
	case kindBool:
		return crm.TypeBoolean
	case kindTimestamp, kindTimestampTZ:
		return crm.TypeTimestamp
	case kindDate:
		return crm.TypeDate
	case kindJSON, kindJSONB:
		return crm.TypeJSON
	default:
		return crm.TypeText
	}
}

// wireOf returns what the protocol and SQL call k. OIDs of built-in types are
// the same in every PostgreSQL.
func wireOf(k kind) wire {
	switch k {
	case kindChar:
		return wire{1042, 1014, "bpchar"}
	case kindInt2:
		return wire{21, 1005, "smallint"}
	case kindInt4:
		return wire{23, 1007, "integer"}
	case kindInt8:
		return wire{20, 1016, "bigint"}
	case kindNumeric:
		return wire{1700, 1231, "numeric"}
	case kindFloat4:
		return wire{700, 1021, "real"}
	case kindFloat8:
		return wire{701, 1022, "double precision"}
	case kindBool:
		return wire{16, 1000, "boolean"}
	case kindTimestamp:
		return wire{1114, 1115, "timestamp"}
	case kindTimestampTZ:
		return wire{1184, 1185, "timestamptz"}
	case kindDate:
		return wire{1082, 1182, "date"}
	case kindJSON:
		return wire{114, 199, "json"}
	case kindJSONB:
		return wire{3802, 3807, "jsonb"}
	case kindBytea:
		return wire{17, 1001, "bytea"}
	default:
		return wire{25, 1009, "text"}
	}
}

// kindOf returns the kind of a type by its OID.
func kindOf(oid uint32) kind {
	switch oid {
	case 25, 1043:
		return kindText
	case 1042:
		return kindChar
	case 21:
		return kindInt2
	case 23:
		return kindInt4
	case 20:
		return kindInt8
	case 1700:
		return kindNumeric
	case 700:
		return kindFloat4
	case 701:
		return kindFloat8
	case 16:
		return kindBool
	case 1114:
		return kindTimestamp
	case 1184:
		return kindTimestampTZ
	case 1082:
		return kindDate
	case 114:
		return kindJSON
	case 3802:
		return kindJSONB
	case 17:
		return kindBytea
	default:
		return kindOther
	}
}

// column is one column as the server has it.
type column struct {
	name     string
	typeName string // as SQL writes it, with its bounds: numeric(10,8)
	kind     kind
	length   int // most characters; 0 is no bound
	digits   int // of a numeric, all of them; 0 is no bound
	scale    int // of a numeric with a bound, digits behind the point; may be negative
	places   int // of a time, digits of the second's fraction, 0 to 6

	notNull    bool
	hasDefault bool // of any sort: the column fills itself on insert
	identity   bool // values of ours are taken on insert only
	generated  bool // takes no value of ours at all
	category   byte // pg_type.typcategory
	folds      bool // its collation makes different texts equal
	firstLabel string
}

// bounds reads the type modifier: what stands in brackets behind a type.
func (c *column) bounds(oid uint32, modifier int) {
	const header = 4 // a modifier of text or numeric counts the value's header
	c.places = 6
	switch {
	case modifier < 0:
	case oid == 1043 || oid == 1042:
		c.length = modifier - header
	case oid == 1700:
		c.digits = (modifier - header) >> 16 & 0xffff
		// Eleven bits with a sign, since PostgreSQL 15; before, a scale was
		// never beyond 1000, which reads the same.
		c.scale = ((modifier-header)&0x7ff ^ 1024) - 1024
	case oid == 1114 || oid == 1184:
		c.places = modifier
	}
}
