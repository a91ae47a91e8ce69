package hubspot

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// mostRead is how many records one batch reads at most.
const mostRead = 100

// input names one record of a batch.
type input struct {
	ID    string `json:"id"`
	After string `json:"after,omitempty"` // of associations: where the next ones of that record begin
}

func inputs(ids []uint64) []input {
	list := make([]input, 0, len(ids))
	for _, id := range ids {
		list = append(list, input{ID: strconv.FormatUint(id, 10)})
	}
	return list
}

// idsOf returns the ids of the records that have one.
func idsOf(records []jsontext.Value) []uint64 {
	ids := make([]uint64, 0, len(records))
	for _, record := range records {
		if id, ok := idOf(record); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// read brings the records that a list has named with all their properties. A
// record that is not there any more is no failure; one that was merged may come
// under the id of the one that took it up.
func (c *connector) read(ctx context.Context, o object, ids []uint64, archived bool, names []string) (answer, error) {
	q := client.Question{Path: c.paths.batch(o), Accept: []int{http.StatusMultiStatus}}
	if archived {
		q.Query = url.Values{"archived": {"true"}}
	}
	return c.post(ctx, q, map[string]any{
		"inputs": inputs(ids), "properties": names, "propertiesWithHistory": []string{},
	}, func(a *answer) error { return a.accounts(ids) })
}

// batchDone refuses a batch that was answered before it was done, or of which
// something failed but by being absent.
func (a *answer) batchDone() error {
	if a.status != "COMPLETE" {
		return badAnswer(fmt.Errorf("it answered a batch with the status %q", oneLine(a.status)))
	}
	for _, e := range a.errors {
		if e.Category != notFound {
			return badAnswer(fmt.Errorf("it answered a batch with an error of the category %q: %s", oneLine(e.Category), oneLine(e.Message)))
		}
	}
	return nil
}

// accounts reports whether it is known of every record asked for what became of it
// (L3): it came, it was said to be absent, or one that came has taken it up.
func (a *answer) accounts(ids []uint64) error {
	if err := a.batchDone(); err != nil {
		return err
	}
	known := map[uint64]bool{}
	for _, record := range a.results {
		if id, ok := idOf(record); ok {
			known[id] = true
		}
		for _, id := range mergedInto(record) {
			known[id] = true
		}
	}
	for _, e := range a.errors {
		if len(e.Context["ids"]) == 0 {
			return nil // of whom it speaks it does not say
		}
		for _, text := range e.Context["ids"] {
			if id, err := strconv.ParseUint(text, 10, 64); err == nil {
				known[id] = true
			}
		}
	}
	if i := slices.IndexFunc(ids, func(id uint64) bool { return !known[id] }); i >= 0 {
		return badAnswer(fmt.Errorf("a batch says nothing of the record %d that it was asked for", ids[i]))
	}
	return nil
}

// propertyMerged holds the ids of the records that were merged into one.
const propertyMerged = "hs_merged_object_ids"

// mergedInto returns the ids of the records that the record has taken up.
func mergedInto(record []byte) []uint64 {
	var ids []uint64
	for text := range strings.SplitSeq(textOf(rawjson.Member(rawjson.Member(record, "properties"), propertyMerged)), ";") {
		if id, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// gone names the records that others have taken up, as keys: lists and searches
// show them no more, and say nothing of them.
func gone(records [][]byte) [][]byte {
	var keys [][]byte
	for _, record := range records {
		self, _ := idOf(record)
		for _, id := range mergedInto(record) {
			if id != self {
				keys = append(keys, fmt.Appendf(nil, `{"id":"%d"}`, id))
			}
		}
	}
	return keys
}
