package config

import (
	"reflect"
	"slices"

	"github.com/warren-sync/warren/internal/crm"
)

// account puts together one account; keys is nil when the file does not have
// it.
func (l *loader) account(name string, source crm.Source, keys *accountKeys) Account {
	a := Account{
		Name: name, Source: source, file: l.fileName, configured: keys != nil,
		Settings:   crm.Settings{Account: name, Values: make(map[string]string)},
		batchSizes: make(map[string]int), maxScans: make(map[string]int64), contracts: make(map[string]crm.Contract), deletes: make(map[string]crm.DeletePolicy), rules: make(map[string]Position),
	}
	if keys == nil {
		keys = &accountKeys{}
	}
	l.settings(&a, keys)
	l.moreStreams(&a)
	l.streams(&a, keys)
	return a
}

// moreStreams adds the streams that the account's settings make.
func (l *loader) moreStreams(a *Account) {
	if a.Source.More == nil {
		return
	}
	more, err := a.Source.More(a.Settings)
	if err != nil {
		p := problemOf(err)
		p.message = a.Name + ": " + p.message
		l.mistakes.inSettings(p)
		return
	}
	a.Source.Streams = slices.Concat(a.Source.Streams, more)
}

// settings fills in the options: the environment wins over the file, the file
// over the default.
func (l *loader) settings(a *Account, keys *accountKeys) {
	var known []string
	for _, opt := range a.Source.Options {
		known = append(known, opt.Name)
		text, from := l.option(EnvNames(a.Name, a.Source, opt))
		inFile := keys.Options.find(opt.Name)
		switch {
		case from != "":
			a.configured = a.configured || opt.Required || opt.SetsUp
			if p, bad := checkOption(opt, text); bad {
				l.mistakes.inEnvironment(from, p)
			}
		case inFile != nil && inFile.set && clean(inFile.v) != "":
			text = clean(inFile.v)
			l.checkInFile(opt, *inFile, text)
		default:
			text = opt.Default
		}
		if text != "" {
			a.Settings.Values[opt.Name] = text
		}
	}
	for _, e := range keys.Options.entries {
		if _, ok := a.Source.Option(e.name); !ok {
			l.mistakes.inFile(e.at, unknownKey(e.name, joinPath("sources", a.Name), append(known, keyNames(reflect.TypeFor[accountKeys]())...)))
		}
	}
}

func (l *loader) checkInFile(opt crm.Option, set value[string], text string) {
	opt.Secret = opt.Secret || set.variable
	if p, bad := checkOption(opt, text); bad {
		p.message = set.at.Path + ": " + p.message
		l.mistakes.inFile(set.at, p)
	}
}
