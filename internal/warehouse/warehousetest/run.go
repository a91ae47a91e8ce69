package warehousetest

import (
	"testing"
	"time"

	"github.com/warren-sync/warren/internal/warehouse"
)

// Run tests one driver. open is called once for each test and returns a driver
// on a database of its own, empty and migrated by nobody. Run closes it.
func Run(t *testing.T, open func(t *testing.T) warehouse.Driver) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			c.run(newFixture(t, open(t)))
		})
	}
}

// RunShared tests two drivers that work on the same database at once, as two
// processes do. open is called once for each test and returns both, on a
// database that is empty and theirs alone. RunShared closes them.
func RunShared(t *testing.T, open func(t *testing.T) (a, b warehouse.Driver)) {
	t.Helper()
	for _, c := range sharedCases() {
		t.Run(c.name, func(t *testing.T) {
			a, b := open(t)
			c.run(newFixture(t, a), newFixture(t, b))
		})
	}
}

type testCase struct {
	name string
	run  func(*fixture)
}

type sharedCase struct {
	name string
	run  func(a, b *fixture)
}

func cases() []testCase {
	return []testCase{
		{"CreateTable", createTable},
		{"L6_AbsentTableStaysAbsent", absentTableStaysAbsent},
		{"L6_MissingColumnStaysMissing", missingColumnStaysMissing},
		{"L6_TableWithoutItsKeyIsRead", tableWithoutItsKeyIsRead},
		{"MissingColumnsAreAdded", missingColumnsAreAdded},
		{"ColumnsOfOthersStay", columnsOfOthersStay},
		{"ForeignTableIsAdopted", foreignTableIsAdopted},
		{"TableUnderAnotherName", tableUnderAnotherName},
		{"ViewIsRefused", viewIsRefused},
		{"Empty", empty},
		{"Count", countRows},
		{"WidestTable", widestTable},

		{"L5_ValuesComeBack", valuesComeBack},
		{"L5_EmptyIsNotNull", emptyIsNotNull},
		{"L5_LongText", longText},
		{"L5_RawRecord", rawRecord},

		{"KnownOrder", knownOrder},
		{"KnownCloseTogether", knownClose},
		{"KnownVersion", knownVersion},
		{"KnownRowOfOthers", knownRowOfOthers},
		{"KnownManyRows", knownManyRows},
		{"KnownWhileWriting", knownWhileWriting},
		{"CompositeKey", compositeKey},
		{"TextKey", textKey},

		{"PresentKeys", presentKeys},
		{"PresentLeavesOutMarked", presentLeavesOutMarked},
		{"PresentLeavesOutKeysOfNoRecord", presentLeavesOutKeysOfNoRecord},
		{"PresentOfForeignTable", presentOfForeignTable},
		{"PresentStopsOnError", presentStopsOnError},
		{"PresentThousands", presentThousands},

		{"DeleteSoft", deleteSoft},
		{"DeleteHard", deleteHard},
		{"DeleteCompositeKey", deleteCompositeKey},
		{"DeleteKeepsTimeOfSource", deleteKeepsTimeOfSource},
		{"DeleteMovesEachNameOfSynced", deleteMovesEachNameOfSynced},
		{"L4_DeleteRollsBack", deleteRollsBack},
		{"DeleteNeedsItsOwnTransaction", deleteNeedsItsOwnTransaction},
		{"MarkWithoutItsTime", markWithoutItsTime},

		{"RestoreEqual", restore("Ann", 0)},
		{"RestoreOlder", restore("Anna", -time.Hour)},
		{"RestoreNewer", restore("Anna", time.Hour)},
		{"L9_L10_RestoreOnlyWhatIsMarked", restoreOnlyWhatIsMarked},
		{"RestoreFollowsTheSource", restoreFollowsTheSource},
		{"RepairOverwrites", repairOverwrites},
		{"RepairBesideOthers", repairBesideOthers},

		{"StageTakesPlace", stageTakesPlace},
		{"StageOfADeadRun", stageOfADeadRun},
		{"L4_StageRollsBack", stageRollsBack},
		{"StageBesideRowsWithoutAKey", stageBesideRowsWithoutAKey},
		{"L3_StageKeptOut", stageKeptOut},
		{"StageNeedsItsOwnDatabase", stageNeedsItsOwnDatabase},

		{"CompareAfterWrite", compareAfterWrite},
		{"CompareEachColumn", compareEachColumn},
		{"CompareLostColumn", compareLostColumn},
		{"CompareNull", compareNull},
		{"CompareForms", compareForms},
		{"CompareStandIns", compareStandIns},
		{"CompareForeignTable", compareForeignTable},
		{"CompareAbsent", compareAbsent},
		{"CompareKeysAlone", compareKeysAlone},
		{"CompareMark", compareMark},
		{"CompareMarkOfTheSource", compareMarkOfTheSource},
		{"CompareMissing", compareMissing},

		{"L2_Counts", counts},
		{"L2_RowBetweenLookupAndWrite", rowBetweenLookupAndWrite},
		{"L9_NewestWins", newestWins},
		{"L9_UnchangedIsTold", unchangedIsTold},
		{"L10_UnchangedWritesNothing", unchangedWritesNothing},
		{"WriteNothing", writeNothing},
		{"WriteTenThousand", writeTenThousand},
		{"Bookkeeping", bookkeeping},

		{"RollbackOnError", rollbackOnError},
		{"RollbackOnPanic", rollbackOnPanic},
		{"RollbackOnCancel", rollbackOnCancel},
		{"CancelledBeforeCommit", cancelledBeforeCommit},
		{"L3_RefusedRow", refusedRow},
		{"L3_NullInKey", nullInKey},
		{"L3_TriggerRaisesOnInsert", keptOut("INSERT", true)},
		{"L3_TriggerRaisesOnUpdate", keptOut("UPDATE", true)},
		{"L3_TriggerSwallowsInsert", keptOut("INSERT", false)},
		{"L3_TriggerSwallowsUpdate", keptOut("UPDATE", false)},
		{"ConnKinds", connKinds},
		{"ConnCounts", connCounts},
		{"ConcurrentTransactions", concurrentTransactions},
		{"Exists", exists},
		{"Clock", clock},
		{"Migrate", migrate},
		{"Explain", explain},
		{"Close", closeTwice},
	}
}

func sharedCases() []sharedCase {
	return []sharedCase{
		{"MigrateTogether", migrateTogether},
		{"CreateTogether", createTogether},
		{"L2_WriteTogether", writeTogether},
		{"SeeEachOther", seeEachOther},
	}
}
