// Package athenatest has what the SDK needs to be a dependable client of a
// simulated Athena and S3. It is imported by tests only.
package athenatest
