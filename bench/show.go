package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// showAgain prints what an earlier measurement has written.
func showAgain(o options, out io.Writer) error {
	file, err := os.Open(o.from)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	r, err := readReport(file)
	if err != nil {
		return fmt.Errorf("%s: %w", o.from, err)
	}
	return o.show(&r, out)
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

func writeFile(name string, write func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
