package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// watcher stands between warren and PostgreSQL, reads along what warren says
// (https://www.postgresql.org/docs/current/protocol-message-formats.html), and
// tells the bell. At an alarm it drops the message and both connections.
type watcher struct {
	bell     *bell
	listener net.Listener
	upstream string
	open     sync.WaitGroup
}

// watch begins to watch the PostgreSQL at that host and port. It ends with the
// test.
func watch(t *testing.T, b *bell, upstream string) *watcher {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{bell: b, listener: listener, upstream: upstream}
	w.open.Go(func() { w.serve(t.Context()) })
	t.Cleanup(func() {
		_ = listener.Close()
		w.open.Wait()
	})
	return w
}

func (w *watcher) serve(ctx context.Context) {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return // closed
		}
		server, err := new(net.Dialer).DialContext(ctx, "tcp", w.upstream)
		if err != nil {
			_ = client.Close()
			continue
		}
		c := &watched{bell: w.bell, client: client, server: server}
		stop := context.AfterFunc(ctx, c.close)
		w.open.Go(c.questions)
		w.open.Go(func() {
			c.answers()
			stop()
		})
	}
}

// watched is one connection.
type watched struct {
	bell           *bell
	client, server net.Conn
	commits        atomic.Bool // the server was told to commit and has not answered
	closes         atomic.Bool // and what it commits closes the run
}

func (c *watched) close() {
	_ = c.client.Close()
	_ = c.server.Close()
}

// questions passes on what warren says, message by message.
func (c *watched) questions() {
	defer c.close()
	in := bufio.NewReader(c.client)
	typed := 0 // the first message has no type
	for {
		head, err := in.Peek(typed + 4)
		if err != nil {
			return
		}
		message := make([]byte, typed+int(binary.BigEndian.Uint32(head[typed:])))
		if _, err := io.ReadFull(in, message); err != nil {
			return
		}
		if typed == 1 && c.hear(message) {
			return
		}
		if _, err := c.server.Write(message); err != nil {
			return
		}
		typed = 1
	}
}

// hear reports whether the message is one that is not to arrive.
func (c *watched) hear(message []byte) bool {
	const query, parse, copyData = 'Q', 'P', 'd'
	switch message[0] {
	case copyData:
		return c.bell.ring(rows)
	case parse:
		// The statement with which the ledger lets a stream go.
		if bytes.Contains(message, []byte("lease_until = NULL")) {
			c.closes.Store(true)
			return c.bell.ring(finishing)
		}
	case query:
		if strings.EqualFold(string(bytes.TrimRight(message[5:], "\x00;")), "commit") {
			if c.bell.ring(committing) {
				return true
			}
			c.commits.Store(true)
		}
	}
	return false
}

// answers passes on what the server says. What it says after a commit tells
// that the commit took place.
func (c *watched) answers() {
	defer c.close()
	buf := make([]byte, 64<<10)
	for {
		n, err := c.server.Read(buf)
		if n > 0 && c.commits.CompareAndSwap(true, false) {
			if c.bell.ring(committed) || c.closes.CompareAndSwap(true, false) && c.bell.ring(finished) {
				return
			}
		}
		if _, writeErr := c.client.Write(buf[:n]); err != nil || writeErr != nil {
			return
		}
	}
}
