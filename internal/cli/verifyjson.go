package cli

import (
	"github.com/warren-sync/warren/internal/app"
	"github.com/warren-sync/warren/internal/crm"
)

// differenceJSON is one row that is wrong as --output json shows it.
type differenceJSON struct {
	Kind   crm.Difference `json:"kind"`
	ID     string         `json:"id"`
	Fields []fieldJSON    `json:"fields,omitempty"`
}

type fieldJSON struct {
	Column    string `json:"column"`
	Source    string `json:"source"`
	Warehouse string `json:"warehouse"`
}

// verifiedJSON is one stream's comparison as --output json shows it.
type verifiedJSON struct {
	runJSON

	Findings []differenceJSON `json:"findings"`
	LeftOut  int              `json:"findings_left_out,omitempty"`
}

func verifyJSON(results []app.Result, found *findings, repair bool) any {
	streams := make([]verifiedJSON, 0, len(results))
	for _, r := range results {
		s := verifiedJSON{runJSON: asRunJSON(r.Run, r.Run.End), Findings: []differenceJSON{}, LeftOut: found.leftOut[r.ID]}
		s.Source, s.Stream, s.DryRun, s.Skipped = r.ID.Source, r.ID.Stream, !repair, r.Skipped
		switch left := leftWrong(r, repair); {
		case r.Err != nil:
			s.Error = asJSON(r.Err)
		case r.Skipped != "":
			s.Status = "skipped"
		default:
			s.Error = left
		}
		for _, f := range found.byStream[r.ID] {
			j := differenceJSON{Kind: f.Kind, ID: f.RecordID}
			for _, d := range f.Fields {
				j.Fields = append(j.Fields, fieldJSON(d))
			}
			s.Findings = append(s.Findings, j)
		}
		streams = append(streams, s)
	}
	return map[string]any{"repaired": repair, "streams": streams}
}
