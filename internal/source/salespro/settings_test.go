package salespro_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/crm"
	sandbox "github.com/warren-sync/warren/internal/sandbox/salespro"
	"github.com/warren-sync/warren/internal/source/salespro"
)

func TestSettingsThatMakeNoSense(t *testing.T) {
	a := open(t, sandbox.Config{}, nil)
	for name, c := range map[string]struct {
		settings map[string]string
		fix      string
	}{
		"unload into nowhere":                {map[string]string{"results": "unload", "unload_location": ""}, "SALESPRO_UNLOAD_LOCATION"},
		"unload of Parquet into nowhere":     {map[string]string{"results": "unload-parquet", "unload_location": ""}, "SALESPRO_UNLOAD_LOCATION"},
		"unload into what is no place":       {map[string]string{"results": "unload", "unload_location": "/tmp"}, "SALESPRO_UNLOAD_LOCATION"},
		"a partition without a column":       {map[string]string{"partitions": "user_activity"}, "user_activity.dt"},
		"a partition without its name":       {map[string]string{"partitions": "user_activity."}, "user_activity.dt"},
		"partitions of a table that changes": {map[string]string{"partitions": "user_activity.dt,payments.dt"}, "user_activity.dt"},
		"half a key":                         {map[string]string{"secret_access_key": ""}, "SALESPRO_SECRET_ACCESS_KEY"},
		"results in a place that is none":    {map[string]string{"s3_location": "results"}, "SALESPRO_S3_LOCATION"},
		"an endpoint with a password":        {map[string]string{"endpoint": "http://me:secret@localhost"}, "SALESPRO_ENDPOINT"},
		"a database that is not said":        {map[string]string{"database": " "}, "SALESPRO_DATABASE"},
	} {
		_, err := a.connect(c.settings)
		codeIs(t, err, crm.CodeConfig)
		if e, _ := errors.AsType[*crm.Error](err); !strings.Contains(e.Fix, c.fix) || strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: %v (%s)", name, err, e.Fix)
		}
	}
	for name, settings := range map[string]map[string]string{
		"no partitions":                  {"partitions": " , "},
		"a place without its last slash": {"s3_location": "s3://b/p"},
		"no place":                       {"s3_location": ""},
	} {
		if _, err := a.connect(settings); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Results go where the old system had them.
func TestWhereResultsGo(t *testing.T) {
	a := open(t, sandbox.Config{Records: 5}, map[string]string{"s3_location": "s3://" + sandbox.DefaultBucket + "/acme"})
	a.mustRead("payments", crm.Request{})
	if q := a.share.Athena.Queries()[0]; !strings.HasPrefix(q.Output, "s3://"+sandbox.DefaultBucket+"/acme/athena-results/") {
		t.Errorf("%+v", q)
	}
}

// Two databases are two places, whatever the address.
func TestEndpoint(t *testing.T) {
	source := salespro.Source()
	at := func(endpoint, region, database string) string {
		return source.Endpoint(crm.Settings{Values: map[string]string{"endpoint": endpoint, "region": region, "catalog": "AwsDataCatalog", "database": database}})
	}
	for got, want := range map[string]string{
		at("", "us-east-1", "acme"):                     "athena.us-east-1/AwsDataCatalog/acme",
		at("http://localhost:1/", "us-east-1", "other"): "http://localhost:1/AwsDataCatalog/other",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// A registration holds together: keys and indexes are columns, names are its own.
func TestStreamsHoldTogether(t *testing.T) {
	source := salespro.Source()
	names := map[string]string{}
	for _, s := range source.Streams {
		for _, column := range append(append([]string{}, s.PrimaryKey...), s.Cursor) {
			if f, ok := s.Field(column); column != "" && !ok {
				t.Errorf("%s has no column %s", s.Name, column)
			} else if column != s.Cursor && !f.NotNull {
				t.Errorf("the key %s of %s may be NULL", column, s.Name)
			}
		}
		for _, index := range s.Indexes {
			for _, column := range index {
				if _, ok := s.Field(column); !ok {
					t.Errorf("an index of %s is on %s", s.Name, column)
				}
			}
		}
		for _, name := range append(append([]string{s.Table, s.Name}, s.OldCommands...), append(s.TableAliases, s.Aliases...)...) {
			if other := names[name]; other != "" && other != s.Name {
				t.Errorf("%s is of %s and of %s", name, s.Name, other)
			}
			names[name] = s.Name
		}
		if len(s.OldCommands) == 0 {
			t.Errorf("%s has no command of the old system", s.Name)
		}
	}
	seen := map[string]bool{}
	for _, o := range source.Options {
		for _, env := range o.Env {
			if seen[env] {
				t.Errorf("%s sets two options", env)
			}
			seen[env] = true
		}
		if o.Help == "" || strings.Contains(o.Name, "secret") != o.Secret && o.Name != "session_token" {
			t.Errorf("%+v", o)
		}
	}
	if !seen["SALESPRO_SECRETE_ACCESS_KEY"] {
		t.Error("the misspelt name of the old system is not taken")
	}
}
