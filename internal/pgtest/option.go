package pgtest

// Option changes how a server of one's own is set up.
type Option func(*configuration)

// configuration is what a server is started with.
type configuration struct {
	settings []string // name=value, as the server's -c takes them; the last one wins
}

// Durable keeps the server's own care for data on disk, which tests do without.
// Benchmarks need it: without it writing looks cheaper than it is.
func Durable() Option {
	return func(c *configuration) {
		c.settings = append(c.settings, "fsync=on", "full_page_writes=on")
	}
}

// Setting sets a parameter of postgresql.conf, such as Setting("timezone",
// "Asia/Kolkata").
func Setting(name, value string) Option {
	return func(c *configuration) { c.settings = append(c.settings, name+"="+value) }
}

// configure returns the settings of a server for tests with the options
// applied.
//
// fsync and full_page_writes guard against a machine that loses power, which
// tests never do to it. synchronous_commit stays on: without it a server that
// is killed forgets transactions that it said were committed, and no test of
// L4 could be believed.
func configure(options []Option) configuration {
	c := configuration{settings: []string{
		"fsync=off",
		"full_page_writes=off",
		"timezone=UTC",
		"log_timezone=UTC",
		"log_checkpoints=off",
	}}
	for _, option := range options {
		option(&c)
	}
	return c
}
