package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/config"
	"github.com/warren-sync/warren/internal/crm"
)

// custom is a source with as many streams of its own as the account has objects.
func custom() crm.Source {
	return crm.Source{
		Type: "kit", Title: "Kit",
		Options: []crm.Option{{Name: "objects", Kind: crm.OptionText}},
		More: func(s crm.Settings) ([]crm.Stream, error) {
			if s.Text("objects") == "bad" {
				return nil, &crm.Error{Code: crm.CodeConfig, Message: "objects makes no sense", Fix: "Write names."}
			}
			var streams []crm.Stream
			for _, name := range strings.Fields(s.Text("objects")) {
				streams = append(streams, crm.Stream{
					Name: name, Table: "kit_" + name, PrimaryKey: []string{"id"}, Fields: []crm.Field{{Column: "id", Paths: []string{"id"}}},
				})
			}
			return streams, nil
		},
	}
}

func TestAnAccountsSettingsMakeStreams(t *testing.T) {
	load := func(yaml string) (*config.Config, error) {
		return config.Load(config.Input{Dir: dir(t, yaml), Sources: []crm.Source{custom()}})
	}
	c, err := load("sources: {kit: {objects: parts bits, streams: {bits: {batch_size: 7, properties: [a, 'b_*']}}}, other: {type: kit}}")
	if err != nil {
		t.Fatal(err)
	}
	a := account(t, c, "kit")
	if len(a.Streams) != 2 || a.BatchSize("bits") != 7 || !slices.Equal(stream(t, a, "bits").Properties, []string{"a", "b_*"}) || stream(t, a, "parts").Properties != nil {
		t.Errorf("%+v", a.Streams)
	}
	if _, known := a.Source.Stream("bits"); !known || len(account(t, c, "other").Streams) != 0 {
		t.Error("the streams of one account are not its own")
	}
	if _, err := load("sources: {kit: {objects: bad}}"); crm.CodeOf(err) != crm.CodeConfig || !strings.Contains(err.Error(), "kit: objects makes no sense") {
		t.Errorf("%v", err)
	}
	if _, err := load("sources: {kit: {objects: parts, streams: {bits: {enabled: false}}}}"); err == nil || !strings.Contains(err.Error(), "no stream") {
		t.Errorf("%v", err)
	}
}
