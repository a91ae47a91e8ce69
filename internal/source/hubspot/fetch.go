package hubspot

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// Fetch yields single records, archived ones among them, or the associations of two
// records. Of what is in neither, Page.Gone tells.
func (c *connector) Fetch(ctx context.Context, stream crm.Stream, ids []string) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		for chunk := range slices.Chunk(ids, mostRead) {
			page, err := c.fetch(ctx, stream, chunk)
			if err != nil {
				yield(crm.Page{}, c.absent(stream, err))
				return
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}

func (c *connector) fetch(ctx context.Context, stream crm.Stream, ids []string) (crm.Page, error) {
	if o, ok := c.plan.object(stream.Name); ok {
		return c.fetchObjects(ctx, o, c.wanted(stream, o), ids)
	}
	if l, ok := c.plan.link(stream.Name); ok {
		return c.fetchLinks(ctx, l, ids)
	}
	return crm.Page{}, &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: stream.Name + " of HubSpot cannot be asked for one by one",
		Fix: "Leave out --id: the whole stream is read in a few calls.",
	}
}

func (c *connector) fetchObjects(ctx context.Context, o object, names, ids []string) (crm.Page, error) {
	var due []uint64
	for _, text := range ids {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return crm.Page{}, noID(text, "a number")
		}
		due = append(due, id)
	}
	var page crm.Page
	for _, archived := range []bool{false, true} {
		if len(due) == 0 {
			break
		}
		a, err := c.read(ctx, o, due, archived, names)
		if err != nil {
			return crm.Page{}, err
		}
		page.Bytes += a.bytes
		page.Requests += a.requests
		for _, record := range a.results {
			page.Records = append(page.Records, record)
			came, _ := idOf(record)
			due = slices.DeleteFunc(due, func(id uint64) bool { return id == came })
		}
	}
	page.Gone = gone(page.Records)
	for _, id := range due {
		page.Gone = append(page.Gone, fmt.Appendf(nil, `{"id":"%d"}`, id))
	}
	return page, nil
}

// fetchLinks reads all associations of the first records of the pairs that are asked
// for.
func (c *connector) fetchLinks(ctx context.Context, l link, ids []string) (crm.Page, error) {
	var froms []uint64
	for _, text := range ids {
		first, _, _ := strings.Cut(text, "/")
		id, err := strconv.ParseUint(first, 10, 64)
		if err != nil || !isPair(text) {
			return crm.Page{}, noID(text, "two numbers such as 12/345")
		}
		froms = append(froms, id)
	}
	slices.Sort(froms)
	page, err := c.readLinks(ctx, l, slices.Compact(froms))
	if err != nil {
		return crm.Page{}, err
	}
	from, to := l.columns()
	there := map[string]bool{}
	for _, record := range page.Records {
		there[textOf(rawjson.Member(record, from))+"/"+textOf(rawjson.Member(record, to))] = true
	}
	for _, pair := range ids {
		if first, second, _ := strings.Cut(pair, "/"); !there[pair] {
			page.Gone = append(page.Gone, fmt.Appendf(nil, `{"%s":"%s","%s":"%s"}`, from, first, to, second))
		}
	}
	return page, nil
}

func isPair(text string) bool {
	_, second, ok := strings.Cut(text, "/")
	_, err := strconv.ParseUint(second, 10, 64)
	return ok && err == nil
}

func noID(text, want string) error {
	return &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: fmt.Sprintf("%q is no id of HubSpot's", text), Fix: "Write " + want + ".",
	}
}
