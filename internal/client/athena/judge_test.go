package athena

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

func TestRefusals(t *testing.T) {
	echo := "The Canonical String was 'POST\nx-amz-security-token:" + session + "\n' Credential=" + accessKey + "/2026, key " + secretKey
	tests := []struct {
		name   string
		answer answer
		code   crm.Code
		origin crm.Origin
		again  bool // worth another attempt
		says   []string
	}{
		{"a key that nobody knows", refusal(400, "UnrecognizedClientException", "The security token included in the request is invalid."), crm.CodeAuth, crm.OriginSource, false, []string{"…MPLE", "ACME_KEY", "ACME_SECRET"}},
		{"a secret that is wrong, with the request in the answer", refusal(400, "InvalidSignatureException", echo), crm.CodeAuth, crm.OriginSource, false, []string{"ACME_SECRET", "[secret]"}},
		{"a session that has ended", refusal(400, "ExpiredTokenException", "The security token included in the request is expired"), crm.CodeAuth, crm.OriginSource, false, []string{"session", "temporary"}},
		{"a clock that is wrong", refusal(400, "InvalidSignatureException", "Signature expired: 20200101T000000Z is now earlier than 20260101T000000Z"), crm.CodeAuth, crm.OriginConfig, true, []string{"clock"}},
		{"a right that is lacking, named", refusal(400, "AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized to perform: athena:StartQueryExecution on resource: arn:aws:athena:us-east-1:1:workgroup/sales because no identity-based policy allows it"), crm.CodeForbidden, crm.OriginSource, false, []string{"athena:StartQueryExecution on arn:aws:athena:us-east-1:1:workgroup/sales", "IAM", "…MPLE"}},
		{"a right that is lacking, not named", refusal(400, "AccessDeniedException", ""), crm.CodeForbidden, crm.OriginSource, false, []string{"athena:StartQueryExecution"}},
		{"a 403 of something between", reply(403, http.Header{"Content-Type": {"text/html"}}, "<html>no</html>"), crm.CodeForbidden, crm.OriginSource, false, []string{"athena:StartQueryExecution"}},
		{"throttling", refusal(400, "ThrottlingException", "Rate exceeded"), crm.CodeRateLimit, crm.OriginSource, true, []string{"fewer calls"}},
		{"throttling that calls itself invalid", refusal(400, "InvalidRequestException", "Rate exceeded"), crm.CodeRateLimit, crm.OriginSource, true, []string{"fewer calls"}},
		{"too many queries at once", refusal(400, "TooManyRequestsException", "You have exceeded the limit for the number of queries you can run concurrently", "Reason", "CONCURRENT_QUERY_LIMIT_EXCEEDED"), crm.CodeRateLimit, crm.OriginSource, true, []string{"quota", "fewer streams"}},
		{"a 429 without a code", reply(429, nil, "{}"), crm.CodeRateLimit, crm.OriginSource, true, nil},
		{"a fault of Athena", refusal(500, "InternalServerException", "oops"), crm.CodeSourceDown, crm.OriginSource, true, []string{"oops"}},
		{"a 503 of something between", reply(503, http.Header{"Content-Type": {"text/html"}}, "<html>no</html>"), crm.CodeSourceDown, crm.OriginSource, true, []string{"503"}},
		{"a redirect", reply(307, http.Header{"Location": {"https://other.example.com"}}, ""), crm.CodeConfig, crm.OriginConfig, false, []string{"ACME_REGION", "us-east-1"}},
		{"no such workgroup", refusal(400, "InvalidRequestException", "WorkGroup sales is not found."), crm.CodeNotFound, crm.OriginConfig, false, []string{"workgroup sales", "ACME_WORKGROUP"}},
		{"a workgroup that is disabled", refusal(400, "InvalidRequestException", "WorkGroup sales is disabled."), crm.CodeForbidden, crm.OriginSource, false, []string{"sales", "disabled"}},
		{"no output location", refusal(400, "InvalidRequestException", "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input."), crm.CodeConfig, crm.OriginConfig, false, []string{"ACME_OUTPUT"}},
		{"an output bucket that is wrong", refusal(400, "InvalidRequestException", "Unable to verify/create output bucket results"), crm.CodeConfig, crm.OriginConfig, false, []string{"s3://results/acme/", "ACME_OUTPUT", "s3:GetBucketLocation", "us-east-1"}},
		{"a right that only the text names", refusal(400, "InvalidRequestException", "You are not authorized to perform: glue:GetDatabase on the resource. Insufficient permissions."), crm.CodeForbidden, crm.OriginSource, false, []string{"glue:GetDatabase"}},
		{"no such query", refusal(400, "InvalidRequestException", "QueryExecution x was not found"), crm.CodeNotFound, crm.OriginSource, false, []string{"45 days"}},
		{"another fault of ours", refusal(400, "InvalidRequestException", "line 1:1: mismatched input 'SELCT'"), crm.CodeSourceRefused, crm.OriginSource, false, []string{"mismatched"}},
		{"a code that nobody knows", refusal(418, "TeapotException", "short and stout"), crm.CodeSourceRefused, crm.OriginSource, false, []string{"short and stout", "418"}},
		{"a web page instead of an answer", reply(200, http.Header{"Content-Type": {"text/html"}}, "<html>Welcome to the hotel</html>"), crm.CodeBadAnswer, crm.OriginSource, true, []string{"proxies", "https://aws.example.com"}},
		{"an empty answer", reply(200, nil, ""), crm.CodeBadAnswer, crm.OriginSource, true, nil},
		{"an answer that says nothing", body("{}"), crm.CodeBadAnswer, crm.OriginSource, true, nil},
		{"no connection", failing(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), crm.CodeUnreachable, crm.OriginSource, true, []string{"nothing listens", "https://aws.example.com"}},
		{"no such host", failing(&net.DNSError{Name: "athena.us-eats-1.amazonaws.com", IsNotFound: true}), crm.CodeUnreachable, crm.OriginSource, true, []string{"us-eats-1", "ACME_REGION"}},
		{"a connection that was closed", failing(io.EOF), crm.CodeUnreachable, crm.OriginSource, true, []string{"closed"}},
		{"a certificate that is not trusted", failing(x509.UnknownAuthorityError{}), crm.CodeUnreachable, crm.OriginSource, false, []string{"SSL_CERT_FILE"}},
		{"something else", failing(errors.New("the line is " + secretKey)), crm.CodeUnreachable, crm.OriginSource, true, []string{"connection failed"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := play().on("StartQueryExecution", test.answer)
				_, err := dial(t, f, nil).Start(t.Context(), Query{Text: "SELECT 1", Token: token})
				e := explained(t, err, test.code)
				mustHave(t, e.Error()+" "+e.Fix, test.says...)
				if e.Origin != test.origin || e.Retryable != test.again {
					t.Errorf("origin %s, retryable %t: %v", e.Origin, e.Retryable, e)
				}
				if again := f.made("StartQueryExecution") > 1; again != test.again {
					t.Errorf("%d attempts", f.made("StartQueryExecution"))
				}
			})
		})
	}
}

func TestRefusalsOfS3(t *testing.T) {
	tests := []struct {
		name   string
		answer answer
		code   crm.Code
		again  bool
		says   []string
	}{
		{"a key that nobody knows", s3Refusal(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."), crm.CodeAuth, false, []string{"ACME_KEY"}},
		{"a secret that is wrong", s3Refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match; x-amz-security-token:"+session), crm.CodeAuth, false, []string{"ACME_SECRET"}},
		{"access denied", s3Refusal(403, "AccessDenied", "Access Denied"), crm.CodeForbidden, false, []string{"s3:GetObject on s3://results/acme/", "vendor"}},
		{"SlowDown", s3Refusal(503, "SlowDown", "Please reduce your request rate."), crm.CodeRateLimit, true, []string{"fewer calls"}},
		{"a fault of S3", s3Refusal(500, "InternalError", "We encountered an internal error."), crm.CodeSourceDown, true, nil},
		{"no such bucket", s3Refusal(404, "NoSuchBucket", "The specified bucket does not exist"), crm.CodeNotFound, false, []string{"ACME_OUTPUT"}},
		{"another region", s3Refusal(301, "PermanentRedirect", "The bucket must be addressed using the specified endpoint"), crm.CodeConfig, false, []string{"ACME_REGION"}},
		{"no such file", s3Refusal(404, "NoSuchKey", "The specified key does not exist."), crm.CodeNotFound, true, []string{queryID + ".csv"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := play().on("GetQueryResults", table("", "a:varchar", "a")).on("GetObject", test.answer)
				_, err := dial(t, f, nil).Results(t.Context(), done(), Options{Mode: File})
				e := explained(t, err, test.code)
				mustHave(t, e.Error()+" "+e.Fix, test.says...)
				if again := f.made("GetObject") > 1; again != test.again || e.Retryable != test.again {
					t.Errorf("%d attempts, retryable %t", f.made("GetObject"), e.Retryable)
				}
			})
		})
	}
}

func TestTheClockIsSetByTheAnswerOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := play().on("StartQueryExecution", refusal(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."))
		_, err := dial(t, f, nil).Start(t.Context(), Query{Text: "SELECT 1", Token: token})
		mustFail(t, err, crm.CodeAuth)
		if n := f.made("StartQueryExecution"); n != 2 {
			t.Errorf("%d attempts, want 2", n)
		}
	})
}

func TestL8SecretsAreHiddenInEveryForm(t *testing.T) {
	k := &keys{id: accessKey, secrets: []string{secretKey, session}}
	for _, text := range []string{
		secretKey, session, "x" + accessKey + "x", "Credential=" + accessKey + "/20260101/us-east-1",
		"https://results.s3.amazonaws.com/a?X-Amz-Security-Token=abcdefgh&X-Amz-Signature=0123456789abcdef",
		"x-amz-security-token: " + "another-token-entirely", "Signature=0123456789abcdef", "http://me:0123456789abcdef@proxy",
		`wJalrXUtnFEMI\/K7MDENG+bPxRfiCYEXAMPLEKEY`, "wJalrXUtnFEMI%2FK7MDENG%2BbPxRfiCYEXAMPLEKEY",
	} {
		got := k.quote(text, 300)
		mustHide(t, got)
		for _, part := range []string{"0123456789abcdef", "abcdefgh", "another-token", "7MDENG"} {
			if strings.Contains(got, part) {
				t.Errorf("%q became %q", text, got)
			}
		}
	}
	if got := k.hide("nothing to hide in arn:aws:iam::1:user/x"); got != "nothing to hide in arn:aws:iam::1:user/x" {
		t.Errorf("got %q", got)
	}
	if got := (&keys{}).name(); got != "the access key" {
		t.Errorf("an unknown key is called %q", got)
	}
	if got := tail("short"); got != hidden {
		t.Errorf("a short key became %q", got)
	}
}

func TestWords(t *testing.T) {
	for got, want := range map[string]string{
		words.Span(400 * 1e6): "0.4 s", words.Span(31 * 1e9): "31 s", words.Span(900 * 1e9): "15 min",
		words.Line("a\n\tb\x00c"): "a b c", words.Cut("äöü", 2): "äö…",
		fmt.Sprint(call{name: "A"}): "A", fmt.Sprint(call{name: "A", on: "b"}): "A of b",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
