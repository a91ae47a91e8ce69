//go:build !linux

package main

import (
	"errors"
	"testing"
)

var errNoDisk = errors.New("small disks are mounted on Linux only")

// disk is a small disk, of which this system has none.
type disk string

func mountDisk(*testing.T) (disk, error) { return "", errNoDisk }

func (disk) holds() []string { return nil }

func (disk) fill(int64) error { return errNoDisk }

func (disk) clear() error { return errNoDisk }

func keepDisk() int { return 1 }

func giveTo(*testing.T, string, string) {}
