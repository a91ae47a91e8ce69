package main

import (
	"bytes"
	"fmt"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// account returns the name of an account of many; the first is 1.
func account(n int) string { return fmt.Sprintf("a%04d", n) }

// accountSettings returns a warren.yaml with so many accounts of the CRM at the
// address, each of one stream: its leads, in a table of its own.
func accountSettings(accounts int, api string) []byte {
	var file bytes.Buffer
	file.WriteString("sources:\n")
	for i := range accounts {
		name := account(i + 1)
		fmt.Fprintf(&file, `  %s:
    type: salesrabbit
    url: %s
    token: %s
    rate: 0
    table_prefix: %s_
    streams:
      users: {enabled: false}
      leadStatuses: {enabled: false}
      leadStatusHistories: {enabled: false}
`, name, api, salesrabbit.DefaultToken, name)
	}
	return file.Bytes()
}

// leadTables returns the tables of leads of so many accounts; with 0 the one that
// has no prefix.
func leadTables(accounts int) []string {
	if accounts == 0 {
		return []string{leadTable}
	}
	list := make([]string, accounts)
	for i := range list {
		list[i] = account(i+1) + "_" + leadTable
	}
	return list
}

// commonDigest returns the digest that all tables of so many accounts have, and
// fails where two differ, for all accounts read the same CRM.
func commonDigest(accounts int, digest func(table string) (string, error)) (string, error) {
	var common string
	for i, table := range leadTables(accounts) {
		text, err := digest(table)
		if err != nil {
			return "", err
		}
		if i == 0 {
			common = text
		}
		if text != common {
			return "", fmt.Errorf("%s ended with other data (%s) than the tables before it (%s)", table, text, common)
		}
	}
	return common, nil
}
