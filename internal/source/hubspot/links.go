package hubspot

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/client/circle"
	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// mostLinks is of how many records one call reads the associations.
const mostLinks = 1000

// linksAtOnce is how many associations fill a page; the answer that fills it may bring
// some beyond. One record may have any number of them (L11).
const linksAtOnce = 10_000

// readAssociations yields the associations of all records of a type with those of
// another, or of those records that have changed. Whatever a record does not have
// any more is not shown: there is no other way to see that it was removed, and so
// only a full run tells.
func (c *connector) readAssociations(ctx context.Context, l link, req crm.Request) iter.Seq2[crm.Page, error] {
	w := c.newWalk(l.from, req, []string{propertyID})
	w.only = true
	return func(yield func(crm.Page, error) bool) {
		page, ids, before := crm.Page{}, []uint64{}, w.at
		for p, err := range w.portions(ctx) {
			if err != nil {
				yield(crm.Page{}, err)
				return
			}
			found := idsOf(p.records)
			if len(found) != len(p.records) {
				yield(crm.Page{}, badAnswer(errNoID))
				return
			}
			ids = append(ids, found...)
			page.Bytes += p.bytes
			page.Requests += p.requests
			if p.notice != "" {
				page.Notice = p.notice
			}
			if len(ids)+len(found) <= mostLinks && !p.last {
				continue // the next portion fits into the same call
			}
			before.Start = p.at.Start
			page.SourceTime = p.at.start()
			if !w.fillLinks(ctx, l, ids, &page, before, yield) {
				return
			}
			page.Checkpoint, page.Last = p.at.String(), p.last
			if p.last {
				page.Seen = page.SourceTime
			}
			if !yield(page, nil) {
				return
			}
			page, ids, before = crm.Page{}, ids[:0], p.at
		}
	}
}

// fillLinks adds to a page the associations of records. A page that is full and not the
// last of theirs is yielded, and another begun: a walk that is to go on behind it goes on
// before all of those records, since some have more (L4). fillLinks is false when the
// walk is over.
func (w *walk) fillLinks(ctx context.Context, l link, ids []uint64, page *crm.Page, before token, yield func(crm.Page, error) bool) bool {
	for read, err := range w.c.readLinks(ctx, l, ids, &w.size) {
		if err != nil {
			yield(crm.Page{}, err)
			return false
		}
		if len(page.Records) >= linksAtOnce {
			page.Checkpoint = before.String()
			if !yield(*page, nil) {
				return false
			}
			*page = crm.Page{SourceTime: page.SourceTime}
		}
		page.Records = append(page.Records, read.Records...)
		page.Bytes += read.Bytes
		page.Requests += read.Requests
		if read.Notice != "" {
			page.Notice = read.Notice
		}
	}
	return true
}

const errNoID = problem("a record has no id")

// readLinks yields the associations of records, answer by answer. Those of one record
// come in pages of their own. A record that has none is absent, and often among the
// errors. What takes too long or is too large is asked for in halves from then on.
func (c *connector) readLinks(ctx context.Context, l link, ids []uint64, size *sizes) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		slices.Sort(ids) // searches of neighbouring windows may show the same record
		q := client.Question{Path: c.paths.links(l.from, l.to), Accept: []int{http.StatusMultiStatus}}
		ways := map[string]*circle.Watch{} // of the records that have more than one page
		for due := inputs(slices.Compact(ids)); len(due) > 0; {
			chunk := due[:min(len(due), size.links)]
			var page crm.Page
			var next []input
			a, err := c.post(ctx, q, map[string]any{"inputs": chunk}, func(a *answer) (err error) {
				if err = a.batchDone(); err == nil {
					page.Records, next, err = l.records(a.results)
				}
				return err
			})
			if size.halve(&size.links, err) {
				continue
			}
			if err == nil && goesRound(ways, next) {
				err = badAnswer(errCircle)
			}
			if err != nil {
				yield(crm.Page{}, err)
				return
			}
			page.Bytes, page.Requests, page.Notice = a.bytes, a.requests, size.told()
			if !yield(page, nil) {
				return
			}
			due = append(next, due[len(chunk):]...)
		}
	}
}

// goesRound reports whether the next page of some record was read before.
func goesRound(ways map[string]*circle.Watch, next []input) bool {
	for _, i := range next {
		if ways[i.ID] == nil {
			ways[i.ID] = &circle.Watch{}
		}
		if ways[i.ID].Closes(i.After) {
			return true
		}
	}
	return false
}

// records makes a record of each two records that are associated, and says of which
// there are more.
func (l link) records(results []jsontext.Value) (records [][]byte, next []input, err error) {
	from, to := l.columns()
	for _, result := range results {
		id, ok := idOf(rawjson.Member(result, "from"))
		if !ok {
			return nil, nil, badAnswer(errNoID)
		}
		others, ok := elements(rawjson.Member(result, "to"))
		if !ok {
			return nil, nil, badAnswer(errNoList)
		}
		for _, other := range others {
			otherID, err := strconv.ParseUint(textOf(rawjson.Member(other, "toObjectId")), 10, 64)
			if err != nil {
				return nil, nil, badAnswer(errNoID)
			}
			types, ok := elements(rawjson.Member(other, "associationTypes"))
			if !ok {
				return nil, nil, badAnswer(errNoList)
			}
			records = append(records, appendLink(nil, from, id, to, otherID, types))
		}
		if after := afterOf(rawjson.Member(result, "paging")); after != "" {
			next = append(next, input{ID: strconv.FormatUint(id, 10), After: after})
		}
	}
	return records, next, nil
}

const errNoList = problem("the associations of a record are no list")

// appendLink appends {"deal_id":"1","contact_id":"2","types":[…]}. The types are in
// one order, whichever they came in, so that the record is the same each time.
func appendLink(dst []byte, from string, id uint64, to string, otherID uint64, types []jsontext.Value) []byte {
	slices.SortFunc(types, func(a, b jsontext.Value) int { return bytes.Compare(a, b) })
	dst = strconv.AppendUint(append(append(append(dst, `{"`...), from...), `":"`...), id, 10)
	dst = strconv.AppendUint(append(append(append(dst, `","`...), to...), `":"`...), otherID, 10)
	dst = append(dst, `","types":[`...)
	for i, t := range types {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, t...)
	}
	return append(dst, `]}`...)
}

// elements returns the elements of a JSON array.
func elements(array []byte) ([]jsontext.Value, bool) {
	dec := jsontext.NewDecoder(bytes.NewBuffer(array), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if dec.PeekKind() != '[' {
		return nil, false
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, false
	}
	var list []jsontext.Value
	for dec.PeekKind() != ']' {
		value, err := dec.ReadValue()
		if err != nil {
			return nil, false
		}
		list = append(list, value)
	}
	return list, true
}
