package athena

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

const (
	// freshTries is how often a file is asked for that is not there: the store
	// of a finished query may lag behind its state.
	freshTries = 5
	// unsureTries is for what may be a passing fault or a lasting one.
	unsureTries = 3
)

// judge says in plain words why an attempt failed, with no secret in it (L8).
func (c *Client) judge(ctx context.Context, of call, err error) *failure {
	if ctx.Err() != nil {
		return &failure{err: cancelled(ctx)}
	}
	e := &crm.Error{Origin: crm.OriginSource}
	if known, ok := errors.AsType[*crm.Error](err); ok {
		return &failure{err: known, again: known.Retryable, most: unsureTries}
	}
	if _, ok := errors.AsType[*noKeysError](err); ok {
		return c.noKeys(err)
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		if text := c.keys.quote(api.ErrorMessage(), words.MostQuoted); text != "" {
			e.Err = errors.New(text)
		}
		if f := c.refused(of, api, e); f != nil {
			return f
		}
	}
	status := 0
	if response, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		status = response.HTTPStatusCode()
	}
	_, cut := errors.AsType[*smithy.DeserializationError](err)
	if e.Err == nil {
		e.Err = errors.New(c.keys.quote(bare(err).Error(), words.MostQuoted))
	}
	f := &failure{err: e, again: true}
	e.Retryable = true
	switch {
	case errors.Is(err, errLate), errors.Is(err, errStalled):
		if errors.Is(err, errLate) {
			f.most = c.attempts
		}
		e.Code, e.Message = crm.CodeTimeout, fmt.Sprintf("%s did not answer %s within %s", c.source, of, words.Span(c.callTimeout))
		e.Fix = "Run it again later; if it stays so, check the network."
	case errors.Is(err, errTooLarge):
		f.again, e.Retryable = false, false
		e.Code, e.Message = crm.CodeTooLarge, c.says(of, "more than "+crm.Bytes(c.maxAnswer))
		e.Fix = "Map fewer columns, or read the result from its file in S3, which comes as a stream of any length."
	case errors.Is(err, errEmpty):
		f.most = unsureTries
		e.Code, e.Message = crm.CodeBadAnswer, c.says(of, "nothing that says what was asked for")
		e.Fix = "Run it again; if it stays so, check that " + c.address() + " is Athena."
	case status == http.StatusTooManyRequests:
		c.throttled(of, e)
	case status == http.StatusForbidden:
		f.again, e.Retryable = false, false
		c.denied(of, "", e)
	case status >= 500:
		e.Code, e.Message = crm.CodeSourceDown, c.says(of, statusText(status))
		e.Fix = "Run it again later; the fault lies with AWS or with what stands between."
	case status >= 300 && status < 400:
		f.again, e.Retryable = false, false
		e.Code, e.Origin, e.Message = crm.CodeConfig, crm.OriginConfig, c.says(of, "a redirect ("+statusText(status)+"): this is another region")
		e.Fix = c.checkRegion()
	case status >= 400 || cut && status != 0 && status != http.StatusOK:
		f.again, e.Retryable = false, false
		e.Code, e.Message = crm.CodeSourceRefused, c.says(of, statusText(status))
		e.Fix = "Change what it complains of; the same call will not succeed. Is " + c.address() + " Athena?"
	case cut:
		f.most = unsureTries
		e.Code, e.Message = crm.CodeBadAnswer, c.says(of, "a body that was cut off or is no answer of AWS")
		e.Fix = "Run it again; if it stays so, look at proxies on the way and check that " + c.address() + " is Athena."
	default:
		return c.unreachable(err, e)
	}
	return f
}

// bare takes off what the SDK wraps errors in: its names of the call and the
// status, which the message says already.
func bare(err error) error {
	if wrapped, ok := errors.AsType[*smithy.OperationError](err); ok && wrapped.Err != nil {
		err = wrapped.Err
	}
	if wrapped, ok := errors.AsType[*awshttp.ResponseError](err); ok && wrapped.Err != nil {
		err = wrapped.Err
	}
	return err
}

// refused explains an answer of AWS by its code; nil for a code that only its
// HTTP status can explain.
func (c *Client) refused(of call, api smithy.APIError, e *crm.Error) *failure {
	f := &failure{err: e}
	name, text := api.ErrorCode(), api.ErrorMessage()
	switch name {
	case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "InvalidSignatureException",
		"SignatureDoesNotMatch", "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationToken",
		"MissingAuthenticationTokenException", "AuthFailure", "NotSignedUp", "OptInRequired":
		if strings.Contains(text, "Signature expired") || strings.Contains(text, "Signature not yet current") {
			return c.skewed(of, e)
		}
		e.Code, e.Message = crm.CodeAuth, fmt.Sprintf("%s refuses %s (%s)", c.source, c.keys.name(), name)
		e.Fix = "Set " + orElse(c.hints.AccessKey, "the access key") + " and " + orElse(c.hints.SecretKey, "the secret key") + " to a pair that is valid."
	case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken":
		e.Code, e.Message = crm.CodeAuth, c.source+": the session of "+c.keys.name()+" has ended"
		e.Fix = "Get new temporary credentials, or use a key that does not expire."
	case "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture":
		return c.skewed(of, e)
	case "AccessDenied", "AccessDeniedException", "AllAccessDisabled", "AccountProblem", "NotAuthorized", "UnauthorizedOperation":
		c.denied(of, text, e)
	case "ThrottlingException", "Throttling", "ThrottledException", "RequestThrottled", "RequestThrottledException",
		"TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown",
		"ProvisionedThroughputExceededException":
		f.again, e.Retryable = true, true
		c.throttled(of, e)
	case "InternalServerException", "InternalServerError", "InternalFailure", "InternalError", "ServiceUnavailable",
		"ServiceUnavailableException", "RequestTimeout", "RequestTimeoutException":
		f.again, e.Retryable = true, true
		e.Code, e.Message = crm.CodeSourceDown, c.says(of, name)
		e.Fix = "Run it again later; the fault lies with AWS."
	case "NoSuchKey", "NotFound":
		f.again, f.most, e.Retryable = true, freshTries, true
		e.Code, e.Message = crm.CodeNotFound, "there is no "+of.on
		e.Fix = "It was deleted, or never written: run it again, which asks Athena anew."
	case "NoSuchBucket":
		e.Code, e.Origin, e.Message = crm.CodeNotFound, crm.OriginConfig, "there is no bucket for "+of.on
		e.Fix = "Check " + orElse(c.hints.Output, "the place for results") + "."
	case "PreconditionFailed", "InvalidRange", "RequestedRangeNotSatisfiable":
		e.Code, e.Retryable = crm.CodeBadAnswer, true
		e.Message = of.on + " was rewritten while it was being read"
		e.Fix = "Run it again, which asks Athena anew."
	case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
		e.Code, e.Origin, e.Message = crm.CodeConfig, crm.OriginConfig, of.on+" lies in another region than "+c.region
		e.Fix = c.checkRegion()
	case "InvalidRequestException", "MetadataException", "ResourceNotFoundException", "EntityNotFoundException":
		return c.invalid(of, text, e)
	default:
		return nil
	}
	return f
}

// invalid explains the answers whose code says little and whose text all.
func (c *Client) invalid(of call, text string, e *crm.Error) *failure {
	f := &failure{err: e}
	switch low := strings.ToLower(text); {
	case strings.Contains(low, "rate exceeded"), strings.Contains(low, "too many requests"):
		f.again, e.Retryable = true, true
		c.throttled(of, e)
	case isDenied(text):
		c.denied(of, text, e)
	case strings.Contains(low, "workgroup") && (strings.Contains(low, "not found") || strings.Contains(low, "does not exist")):
		e.Code, e.Origin, e.Message = crm.CodeNotFound, crm.OriginConfig, "there is no workgroup "+orElse(c.workGroup, "primary")
		e.Fix = "Set " + orElse(c.hints.WorkGroup, "the workgroup") + " to a workgroup of the region " + c.region + "."
	case strings.Contains(low, "workgroup") && strings.Contains(low, "disabled"):
		e.Code, e.Message = crm.CodeForbidden, "the workgroup "+orElse(c.workGroup, "primary")+" is disabled"
		e.Fix = "Enable it in the Athena console, or set " + orElse(c.hints.WorkGroup, "the workgroup") + " to another."
	case strings.Contains(low, "no output location"), strings.Contains(low, "outputlocation"), strings.Contains(low, "output bucket"),
		strings.Contains(low, "output location"):
		c.badOutput(e)
	case strings.Contains(low, "idempotent"):
		e.Code, e.Origin, e.Message = crm.CodeSourceRefused, crm.OriginWarren, "another query was started under this token before"
		e.Err = mark(ErrOtherQuery, e.Err)
		e.Fix = "Start the query under a token of its own."
	case of.name == getTable && (strings.Contains(low, "not found") || strings.Contains(low, "not exist")):
		e.Code, e.Message, e.Err = crm.CodeNotFound, "there is no "+of.on, mark(ErrNoTable, e.Err)
		e.Fix = c.checkDatabase()
	case strings.Contains(low, "not found"), strings.Contains(low, "does not exist"):
		e.Code, e.Message = crm.CodeNotFound, c.says(of, "that there is none")
		e.Fix = "Athena forgets queries after 45 days; run it again, which starts a new one."
	default:
		e.Code, e.Message = crm.CodeSourceRefused, c.says(of, "that the call is not valid")
		e.Fix = "Change what it complains of; the same call will not succeed."
	}
	return f
}

func (c *Client) throttled(of call, e *crm.Error) {
	e.Code, e.Message = crm.CodeRateLimit, c.source+" asks for fewer calls ("+of.name+")"
	e.Fix = "Run it again later; if it stays so, run fewer streams at once or have the account's Athena quota raised."
}

func (c *Client) badOutput(e *crm.Error) {
	e.Code, e.Origin, e.Message = crm.CodeConfig, crm.OriginConfig, "Athena has no place to write results to"
	if c.output != "" {
		e.Message = "Athena cannot write results to " + c.output
	}
	e.Fix = "Set " + orElse(c.hints.Output, "the place for results") + " to a bucket of the region " + c.region + " that exists, and give " +
		c.keys.name() + " the rights s3:GetBucketLocation and s3:PutObject on it."
}

// skewed is a clock that is wrong. The SDK reads AWS's time from the answer
// and signs the next attempt by it.
func (c *Client) skewed(of call, e *crm.Error) *failure {
	e.Code, e.Origin, e.Retryable = crm.CodeAuth, crm.OriginConfig, true
	e.Message = c.says(of, "that this machine's clock is wrong")
	e.Fix = "Set the clock of this machine."
	return &failure{err: e, again: true, most: 2}
}

// noKeys is that no credentials are to be had, of which AWS was told nothing.
func (c *Client) noKeys(err error) *failure {
	return &failure{err: &crm.Error{
		Code:    crm.CodeAuth,
		Origin:  crm.OriginConfig,
		Message: "there are no AWS credentials for " + c.source,
		Fix: "Set " + orElse(c.hints.AccessKey, "the access key") + " and " + orElse(c.hints.SecretKey, "the secret key") +
			", or log in to AWS on this machine (AWS_PROFILE, aws sso login, a role).",
		Err: errors.New(c.keys.quote(err.Error(), words.MostQuoted)),
	}}
}

// says begins a message about an answer.
func (c *Client) says(of call, what string) string {
	return fmt.Sprintf("%s answered %s with %s", c.source, of, what)
}

func (c *Client) address() string {
	if c.endpoint == "" {
		return "the endpoint of AWS in " + c.region
	}
	return orElse(c.hints.Endpoint, "the endpoint") + ", now " + c.endpoint + ","
}

// where is the address that calls go to.
func (c *Client) where() string { return orElse(c.endpoint, "the endpoint of AWS in "+c.region) }

func (c *Client) checkRegion() string {
	return "Set " + orElse(c.hints.Region, "the region") + ", now " + c.region + ", to the region of the database and its results."
}

func (c *Client) checkDatabase() string {
	return "Check the name, and " + orElse(c.hints.Database, "the database") + ", now " + c.database + "."
}

// statusText writes a status as people know it: 503 Service Unavailable.
func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}
