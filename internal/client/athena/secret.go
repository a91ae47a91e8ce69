package athena

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/warren-sync/warren/internal/client/words"
)

// hidden stands where a secret stood.
const hidden = "[secret]"

// minSecret is the shortest text that is taken for a secret: replacing shorter
// ones would tear messages and protect nothing.
const minSecret = 4

var (
	// An InvalidSignatureException repeats the whole signed request, the session
	// token among it.
	sessionToken = regexp.MustCompile(`(?i)(x-amz-security-token[:=]\s*)[^\s&"'<>]+`)
	signature    = regexp.MustCompile(`(?i)(signature=)[^\s&"',<>]+`)
	accessKeyID  = regexp.MustCompile(`\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{8,}\b`)
	userinfo     = regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*://)[^/\s"'<>@]*@`)
	urlQuery     = regexp.MustCompile(`(?i)(https?://[^\s"'<>?]*)\?[^\s"'<>]*`)
)

// keys hands out the credentials and remembers what must not be shown (L8),
// whether they were set or came from the AWS chain, which renews them.
type keys struct {
	from aws.CredentialsProvider

	mu      sync.Mutex
	secrets []string
	id      string // of the access key last handed out
}

// noKeysError is the failure to come by credentials at all.
type noKeysError struct{ err error }

func (e *noKeysError) Error() string { return e.err.Error() }
func (e *noKeysError) Unwrap() error { return e.err }

// Retrieve is aws.CredentialsProvider.
func (k *keys) Retrieve(ctx context.Context) (aws.Credentials, error) {
	got, err := k.from.Retrieve(ctx)
	if err != nil {
		return got, &noKeysError{err: err}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.id == got.AccessKeyID && len(k.secrets) > 0 && k.secrets[0] == got.SecretAccessKey && k.secrets[1] == got.SessionToken {
		return got, nil
	}
	// The last two sets: an answer that is still under way may repeat the one
	// before.
	k.secrets = append([]string{got.SecretAccessKey, got.SessionToken}, k.secrets[:min(len(k.secrets), 2)]...)
	k.id = got.AccessKeyID
	return got, nil
}

// name tells which access key is meant, by its last four characters.
func (k *keys) name() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.id == "" {
		return "the access key"
	}
	return "the access key " + tail(k.id)
}

func tail(id string) string {
	if len(id) < 2*minSecret {
		return hidden
	}
	return "…" + id[len(id)-4:]
}

// hide takes secrets out of a text, in the forms in which a server may echo
// them, and shortens the ids of access keys.
func (k *keys) hide(text string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range k.secrets {
		if len(s) < minSecret {
			continue
		}
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s), strings.ReplaceAll(s, "/", `\/`)} {
			text = strings.ReplaceAll(text, form, hidden)
		}
	}
	if len(k.id) >= minSecret {
		text = strings.ReplaceAll(text, k.id, tail(k.id))
	}
	text = sessionToken.ReplaceAllString(text, "${1}"+hidden)
	text = signature.ReplaceAllString(text, "${1}"+hidden)
	text = userinfo.ReplaceAllString(text, "${1}"+hidden+"@")
	text = urlQuery.ReplaceAllString(text, "${1}?"+hidden)
	return accessKeyID.ReplaceAllStringFunc(text, tail)
}

// quote prepares a text of unknown origin for an error: secrets out first,
// since a cut through the middle of one would hide it.
func (k *keys) quote(text string, n int) string { return words.Cut(words.Line(k.hide(text)), n) }
