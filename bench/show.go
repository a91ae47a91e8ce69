package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// showAgain prints what earlier measurements have written, as one.
func showAgain(o options, out io.Writer) error {
	var all report
	for _, name := range o.from {
		r, err := readFile(name)
		if err == nil {
			err = all.add(&r)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return o.show(&all, out)
}

func readFile(name string) (report, error) {
	file, err := os.Open(name)
	if err != nil {
		return report{}, err
	}
	defer func() { _ = file.Close() }()
	return readReport(file)
}

// add takes another measurement in. What both have measured is refused: medians of
// different times, and ratios of rounds that were not the same, say nothing.
func (r *report) add(other *report) error {
	for _, one := range other.Results {
		if slices.ContainsFunc(r.Results, func(had result) bool { return had.group == one.group }) {
			return fmt.Errorf("%s was measured in a file before it as well", one.group)
		}
	}
	for _, line := range other.Machine {
		if !slices.Contains(r.Machine, line) {
			r.Machine = append(r.Machine, line)
		}
	}
	r.OwnPeak = max(r.OwnPeak, other.OwnPeak)
	r.Results = append(r.Results, other.Results...)
	r.Counts = append(r.Counts, other.Counts...)
	return nil
}

// show prints the tables, and writes the files that were asked for.
func (o options) show(r *report, out io.Writer) error {
	err := r.writeTables(out)
	if o.json != "" {
		err = errors.Join(err, writeFile(o.json, r.writeJSON))
	}
	if o.picture != "" {
		err = errors.Join(err, writeFile(o.picture, r.writePicture))
	}
	return err
}

// writable makes sure that the files which are asked for can be written, before minutes go
// into what they are to hold. Those that it made for that, discard takes away again.
func (o options) writable() (discard func() error, err error) {
	var made []string
	discard = func() (err error) {
		for _, name := range made {
			err = errors.Join(err, os.Remove(name))
		}
		return err
	}
	for _, name := range []string{o.json, o.picture} {
		if name == "" {
			continue
		}
		_, missing := os.Stat(name)
		file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o666)
		if err != nil {
			return nil, errors.Join(err, discard())
		}
		if errors.Is(missing, fs.ErrNotExist) {
			made = append(made, name)
		}
		if err := file.Close(); err != nil {
			return nil, errors.Join(err, discard())
		}
	}
	return discard, nil
}

func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
