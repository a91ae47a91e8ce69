package hubspot

import (
	"context"
	"iter"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
	"github.com/warren-sync/warren/internal/crm/rawjson"
)

// piped are the types of record that have pipelines. Deals always do.
func (p *plan) piped() []object {
	var list []object
	for _, o := range p.standard {
		switch o.name {
		case "deals", "tickets", "appointments":
			list = append(list, o)
		}
	}
	return slices.Concat(list, p.custom)
}

// readPipelines yields the pipelines of each type of record, or their stages. Of a
// type that the token may not read, or that has none, that is said and no more: the
// others are worth having.
func (c *connector) readPipelines(ctx context.Context, stream crm.Stream) iter.Seq2[crm.Page, error] {
	return func(yield func(crm.Page, error) bool) {
		var began token
		types := c.plan.piped()
		for i, o := range types {
			page := crm.Page{}
			a, err := c.get(ctx, c.paths.pipelined(o), nil)
			if err == nil && a.after != "" {
				err = badAnswer(errPaged)
			}
			switch code := crm.CodeOf(err); {
			case err == nil:
				page.Records, err = pipelineRecords(a, o, stream.Name == streamStages)
			case i > 0 && (code == crm.CodeForbidden || code == crm.CodeNotFound || code == crm.CodeSourceRefused):
				page.Notice = "HubSpot does not show pipelines of " + o.name + ": " + err.Error()
				if code == crm.CodeForbidden {
					page.Unsure = page.Notice
				}
				err = nil
			}
			if err != nil {
				yield(crm.Page{}, err)
				return
			}
			began.begin(&a)
			page.SourceTime, page.Last = began.start(), i == len(types)-1
			page.Bytes, page.Requests = a.bytes, max(a.requests, 1)
			if !yield(page, nil) {
				return
			}
		}
	}
}

// pipelineRecords makes records of pipelines or of their stages, which say what they
// belong to.
func pipelineRecords(a answer, o object, stages bool) ([][]byte, error) {
	var records [][]byte
	for _, pipeline := range a.results {
		if pipeline.Kind() != '{' {
			return nil, badAnswer(errNoPipeline)
		}
		if !stages {
			records = append(records, withMembers(pipeline, memberType, o.name))
			continue
		}
		list, ok := elements(rawjson.Member(pipeline, "stages"))
		if !ok {
			return nil, badAnswer(errNoPipeline)
		}
		for _, stage := range list {
			if stage.Kind() != '{' {
				return nil, badAnswer(errNoPipeline)
			}
			records = append(records, withMembers(stage, memberType, o.name, memberPipeline, textOf(rawjson.Member(pipeline, "id"))))
		}
	}
	return records, nil
}

const errNoPipeline = problem("a pipeline or a stage is no object")

// withMembers returns an object with further members in front, names and texts in
// turn.
func withMembers(object []byte, members ...string) []byte {
	dst := []byte{'{'}
	for i := 0; i < len(members); i += 2 {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(rawjson.Quote(dst, []byte(members[i])), ':')
		dst = rawjson.Quote(dst, []byte(members[i+1]))
	}
	rest := object[rawjson.SkipSpace(object, 0)+1:]
	if rest[rawjson.SkipSpace(rest, 0)] != '}' {
		dst = append(dst, ',')
	}
	return append(dst, rest...)
}
