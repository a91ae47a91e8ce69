package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestRowsSurviveTheFormatOfCOPY(t *testing.T) {
	const record = `{"id":7,"firstName":"a\tb\\c\nd\re","lastName":"","latitude":40.123456,"campaignId":null,` +
		`"dateOfBirth":"","files":[{"n":"x\ty"}],"customFields":"{}","appointment":{"title":"t"}}`
	line, err := appendRow(nil, []byte(record))
	if err != nil {
		t.Fatal(err)
	}
	line, ended := bytes.CutSuffix(line, []byte("\n"))
	if !ended || bytes.ContainsAny(line, "\n\r") {
		t.Fatalf("not one line: %q", line)
	}
	list := columns()
	args := make([]any, len(list))
	if err := bind(args, list, line); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"id": int64(7), "first_name": "a\tb\\c\nd\re", "last_name": "", "latitude": 40.123456, "campaign_id": nil,
		"date_of_birth": nil, "files": `[{"n":"x\ty"}]`, "custom_fields": "{}", "appointment": `{"title":"t"}`, "data": record, "email": nil,
	} {
		i := slices.IndexFunc(list, func(c column) bool { return c.name == name })
		if args[i] != want {
			t.Errorf("%s is %#v, want %#v", name, args[i], want)
		}
	}
	if err := bind(args, list, []byte("x")); err == nil || !strings.Contains(err.Error(), "id") {
		t.Errorf("an id that is no number: %v", err)
	}
}

func TestPagesThatAreNoneFail(t *testing.T) {
	for _, record := range []string{`[]`, `{"email":"\q"}`} {
		if _, err := appendRow(nil, []byte(record)); err == nil {
			t.Errorf("%s became a row", record)
		}
	}
}
