package cli

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// verification is what a verify run compared, and what it found.
type verification struct {
	verifyFlags

	config  *config.Config
	begun   time.Time
	results []app.Result
	found   *findings
}

// sources are the accounts that were compared, each once.
func (v *verification) sources() []string {
	var names []string
	for _, r := range v.results {
		if !slices.Contains(names, r.ID.Source) {
			names = append(names, r.ID.Source)
		}
	}
	return names
}

// endpoint is where a source was read; no secret is in it (L8).
func (v *verification) endpoint(source string) string {
	account, _ := v.config.Account(source)
	return account.Redacted()["url"]
}

// scope says which records were compared; "" when none were.
func (v *verification) scope() string {
	done := 0
	for _, r := range v.results {
		if r.Err == nil && r.Skipped == "" {
			done++
		}
	}
	which := "each stream"
	switch done {
	case 0:
		return ""
	case len(v.results):
	default:
		which = "each stream that could be compared"
	}
	switch {
	case v.sample > 0:
		return fmt.Sprintf("a sample of about %s of %s, field by field; extra rows were not looked for", count(int64(v.sample), "record"), which)
	case done < len(v.results):
		return "all records of " + which + ", field by field"
	default:
		return "all records, field by field"
	}
}

// failure is why a stream could not be compared. An interrupted comparison is
// not gone on with, as a sync is.
func failure(err error) *errorJSON {
	e := asJSON(err)
	if e.Code == crm.CodeCancelled {
		e.Fix = "Run it again; it begins anew."
	}
	return e
}

// wrong reports whether something of a stream that was compared is still wrong.
func (v *verification) wrong(r app.Result) bool { return v.leftWrong(r) != nil }

// leftWrong says what of a stream that was compared is still wrong; nil when
// nothing is.
func (v *verification) leftWrong(r app.Result) *errorJSON {
	check := r.Run.Check
	if r.Err != nil || check == nil {
		return nil
	}
	e := &errorJSON{Code: crm.CodeInconsistent, Origin: crm.OriginWarehouse}
	switch failed := unmended(r.Run); {
	case !v.repair && check.Wrong() > 0:
		e.Message = fmt.Sprintf("%s %s not what the source says; nothing was changed", count(check.Wrong(), "row"), isOrAre(check.Wrong()))
		e.Fix = "To mend it: warren verify " + r.ID.String() + " --repair"
		switch {
		case check.Extra == 0:
		case r.Run.ErrorCode == crm.CodeDeletesRefused:
			e.Message += ": " + r.Run.ErrorMessage
			e.Fix = sentence(r.Run.Fix)
		case deletes(v.config, r.ID) == crm.DeletesOff:
			e.Fix += " (the extra rows stay, since deletes are off)"
		}
	case !v.repair && check.Unlooked != "":
		e.Code, e.Origin = crm.CodeDeletesRefused, crm.OriginSource
		e.Message, e.Fix = "what was compared is as the source has it, but "+unlooked(check), sentence(r.Run.Fix)
	case !v.repair:
		return nil
	case r.Run.ErrorCode != "":
		e.Code, e.Message, e.Fix = r.Run.ErrorCode, "it is not mended whole: "+r.Run.ErrorMessage, sentence(r.Run.Fix)
	case failed > 0:
		e.Message = "it is not mended whole: " + count(failed, "record") + " could not be written"
		e.Fix = "See why: warren quarantine list " + r.ID.String()
	default:
		return nil
	}
	return e
}

// unmended is how many rows a run that repairs could not write, besides records
// without a key and those that were kept out before.
func unmended(run crm.Run) int64 {
	nameless := run.Counts.Fetched - run.Counts.Duplicates - run.Check.Compared
	return run.Counts.Failed - nameless - run.Check.Held
}

// extra is how many rows have no record at the source; "-" when they were not
// looked for.
func (v *verification) extra(check *crm.Check) string {
	if v.sample > 0 || check.Unlooked != "" {
		return "-"
	}
	return strconv.FormatInt(check.Extra, 10)
}

// unlooked says that extra rows could not be looked for, and why.
func unlooked(check *crm.Check) string {
	return "extra rows could not be looked for: " + visible(check.Unlooked, false)
}

// sampled says how many records a sample had, and how many it was to have where
// the source had fewer to show.
func sampled(check *crm.Check) string {
	if check.Asked > check.Compared {
		return fmt.Sprintf("%d of the %s asked for", check.Compared, count(check.Asked, "record"))
	}
	return count(check.Compared, "record")
}

// mended says what a repair did to the stream's rows; "" when it did nothing.
func (v *verification) mended(r app.Result) string {
	n, deleted := r.Run.Counts, "marked as deleted"
	if !v.repair || n.Created+n.Updated+n.Deleted == 0 {
		return ""
	}
	if deletes(v.config, r.ID) == crm.DeletesHard {
		deleted = "deleted"
	}
	return fmt.Sprintf("%d created, %d updated, %d %s (run %d)", n.Created, n.Updated, n.Deleted, deleted, r.Run.ID)
}
