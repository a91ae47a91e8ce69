package simulate

// Kind is one kind of thing that happens in a life; a run of many seeds counts
// them, to show that the world is as hostile as it says.
type Kind string

// What people do at SalesRabbit.
const (
	LeadInserted   Kind = "lead inserted"
	LeadChanged    Kind = "lead changed"
	StatusTouched  Kind = "status touched, dateModified left alone"
	LeadSoftGone   Kind = "lead deleted, still listed"
	LeadGone       Kind = "lead deleted without a trace"
	LeadRestored   Kind = "lead restored"
	LeadReappeared Kind = "lead shown again with the times that it had"
	LeadsMerged    Kind = "two leads merged"
	LeadsImported  Kind = "many leads imported in one second"
	UsersChanged   Kind = "users changed"
	RecordPlanted  Kind = "record without a usable id"
)

// What people do at the other sources.
const (
	RecordChanged      Kind = "record changed"
	RecordInserted     Kind = "record made"
	RecordDeleted      Kind = "record deleted without a trace"
	RecordsImported    Kind = "many records imported in one millisecond"
	RecordArchived     Kind = "record archived"
	RecordRestored     Kind = "archived record restored"
	RecordPurged       Kind = "record deleted for good"
	RecordRecalculated Kind = "calculated properties changed, the modified time left alone"
	RecordsMerged      Kind = "records merged"
	PropertyAdded      Kind = "property added"
	ValuePlanted       Kind = "value that is hard to keep"
	RecordLate         Kind = "record that comes into the share late"
	TwinPlanted        Kind = "row that is the very same as another, or has its key"
	TableRebuilt       Kind = "table made anew by the vendor"
	ChangedMidWalk     Kind = "any of these while pages are read"
)

// What the network and the source's servers do.
const (
	TooManyPlain   Kind = "429 without Retry-After"
	TooManySeconds Kind = "429 with seconds"
	TooManyDate    Kind = "429 with a date"
	TooManyAbsurd  Kind = "429 with nonsense"
	ServerError    Kind = "500, 502 or 503"
	TokenExpired   Kind = "401, token expired for a while"
	ResetUnseen    Kind = "connection reset before the call arrived"
	ResetAnswered  Kind = "connection reset after the answer was made"
	BodyCut        Kind = "body shorter than announced"
	BodyCutUnknown Kind = "body cut, no length announced"
	BodySlow       Kind = "slow body"
	StaleAnswer    Kind = "answer of a moment ago served again"
	NothingNew     Kind = "304"
)

// What the store does, and what becomes of processes.
const (
	LostBefore     Kind = "operation lost before it happened"
	LostAfter      Kind = "operation lost after it happened"
	CommitUnknown  Kind = "commit of unknown outcome"
	StoreRefused   Kind = "operation refused"
	KilledInStore  Kind = "process killed at an operation"
	KilledInCommit Kind = "process killed at a commit"
	KilledOnWire   Kind = "process killed at a call"
	Terminated     Kind = "process told to stop"
	BusyMet        Kind = "second process found the stream taken"
	LeaseWaited    Kind = "lease of a dead process waited out"
)

// What somebody does to the warehouse by hand.
const (
	RowEdited  Kind = "row edited by hand"
	RowDropped Kind = "row deleted by hand"
	RowAdded   Kind = "row added by hand"
	MarkEdited Kind = "mark of deletion set or cleared by hand"
)

// What becomes of warren.yaml between two processes.
const (
	DeletesChanged Kind = "other deletes in warren.yaml"
	LimitChanged   Kind = "another delete_limit in warren.yaml"
	MappingChanged Kind = "another mapping in warren.yaml"
)

// What is asked of Warren.
const (
	RanFull        Kind = "full run completed"
	RanIncremental Kind = "incremental run completed"
	RanRange       Kind = "range run completed"
	RanDry         Kind = "dry run completed"
	RanCapped      Kind = "capped run completed"
	RowsMarked     Kind = "run that marked rows as deleted"
	RowsDeleted    Kind = "run that deleted rows"
	ReadAnew       Kind = "run that reads everything because the mapping changed"
	RanVerify      Kind = "verify completed"
	RanRepair      Kind = "verify with repair completed"
	RanSampled     Kind = "verify of a sample completed"
	Replayed       Kind = "replay of the quarantine completed"
	Rewritten      Kind = "replay that wrote a record of the quarantine"
	FoundWrong     Kind = "row that verify found to be wrong"
	LookedAgain    Kind = "look at some records at the end of a run"
	LookFound      Kind = "rows that a look at the end of a run found to be wrong"
	RanResumed     Kind = "run went on from a checkpoint"
	RunFailed      Kind = "run failed"
	RunCancelled   Kind = "run cancelled"
	RanPartial     Kind = "run partial, with records in quarantine"
)

// How a world is made.
const (
	WorldLag       Kind = "world with an index that lags"
	WorldSkew      Kind = "world with a source clock that is wrong"
	WorldJump      Kind = "world with a source clock that jumps"
	WorldNoOverlap Kind = "world without overlap"
	WorldNoMeta    Kind = "world without meta"
	WorldSorted    Kind = "world that ignores sortBy"
	WorldFixed     Kind = "world that ignores perPage"
	WorldTies      Kind = "world in which leads of one second have no order"
	WorldWideTies  Kind = "world in which more leads than a page holds have no order"
	WorldRepeats   Kind = "world that repeats its first page for a while"
	WorldExclusive Kind = "world that compares with > where >= is meant"
	WorldDirty     Kind = "world with senseless values"
	WorldSmallMax  Kind = "world whose pages are smaller than asked for"
	WorldOutside   Kind = "world whose search finds records outside the range"
	WorldDisorder  Kind = "world whose search is out of order"
	WorldLimits    Kind = "world with limits of calls"
	WorldNewID     Kind = "world in which a merge gives a new id"
	WorldQueries   Kind = "world whose queries take a while"
	WorldRequeue   Kind = "world whose queries fall back to QUEUED"
	WorldClosed    Kind = "world whose result files cannot be read"
	WorldManaged   Kind = "world whose workgroup keeps results itself"
	WorldBlind     Kind = "world whose catalog cannot be asked"
	WorldHard      Kind = "world that begins with hard deletes"
	WorldNoDeletes Kind = "world that begins with deletes off"
	WorldEmptyFile Kind = "world that begins without tables"
)

// Kinds lists what can happen in lives around a source, in the order to show it.
func Kinds(source string) []Kind { return append(commonKinds(), companies()[source].kinds...) }

func commonKinds() []Kind {
	return []Kind{
		ChangedMidWalk,
		TooManyPlain, TooManySeconds, TooManyDate, TooManyAbsurd, ServerError, TokenExpired, ResetUnseen, ResetAnswered,
		BodyCut, BodyCutUnknown, BodySlow,
		LostBefore, LostAfter, CommitUnknown, StoreRefused, KilledInStore, KilledInCommit, KilledOnWire, Terminated, BusyMet, LeaseWaited,
		RowEdited, RowDropped, RowAdded, MarkEdited, DeletesChanged, LimitChanged, MappingChanged,
		RanFull, RanIncremental, RanRange, RanDry, RanCapped, RowsMarked, RowsDeleted, ReadAnew, RanVerify, RanRepair, Replayed, Rewritten, FoundWrong,
		RanResumed, RunFailed, RunCancelled, RanPartial,
		WorldSkew, WorldJump, WorldHard, WorldNoDeletes, WorldEmptyFile,
	}
}

func rabbitKinds() []Kind {
	return []Kind{
		LeadInserted, LeadChanged, StatusTouched, LeadSoftGone, LeadGone, LeadRestored, LeadReappeared, LeadsMerged, LeadsImported, UsersChanged, RecordPlanted,
		StaleAnswer, NothingNew, RanSampled, LookedAgain, LookFound,
		WorldLag, WorldNoOverlap, WorldNoMeta, WorldSorted, WorldFixed, WorldTies, WorldWideTies, WorldRepeats, WorldExclusive, WorldDirty, WorldSmallMax,
	}
}

func hubKinds() []Kind {
	return []Kind{
		RecordChanged, RecordInserted, RecordsImported, RecordArchived, RecordRestored, RecordPurged, RecordRecalculated, RecordsMerged, PropertyAdded, ValuePlanted,
		WorldLag, WorldDirty, WorldOutside, WorldDisorder, WorldLimits, WorldNewID, WorldSmallMax,
	}
}

func shareKinds() []Kind {
	return []Kind{
		RecordChanged, RecordInserted, RecordDeleted, RecordLate, TwinPlanted, ValuePlanted, TableRebuilt,
		WorldQueries, WorldRequeue, WorldClosed, WorldManaged, WorldBlind,
	}
}
