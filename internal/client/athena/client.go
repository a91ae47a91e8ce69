package athena

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"

	"github.com/warren-sync/warren/internal/client/words"
	"github.com/warren-sync/warren/internal/crm"
)

// Client calls one account's Athena and the S3 that its results lie in. It is
// safe for concurrent use.
type Client struct {
	athena *athena.Client
	s3     *s3.Client
	keys   *keys

	source, region, endpoint, workGroup, catalog, database, output string

	hints       Hints
	timeout     time.Duration
	attempts    int
	maxAnswer   int64
	patience    time.Duration
	callTimeout time.Duration
	clock       crm.Clock
	observe     func(crm.Event)
	random      func() float64
}

// New returns a client for one account, or an error with crm.CodeConfig. It
// calls neither Athena nor S3; where no keys are set it reads the files of the
// AWS environment.
func New(ctx context.Context, c Config) (*Client, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	settings, err := load(ctx, c)
	if err != nil {
		return nil, err
	}
	k := &keys{from: settings.Credentials}
	if c.AccessKey != "" {
		k.id, k.secrets = c.AccessKey, []string{c.SecretKey, c.SessionToken}
	}
	wire := &wire{transport: c.Transport, source: c.Source, clock: c.Clock, observe: c.Observe, maxAnswer: c.MaxAnswer}
	settings.Credentials = aws.NewCredentialsCache(k)
	settings.HTTPClient = wire
	settings.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	settings.Logger = logging.Nop{}
	// Checksums where S3 wants them: those who speak its language don't all know
	// the newer ones, and a part of a file has none.
	settings.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	settings.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	if c.Endpoint != "" {
		settings.BaseEndpoint = &c.Endpoint
	}
	return &Client{
		athena: athena.NewFromConfig(settings),
		s3: s3.NewFromConfig(settings, func(o *s3.Options) {
			o.UsePathStyle = settings.BaseEndpoint != nil
			o.DisableLogOutputChecksumValidationSkipped = true
		}),
		keys:        k,
		source:      c.Source,
		region:      settings.Region,
		endpoint:    aws.ToString(settings.BaseEndpoint),
		workGroup:   c.WorkGroup,
		catalog:     c.Catalog,
		database:    c.Database,
		output:      c.Output,
		hints:       c.Hints,
		timeout:     c.Timeout,
		attempts:    c.Attempts,
		maxAnswer:   c.MaxAnswer,
		patience:    c.Patience,
		callTimeout: c.CallTimeout,
		clock:       c.Clock,
		observe:     c.Observe,
		random:      c.Random,
	}, nil
}

// load reads the AWS environment. What it finds there is asked for credentials
// over a connection of its own, with the SDK's short timeouts: on a machine
// outside of AWS the metadata service does not answer.
func load(ctx context.Context, c Config) (aws.Config, error) {
	options := []func(*awsconfig.LoadOptions) error{}
	if c.Region != "" {
		options = append(options, awsconfig.WithRegion(c.Region))
	}
	if c.AccessKey != "" {
		options = append(options, awsconfig.WithCredentialsProvider(
			credentials.NewStaticCredentialsProvider(c.AccessKey, c.SecretKey, c.SessionToken)))
	}
	settings, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		secrets := &keys{id: c.AccessKey, secrets: []string{c.SecretKey, c.SessionToken}}
		return aws.Config{}, &crm.Error{
			Code:    crm.CodeConfig,
			Origin:  crm.OriginConfig,
			Message: "the AWS settings of this machine cannot be read",
			Fix:     "Check AWS_PROFILE and the files in ~/.aws, or set " + orElse(c.Hints.AccessKey, "the access key") + " and " + orElse(c.Hints.SecretKey, "the secret key") + ".",
			Err:     errors.New(secrets.quote(err.Error(), words.MostQuoted)),
		}
	}
	if settings.Region == "" {
		return aws.Config{}, badConfig(c.Source+" has no region",
			"Set "+orElse(c.Hints.Region, "the region")+" to the AWS region of the database, such as us-east-1.")
	}
	return settings, nil
}
