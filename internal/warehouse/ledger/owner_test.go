package ledger_test

import (
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/warren-sync/warren/internal/warehouse/ledger"
)

func TestOwnerText(t *testing.T) {
	cases := map[string]struct {
		owner     ledger.Owner
		text      string
		described string
	}{
		"linux":   {ledger.Owner{Host: "web1#boot:4026", Process: "7@99"}, "web1#boot:4026/7@99", "process 7 on web1"},
		"plain":   {ledger.Owner{Host: "mac", Process: "7"}, "mac/7", "process 7 on mac"},
		"no host": {ledger.Owner{Process: "7"}, "/7", "process 7 on an unknown host"},
		"nothing": {ledger.Owner{}, "/", "process unknown on an unknown host"},
	}
	for name, c := range cases {
		if got := c.owner.String(); got != c.text {
			t.Errorf("%s: text %q, want %q", name, got, c.text)
		}
		if got := ledger.ParseOwner(c.text); got != c.owner {
			t.Errorf("%s: parsed %+v, want %+v", name, got, c.owner)
		}
		if got := c.owner.Describe(); got != c.described {
			t.Errorf("%s: described %q, want %q", name, got, c.described)
		}
	}
	if got := ledger.ParseOwner(ledger.ThisProcess().String()); got != ledger.ThisProcess() {
		t.Errorf("this process is %+v, and comes back as %+v", ledger.ThisProcess(), got)
	}
}

func TestAlive(t *testing.T) {
	if runtime.GOOS != "linux" {
		if alive, known := ledger.Alive(ledger.ThisProcess()); alive || known {
			t.Error("something is claimed to be known of a process")
		}
		return
	}
	this := ledger.ThisProcess()
	pid, start, _ := strings.Cut(this.Process, "@")

	zombie := exec.Command("true")
	stdout, err := zombie.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := zombie.Start(); err != nil {
		t.Fatal(err)
	}
	// Its output ends while it dies; nobody waits for it yet.
	if n, err := stdout.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Fatalf("read %d, %v", n, err)
	}
	defer func() { _ = zombie.Wait() }()

	cases := map[string]struct {
		owner        ledger.Owner
		alive, known bool
	}{
		"this process":         {this, true, true},
		"an id used again":     {ledger.Owner{Host: this.Host, Process: pid + "@1" + start}, false, true},
		"no such process":      {ledger.Owner{Host: this.Host, Process: "4194304@1"}, false, true}, // above the kernel's greatest
		"a zombie":             {ledger.Owner{Host: this.Host, Process: strconv.Itoa(zombie.Process.Pid) + "@1"}, false, true},
		"another host":         {ledger.Owner{Host: "far", Process: this.Process}, false, false},
		"the host's namesake":  {ledger.Owner{Host: strings.SplitN(this.Host, "#", 2)[0], Process: "4194304@1"}, false, false},
		"without a start time": {ledger.Owner{Host: this.Host, Process: pid}, false, false},
		"no number":            {ledger.Owner{Host: this.Host, Process: "x@1"}, false, false},
		"a group of processes": {ledger.Owner{Host: this.Host, Process: "-1@1"}, false, false},
		"nobody":               {ledger.Owner{}, false, false},
	}
	for name, c := range cases {
		if alive, known := ledger.Alive(c.owner); alive != c.alive || known != c.known {
			t.Errorf("%s: alive %t, known %t; want %t, %t", name, alive, known, c.alive, c.known)
		}
	}
}
