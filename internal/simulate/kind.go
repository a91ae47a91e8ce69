package simulate

// Kind is one kind of thing that happens in a life; a run of many seeds counts
// them, to show that the world is as hostile as it says.
type Kind string

// What people do at the source.
const (
	LeadInserted   Kind = "lead inserted"
	LeadChanged    Kind = "lead changed"
	StatusTouched  Kind = "status touched, dateModified left alone"
	LeadSoftGone   Kind = "lead deleted, still listed"
	LeadGone       Kind = "lead deleted without a trace"
	LeadRestored   Kind = "lead restored"
	LeadsMerged    Kind = "two leads merged"
	UsersChanged   Kind = "users changed"
	RecordPlanted  Kind = "record without a usable id"
	ChangedMidWalk Kind = "any of these while pages are read"
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

// What is asked of Warren.
const (
	RanFull        Kind = "full run completed"
	RanIncremental Kind = "incremental run completed"
	RanRange       Kind = "range run completed"
	RanDry         Kind = "dry run completed"
	RanCapped      Kind = "capped run completed"
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
	WorldRepeats   Kind = "world that repeats its first page for a while"
	WorldExclusive Kind = "world that compares with > where >= is meant"
	WorldDirty     Kind = "world with senseless values"
	WorldSmallMax  Kind = "world whose pages are smaller than asked for"
	WorldEmptyFile Kind = "world that begins without tables"
)

// AllKinds lists every kind there is, in the order to show them.
func AllKinds() []Kind {
	return []Kind{
		LeadInserted, LeadChanged, StatusTouched, LeadSoftGone, LeadGone, LeadRestored, LeadsMerged, UsersChanged, RecordPlanted, ChangedMidWalk,
		TooManyPlain, TooManySeconds, TooManyDate, TooManyAbsurd, ServerError, TokenExpired, ResetUnseen, ResetAnswered,
		BodyCut, BodyCutUnknown, BodySlow, StaleAnswer, NothingNew,
		LostBefore, LostAfter, CommitUnknown, StoreRefused, KilledInStore, KilledInCommit, KilledOnWire, Terminated, BusyMet, LeaseWaited,
		RanFull, RanIncremental, RanRange, RanDry, RanCapped, RanResumed, RunFailed, RunCancelled, RanPartial,
		WorldLag, WorldSkew, WorldJump, WorldNoOverlap, WorldNoMeta, WorldSorted, WorldFixed, WorldRepeats, WorldExclusive,
		WorldDirty, WorldSmallMax, WorldEmptyFile,
	}
}
