package validator

import (
	"net/mail"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// checkPlainAddress holds the short way to the long way.
func checkPlainAddress(t interface {
	Helper()
	Fatalf(string, ...any)
}, text string) {
	t.Helper()
	if !isPlainAddress([]byte(text)) {
		return
	}
	if err := examineEmail([]byte(text)); err != nil {
		t.Fatalf("the short way takes %q, the long way says %v", text, err)
	}
}

// Texts that are addresses or nearly so.
func TestPlainAddressAgreesWithTheLongWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[a-zA-Z0-9!#$%&'*+/=?^_{|}~.-]{0,66}`).Draw(t, "local")
		domain := rapid.StringMatching(`[a-zA-Z0-9-]{0,64}(\.[a-zA-Z0-9-]{0,6}){0,3}`).Draw(t, "domain")
		at := rapid.SampledFrom([]string{"@", "@", "@", "@", "", "@@", "@.", ".@", "\"@"}).Draw(t, "at")
		checkPlainAddress(t, local+at+domain)
	})
	for _, text := range []string{"a@b.co", "joe.o'neil+crm@mail.example.co.uk", "x_1@sub-domain.example"} {
		if !isPlainAddress([]byte(text)) {
			t.Errorf("%q does not take the short way", text)
		}
		checkPlainAddress(t, text)
	}
}

// The short way decides alone over ASCII without punycode: what it leaves to
// the long way is then refused there.
func TestPlainAddressMissesNoASCII(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-z'+_.]{1,8}@[a-z0-9-]{1,5}\.[a-z0-9]{1,4}`).Draw(t, "text")
		if !isPlainAddress([]byte(text)) && examineEmail([]byte(text)) == nil {
			t.Fatalf("%q takes the long way", text)
		}
	})
}

func TestOrdinaryAddressesAllocateNothing(t *testing.T) {
	v := validatorFor(t, "{type: email}")
	for _, text := range []string{"joe.o'neil+crm@mail.example.co.uk", " joe@example.com "} {
		value := []byte(text)
		if n := testing.AllocsPerRun(100, func() { _ = v.Check(value) }); n != 0 {
			t.Errorf("%q costs %v allocations", text, n)
		}
	}
}

// FuzzEmail: the short way agrees with the long way, and an address that is
// taken has one @, no blank and the lengths that a column gives it.
func FuzzEmail(f *testing.F) {
	for _, seed := range []string{
		"joe@example.com", "Joe <joe@example.com>", "a@b", "joe\u00a0@example.com", "o'neil@example.com", "用户@例子.中国",
		"\"a b\"@example.com", "joe(c)@example.com", "(c)joe@example.com", "joe@[127.0.0.1]", "joe@xn--p1ai.xn--p1ai", "=?utf-8?q?joe?=@example.com",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkPlainAddress(t, text)
		if checkEmail([]byte(text)) != nil {
			return
		}
		text = strings.Trim(text, " \t\n\v\f\r")
		local, domain, _ := strings.Cut(text, "@")
		if strings.Count(text, "@") != 1 || len(text) > 254 || len(local) > 64 || !strings.Contains(domain, ".") ||
			strings.ContainsAny(text, " \u00a0\t\n<>\"(),;") || strings.Contains(text, "..") {
			t.Fatalf("%q is taken for an address", text)
		}
		if address, err := mail.ParseAddress(text); err != nil || address.Name != "" || address.Address != text {
			t.Fatalf("%q is taken for an address, net/mail reads %v, %v", text, address, err)
		}
	})
}

func BenchmarkEmail(b *testing.B) {
	for _, text := range []string{"joe.o'neil@example.com", "jürgen@münchen.de", "none"} {
		b.Run(text, func(b *testing.B) {
			v, value := validatorFor(b, "{type: email}"), []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				_ = v.Check(value)
			}
		})
	}
}
