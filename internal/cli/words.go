package cli

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/crm"
)

// instant writes a time as people read it; "" for the zero time.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05") + " UTC"
}

// span writes a duration as precisely as people care.
func span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < 10*time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d < time.Hour:
		return d.Round(time.Second).String()
	default:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
}

// ago tells how long ago t was.
func ago(now, t time.Time) string {
	switch d := now.Sub(t); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return count(int64(d.Minutes()), "minute") + " ago"
	case d < 48*time.Hour:
		return count(int64(d.Hours()), "hour") + " ago"
	default:
		return count(int64(d.Hours()/24), "day") + " ago"
	}
}

// count writes a number of things: 1 record, 2 records, 3 retries.
func count(n int64, thing string) string {
	switch stem, y := strings.CutSuffix(thing, "ry"); {
	case n == 1:
		return "1 " + thing
	case y:
		return fmt.Sprintf("%d %sries", n, stem)
	default:
		return fmt.Sprintf("%d %ss", n, thing)
	}
}

// short keeps a line readable: at most so many characters, none of which
// controls a terminal.
func short(text string, most int) string {
	text = visible(text, false)
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most-1]) + "…"
	}
	return text
}

// held is what a column holds. A text is put into quotes where nobody would see
// its ends, for it is empty or has white space before or after it, and where it
// would be taken for NULL.
func held(s crm.Shown) string {
	switch text := s.Text; {
	case !s.Valid:
		return "NULL"
	case text == "" || text != strings.TrimSpace(text) || text == "NULL":
		return "'" + text + "'"
	default:
		return text
	}
}

// visible writes control characters out, since what a source sends is shown
// on terminals; with lines, line breaks and tabs stay.
func visible(text string, lines bool) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "�") {
		if unicode.IsControl(r) && !(lines && (r == '\n' || r == '\t')) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// namer returns how to call streams: by name and source, or by name alone
// where all are of one source.
func namer(ids []crm.StreamID) func(crm.StreamID) string {
	for _, id := range ids {
		if id.Source != ids[0].Source {
			return crm.StreamID.String
		}
	}
	return func(id crm.StreamID) string { return id.Stream }
}

// instantOrNil leaves the zero time out of JSON.
func instantOrNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// quote makes a text one word of the shell's.
func quote(text string) string {
	if text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("/._-:=@%+,", r) && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
