package ledger

import "strings"

// Owner is the process that holds a lease.
type Owner struct {
	// Host tells machines apart: two processes with the same Host see the same
	// process ids. It holds no "/". What stands before a "#" is for people.
	Host string
	// Process tells the processes of one Host apart, also when an id is used
	// again. It holds no "/". What stands before an "@" is for people.
	Process string
}

// String is the form that the lease stores: host/process.
func (o Owner) String() string { return o.Host + "/" + o.Process }

// ParseOwner reads what String wrote. A text without "/" is all host.
func ParseOwner(text string) Owner {
	host, process, _ := strings.Cut(text, "/")
	return Owner{Host: host, Process: process}
}

// Describe names the process in words, such as "process 4711 on web1".
func (o Owner) Describe() string {
	host, _, _ := strings.Cut(o.Host, "#")
	process, _, _ := strings.Cut(o.Process, "@")
	if process == "" {
		process = "unknown"
	}
	if host == "" {
		host = "an unknown host"
	}
	return "process " + process + " on " + host
}
