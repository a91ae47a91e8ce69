package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// mostAccounts are as many as a file of settings can have: Warren takes 10,000 keys,
// and each account has ten, but for the first, which has nine.
const mostAccounts = 1000

// account returns the name of an account of many; the first is 1, and is named
// after its source, so that it needs no type.
func account(n int) string {
	if n == 1 {
		return "salesrabbit"
	}
	return fmt.Sprintf("a%04d", n)
}

// tablePrefix is that of an account's tables.
func tablePrefix(n int) string { return fmt.Sprintf("a%04d_", n) }

// accountSettings returns a warren.yaml with so many accounts, each of one stream:
// its leads, in a table of its own.
func accountSettings(accounts int) []byte {
	var file bytes.Buffer
	file.WriteString("sources:\n")
	for i := range accounts {
		fmt.Fprintf(&file, `  %s:
    streams:
      users: {enabled: false}
      leadStatuses: {enabled: false}
      leadStatusHistories: {enabled: false}
`, account(i+1))
		if i > 0 {
			file.WriteString("    type: salesrabbit\n")
		}
		fmt.Fprintf(&file, "    table_prefix: %s\n", tablePrefix(i+1))
	}
	return file.Bytes()
}

// accountEnvironment returns the options of so many accounts that are not in the
// file: where the CRM is, and that nothing bounds the calls a second, for what the
// source allows is not Warren's speed. With 0 they are those of the one account that
// needs no file.
func accountEnvironment(accounts int, api string) []string {
	env := []string{"SALESRABBIT_API_URL=" + api, "SALESRABBIT_API_KEY=" + salesrabbit.DefaultToken, "SALESRABBIT_RATE=0"}
	for n := 2; n <= accounts; n++ {
		name := strings.ToUpper(account(n))
		env = append(env, name+"_URL="+api, name+"_TOKEN="+salesrabbit.DefaultToken, name+"_RATE=0")
	}
	return env
}

// leadTables returns the tables of leads of so many accounts; with 0 the one that
// has no prefix.
func leadTables(accounts int) []string {
	if accounts == 0 {
		return []string{leadTable}
	}
	list := make([]string, accounts)
	for i := range list {
		list[i] = tablePrefix(i+1) + leadTable
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
