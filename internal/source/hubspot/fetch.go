package hubspot

import (
	"context"
	"fmt"
	"iter"
	"maps"
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
		for page, err := range c.fetch(ctx, stream, ids) {
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

func (c *connector) fetch(ctx context.Context, stream crm.Stream, ids []string) iter.Seq2[crm.Page, error] {
	if o, ok := c.plan.object(stream.Name); ok {
		return c.fetchObjects(ctx, o, c.wanted(stream, o), ids)
	}
	if l, ok := c.plan.link(stream.Name); ok {
		return c.fetchLinks(ctx, l, ids)
	}
	return func(yield func(crm.Page, error) bool) {
		yield(crm.Page{}, &crm.Error{
			Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: stream.Name + " of HubSpot cannot be asked for one by one",
			Fix: "Leave out --id: the whole stream is read in a few calls.",
		})
	}
}

// fetchObjects yields records, a batch of them at a time. What takes too long or is
// too large is asked for in halves from then on.
func (c *connector) fetchObjects(ctx context.Context, o object, names, ids []string) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		due, foreign := numbers(ids)
		if len(foreign) > 0 && !yield(crm.Page{Gone: foreign}, nil) {
			return
		}
		for size := newSizes(c, crm.Request{}); len(due) > 0; {
			chunk := due[:min(len(due), size.read)]
			page, err := c.fetchBatch(ctx, o, names, chunk)
			if size.halve(&size.read, err) {
				continue
			}
			page.Notice = size.told()
			if !yield(page, err) || err != nil {
				return
			}
			due = due[len(chunk):]
		}
	}
}

// fetchBatch reads the records of a batch that are active, and of the others those
// that are archived. What is neither is gone.
func (c *connector) fetchBatch(ctx context.Context, o object, names []string, ids []uint64) (crm.Page, error) {
	var page crm.Page
	due := slices.Clone(ids)
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

// fetchLinks yields all associations of the first records of the pairs that are asked
// for, answer by answer. Which of the pairs are gone is known when the last answer
// about their first record is there.
func (c *connector) fetchLinks(ctx context.Context, l link, ids []string) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		due, err := pairsOf(ids)
		if err != nil {
			yield(crm.Page{}, err)
			return
		}
		from, to := l.columns()
		size := newSizes(c, crm.Request{})
		for firsts := range slices.Chunk(slices.Sorted(maps.Keys(due)), mostLinks) {
			for page, err := range c.readLinks(ctx, l, firsts, &size) {
				due.strike(page.Records, from, to)
				if !yield(page, err) || err != nil {
					return
				}
			}
			absent := crm.Page{Gone: due.take(firsts, from, to)}
			if len(absent.Gone) > 0 && !yield(absent, nil) {
				return
			}
		}
	}
}

// pairs are two records each that were asked for and have not come: the second ones by
// the first one.
type pairs map[uint64]map[uint64]bool

func pairsOf(ids []string) (pairs, error) {
	all := pairs{}
	for _, text := range ids {
		first, second, ok := strings.Cut(text, "/")
		from, err := strconv.ParseUint(first, 10, 64)
		to, errTo := strconv.ParseUint(second, 10, 64)
		if !ok || err != nil || errTo != nil {
			return nil, noID(text, "two numbers such as 12/345")
		}
		if all[from] == nil {
			all[from] = map[uint64]bool{}
		}
		all[from][to] = true
	}
	return all, nil
}

// strike takes out the pairs that have come.
func (p pairs) strike(records [][]byte, from, to string) {
	for _, record := range records {
		first, _ := strconv.ParseUint(textOf(rawjson.Member(record, from)), 10, 64)
		second, _ := strconv.ParseUint(textOf(rawjson.Member(record, to)), 10, 64)
		delete(p[first], second)
	}
}

// take takes out what is left of those first records, and returns it as keys.
func (p pairs) take(firsts []uint64, from, to string) [][]byte {
	var keys [][]byte
	for _, first := range firsts {
		for _, second := range slices.Sorted(maps.Keys(p[first])) {
			keys = append(keys, fmt.Appendf(nil, `{"%s":"%d","%s":"%d"}`, from, first, to, second))
		}
		delete(p, first)
	}
	return keys
}

// numbers returns ids as HubSpot has them. What is no number, as a row may have that
// somebody else wrote, is of no record of HubSpot's: its key is among the foreign ones.
func numbers(ids []string) (list []uint64, foreign [][]byte) {
	for _, text := range ids {
		id, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			foreign = append(foreign, append(rawjson.Quote([]byte(`{"id":`), []byte(text)), '}'))
			continue
		}
		list = append(list, id)
	}
	return list, foreign
}

func noID(text, want string) error {
	return &crm.Error{
		Code: crm.CodeUsage, Origin: crm.OriginConfig, Message: fmt.Sprintf("%q is no id of HubSpot's", text), Fix: "Write " + want + ".",
	}
}
