package hubspot

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// openAPIFolder is the variable that names a folder with HubSpot's published
// OpenAPI files. With it the contract is checked against them as well as against
// the excerpts in testdata.
const openAPIFolder = "WARREN_HUBSPOT_OPENAPI"

// contract is a call, what it must be answered with, and where that is written.
type contract struct {
	name     string
	method   string
	path     string
	body     string
	status   int
	request  string // schema of the body
	response string // schema of the answer
	file     string // OpenAPI file; "": there is none
	address  string // its address in the file
}

func contracts(s *site) []contract {
	list := s.activeIDs("contacts")
	s.Merge("contacts", list[0], list[1])
	gone := s.Archive("contacts", These(list[2]))[0]
	alone := s.Create("contacts", 1)[0]
	const (
		page    = "CollectionResponseSimplePublicObjectWithAssociationsForwardPaging"
		search  = "CollectionResponseWithTotalSimplePublicObject"
		batchIn = "BatchReadInputSimplePublicObjectId"
		linkIn  = "BatchInputPublicFetchAssociationsBatchRequest"
		linkOut = "BatchResponsePublicAssociationMultiWithLabel"
	)
	filter := `{"propertyName":"hs_object_id","operator":"GT","value":"1"},{"propertyName":"createdate","operator":"BETWEEN","value":"1","highValue":"99999999999999"}`
	find := `{"filterGroups":[{"filters":[` + filter + `]}],"sorts":[{"propertyName":"lastmodifieddate","direction":"ASCENDING"}],"properties":["email","city"],"limit":5,"after":"5"}`
	read := func(ids ...int64) string {
		return `{"inputs":` + inputs(ids) + `,"properties":["email","price"],"propertiesWithHistory":["phone"]}`
	}
	return []contract{
		{"list", "GET", "/crm/v3/objects/contacts?associations=companies,deals&propertiesWithHistory=phone", "", 200, "", page, "contacts.json", "/crm/v3/objects/contacts"},
		{"list of archived", "GET", "/crm/v3/objects/contacts?archived=true", "", 200, "", page, "contacts.json", "/crm/v3/objects/contacts"},
		{"companies", "GET", "/crm/v3/objects/companies?associations=contacts", "", 200, "", page, "companies.json", "/crm/v3/objects/companies"},
		{"deals", "GET", "/crm/v3/objects/0-3?associations=contacts", "", 200, "", page, "deals.json", "/crm/v3/objects/0-3"},
		{"own type", "GET", "/crm/v3/objects/2-37778609", "", 200, "", page, "objects.json", "/crm/v3/objects/{objectType}"},
		{"one", "GET", "/crm/v3/objects/contacts/" + text(list[0]), "", 200, "", "SimplePublicObjectWithAssociations", "contacts.json", "/crm/v3/objects/contacts/{contactId}"},
		{"batch read", "POST", contactsRead, read(list[0], list[3]), 200, batchIn, "BatchResponseSimplePublicObject", "contacts.json", contactsRead},
		{"batch read with errors", "POST", contactsRead, read(list[0], gone), 207, batchIn, "BatchResponseSimplePublicObjectWithErrors", "contacts.json", contactsRead},
		{"search", "POST", "/crm/v3/objects/contacts/search", find, 200, "PublicObjectSearchRequest", search, "contacts.json", "/crm/v3/objects/contacts/search"},
		{"associations", "POST", companiesOf, `{"inputs":` + inputs(list[:1]) + `}`, 200, linkIn, linkOut, "associations.json", "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/read"},
		{"associations with errors", "POST", companiesOf, `{"inputs":` + inputs([]int64{list[0], alone}) + `}`, 207, linkIn, linkOut + "WithErrors", "associations.json", "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/read"},
		{"associations, dated", "POST", "/crm/associations/2026-09/contacts/companies/batch/read", `{"inputs":` + inputs(list[:1]) + `}`, 200, linkIn, linkOut, "", ""},
		{"associations of one", "GET", "/crm/v4/objects/contacts/" + text(list[0]) + "/associations/companies", "", 200, "", "CollectionResponseMultiAssociatedObjectWithLabelForwardPaging", "associations.json", "/crm/v4/objects/{objectType}/{objectId}/associations/{toObjectType}"},
		{"labels", "GET", "/crm/v4/associations/contacts/companies/labels", "", 200, "", "CollectionResponseAssociationSpecWithLabelNoPaging", "", ""},
		{"owners", "GET", "/crm/v3/owners?limit=20", "", 200, "", "CollectionResponsePublicOwnerForwardPaging", "crmOwners.json", "/crm/v3/owners"},
		{"archived owners", "GET", "/crm/v3/owners?archived=true", "", 200, "", "CollectionResponsePublicOwnerForwardPaging", "crmOwners.json", "/crm/v3/owners"},
		{"pipelines", "GET", "/crm/v3/pipelines/deals", "", 200, "", "CollectionResponsePipelineNoPaging", "pipelines.json", "/crm/v3/pipelines/{objectType}"},
		{"properties", "GET", "/crm/v3/properties/contacts", "", 200, "", "CollectionResponsePropertyNoPaging", "properties.json", "/crm/v3/properties/{objectType}"},
		{"one property", "GET", "/crm/v3/properties/contacts/email", "", 200, "", "Property", "properties.json", "/crm/v3/properties/{objectType}/{propertyName}"},
		{"schemas", "GET", "/crm-object-schemas/v3/schemas", "", 200, "", "CollectionResponseObjectSchemaNoPaging", "schemas.json", "/crm-object-schemas/v3/schemas"},
		{"details", "GET", "/account-info/v3/details", "", 200, "", "PortalInformation", "", ""},
		{"usage", "GET", "/account-info/v3/api-usage/daily/private-apps", "", 200, "", "CollectionResponseApiUsage", "", ""},
		{"bad request", "GET", "/crm/v3/objects/contacts?limit=101", "", 400, "", "Error", "", ""},
		{"not found", "GET", "/crm/v3/objects/contacts/5", "", 404, "", "Error", "", ""},
	}
}

// deviation is where the service is known not to keep to the published files.
type deviation struct{ problem, why string }

func deviations() []deviation {
	return []deviation{
		{`\.properties\.\w+: null instead of string$`, "a property without a value is null"},
		{`\.label: null instead of string$`, "an association without a label has null"},
		{`\.errors\[\d+\]\.(errors|links): required, absent$`, "errors lack most members"},
		{`\.errors\[\d+\]\.subCategory: string instead of object$`, "the files mistype it"},
		{`^\$\.sorts\[0\]: object instead of string$`, "string sorts are ignored by the service"},
		{`^\$\.(after|query|sorts|filterGroups|limit|properties): required, absent$`, "everything in a search is optional"},
	}
}

func known(problem string) bool {
	return slices.ContainsFunc(deviations(), func(d deviation) bool { return regexp.MustCompile(d.problem).MatchString(problem) })
}

func readJSON[T any](t *testing.T, path string) (out T) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

func decoded(t *testing.T, raw string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(raw), &v); err != nil {
		t.Fatalf("%v in %.300s", err, raw)
	}
	return v
}

func TestAnswersAndBodiesHaveHubSpotsShapes(t *testing.T) {
	s := startWith(t, Config{Records: 400, Properties: 80}, "dirty=0.05")
	excerpts := readJSON[struct{ Schemas schemas }](t, filepath.Join("testdata", "schemas.json")).Schemas
	folder := os.Getenv(openAPIFolder)
	for _, c := range contracts(s) {
		r := s.call(c.method, c.path, c.body)
		if r.status != c.status {
			t.Errorf("%s: status %d: %s", c.name, r.status, r.body)
			continue
		}
		answer := decoded(t, string(r.body))
		if strings.Contains(string(r.body), `"results":[]`) {
			t.Errorf("%s: no results to check", c.name)
		}
		report := func(where string, problems []string, excused func(string) bool) {
			for _, problem := range problems {
				if !excused(problem) {
					t.Errorf("%s, by %s: %s", c.name, where, problem)
				}
			}
		}
		none := func(string) bool { return false }
		report("excerpts", excerpts.check(schema{Ref: c.response}, answer, "$"), none)
		if c.request != "" {
			report("excerpts", excerpts.check(schema{Ref: c.request}, decoded(t, c.body), "$"), none)
		}
		if folder == "" || c.file == "" {
			continue
		}
		file := readJSON[openAPI](t, filepath.Join(folder, c.file))
		request, response := file.operation(c)
		report(c.file, file.Components.Schemas.check(response, answer, "$"), known)
		if c.request != "" {
			report(c.file, file.Components.Schemas.check(request, decoded(t, c.body), "$"), known)
		}
	}
}

// openAPI is the part of an OpenAPI file that the contract needs.
type openAPI struct {
	Paths map[string]map[string]struct {
		RequestBody content            `json:"requestBody"`
		Responses   map[string]content `json:"responses"`
	} `json:"paths"`
	Components struct {
		Schemas schemas `json:"schemas"`
	} `json:"components"`
}

type content struct {
	Content map[string]struct {
		Schema schema `json:"schema"`
	} `json:"content"`
}

// operation returns the schemas of a call's body and answer. Those that the file
// does not have refer to no schema.
func (o openAPI) operation(c contract) (request, response schema) {
	operation := o.Paths[c.address][strings.ToLower(c.method)]
	in, ok := operation.RequestBody.Content["application/json"]
	if !ok {
		in.Schema.Ref = "none for the body of " + c.address
	}
	out, ok := operation.Responses[strconv.Itoa(c.status)].Content["application/json"]
	if !ok {
		out.Schema.Ref = "none for the answer of " + c.address
	}
	return in.Schema, out.Schema
}

func TestRefusalsAndTokensHaveHubSpotsShapes(t *testing.T) {
	excerpts := readJSON[struct{ Schemas schemas }](t, filepath.Join("testdata", "schemas.json")).Schemas
	s := start(t, 5, "tensecondly=1,forbidden=deals")
	for _, tc := range []struct {
		schema string
		reply  reply
		status int
	}{
		{"Error", s.get("/crm/v3/objects/deals"), 403},
		{"RateLimit", s.get("/crm/v3/owners"), 429},
		{"Error", s.call("GET", "/crm/v3/owners", "", "Authorization", ""), 401},
		{"Token", s.grant(DefaultRefreshToken), 200},
	} {
		if tc.reply.status != tc.status {
			t.Errorf("%s: status %d", tc.schema, tc.reply.status)
		}
		for _, problem := range excerpts.check(schema{Ref: tc.schema}, decoded(t, string(tc.reply.body)), "$") {
			t.Errorf("%s: %s in %s", tc.schema, problem, tc.reply.body)
		}
	}
}

func TestEventsHaveHubSpotsShapes(t *testing.T) {
	s, r := start(t, 100, ""), receive(t)
	s.Subscribe(Webhook{URL: r.url})
	for _, typ := range s.Types() {
		list := s.Create(typ, 4)
		s.Change(typ, These(list[0]))
		s.Archive(typ, These(list[1]))
		s.Restore(typ, These(list[1]))
		s.Purge(typ, These(list[1]))
		s.Merge(typ, list[2], list[3])
		s.Associate(typ, list[0], "contacts", s.activeIDs("contacts")[0])
	}
	s.Tell(t.Context())
	excerpts := readJSON[struct{ Schemas schemas }](t, filepath.Join("testdata", "schemas.json")).Schemas
	kinds := map[string]bool{}
	for _, body := range r.bodies {
		list, _ := decoded(t, string(body)).([]any)
		for _, e := range list {
			for _, problem := range excerpts.check(schema{Ref: "Event"}, e, "$") {
				t.Errorf("%s in %v", problem, e)
			}
		}
	}
	for _, e := range r.take() {
		kinds[e.SubscriptionType] = true
	}
	if len(kinds) < 35 {
		t.Errorf("%d kinds of event were told: %v", len(kinds), kinds)
	}
	if folder := os.Getenv(openAPIFolder); folder != "" {
		published := readJSON[openAPI](t, filepath.Join(folder, "webhooks.json")).Components.Schemas["SubscriptionCreateRequest"].Properties["eventType"]
		for kind := range kinds {
			if !slices.Contains(published.Enum, any(kind)) {
				t.Errorf("webhooks.json does not know %s", kind)
			}
		}
	}
}
