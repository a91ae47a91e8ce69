package hubspot

import (
	"slices"
	"strings"
	"time"

	"github.com/warren-sync/warren/internal/crm"
)

// Names of the streams that are no objects.
const (
	streamOwners    = "owners"
	streamPipelines = "pipelines"
	streamStages    = "pipeline_stages"
)

// searchLag is how late a search comes to show a change: most take seconds, some
// were measured to take an hour.
const searchLag = time.Hour

// usualSweep is how often everything is read anew unless sweep_every says
// otherwise.
const usualSweep = 24 * time.Hour

// columnArchived is the column with the time at which a record was archived.
const columnArchived = "archived_at"

func streams() []crm.Stream {
	var list []crm.Stream
	for _, o := range standardObjects() {
		s := objectStream(o)
		switch o.name {
		case "contacts":
			s = contacts(s)
		case "deals":
			s = deals(s)
		case "appointments":
			s = appointments(s)
		}
		list = append(list, s)
	}
	return append(list, owners(), pipelines(), pipelineStages())
}

// objectStream declares a type of record with what all of them have. The other
// columns are found out: see Describe.
func objectStream(o object) crm.Stream {
	table := "hubspot_" + o.singular
	return crm.Stream{
		Name: o.name, Aliases: []string{o.singular}, Title: o.title,
		Table: "ingestion_" + table, TableAliases: []string{table},
		PrimaryKey: []string{"id"}, Cursor: o.modified, Deleted: columnArchived, Custom: strings.TrimSuffix(inProperties, "."),
		Incremental: true, Lag: searchLag, FullEvery: usualSweep, Elusive: true,
		Optional: o.name != "contacts",
		Indexes:  [][]string{{o.modified}},
		Unmapped: []string{"properties", "createdAt", "updatedAt", "url", "objectWriteTraceId", "propertiesWithHistory", "associations", "warnings"},
		Fields: slices.Concat(
			[]crm.Field{key("id", "id")},
			texts(propertyID),
			[]crm.Field{from(o.created, crm.TypeTimestamp, pathOf(o.created), "createdAt"), from(o.modified, crm.TypeTimestamp, pathOf(o.modified), "updatedAt")},
			[]crm.Field{flag("archived"), from(columnArchived, crm.TypeTimestamp, "archivedAt")},
		),
	}
}

// customStream declares a type that the company made. Two of them were streams of
// the old system.
func customStream(o object) crm.Stream {
	s := objectStream(o)
	s.Optional = false // somebody asked for it
	switch o.name {
	case "divisions":
		return divisions(s)
	case "genius_users":
		return geniusUsers(s)
	}
	return s
}

// The old system's commands for what only settings make a stream.
const (
	oldDivisions    = "sync_hubspot_divisions"
	oldGeniusUsers  = "sync_hubspot_genius_users"
	oldAssociations = "sync_hubspot_associations"
)

// linkStream declares associations: one row for two records, whichever ways they
// are associated in.
func linkStream(l link) crm.Stream {
	from, to := l.columns()
	table := "hubspot_" + l.from.singular + "_" + l.to.singular + "_assoc"
	return crm.Stream{
		Name: l.name(), Title: "which " + strings.ReplaceAll(l.to.name, "_", " ") + " belong to which " + strings.ReplaceAll(l.from.name, "_", " "),
		Table: "ingestion_" + table, TableAliases: []string{table},
		PrimaryKey:  []string{from, to},
		OldCommands: []string{oldAssociations},
		Incremental: true, Lag: searchLag, FullEvery: usualSweep, Optional: true, Elusive: true,
		Indexes: [][]string{{to}},
		Fields:  []crm.Field{key(from, from), key(to, to), member("types", crm.TypeJSON)},
	}
}

// columns are the columns, and the members of a record, with the two ids.
func (l link) columns() (from, to string) {
	from, to = l.from.singular+"_id", l.to.singular+"_id"
	if from == to {
		to = "to_" + to
	}
	return from, to
}

// member declares a column that is called as its member.
func member(column string, t crm.Type) crm.Field { return from(column, t, column) }

func owners() crm.Stream {
	return crm.Stream{
		Name: streamOwners, Aliases: []string{"owner"}, Title: "users and queues that own records",
		Table: "ingestion_hubspot_owner", PrimaryKey: []string{"id"}, Cursor: otherModified, Optional: true,
		Indexes: [][]string{{"email"}},
		Fields: []crm.Field{
			key("id", "id"), from("email", crm.TypeText, "email"), from("first_name", crm.TypeText, "firstName"), from("last_name", crm.TypeText, "lastName"),
			member("type", crm.TypeText), from("user_id", crm.TypeInteger, "userId"),
			from("user_id_including_inactive", crm.TypeInteger, "userIdIncludingInactive"), member("teams", crm.TypeJSON),
			from("hs_createdate", crm.TypeTimestamp, "createdAt"), from(otherModified, crm.TypeTimestamp, "updatedAt"), flag("archived"),
		},
	}
}

// The members that a pipeline and a stage are given: neither says what it is of.
const (
	memberType     = "objectType"
	memberPipeline = "pipelineId"
)

// pipelines have ids that only their type of record makes unique: default is one
// of each. The times of the default ones are 1970, and so there is no cursor.
func pipelines() crm.Stream {
	return crm.Stream{
		Name: streamPipelines, Aliases: []string{"pipeline"}, Title: "pipelines of deals, tickets and other objects",
		Table: "ingestion_hubspot_pipeline", PrimaryKey: []string{"object_type", "id"}, Optional: true,
		Fields: append([]crm.Field{key("object_type", memberType), key("id", "id")}, append(pipelineFields(), member("stages", crm.TypeJSON))...),
	}
}

func pipelineStages() crm.Stream {
	return crm.Stream{
		Name: streamStages, Aliases: []string{"pipeline_stage"}, Title: "the stages of pipelines",
		Table: "ingestion_hubspot_pipeline_stage", PrimaryKey: []string{"object_type", "pipeline_id", "id"}, Optional: true,
		Unmapped: []string{"writePermissions"},
		Fields: append([]crm.Field{key("object_type", memberType), key("pipeline_id", memberPipeline), key("id", "id")},
			append(pipelineFields(), member("metadata", crm.TypeJSON))...),
	}
}

func pipelineFields() []crm.Field {
	return []crm.Field{
		member("label", crm.TypeText), from("display_order", crm.TypeInteger, "displayOrder"), flag("archived"),
		from("hs_createdate", crm.TypeTimestamp, "createdAt"), from(otherModified, crm.TypeTimestamp, "updatedAt"),
	}
}
