package salespro

import (
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// Names of the options.
const (
	optDatabase   = "database"
	optRegion     = "region"
	optAccessKey  = "access_key_id"
	optSecretKey  = "secret_access_key"
	optSession    = "session_token"
	optLocation   = "s3_location"
	optWorkGroup  = "workgroup"
	optCatalog    = "catalog"
	optEndpoint   = "endpoint"
	optRetries    = "retries"
	optResults    = "results"
	optUnload     = "unload_location"
	optDelete     = "delete_results"
	optPartitions = "partitions"
	optTimeout    = "timeout"
	optPrice      = "price_per_tb"
	optMaxScan    = "max_scan_bytes"
	optOnMaxScan  = "on_max_scan"
)

// The ways to read the result of a query.
const (
	resultsAuto    = "auto"
	resultsFile    = "file"
	resultsPages   = "pages"
	resultsUnload  = "unload"
	resultsParquet = "unload-parquet"
)

// Source is SalesPro's registration.
func Source() crm.Source {
	return crm.Source{
		Type:    "salespro",
		Title:   "SalesPro",
		Summary: "estimates, payments and customers of SalesPro by Leap, over AWS Athena",
		Streams: []crm.Stream{
			customer(), estimate(), creditApplications(), leadResults(), payments(), userActivity(),
			measureSheet(), estimatePriceBreakdown(), geographicHotspot(), users(), offices(),
		},
		Open:      open,
		Describes: true,
		Billed:    true,
		OldAll:    "db_salespro_all",
		Endpoint:  endpoint,
		Options: []crm.Option{
			{
				Name: optDatabase, Kind: crm.OptionText, Required: true, Env: []string{"SALESPRO_DATABASE"},
				Help: "Athena database that Leap shares with this customer.",
			},
			{
				Name: optRegion, Kind: crm.OptionText, Default: "us-east-1", Env: []string{"SALESPRO_SERVER_REGION", "SALESPRO_REGION"},
				Help: "AWS region of the database.",
			},
			{
				Name: optAccessKey, Kind: crm.OptionText, Env: []string{"SALESPRO_ACCESS_KEY_ID"},
				Help: "Key that Leap hands out; without one the usual AWS credentials of this machine are used.",
			},
			{
				Name: optSecretKey, Kind: crm.OptionText, Secret: true,
				Env:  []string{"SALESPRO_SECRET_ACCESS_KEY", "SALESPRO_SECRETE_ACCESS_KEY"},
				Help: "Secret that belongs to the key.",
			},
			{
				Name: optSession, Kind: crm.OptionText, Secret: true, Env: []string{"SALESPRO_SESSION_TOKEN"},
				Help: "Session token, where the key is a passing one.",
			},
			{
				Name: optLocation, Kind: crm.OptionText, Env: []string{"SALESPRO_S3_LOCATION"},
				Help: "Place for results, such as s3://bucket/prefix/; they go into athena-results/ below it. Without one the workgroup's is used.",
			},
			{
				Name: optWorkGroup, Kind: crm.OptionText, Default: "primary", Env: []string{"SALESPRO_WORKGROUP"},
				Help: "Athena workgroup.",
			},
			{
				Name: optCatalog, Kind: crm.OptionText, Default: "AwsDataCatalog", Env: []string{"SALESPRO_CATALOG"},
				Help: "Athena data catalog.",
			},
			{
				Name: optEndpoint, Kind: crm.OptionURL, Env: []string{"SALESPRO_ENDPOINT", "AWS_ENDPOINT_URL"},
				Help: "Address of something that speaks as Athena and S3 do, such as the sandbox; without one AWS itself.",
			},
			{
				Name: optResults, Kind: crm.OptionChoice, Default: resultsAuto,
				Choices: []string{resultsAuto, resultsFile, resultsPages, resultsUnload, resultsParquet},
				Env:     []string{"SALESPRO_RESULTS"},
				Help:    "How results are read: file from S3, pages of 1000 rows from Athena, unload as JSON or unload-parquet as Parquet into unload_location; auto reads the file, and pages where it may not.",
			},
			{
				Name: optUnload, Kind: crm.OptionText, Env: []string{"SALESPRO_UNLOAD_LOCATION"},
				Help: "Place for UNLOAD, such as s3://bucket/warren/, where results is unload or unload-parquet; the key needs the right to write and delete there.",
			},
			{
				Name: optDelete, Kind: crm.OptionBoolean, Default: "false", Env: []string{"SALESPRO_DELETE_RESULTS"},
				Help: "Delete result files once they are read; needs s3:DeleteObject.",
			},
			{
				Name: optPartitions, Kind: crm.OptionText, Env: []string{"SALESPRO_PARTITIONS"},
				Help: "Partition columns that say by which day a row was made, such as user_activity.dt; incremental runs then scan the days they need.",
			},
			{
				Name: optTimeout, Kind: crm.OptionDuration, Default: "30m", Env: []string{"SALESPRO_TIMEOUT"},
				Help: "How long a query may take before it is stopped.",
			},
			{
				Name: optRetries, Kind: crm.OptionInteger, Default: "5", Env: []string{"SALESPRO_RETRIES"},
				Help: "How often a call is made again when nothing is reached, or answers. Throttling and faults of AWS are waited out for 15 minutes.",
			},
			{
				Name: optPrice, Kind: crm.OptionNumber, Default: "5", Env: []string{"SALESPRO_PRICE_PER_TB"},
				Help: "Dollars that Athena charges for a terabyte scanned, for the estimate in results and history.",
			},
			{
				Name: optMaxScan, Kind: crm.OptionSize, Env: []string{"SALESPRO_MAX_SCAN_BYTES"},
				Help: "Bytes that each stream may have scanned in one day (UTC), such as 50GB; no bound without it.",
			},
			{
				Name: optOnMaxScan, Kind: crm.OptionChoice, Choices: []string{"refuse", "warn"}, Default: "refuse", Env: []string{"SALESPRO_ON_MAX_SCAN"},
				Help: "What happens to a run that would have more scanned than max_scan_bytes.",
			},
		},
	}
}

// endpoint is where an account is read: two databases are two places.
func endpoint(s crm.Settings) string {
	at := s.Text(optEndpoint)
	if at == "" {
		at = "athena." + s.Text(optRegion)
	}
	return strings.TrimSuffix(at, "/") + "/" + s.Text(optCatalog) + "/" + s.Text(optDatabase)
}
