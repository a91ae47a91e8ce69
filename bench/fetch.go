package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/warren-sync/warren/internal/sandbox/salesrabbit"
)

// fetched is what curl brought, made into rows.
type fetched struct {
	rows   string // file
	curl   cost
	making time.Duration // CPU time of making the rows, which is not counted
}

// fetch reads the leads of a step with one curl, over one connection, and has
// them made into rows. dir is emptied first.
func fetch(ctx context.Context, s *sandbox, st step, dir string) (fetched, error) {
	if err := os.RemoveAll(dir); err != nil {
		return fetched{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { // psql's user reads it
		return fetched{}, err
	}
	pages := max(1, (st.records+pageSize-1)/pageSize) // curl has to be told; Warren has to find out
	args := []string{
		"--silent", "--show-error", "--fail", "--header", "Authorization: Bearer " + salesrabbit.DefaultToken,
		"--output", filepath.Join(dir, "page_#1.json"),
	}
	if !st.full {
		args = append(args, "--header", "If-Modified-Since: "+st.since.UTC().Format(time.RFC3339))
	}
	args = append(args, fmt.Sprintf("%s/leads?perPage=%d&page=[1-%d]", s.api, pageSize, pages))
	curl := exec.CommandContext(ctx, "curl", args...)
	curl.Env = environment()
	var f fetched
	var err error
	if f.curl, _, err = clock(curl); err != nil {
		return fetched{}, err
	}
	f.rows = filepath.Join(dir, "rows.copy")
	files := []string{roleConvert, f.rows}
	for page := range pages {
		files = append(files, filepath.Join(dir, "page_"+strconv.Itoa(page+1)+".json"))
	}
	making, err := role(ctx, files...)
	if err != nil {
		return fetched{}, err
	}
	made, _, err := clock(making)
	f.making = made.CPU
	return f, err
}
