// Command bench measures Warren against the plainest other way to do the same
// work, side by side on one machine and in one run.
//
//	go run ./bench                          # 20,000 leads, three rounds, both databases
//	go run ./bench -records 100000 -only postgres
//	go run ./bench -sizes 10000,100000,1000000   # how cost grows with the leads
//	go run ./bench -streams 1,10,100,1000        # how it grows with the streams
//	go run ./bench -json bench.json -picture bench.svg
//	go run ./bench -from bench.json,leads.json,streams.json -picture bench.svg   # the same again, without measuring
//
// Whole processes are measured: wall time, CPU seconds and peak memory come
// from what the system says of a process that has ended. The contenders take
// turns at each step, in another order each round, so that a machine that is
// slow for a while is slow for all of them. What counts is the ratio within a
// round; tables show medians, and mark those whose rounds disagree.
//
// The contenders are, for PostgreSQL, the floor: curl fetches the pages, and
// psql copies the rows into a staging table and merges them with one INSERT …
// ON CONFLICT. For SQLite it is a loop of prepared upserts, with the settings
// that Warren's driver has. Their rows are written into a file beforehand, and
// that is not counted: it is what they are given for nothing. Each must end
// with the same data as Warren, or the run fails.
//
// The old design takes part up to -old leads, on PostgreSQL: the statements that
// Django's update_or_create sends for each record, six for a new one and four
// for one that is there. With more leads it has a round with -old of them,
// beside the floor and Warren.
//
// When all times are taken the contenders do the same steps once more, through
// proxies that count bytes and under pg_stat_statements, which costs time. So
// the server is started again with it for that round only.
//
// A second table compares the medians with the aims (aims.go), and -picture
// draws both. One of the aims is the number of calls: as many pages as the leads
// fill, and one call more. Calls a changed record are those of a step by the rows
// that it had to write.
//
// With -sizes Warren runs alone, once for each number of leads: a first load, a
// run that finds nothing changed, and one that finds a thousand leads changed,
// whose cost shall not follow the size of the table. Nothing here holds all leads;
// the databases stand below TMPDIR, which has to have room for them.
//
// With -streams it runs once for each number of streams: as many accounts of one
// CRM of 100 leads, each with a table of its own, in one process. The steps are a
// first load, and a full and an incremental run that find nothing changed. All
// tables must end with the same data.
//
// -from takes what several measurements have kept with -json, each of something
// else, and shows it as one.
//
// The program itself does little while it measures. The simulated CRM, the
// making of the rows and all that writes them are processes of their own, which are this
// program started in another role; so it stays small, which matters: the
// system counts the memory of a parent as its child's until the child has
// started.
package main
