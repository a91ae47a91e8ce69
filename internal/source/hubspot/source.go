package hubspot

import "github.com/warren-sync/warren/internal/crm"

// Names of the options.
const (
	optURL          = "url"
	optToken        = "token"
	optClientID     = "client_id"
	optClientSecret = "client_secret"
	optRefresh      = "refresh_token"
	optHookSecret   = "webhook_secret"
	optVersion      = "api_version"
	optCustom       = "custom_objects"
	optLinks        = "associations"
	optSweep        = "sweep_every"
	optRate         = "rate"
	optSearchRate   = "search_rate"
	optRetries      = "retries"
	optTimeout      = "timeout"
	optMaxResponse  = "max_response"
)

// Source is HubSpot's registration.
func Source() crm.Source {
	return crm.Source{
		Type:      "hubspot",
		Title:     "HubSpot",
		Summary:   "contacts, deals and all other objects of HubSpot with their associations, over its CRM API",
		Streams:   streams(),
		More:      more,
		Open:      open,
		Hook:      openHook,
		Describes: true,
		NewField:  crm.ReactEvolve,
		OldAll:    "sync_hubspot_all",
		OldOthers: map[string][]string{oldDivisions: nil, oldGeniusUsers: nil, oldAssociations: {"contact-id"}},
		Options: []crm.Option{
			{
				Name: optURL, Kind: crm.OptionURL, Default: "https://api.hubapi.com", Env: []string{"HUBSPOT_API_URL"},
				Help: "Address of the API, without a path.",
			},
			{
				Name: optToken, Kind: crm.OptionText, Secret: true, SetsUp: true, Env: []string{"HUBSPOT_API_TOKEN"},
				Help: "Token of a service key or of a private app, made in HubSpot under Settings > Integrations, with the crm.objects.*.read and crm.schemas.*.read scopes of what is to be read.",
			},
			{
				Name: optClientID, Kind: crm.OptionText, Env: []string{"HUBSPOT_CLIENT_ID"},
				Help: "Client id of an app that the account has installed (OAuth), in place of token.",
			},
			{
				Name: optClientSecret, Kind: crm.OptionText, Secret: true, Env: []string{"HUBSPOT_CLIENT_SECRET"},
				Help: "Client secret of that app.",
			},
			{
				Name: optRefresh, Kind: crm.OptionText, Secret: true, SetsUp: true, Env: []string{"HUBSPOT_REFRESH_TOKEN"},
				Help: "Refresh token that the account gave to that app.",
			},
			{
				Name: optHookSecret, Kind: crm.OptionText, Secret: true, Env: []string{"HUBSPOT_WEBHOOK_SECRET"},
				Help: "Client secret of the app whose webhooks warren serve hears; without one it hears none.",
			},
			{
				Name: optVersion, Kind: crm.OptionChoice, Choices: []string{version3, version202603, version202609}, Default: version3,
				Env:  []string{"HUBSPOT_API_VERSION"},
				Help: "Version of the API; v3 (associations v4) is served until 2027, the dated ones longer.",
			},
			{
				Name: optCustom, Kind: crm.OptionText, Env: []string{"HUBSPOT_CUSTOM_OBJECTS"},
				Help: "Types of record that the company made, each a stream: divisions=2-37778609,genius_users=2-42119425.",
			},
			{
				Name: optLinks, Kind: crm.OptionText, Env: []string{"HUBSPOT_ASSOCIATIONS"},
				Default: "deals-contacts,deals-companies,contacts-companies,tickets-contacts,appointments-contacts,deals-line_items",
				Help:    "Associations to read, each a stream such as deals_contacts; none for none.",
			},
			{
				Name: optSweep, Kind: crm.OptionDuration, Default: "24h", Env: []string{"HUBSPOT_SWEEP_EVERY"},
				Help: "How often everything is read anew, for what HubSpot tells of in no other way: archived and restored records, associations, calculated properties. 0s for never.",
			},
			{
				Name: optRate, Kind: crm.OptionNumber, Default: "15", Env: []string{"HUBSPOT_RATE"},
				Help: "Calls a second at the most, searches apart; slows down by itself before HubSpot's own limit is reached. 0 for no bound.",
			},
			{
				Name: optSearchRate, Kind: crm.OptionNumber, Default: "4", Env: []string{"HUBSPOT_SEARCH_RATE"},
				Help: "Searches a second at the most; HubSpot allows 5 to all programs of the account together. 0 for no bound.",
			},
			{
				Name: optRetries, Kind: crm.OptionInteger, Default: "5", Env: []string{"HUBSPOT_RETRIES"},
				Help: "How often a call that failed for a passing reason is tried again.",
			},
			{
				Name: optTimeout, Kind: crm.OptionDuration, Default: "60s", Env: []string{"HUBSPOT_TIMEOUT"},
				Help: "How long one call may take.",
			},
			{
				Name: optMaxResponse, Kind: crm.OptionSize, Default: "64MiB", Env: []string{"HUBSPOT_MAX_RESPONSE"},
				Help: "Size over which an answer is refused.",
			},
		},
	}
}
