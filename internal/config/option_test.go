package config_test

import (
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

func TestCheck(t *testing.T) {
	for kind, tc := range map[crm.OptionKind]struct{ good, bad []string }{
		crm.OptionText:     {[]string{"", "anything at all", "ünïcode"}, []string{"two\nlines", "a\x00b", "tab\tbed"}},
		crm.OptionURL:      {[]string{"", "https://a.example", "http://localhost:8080/api", "https://[::1]:8443"}, []string{"a.example", "ftp://a.example", "https://", "https://:80", "/path", "https://u@a.example", "https://u:p@a.example", "https://a b", "://"}},
		crm.OptionInteger:  {[]string{"", "0", "17"}, []string{"-1", "1.5", "many", "1_000", "99999999999999999999"}},
		crm.OptionNumber:   {[]string{"", "0", "1.5", "1e3"}, []string{"-0.1", "NaN", "Inf", "1e999", "x"}},
		crm.OptionBoolean:  {[]string{"", "true", "false", "1"}, []string{"yes", "on", "2"}},
		crm.OptionDuration: {[]string{"", "5m", "1h30m", "0s", "1.5s"}, []string{"5", "-1s", "5 m", "soon"}},
		crm.OptionSize:     {[]string{"", "4096", "64kB", "16MiB"}, []string{"-1", "5 pounds", "MiB"}},
		crm.OptionChoice:   {[]string{"", "live", "spec"}, []string{"Live", "sepc", "x"}},
	} {
		opt := crm.Option{Name: "thing", Kind: kind, Choices: []string{"live", "spec"}}
		secret := opt
		secret.Secret = true
		for _, v := range tc.good {
			if err := config.Check(opt, v); err != nil {
				t.Errorf("%s %q: %v", kind, v, err)
			}
		}
		for _, v := range tc.bad {
			e := failure(t, config.Check(opt, v), crm.CodeConfig)
			if !strings.HasPrefix(e.Message, "thing: ") {
				t.Errorf("%s %q: message %q", kind, v, e.Message)
			}
			e = failure(t, config.Check(secret, v), crm.CodeConfig)
			if !strings.HasPrefix(e.Message, "thing: the ") {
				t.Errorf("%s %q: message %q shows a secret (L8)", kind, v, e.Message)
			}
		}
	}
}

func TestCheckNeverShowsASecret(t *testing.T) {
	for _, kind := range []crm.OptionKind{
		crm.OptionURL, crm.OptionInteger, crm.OptionNumber, crm.OptionBoolean, crm.OptionDuration, crm.OptionSize, crm.OptionChoice,
	} {
		e := failure(t, config.Check(crm.Option{Name: "token", Kind: kind, Secret: true, Choices: []string{"a"}}, marker), crm.CodeConfig)
		if strings.Contains(e.Error()+e.Fix, marker) {
			t.Errorf("%s: %q", kind, e.Error())
		}
	}
	e := failure(t, config.Check(crm.Option{Name: "url", Kind: crm.OptionURL}, "ftp://u:"+marker+"@host"), crm.CodeConfig)
	if strings.Contains(e.Error(), marker) {
		t.Errorf("an address shows its password: %q", e.Error())
	}
}

func TestCheckCutsLongValues(t *testing.T) {
	e := failure(t, config.Check(crm.Option{Name: "n", Kind: crm.OptionInteger}, strings.Repeat("é", 5000)), crm.CodeConfig)
	if len(e.Message) > 250 || !strings.Contains(e.Message, "é…") {
		t.Errorf("message of %d bytes: %q", len(e.Message), e.Message)
	}
}
