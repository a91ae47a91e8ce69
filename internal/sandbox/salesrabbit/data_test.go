package salesrabbit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"time"
)

// goldenPage is the hash of the first page of 500 leads of seed 7. It changes
// only when the data of all sandboxes is meant to change.
const goldenPage = "0af7718887260836"

func TestFirstPageIsTheSameOnEveryMachine(t *testing.T) {
	a, b := start(t, 500, "").get("/leads"), start(t, 500, "").get("/leads")
	if string(a.body) != string(b.body) {
		t.Fatal("two accounts of one seed differ")
	}
	sum := sha256.Sum256(a.body)
	if got := hex.EncodeToString(sum[:8]); got != goldenPage {
		t.Errorf("the first page hashes to %s; want %s", got, goldenPage)
	}
	other := New(Config{Records: 500, Seed: 8, Clock: newClock(), Start: testStart})
	lead, _ := other.Lead(firstID)
	if mine, _ := start(t, 500, "").Lead(firstID); string(lead) == string(mine) {
		t.Error("another seed gives the same lead")
	}
}

var timeShape = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$`)

// leadShape says what kinds of JSON values each field of a lead may have.
var leadShape = map[string]string{
	"id": "number", "userId": "number null", "userName": "string", "firstName": "string", "lastName": "string",
	"businessName": "string", "phonePrimary": "string", "phoneAlternate": "string", "email": "string",
	"street1": "string", "street2": "string", "city": "string", "state": "string", "zip": "string", "country": "string",
	"latitude": "number null", "longitude": "number null", "status": "string", "notes": "string null",
	"customFields": "object string array", "appointment": "object null", "integrationData": "object",
	"campaignId": "number null", "dateOfBirth": "string null", "files": "array", "statusModified": "time",
	"ownerModified": "time", "dateCreated": "time", "dateModified": "time", "deletedAt": "time null",
}

func kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case float64:
		return "number"
	case string:
		if timeShape.MatchString(v) {
			return "time"
		}
		return "string"
	case map[string]any:
		return "object"
	case []any:
		return "array"
	}
	return fmt.Sprintf("%T", v)
}

func TestLeadsHaveTheShapeOfTheReference(t *testing.T) {
	const n = 2000
	s := start(t, n, "")
	r := s.get("/leads")
	if each := len(r.body) / n; each < 1250 || each > 1550 {
		t.Errorf("a lead takes %d bytes; want about 1400", each)
	}
	users := map[any]any{}
	for _, u := range s.page("/users").Data {
		users[u["id"]] = fmt.Sprint(u["firstName"], " ", u["lastName"])
	}
	seen := map[string]map[string]bool{}
	for _, lead := range s.page("/leads").Data {
		if len(lead) != len(leadShape) {
			t.Fatalf("lead %v has %d fields; want %d", lead["id"], len(lead), len(leadShape))
		}
		for name, value := range lead {
			if seen[name] == nil {
				seen[name] = map[string]bool{}
			}
			seen[name][kind(value)] = true
		}
		if lead["userId"] != nil && users[lead["userId"]] != lead["userName"] {
			t.Errorf("user %v is %q, not %q", lead["userId"], users[lead["userId"]], lead["userName"])
		}
		created, modified, status := lead["dateCreated"].(string), lead["dateModified"].(string), lead["statusModified"].(string)
		if created > modified || created > status || modified > text(testStart) || status > modified {
			t.Errorf("lead %v: created %s, modified %s, status %s", lead["id"], created, modified, status)
		}
	}
	for name, kinds := range leadShape {
		var got []string
		for k := range seen[name] {
			got = append(got, k)
		}
		slices.Sort(got)
		want := regexp.MustCompile(` `).Split(kinds, -1)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s is %v; want %v", name, got, want)
		}
	}
}

func TestUsersHaveTheShapeOfTheReference(t *testing.T) {
	s := start(t, 0, "")
	want := []string{
		"id", "email", "firstName", "lastName", "phone", "role", "orgId", "recruiterId", "supervisorId", "department", "region",
		"office", "team", "businessUnit", "active", "hireDate", "dateCreated", "dateModified", "cmsId", "leadRepCmsId", "photo_url", "externalIds",
	}
	slices.Sort(want)
	for _, u := range s.page("/users").Data {
		var got []string
		for name := range u {
			got = append(got, name)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("fields %v; want %v", got, want)
		}
		if _, err := time.Parse(time.DateOnly, u["hireDate"].(string)); err != nil {
			t.Error(err)
		}
		if kind(u["dateModified"]) != "time" || u["dateCreated"].(string) > u["dateModified"].(string) {
			t.Errorf("user %v: created %v, modified %v", u["id"], u["dateCreated"], u["dateModified"])
		}
	}
}

func TestEveryVersionIsJSON(t *testing.T) {
	s := start(t, 300, "")
	for range 5 {
		s.Change(Random(300))
	}
	for id, lead := range s.Leads() {
		if !json.Valid(lead) {
			t.Fatalf("lead %d: %s", id, lead)
		}
	}
}

func TestUsersFollowTheSize(t *testing.T) {
	for _, tc := range []struct{ records, users, want int }{{0, 0, 20}, {10_000, 0, 20}, {20_000, 0, 40}, {10, 3, 3}, {1, 99_999, maxUsers}} {
		if got := New(Config{Records: tc.records, Users: tc.users, Start: testStart}).State().Users; got != tc.want {
			t.Errorf("%d records and %d users asked: %d users; want %d", tc.records, tc.users, got, tc.want)
		}
	}
}
