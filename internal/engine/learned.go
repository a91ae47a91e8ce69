package engine

import (
	"fmt"
	"strings"

	"github.com/warren-sync/warren/internal/crm"
)

// tellLearned tells what the records showed of their fields. Members that no field
// takes are not lost, they are in the raw record, but people want to know; where
// the stream's contract is to evolve, they are told as a change, for whoever keeps
// the schema to remember.
func (r *run) tellLearned() {
	for _, f := range r.processor.Learned() {
		if f.Kind == crm.SchemaSeen && r.job.Stream.NewField == crm.ReactEvolve || f.Kind == crm.SchemaBad && r.evolves(f.Column) {
			r.observe(crm.SchemaChanged{ID: r.job.ID, Field: f, Reaction: crm.ReactEvolve})
		}
	}
	if unknown := r.processor.Unknown(); len(unknown) > 0 && r.job.Stream.NewField != crm.ReactEvolve {
		r.observe(crm.Notice{
			ID: r.job.ID,
			Message: fmt.Sprintf("the source sends fields that have no column: %s; they are kept in the column data",
				strings.Join(unknown, ", ")),
			Fix: fmt.Sprintf("to give one a column, add it under sources.%s.streams.%s.fields in warren.yaml", r.job.ID.Source, r.job.ID.Stream),
		})
	}
}

// evolves reports whether values that a column cannot take are to get another one.
func (r *run) evolves(column string) bool {
	f, ok := r.job.Stream.Field(column)
	return ok && f.OnBad == crm.ReactEvolve
}

// frozen is why a run fails whose records are not what the stream's contract allows.
func frozen(reject *crm.Reject) error {
	return &crm.Error{
		Code: crm.CodeSchema, Origin: crm.OriginSource, Message: fmt.Sprintf("record %s %s", reject.ID, reject.Reason),
		Fix: "look whether the change is wanted; then set the contract of the stream in warren.yaml to evolve, drop or quarantine, at least for one run",
	}
}
