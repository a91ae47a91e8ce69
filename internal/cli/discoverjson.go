package cli

// discoverJSON is what --output json shows of what there is to sync.
func discoverJSON(found []discovery) any {
	type column struct {
		Name  string   `json:"name"`
		Type  string   `json:"type"`
		From  []string `json:"from"`
		Rule  string   `json:"rule,omitempty"`
		NoNil bool     `json:"not_null,omitempty"`
		Own   bool     `json:"discovered,omitempty"` // the account adds it
		Lacks bool     `json:"absent,omitempty"`     // the account does not have it
	}
	type stream struct {
		Name        string   `json:"name"`
		Title       string   `json:"title"`
		Table       string   `json:"table"`
		PrimaryKey  []string `json:"primary_key"`
		Cursor      string   `json:"cursor,omitempty"`
		Incremental bool     `json:"incremental"`
		Optional    bool     `json:"optional"`
		Columns     []column `json:"columns"`

		Undescribed *errorJSON `json:"undescribed,omitempty"` // why it is not known which columns the account has
	}
	type source struct {
		Name     string   `json:"name"`
		Type     string   `json:"type"`
		Ready    bool     `json:"ready"`
		Streams  []stream `json:"streams"`
		Disabled []string `json:"disabled"`
	}
	sources := []source{}
	for _, d := range found {
		one := source{
			Name: d.account.Name, Type: d.account.Source.Type, Ready: d.account.Ready() == nil,
			Streams: []stream{}, Disabled: append([]string{}, d.account.Disabled...),
		}
		for _, discovered := range d.streams {
			s := discovered.Stream
			j := stream{
				Name: s.Name, Title: s.Title, Table: s.Table, PrimaryKey: s.PrimaryKey, Cursor: s.Cursor,
				Incremental: s.Incremental, Optional: s.Optional, Undescribed: asJSON(discovered.Err),
			}
			for _, f := range s.Fields {
				j.Columns = append(j.Columns, column{f.Column, f.Type.String(), f.Paths, rule(f), f.NotNull, f.Discovered, f.Absent})
			}
			one.Streams = append(one.Streams, j)
		}
		sources = append(sources, one)
	}
	return map[string]any{"sources": sources}
}
