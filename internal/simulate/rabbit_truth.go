package simulate

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// list reads the pages of a list, of which nothing changes meanwhile.
func (c *rabbit) list() (raws [][]byte, err error) {
	for page := 1; ; page++ {
		r, err := http.NewRequest(http.MethodGet, //nolint:noctx // it is answered in this goroutine
			endpoint+"/"+c.world.stream.Name+"?page="+strconv.Itoa(page)+"&perPage="+strconv.Itoa(c.most), nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bearer "+c.world.token)
		resp, err := c.world.wire.source.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		var answer struct{ Data json.RawMessage }
		err = json.NewDecoder(resp.Body).Decode(&answer)
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return nil, err
		}
		got, err := taken(answer.Data)
		if err != nil {
			return nil, err
		}
		raws = append(raws, got...)
		if len(got) == 0 || c.world.stream.Name != "leadStatusHistories" {
			return raws, nil // the other lists come whole
		}
	}
}

// taken takes a list apart; of histories it makes one record of each event.
func taken(data json.RawMessage) (raws [][]byte, err error) {
	if len(data) == 0 || data[0] == '[' {
		var list []json.RawMessage
		err = json.Unmarshal(data, &list)
		for _, raw := range list {
			raws = append(raws, raw)
		}
		return raws, err
	}
	var leads map[string][]json.RawMessage
	err = json.Unmarshal(data, &leads)
	for _, lead := range slices.Sorted(maps.Keys(leads)) {
		for _, event := range leads[lead] {
			raws = append(raws, append([]byte(`{"leadId":`+lead+`,`), event[1:]...))
		}
	}
	return raws, err
}
