package salesrabbit

import "github.com/warren-sync/warren/internal/crm"

// Names of the options.
const (
	optURL         = "url"
	optToken       = "token"
	optStyle       = "api_style"
	optPageSize    = "page_size"
	optRate        = "rate"
	optRetries     = "retries"
	optTimeout     = "timeout"
	optMaxResponse = "max_response"
	optStatusPass  = "status_pass"
)

// The dialects of the interface.
const (
	styleLive = "live" // as api.salesrabbit.com behaves
	styleSpec = "spec" // /api/leads?modified_since=…, as the old specification has it; a gateway may speak it
)

// Source is SalesRabbit's registration.
func Source() crm.Source {
	return crm.Source{
		Type:    "salesrabbit",
		Title:   "SalesRabbit",
		Summary: "door-to-door leads and users, over SalesRabbit's REST interface",
		Streams: []crm.Stream{leads(), users(), leadStatuses(), leadStatusHistories()},
		Open:    open,
		Options: []crm.Option{
			{
				Name: optURL, Kind: crm.OptionURL, Default: "https://api.salesrabbit.com", Env: []string{"SALESRABBIT_API_URL"},
				Help: "Address of the interface, without a path.",
			},
			{
				Name: optToken, Kind: crm.OptionText, Secret: true, Required: true,
				Env:  []string{"SALESRABBIT_API_KEY", "SALESRABBIT_API_TOKEN"},
				Help: "API token, made by an administrator in SalesRabbit under Settings > Integrations > API.",
			},
			{
				Name: optStyle, Kind: crm.OptionChoice, Choices: []string{styleLive, styleSpec}, Default: styleLive, Env: []string{"SALESRABBIT_API_STYLE"},
				Help: "live for api.salesrabbit.com; spec for a gateway that speaks the old specification's dialect (/api/leads?modified_since=).",
			},
			{
				Name: optPageSize, Kind: crm.OptionInteger, Default: "2000", Env: []string{"SALESRABBIT_PAGE_SIZE"},
				Help: "Records asked for in one call; SalesRabbit gives at most 2000.",
			},
			{
				Name: optRate, Kind: crm.OptionNumber, Default: "2", Env: []string{"SALESRABBIT_RATE"},
				Help: "Calls a second at the most; slows down by itself when SalesRabbit answers 429. 0 for no bound.",
			},
			{
				Name: optRetries, Kind: crm.OptionInteger, Default: "5", Env: []string{"SALESRABBIT_RETRIES"},
				Help: "How often a call that failed for a passing reason is tried again.",
			},
			{
				Name: optTimeout, Kind: crm.OptionDuration, Default: "120s", Env: []string{"SALESRABBIT_TIMEOUT"},
				Help: "How long one call may take; a page of 2000 leads takes SalesRabbit up to 10 seconds.",
			},
			{
				Name: optMaxResponse, Kind: crm.OptionSize, Default: "64MiB", Env: []string{"SALESRABBIT_MAX_RESPONSE"},
				Help: "Size over which an answer is refused; the page is then asked for in halves.",
			},
			{
				Name: optStatusPass, Kind: crm.OptionBoolean, Default: "true", Env: []string{"SALESRABBIT_STATUS_PASS"},
				Help: "Ask in each incremental run also for leads of which only the status changed; costs one call more.",
			},
		},
	}
}
