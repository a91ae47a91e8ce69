package salesrabbit

import (
	"github.com/warren-sync/warren/internal/client"
	"github.com/warren-sync/warren/internal/crm"
)

// page makes the engine's page of a source's.
func (w *walk) page(e envelope, answer *client.Response, fresh []unit) crm.Page {
	p := crm.Page{
		Checkpoint: w.checkpoint().String(),
		Last:       w.done && w.lastPass, Bytes: int64(len(answer.Body)),
		Repeated: len(e.units) - len(fresh), Requests: w.requests, Notice: w.notice, SourceTime: w.sent, Unsure: w.unsure,
	}
	w.requests, w.notice = 0, ""
	p.Records = make([][]byte, 0, len(fresh))
	for _, u := range fresh {
		for _, record := range u.records {
			if w.pass.keep != nil && !w.pass.keep(record) {
				p.Repeated++
				continue
			}
			p.Records = append(p.Records, record)
		}
	}
	switch {
	case e.hasTotal:
		p.Total = e.total
	case p.Last && w.number == 0 && w.place.end == len(e.units):
		p.Total = int64(len(p.Records))
	}
	return p
}

// checkpoint is where a later run goes on.
func (w *walk) checkpoint() token {
	switch {
	case w.done && !w.lastPass:
		return token{Pass: w.number + 1}
	case w.tie != nil:
		return token{Pass: w.number, Read: w.tie.before.read, Recent: w.tie.before.recent, Most: w.most}
	default:
		return token{Pass: w.number, Read: w.sure, Recent: w.place.recent, Most: w.most}
	}
}
