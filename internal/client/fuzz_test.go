package client

import (
	"encoding/json"
	"errors"
	"html"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// FuzzRetryAfterSeconds compares with exact arithmetic: a number of seconds
// is the pause asked for, to the nanosecond, between none and a day.
func FuzzRetryAfterSeconds(f *testing.F) {
	for _, text := range []string{"0", "7", "120.5", "86400", "86400.0000001", "-0", "-1", "1e3", "1e-10", "99999999999999999999", "00007", ".5", "0x10", "1_0", "∞"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := retryAfter(http.Header{"Retry-After": {text}}, time.Unix(0, 0))
		if got < 0 || got > maxAsked {
			t.Fatalf("Retry-After %q: %s", text, got)
		}
		if strings.Trim(text, "0123456789.") != "" || strings.Count(text, ".") > 1 || strings.Trim(text, ".") == "" || len(text) > 100 {
			return
		}
		want, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q is no number to math/big", text)
		}
		want.Mul(want, big.NewRat(int64(time.Second), 1))
		if most := new(big.Rat).SetInt64(int64(maxAsked)); want.Cmp(most) > 0 {
			want = most
		}
		off := new(big.Rat).Sub(new(big.Rat).SetInt64(int64(got)), want)
		if off.Abs(off).Cmp(big.NewRat(100_000, 1)) > 0 { // a float of a day is that near
			t.Fatalf("Retry-After %q: %s", text, got)
		}
	})
}

// FuzzRetryAfterDate holds of a date: the pause is the time from the answer's
// own Date to it, whatever the local clock says.
func FuzzRetryAfterDate(f *testing.F) {
	f.Add(int64(1_795_000_000), int64(30), int64(0))
	f.Add(int64(1_795_000_000), int64(-30), int64(1<<40))
	f.Add(int64(253_402_300_799), int64(1), int64(-1))
	f.Add(int64(0), int64(86_401), int64(5))
	f.Fuzz(func(t *testing.T, at, pause, local int64) {
		at, pause = at%200_000_000_000, pause%1_000_000
		date, until := time.Unix(at, 0).UTC(), time.Unix(at+pause, 0).UTC()
		if year := until.Year(); year < 1 || year > 9999 || date.Year() < 1 || date.Year() > 9999 {
			return // HTTP writes years of four digits
		}
		want := min(max(time.Duration(pause)*time.Second, 0), maxAsked)
		header := http.Header{"Retry-After": {until.Format(http.TimeFormat)}, "Date": {date.Format(http.TimeFormat)}}
		if got := retryAfter(header, time.Unix(local, 0)); got != want {
			t.Fatalf("at %s until %s: %s, want %s", date, until, got, want)
		}
		delete(header, "Date")
		if got := retryAfter(header, date); got != want {
			t.Fatalf("by the local clock, at %s until %s: %s, want %s", date, until, got, want)
		}
	})
}

// FuzzAnswer holds of any answer that is not what was asked for, wherever it
// repeats the token: the error shows no part of the token that is of use (L8),
// is one line that any terminal takes, and says what to do.
func FuzzAnswer(f *testing.F) {
	for form := range uint8(len(forms)) {
		f.Add(401, "bad token ", "", form, uint32(0), false)
		f.Add(200, "<html><title>", "</title></html>", form, uint32(70), false)
		f.Add(502, "<!-- x --><body><title lang=en>\n", "</title>", form, uint32(72), true)
		f.Add(500, "https://user:", "@host/?a=b", form, uint32(words.MostQuoted-20), false)
		f.Add(400, `{"errors":{"id":["Bearer `, `"]}}`, form, uint32(0), false)
	}
	f.Add(200, "no JSON ", "\x00\x1b[31m\u202e", uint8(0), uint32(maxErrorBody-20), true) // cut in the middle of the token
	f.Fuzz(func(t *testing.T, status int, before, after string, form uint8, padding uint32, blank bool) {
		pad := "x"
		if blank {
			pad = " "
		}
		body := before + strings.Repeat(pad, int(padding%(2*maxErrorBody))) + forms[int(form)%len(forms)](token) + after
		req, err := http.NewRequest(http.MethodGet, "https://api.example.com/leads/"+url.PathEscape(token)+"?key="+url.QueryEscape(token), nil)
		if err != nil {
			t.Fatal(err)
		}
		auth := Bearer(token)
		req.Header.Set("Authorization", "Bearer "+auth.text())
		j := newJudge(nil, Config{
			Source: "acme", BaseURL: "https://api.example.com", Auth: auth, Clock: crm.SystemClock{},
			PrepareError: func(_ int, body []byte) string {
				var said struct{ Message string }
				_ = json.Unmarshal(body, &said) // "" will do
				return said.Message
			},
		})
		of := describe(req, j.base, j.source, j.urlHint, j.secrets())
		resp := &Response{Status: status, Header: http.Header{"Location": {body}, "Retry-After": {body}}, Body: []byte(body), call: of}
		checkError(t, body, before+after, resp.JSON())
		resp.Body = resp.Body[:min(len(resp.Body), maxErrorBody)] // as the wire leaves it
		checkError(t, body, before+after, j.refused(of, resp).err)
	})
}

// forms are the ways in which a server may repeat a token.
var forms = [...]func(string) string{
	func(s string) string { return s },
	url.QueryEscape,
	url.PathEscape,
	html.EscapeString,
	func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
}

// useful is how much of a token may show before it helps anybody to guess it.
const useful = 10

func checkError(t *testing.T, body, around string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var e *crm.Error
	if !errors.As(err, &e) || e.Fix == "" || e.Origin != crm.OriginSource {
		t.Fatalf("%.100q: %#v", body, err)
	}
	shown := e.Error() + " " + e.Fix
	if !utf8.ValidString(shown) || strings.ContainsFunc(shown, unicode.IsControl) || utf8.RuneCountInString(shown) > 2000 {
		t.Errorf("%.100q is told as %q", body, shown)
	}
	for i := 0; i+useful <= len(token); i++ {
		if part := token[i : i+useful]; strings.Contains(shown, part) && !strings.Contains(around, part) {
			t.Errorf("%.100q is told as %q, which shows %s of the token", body, shown, part)
			return
		}
	}
}
