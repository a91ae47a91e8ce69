package config

import (
	"reflect"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// streams lays the user's changes over the streams that the source declares.
// The declarations themselves stay untouched: several accounts share them.
func (l *loader) streams(a *Account, keys *accountKeys) {
	changes := l.streamChanges(a, keys)
	prefix := keys.Prefix
	if prefix.set && !isColumn(prefix.v) {
		l.mistakes.inFile(prefix.at, problem{quote(prefix.v) + " cannot begin the name of a table", "Use small letters, digits and _, and begin with a letter."})
	}
	strict := keys.Strict.or(false)
	if l.strict != nil {
		strict = *l.strict
	}
	ruleTypes := make(map[string]bool)
	for _, declared := range a.Source.Streams {
		stream := declared
		stream.Fields = slices.Clone(stream.Fields)
		if prefix.set {
			stream.Table, stream.TableAliases = prefix.v+stream.Table, nil
		}
		change := changes[stream.Name]
		if change == nil {
			change = &named[streamKeys]{}
		}
		stream.Properties = change.value.Properties.or(nil)
		own := l.fieldChanges(a, &stream, change)
		for i := range stream.Fields {
			f := &stream.Fields[i]
			settle(f, own[f.Column], keys, strict)
			ruleTypes[f.Rule.Type] = true
		}
		if reflect.DeepEqual(stream.Fields, declared.Fields) {
			stream.Fields = declared.Fields // hundreds of accounts of one kind: most have them as they are
		}
		a.batchSizes[stream.Name] = l.batchSize(change.value)
		a.deletes[stream.Name] = l.deletesOf(&stream, change)
		a.contracts[stream.Name] = l.contract(&a.Source, &change.value.Contract)
		l.maxScan(a, &stream, change)
		if change.value.Enabled.or(true) {
			a.Streams = append(a.Streams, stream)
		} else {
			a.Disabled = append(a.Disabled, stream.Name)
		}
	}
	l.checkNormalize(a, keys, ruleTypes)
}

// streamChanges finds the stream that each entry of the file is about.
func (l *loader) streamChanges(a *Account, keys *accountKeys) map[string]*named[streamKeys] {
	var known []string
	for _, s := range a.Source.Streams {
		known = append(known, s.Name)
	}
	changes := make(map[string]*named[streamKeys])
	for i := range keys.Streams.entries {
		e := &keys.Streams.entries[i]
		stream, ok := a.Source.Stream(e.name)
		switch {
		case !ok:
			l.mistakes.inFile(e.at, problem{a.Name + " has no stream " + quote(e.name) + "; " + hint(e.name, known), "Correct the name, or take it out."})
		case changes[stream.Name] != nil:
			l.mistakes.inFile(e.at, problem{"the stream " + stream.Name + " is here for the second time, under another name", "Keep one of the two."})
		default:
			changes[stream.Name] = e
		}
	}
	return changes
}

// settle decides what an account's general settings leave to the field's own.
func settle(f *crm.Field, own *fieldKeys, keys *accountKeys, strict bool) {
	if byType := keys.Normalize.find(f.Rule.Type); byType != nil && byType.set && f.Rule.Type != "" {
		f.Normalize = normalization(byType.v)
	}
	f.Strict = f.Strict || strict
	if own == nil {
		return
	}
	if own.Normalize.set {
		f.Normalize = normalization(own.Normalize.v)
	}
	f.Strict = own.Strict.or(f.Strict)
	f.EmptyNull = own.EmptyAsNull.or(f.EmptyNull)
}

func normalization(name string) string {
	if name == "none" {
		return ""
	}
	return name
}

func (l *loader) batchSize(keys streamKeys) int {
	if l.in.Overrides.BatchSize > 0 {
		return l.in.Overrides.BatchSize
	}
	return keys.BatchSize.or(l.file.Sync.BatchSize.or(DefaultBatchSize))
}

// maxScan reads how much a stream may have scanned in a day.
func (l *loader) maxScan(a *Account, stream *crm.Stream, change *named[streamKeys]) {
	set := change.value.MaxScan
	if !set.set {
		return
	}
	size, err := crm.ParseSize(set.v)
	switch {
	case !a.Source.Billed:
		l.mistakes.inFile(set.at, problem{set.at.Path + ": " + a.Source.Title + " charges nothing for what it reads", "Take it out."})
	case err != nil:
		shown := quote(set.v)
		if set.variable {
			shown = "the value" // of an environment variable (L8)
		}
		l.mistakes.inFile(set.at, problem{set.at.Path + ": " + shown + " is not a size", "Write a number of bytes such as 500MB or 50GB; 0 for no bound."})
	default:
		a.maxScans[stream.Name] = size
	}
}

// checkNormalize finds rule types that no field has: a misspelt one would
// silently do nothing.
func (l *loader) checkNormalize(a *Account, keys *accountKeys, ruleTypes map[string]bool) {
	var known []string
	for name := range ruleTypes {
		if name != "" {
			known = append(known, name)
		}
	}
	slices.Sort(known)
	for _, e := range keys.Normalize.entries {
		if !slices.Contains(known, e.name) {
			l.mistakes.inFile(e.at, problem{"no field of " + a.Name + " has a rule of type " + quote(e.name) + "; " + hint(e.name, known), "Correct the type, or take it out."})
		}
	}
}
