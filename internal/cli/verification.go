package cli

import (
	"fmt"
	"time"

	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// verification is what a verify run compared, and what it found.
type verification struct {
	verifyFlags

	config  *config.Config
	account string
	begun   time.Time
	results []app.Result
	found   *findings
}

// endpoint is where the source was read; no secret is in it (L8).
func (v *verification) endpoint() string {
	account, _ := v.config.Account(v.account)
	return account.Redacted()["url"]
}

// scope says which records were compared.
func (v *verification) scope() string {
	if v.sample == 0 {
		return "all records, field by field"
	}
	return fmt.Sprintf("a sample of about %s of each stream, field by field; extra rows were not looked for", count(int64(v.sample), "record"))
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
		if r.Run.ErrorCode == crm.CodeDeletesRefused {
			e.Message += ": " + r.Run.ErrorMessage
			e.Fix = sentence(r.Run.Fix)
		}
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
