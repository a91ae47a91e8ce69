package athena

import (
	"errors"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// verdict is what a failed query means.
type verdict struct {
	signs string // parts of Athena's words, any of which tells; parted by |, in lower case
	code  crm.Code
	retry bool // where Athena does not say itself whether trying again may help
	what  string
	fix   string
}

// verdicts are read from the top: what is more telling stands first. A fault
// of the moment is worth a second try; anything else would be billed again for
// the same end.
var verdicts = [...]verdict{
	{
		signs: "slowdown|reduce your request rate|rate exceeded|throttlingexception|toomanyrequests",
		code:  crm.CodeRateLimit, retry: true,
		what: "AWS asked for fewer requests while it ran",
		fix:  "Run it again later; if it stays so, run fewer streams at once.",
	},
	{
		signs: "exhausted resources|exceeded_memory_limit|exceeded memory|exceeded_local_memory|exceeded_global_memory|exceeded_cpu_limit",
		code:  crm.CodeTooLarge,
		what:  "it needs more than Athena gives to one query",
		fix:   "Read a shorter time or fewer columns at once.",
	},
	{
		signs: "bytes scanned limit",
		code:  crm.CodeSourceRefused,
		what:  "it scanned more than its workgroup allows",
		fix:   "Raise the workgroup's limit of bytes scanned, or read a shorter time or fewer columns at once.",
	},
	{
		signs: "query timeout|query timed out|exceeded_time_limit|query exceeded maximum time",
		code:  crm.CodeTimeout,
		what:  "it took longer than Athena allows",
		fix:   "Read a shorter time at once, or have the account's query timeout raised.",
	},
	{
		signs: "hive_path_already_exists|already exists and is not empty|target directory for table",
		code:  crm.CodeSourceRefused,
		what:  "the place that it was to write to is not empty",
		fix:   "Empty it, or name a place of its own for each query.",
	},
	{
		signs: "hive_cannot_open_split|hive_filesystem_error|generic_internal_error|internal_error|internal error|hive_writer_open_error|changed during read",
		code:  crm.CodeSourceDown, retry: true,
		what: "Athena could not read all of the data",
		fix:  "Run it again; the data may just have been rewritten.",
	},
	{
		signs: "hive_bad_data|hive_partition_schema_mismatch|hive_invalid_metadata|hive_invalid_partition_value|hive_cursor_error|hive_unsupported_format|hive_metastore_error",
		code:  crm.CodeBadAnswer,
		what:  "the data is faulty",
		fix:   "Tell whoever writes this table; its files and its description don't agree.",
	},
	{
		signs: "column_not_found|cannot be resolved",
		code:  crm.CodeSourceRefused,
		what:  "there is no such column",
		fix:   "Compare the mapping with the columns that the table has.",
	},
	{
		signs: "type_mismatch|syntax_error|mismatched input|function_not_found|invalid_cast_argument|invalid_function_argument|not_supported|division_by_zero|failedexception: parseexception",
		code:  crm.CodeSourceRefused,
		what:  "Athena does not understand it",
		fix:   "Compare the mapping with the columns and types that the table has.",
	},
}

// numbers are Athena's own types of errors, for texts that nobody knows.
var numbers = [...]struct {
	from, to int32
	like     string // a sign of the verdict
}{
	{0, 8, "exhausted resources"},
	{100, 199, "internal error"},
	{206, 206, "query timeout"},
	{210, 210, "query timeout"},
	{200, 299, "internal error"},
}

var (
	absentTable = regexp.MustCompile(`(?i)table\s+["']?([\w$.\-]+?)["']?\s+(?:does not exist|not found|is not found)`)
	absentBase  = regexp.MustCompile(`(?i)(?:schema|database)\s+["']?([\w$.\-]+?)["']?\s+(?:does not exist|not found|is not found)`)
	column      = regexp.MustCompile(`(?i)column\s+["']?([\w$.\-]+?)["']?\s+cannot be resolved`)
)

// failed explains a query that ended otherwise than well.
func (c *Client) failed(x Execution) *crm.Error {
	text := x.reason
	if x.failure != nil && aws.ToString(x.failure.ErrorMessage) != "" && !strings.Contains(text, *x.failure.ErrorMessage) {
		text = strings.TrimSpace(text + " " + *x.failure.ErrorMessage)
	}
	e := &crm.Error{Origin: crm.OriginSource}
	if quoted := c.keys.quote(text, words.MostQuoted); quoted != "" {
		e.Err = errors.New(quoted)
	}
	what, final := c.explain(x, text, e)
	if f := x.failure; f != nil && !final && (f.ErrorType != nil || f.ErrorCategory != nil) {
		e.Retryable = x.failure.Retryable
	}
	if what != "" {
		e.Message = "the query " + x.ID + " of " + c.source + " failed: " + what
	}
	return e
}

// explain fills in e and returns what is wrong with the query itself; final
// is for what no second try can mend, whatever Athena says of it.
func (c *Client) explain(x Execution, text string, e *crm.Error) (what string, final bool) {
	low := strings.ToLower(text)
	match := func(v *verdict) bool {
		for sign := range strings.SplitSeq(v.signs, "|") {
			if strings.Contains(low, sign) {
				return true
			}
		}
		return false
	}
	if v := &verdicts[0]; match(v) { // S3 says SlowDown together with much else
		return v.apply(e), false
	}
	switch {
	case strings.Contains(low, "output bucket"), strings.Contains(low, "output location"):
		c.badOutput(e)
		return "", true
	case isDenied(text):
		c.denied(call{name: "the query", right: "s3:GetObject and s3:ListBucket", on: "the data of its tables"}, text, e)
		return "", true
	case absentTable.MatchString(text), strings.Contains(low, "table_not_found"):
		e.Code, e.Fix, e.Err = crm.CodeNotFound, c.checkDatabase(), mark(ErrNoTable, e.Err)
		return "there is no table " + c.named(absentTable, text), true
	case absentBase.MatchString(text), strings.Contains(low, "schema_not_found"):
		e.Code, e.Fix = crm.CodeNotFound, c.checkDatabase()
		return "there is no database " + c.named(absentBase, text), true
	}
	for i := range verdicts {
		v := &verdicts[i]
		if !match(v) {
			continue
		}
		what := v.apply(e)
		if name := column.FindStringSubmatch(text); name != nil {
			what += ", " + c.keys.quote(name[1], 120)
		}
		return what, false
	}
	return c.unknown(x, e), false
}

func (v *verdict) apply(e *crm.Error) (what string) {
	e.Code, e.Retryable, e.Fix = v.code, v.retry, v.fix
	return v.what
}

// named finds the name that a text complains of.
func (c *Client) named(pattern *regexp.Regexp, text string) string {
	if found := pattern.FindStringSubmatch(text); found != nil {
		return c.keys.quote(found[1], 120)
	}
	return "of that name"
}

// unknown explains what no text explains: by the number of the error, else by
// the state.
func (c *Client) unknown(x Execution, e *crm.Error) (what string) {
	if x.failure != nil && x.failure.ErrorType != nil {
		for _, n := range numbers {
			if *x.failure.ErrorType < n.from || *x.failure.ErrorType > n.to {
				continue
			}
			for i := range verdicts {
				if strings.Contains(verdicts[i].signs, n.like) {
					return verdicts[i].apply(e)
				}
			}
		}
	}
	e.Code = crm.CodeSourceRefused
	if x.State == Cancelled {
		e.Fix = "Run it again, and ask who stops queries of the workgroup " + orElse(x.WorkGroup, "primary") + " if it stays so."
		return "somebody stopped it"
	}
	e.Fix = "Look at the query in the Athena console, and run it again."
	return "Athena gives no reason that is known"
}
