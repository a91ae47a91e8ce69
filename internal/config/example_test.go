package config_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// active returns the example with every setting switched on.
func active(t *testing.T) string {
	t.Helper()
	var lines []string
	for line := range strings.Lines(string(config.Example(sources()))) {
		setting, is := strings.CutPrefix(line, "# ")
		if !is && !strings.HasPrefix(line, "##") && line != "\n" {
			t.Errorf("line %q is neither a setting nor an explanation", line)
		}
		if is {
			lines = append(lines, setting)
		}
	}
	return strings.Join(lines, "")
}

func TestTheExampleIsLoadable(t *testing.T) {
	env := map[string]string{"SALESRABBIT_API_KEY": "a", "HUBSPOT_API_TOKEN": "b", "HUBSPOT_PORTAL": "7"}
	defaults := mustLoad(t, "", env)
	for name, text := range map[string]string{"as it is": string(config.Example(sources())), "every setting": active(t)} {
		c := mustLoad(t, text, env)
		for i, a := range c.Accounts {
			want := defaults.Accounts[i]
			if diff := cmp.Diff(want.Settings, a.Settings) + cmp.Diff(want.Streams, a.Streams); diff != "" {
				t.Errorf("%s: %s differs from the defaults: %s", name, a.Name, diff)
			}
		}
		if c.Sync != defaults.Sync || c.Log != defaults.Log || c.Database.String() == "" {
			t.Errorf("%s: %v differs from the defaults %v", name, c, defaults)
		}
	}
}

func TestTheExampleExplainsEverything(t *testing.T) {
	text := string(config.Example(sources()))
	for _, want := range []string{
		"# database: sqlite:///warren.db\n", "#   batch_size: 500\n", "##   The least important lines to write. One of debug, info, warn, error.\n",
		"#     token: ${SALESRABBIT_API_KEY}\n", "Environment: SALESRABBIT_API_KEY or SALESRABBIT_API_TOKEN.\n", "The API token. Required.",
		"#       leads:\n", "#         enabled: true\n", "empty_as_null", "ignore_case", `#     agent: "warren: $$1"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the example lacks %q:\n%s", want, text)
		}
	}
}

func TestTheSchemaKnowsEveryKeyOfTheExample(t *testing.T) {
	var file map[string]any
	if err := yaml.Unmarshal([]byte(active(t)+everyKey), &file); err != nil {
		t.Fatal(err)
	}
	s := schemaOf(t)
	if s.Dialect != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("dialect %s", s.Dialect)
	}
	if n := s.count(t, "", file, s.described); n < 40 {
		t.Errorf("only %d keys were compared", n)
	}
}

// everyKey is an account that is not named after its source.
const everyKey = "  east:\n    type: salesrabbit\n    token: x\n    streams: {leads: {fields: {email: {rule: {type: email, min_length: 3}}}}}\n"

// described is the part of JSON Schema that Schema uses.
type described struct {
	Ref                  string `json:"$ref"`
	Type                 any
	Description, Default string
	Const                string
	Enum, Required       []string
	Minimum, Maximum     int
	AnyOf, AllOf         []described
	Properties           map[string]described
	Additional           json.RawMessage `json:"additionalProperties"`
}

type fileSchema struct {
	described
	Dialect string               `json:"$schema"`
	Defs    map[string]described `json:"$defs"`
}

func schemaOf(t *testing.T) fileSchema {
	t.Helper()
	text, err := config.Schema(sources())
	if err != nil {
		t.Fatal(err)
	}
	var s fileSchema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// count walks a value along its description and counts the keys; one that is
// not described fails the test.
func (s *fileSchema) count(t *testing.T, path string, v any, d described) int {
	t.Helper()
	m, is := v.(map[string]any)
	if !is {
		return 0
	}
	d = s.object(d)
	n := 0
	for key, inner := range m {
		one, found := d.Properties[key]
		if !found && json.Unmarshal(d.Additional, &one) != nil {
			t.Errorf("the schema does not know %s.%s", path, key)
			continue
		}
		n += 1 + s.count(t, path+"."+key, inner, one)
	}
	return n
}

// object finds the description of an object behind references and choices.
func (s *fileSchema) object(d described) described {
	if d.Ref != "" {
		return s.Defs[strings.TrimPrefix(d.Ref, "#/$defs/")]
	}
	for _, one := range append(d.AnyOf, d.AllOf...) {
		if found := s.object(one); found.Type == "object" {
			return found
		}
	}
	return d
}

func TestTheSchemaRefusesWhatTheLoaderRefuses(t *testing.T) {
	s := schemaOf(t)
	s.Defs["the file"] = s.described
	for name, d := range s.Defs {
		if string(d.Additional) != "false" {
			t.Errorf("unknown keys are allowed in %s", name)
		}
	}
	size := s.Defs["sync"].Properties["batch_size"]
	if size.AnyOf[0].Minimum != config.MinBatchSize || size.AnyOf[0].Maximum != config.MaxBatchSize || size.Default != "500" || size.Description == "" {
		t.Errorf("batch_size is %+v", size)
	}
	if got := s.Defs["log"].Properties["level"].AnyOf[0].Enum; len(got) != 4 {
		t.Errorf("levels %v", got)
	}
	rabbit := s.Defs["account_salesrabbit"].Properties
	if style := rabbit["api_style"]; style.Description != "The dialect." || len(style.AnyOf[0].Enum) != 2 || rabbit["type"].Const != "salesrabbit" {
		t.Errorf("api_style is %+v, type %+v", style, rabbit["type"])
	}
	var others described
	if err := json.Unmarshal(s.Properties["sources"].Additional, &others); err != nil {
		t.Fatal(err)
	}
	if len(others.AnyOf) != 2 || !cmp.Equal(others.AnyOf[0].Required, []string{"type"}) {
		t.Errorf("accounts of other names: %+v", others)
	}
}

func TestTheShapeOfTheFileKnowsEveryType(t *testing.T) {
	_, err := load(t, `sources: {salesrabbit: {streams: {leads: {custom_fields: {a: {column: a, type: "?"}}}}}}`, nil)
	if e := failure(t, err, crm.CodeConfig); !strings.Contains(e.Message, "is not one of "+strings.Join(crm.TypeNames(), ", ")+"\n") {
		t.Errorf("message %q", e.Message)
	}
}
