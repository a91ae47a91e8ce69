package cli

import (
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// differenceJSON is one row that is wrong as --output json shows it.
type differenceJSON struct {
	Kind   crm.Difference `json:"kind"`
	ID     string         `json:"id"`
	Fields []fieldJSON    `json:"fields,omitempty"`
}

type fieldJSON struct {
	Column    string  `json:"column"`
	Source    *string `json:"source"` // null for NULL
	Warehouse *string `json:"warehouse"`
}

// verifiedJSON is one stream's comparison as --output json shows it.
type verifiedJSON struct {
	runJSON

	Endpoint string           `json:"endpoint,omitempty"`
	Findings []differenceJSON `json:"findings"`
	LeftOut  int              `json:"findings_left_out,omitempty"`
}

func textOrNull(s crm.Shown) *string {
	if !s.Valid {
		return nil
	}
	return &s.Text
}

func (v *verification) json() any {
	streams := make([]verifiedJSON, 0, len(v.results))
	for _, r := range v.results {
		s := verifiedJSON{runJSON: asRunJSON(r.Run, r.Run.End), Endpoint: v.endpoint(r.ID.Source), Findings: []differenceJSON{}, LeftOut: v.found.leftOut[r.ID]}
		s.Source, s.Stream, s.DryRun, s.Skipped = r.ID.Source, r.ID.Stream, !v.repair, r.Skipped
		if !v.repair { // what a repair would write is in the findings
			s.Created, s.Updated, s.Deleted, s.Issues = 0, 0, 0, 0
		}
		switch left := v.leftWrong(r); {
		case r.Err != nil:
			s.Error = failure(r.Err)
		case r.Skipped != "":
			s.Status = "skipped"
		case left != nil:
			s.Status, s.Error = crm.StatusPartial, left
		default:
			s.Error = nil // what could not be looked for is in the check
		}
		for _, f := range v.found.byStream[r.ID] {
			j := differenceJSON{Kind: f.Kind, ID: f.RecordID}
			for _, d := range f.Fields {
				j.Fields = append(j.Fields, fieldJSON{d.Column, textOrNull(d.Source), textOrNull(d.Warehouse)})
			}
			s.Findings = append(s.Findings, j)
		}
		streams = append(streams, s)
	}
	return struct {
		OK        bool           `json:"ok"` // every stream that was compared is now as the source has it: exit code 0
		Warehouse string         `json:"warehouse"`
		Begun     time.Time      `json:"begun"`
		Sample    int            `json:"sample,omitempty"` // about how many records of each stream were compared; absent when all were
		Repaired  bool           `json:"repaired"`
		Streams   []verifiedJSON `json:"streams"`
	}{exitOf(v.results, v.wrong) == nil, v.config.Database.String(), v.begun, v.sample, v.repair, streams}
}
