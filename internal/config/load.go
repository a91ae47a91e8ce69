package config

import (
	"log/slog"
	"path/filepath"
	"reflect"
	"strconv"

	"github.com/warren-sync/warren/internal/crm"
)

// Load reads warren.yaml and the environment and lays the flags over them:
// flags win over the environment, the environment over the file, the file over
// the defaults. An account that lacks a token is no error here; Account.Ready
// tells. All mistakes come as one *crm.Error with CodeConfig, or with CodeUsage
// when a flag is wrong.
func Load(in Input) (*Config, error) {
	path := DefaultFile
	if in.Path != "" {
		path = in.Path
	}
	doc, err := openDocument(in.resolve(path), path, in.Path != "")
	if err != nil {
		return nil, err
	}
	l := &loader{in: in, env: environment{in.Env}, mistakes: mistakes{doc: doc}, fileName: path}
	r := &reader{doc: doc, env: l.env.lookup, mistakes: &l.mistakes, set: make(map[string]bool)}
	l.file = r.file()
	l.strictMode()
	l.general = l.deletes()
	c := &Config{Database: l.database(), Log: l.log(), Sync: l.sync(), Accounts: l.accounts(), Warnings: l.warnings, inFile: r.set}
	if doc != nil {
		c.File = path
	}
	if err := l.mistakes.err(); err != nil {
		return nil, err
	}
	return c, nil
}

func (in Input) resolve(path string) string {
	if in.Dir == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(in.Dir, path)
}

// loader turns what the file says into a Config.
type loader struct {
	in       Input
	env      environment
	file     fileKeys
	fileName string
	general  crm.DeletePolicy // for streams that say nothing themselves
	strict   *bool            // from the environment, over every account's own
	mistakes mistakes
	warnings []string
}

func (l *loader) database() Database {
	if flag := l.in.Overrides.Database; flag != "" {
		db, err := ParseDatabase(flag)
		if err != nil {
			l.mistakes.inFlag("--database", problemOf(err))
		}
		return db.in(l.in.Dir)
	}
	if text, set := l.env.lookup("DATABASE_URL"); set {
		db, err := ParseDatabase(text)
		if err != nil {
			l.mistakes.inEnvironment("DATABASE_URL", problemOf(err))
		}
		return db.in(l.in.Dir)
	}
	db, err := ParseDatabase(l.file.Database.or(DefaultDatabase))
	if err != nil {
		l.mistakes.inFile(l.file.Database.at, problemOf(err))
	}
	return db.in(l.in.Dir)
}

func (l *loader) log() Log {
	level := l.choice("--log-level", l.in.Overrides.LogLevel, l.file.Log, "level", l.file.Log.Level)
	format := l.choice("--log-format", l.in.Overrides.LogFormat, l.file.Log, "format", l.file.Log.Format)
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError}
	return Log{Level: levels[level], Format: LogFormat(format)}
}

// choice returns a flag if it is given, or else the setting of the file; both
// can be what the key of the file's shape can be.
func (l *loader) choice(flag, given string, shape any, name string, set value[string]) string {
	keys := keysOf(reflect.TypeOf(shape))
	k := keys[indexOf(keys, name)]
	if given == "" {
		return set.or(k.otherwise)
	}
	if p, bad := checkChoice(given, quote(given), k.choices); bad {
		l.mistakes.inFlag(flag, p)
	}
	return given
}

func (l *loader) sync() Sync {
	size := l.in.Overrides.BatchSize
	if size < 0 || size > MaxBatchSize {
		l.mistakes.inFlag("--batch-size", problem{strconv.Itoa(size) + " is not between 1 and 10000", "Give a number in that range."})
	}
	if size == 0 {
		size = l.file.Sync.BatchSize.or(DefaultBatchSize)
	}
	parallel := l.in.Overrides.Parallel
	if parallel < 0 || parallel > MaxParallel {
		l.mistakes.inFlag("--parallel", problem{strconv.Itoa(parallel) + " is not between 1 and 64", "Give a number in that range."})
	}
	if parallel == 0 {
		parallel = l.file.Sync.Parallel.or(DefaultParallel)
	}
	return Sync{Parallel: parallel, BatchSize: size, Overlap: l.file.Sync.Overlap.or(DefaultOverlap), Check: l.file.Sync.Check.or(DefaultCheck), Deletes: l.general}
}

// accounts returns one account for each registered source, which needs no
// entry in the file, and those that the file adds.
func (l *loader) accounts() []Account {
	var accounts []Account
	var types []string
	for _, source := range l.in.Sources {
		types = append(types, source.Type)
		keys := l.file.Sources.find(source.Type)
		if keys != nil && keys.Type.set && keys.Type.v != source.Type {
			l.mistakes.inFile(keys.Type.at, problem{"an account named " + source.Type + " can only be of that type", "Give the account another name."})
		}
		accounts = append(accounts, l.account(source.Type, source, keys))
	}
	prefixes := make(map[string]string)
	for i := range l.file.Sources.entries {
		e := &l.file.Sources.entries[i]
		if _, is := sourceOf(l.in.Sources, e.name); is {
			continue
		}
		prefix := envPrefix(e.name)
		if other, taken := prefixes[prefix]; taken {
			l.mistakes.inFile(e.at, problem{"the accounts " + other + " and " + e.name + " would share the environment variables " + prefix + "_…", "Give one of them another name."})
		}
		prefixes[prefix] = e.name
		if source, ok := l.sourceFor(e, types); ok {
			accounts = append(accounts, l.account(e.name, source, &e.value))
		}
	}
	return accounts
}

// sourceFor finds the kind of source of an account that is not named after it.
func (l *loader) sourceFor(e *named[accountKeys], types []string) (crm.Source, bool) {
	if !isAccountName(e.name) {
		l.mistakes.inFile(e.at, problem{quote(e.name) + " cannot be the name of an account", "Use small letters, digits, - and _, and begin with a letter."})
		return crm.Source{}, false
	}
	if !e.value.Type.set {
		if e.value.Type.at.File == "" {
			l.mistakes.inFile(e.at, problem{e.at.Path + " has no type; " + hint(e.name, types), "Add a line type: with the kind of source."})
		}
		return crm.Source{}, false
	}
	source, ok := sourceOf(l.in.Sources, e.value.Type.v)
	if !ok {
		l.mistakes.inFile(e.value.Type.at, problem{"there is no source type " + quote(e.value.Type.v) + "; " + hint(e.value.Type.v, types), "Correct the type."})
	}
	return source, ok
}

func sourceOf(sources []crm.Source, kind string) (crm.Source, bool) {
	for _, s := range sources {
		if s.Type == kind {
			return s, true
		}
	}
	return crm.Source{}, false
}

func isAccountName(name string) bool {
	for i, r := range name {
		if (r < 'a' || r > 'z') && (i == 0 || r != '-' && r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return name != "" && len(name) <= maxIdentifier
}
