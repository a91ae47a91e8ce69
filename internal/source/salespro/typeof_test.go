package salespro

import (
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// Types of the share that a warehouse keeps alike are one: that a vendor turns an int into
// a bigint changes nothing.
func TestTheTypesOfTheShare(t *testing.T) {
	for want, kinds := range map[crm.Type][]string{
		crm.TypeInteger:   {"tinyint", "smallint", "int", "INTEGER", "bigint"},
		crm.TypeDecimal:   {"decimal(12,2)", "decimal", "double", "float", "real"},
		crm.TypeBoolean:   {"boolean"},
		crm.TypeDate:      {"date"},
		crm.TypeTimestamp: {"timestamp", "timestamp(3)", "timestamp with time zone"},
		crm.TypeJSON:      {"array<string>", "map<string,int>", "struct<a:int>", "row(a int)", "json"},
		crm.TypeText:      {"string", "varchar", "varchar(20)", "char(3)", "binary", "time", ""},
	} {
		for _, kind := range kinds {
			if got := typeOf(kind); got != want {
				t.Errorf("%q is a %s, want %s", kind, got, want)
			}
		}
	}
}
