// Command bench measures Warren against the plainest other way to do the same
// work, side by side on one machine and in one run.
//
//	go run ./bench                          # 20,000 leads, three rounds, both databases
//	go run ./bench -records 100000 -only postgres
//	go run ./bench -sizes 10000,100000,1000000
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
// The program itself does little while it measures. The simulated CRM, the
// making of the rows and all that uses SQLite are processes of their own, which are this
// program started in another role; so it stays small, which matters: the
// system counts the memory of a parent as its child's until the child has
// started.
package main
