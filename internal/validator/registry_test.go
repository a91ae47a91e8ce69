package validator

import (
	"errors"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
)

// checkConfigError holds err to the way configuration errors look.
func checkConfigError(t *testing.T, err error) *crm.Error {
	t.Helper()
	var e *crm.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a *crm.Error", err)
	}
	if e.Code != crm.CodeConfig || e.Origin != crm.OriginConfig || e.Retryable || e.Fix == "" {
		t.Errorf("%+v is no configuration error with a fix", e)
	}
	return e
}

func TestRulesThatMakeNoSenseAreRefused(t *testing.T) {
	for _, c := range readGolden(t, "testdata/misconfigured.txt") {
		v, err := NewRegistry().New(parseRule(t, c.input))
		if v != nil || err == nil {
			t.Errorf("%s: got %v, %v; want an error alone", c.place, v, err)
			continue
		}
		e := checkConfigError(t, err)
		if got := e.Error() + " | " + e.Fix; got != c.output {
			t.Errorf("%s: %s\n got %s\nwant %s", c.place, c.input, got, c.output)
		}
	}
}

// A pattern at the edge of what the engine takes must not fail where it is
// wrapped to match the whole text.
func TestPatternThatIsTooDeepIsRefused(t *testing.T) {
	refused := 0
	for depth := 990; depth <= 1010; depth++ {
		_, err := NewRegistry().New(crm.Rule{Type: "string", Pattern: strings.Repeat("(", depth) + "a" + strings.Repeat(")", depth)})
		if err != nil {
			_ = checkConfigError(t, err)
			refused++
		}
	}
	if refused == 0 || refused == 21 {
		t.Errorf("%d of 21 patterns are refused", refused)
	}
}

func TestNoTypeChecksNothing(t *testing.T) {
	v := validatorFor(t, "{}")
	for _, value := range []string{"", "anything", "\xff"} {
		if err := v.Check([]byte(value)); err != nil {
			t.Errorf("%q: %v", value, err)
		}
	}
	v = validatorFor(t, "{required: true}")
	if err := v.Check([]byte("x")); err != nil {
		t.Errorf("a value: %v", err)
	}
	if err := v.Check(nil); err != reasonRequired {
		t.Errorf("no value: %v, want %v", err, reasonRequired)
	}
}

func TestRegisteredTypeIsUsed(t *testing.T) {
	r := NewRegistry()
	err := r.Register("salesrabbit_status", "A status of a lead.", func(rule crm.Rule) (Validator, error) {
		if err := Bounds(rule, BoundIgnoreCase); err != nil {
			return nil, err
		}
		if rule.IgnoreCase {
			return nil, errors.New("case matters")
		}
		return CheckFunc(func(value []byte) error {
			if string(value) == "sold" {
				return nil
			}
			return errors.New("is no status")
		}), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.New(crm.Rule{Type: "salesrabbit_status"})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Check([]byte("sold")); err != nil {
		t.Errorf("sold: %v", err)
	}
	if err := v.Check([]byte("lost")); err == nil || err.Error() != "is no status" {
		t.Errorf("lost: %v", err)
	}

	// What the function refuses is a configuration error, whatever it returned.
	_, err = r.New(crm.Rule{Type: "salesrabbit_status", IgnoreCase: true})
	if e := checkConfigError(t, err); e.Message != "the rule for type salesrabbit_status makes no sense: case matters" {
		t.Errorf("message %q", e.Message)
	}
	_, err = r.New(crm.Rule{Type: "salesrabbit_status", Min: "1"})
	if e := checkConfigError(t, err); e.Message != "a rule of type salesrabbit_status does not know min" {
		t.Errorf("message %q", e.Message)
	}
	_, err = r.New(crm.Rule{Type: "salesrabit_status"})
	if e := checkConfigError(t, err); !strings.HasPrefix(e.Fix, "Did you mean salesrabbit_status?") {
		t.Errorf("fix %q", e.Fix)
	}
	// Other registries do not know it.
	_, err = NewRegistry().New(crm.Rule{Type: "salesrabbit_status"})
	_ = checkConfigError(t, err)
}

func TestRegisterRefusesWhatIsTakenOrIncomplete(t *testing.T) {
	r := NewRegistry()
	take := func(crm.Rule) (Validator, error) { return CheckFunc(anything), nil }
	for name, err := range map[string]error{
		"taken":    r.Register("phone", "", take),
		"nameless": r.Register("", "", take),
		"empty":    r.Register("mine", "", nil),
	} {
		if crm.CodeOf(err) != crm.CodeInternal || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if v := validatorFor(t, "{type: phone}"); v.Check([]byte("x")) == nil {
		t.Error("phone has been replaced")
	}
	if _, err := r.New(crm.Rule{Type: "mine"}); err == nil {
		t.Error("a type that was refused is known")
	}
}

func TestNamesAreSortedAndHelp(t *testing.T) {
	want := "boolean choice date datetime decimal email integer json number object_id phone state string time url zip zip_code"
	var names []string
	for _, kind := range NewRegistry().Names() {
		names = append(names, kind.Name)
		if !strings.HasSuffix(kind.Help, ".") {
			t.Errorf("the help of %s is %q, want a sentence", kind.Name, kind.Help)
		}
	}
	if got := strings.Join(names, " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// An issue holds the value beside the reason, cut and redacted where need be;
// a reason that repeats it would undo that.
func TestReasonsNeverHoldTheValue(t *testing.T) {
	const secret = "s3cr3t"
	for _, kind := range NewRegistry().Names() {
		rule := crm.Rule{Type: kind.Name}
		switch kind.Name {
		case "choice":
			rule.Choices = []string{"a"}
		case "string":
			rule.Pattern = "a"
		}
		v, err := NewRegistry().New(rule)
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []string{secret, secret + "://x", "@" + secret, secret + " x", "1" + secret, "{" + secret} {
			if err := v.Check([]byte(value)); err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s says %q of %q", kind.Name, err, value)
			}
		}
	}
}
