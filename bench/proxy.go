package main

import (
	"context"
	"errors"
	"io"
	"net"
	gosync "sync"
	"sync/atomic"
)

// proxy passes connections on and counts the bytes of both directions.
type proxy struct {
	listener net.Listener
	target   string // host:port
	passed   atomic.Int64
	open     gosync.WaitGroup // goroutines
}

// startProxy listens on a free port of this machine.
func startProxy(ctx context.Context, target string) (*proxy, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{listener: listener, target: target}
	p.open.Go(func() { p.accept(ctx) })
	return p, nil
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// bytes returns how many have passed so far.
func (p *proxy) bytes() int64 { return p.passed.Load() }

// stop returns when all connections have ended, which those who opened them
// have to see to.
func (p *proxy) stop() error {
	err := p.listener.Close()
	p.open.Wait()
	return err
}

func (p *proxy) accept(ctx context.Context) {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // stopped
		}
		p.open.Go(func() { p.pass(ctx, client) })
	}
}

// pass carries one connection until both ends have closed it.
func (p *proxy) pass(ctx context.Context, client net.Conn) {
	defer func() { _ = client.Close() }()
	server, err := new(net.Dialer).DialContext(ctx, "tcp", p.target)
	if err != nil {
		return // the client sees its connection closed
	}
	defer func() { _ = server.Close() }()
	var up gosync.WaitGroup
	up.Go(func() { p.copy(server, client) })
	p.copy(client, server)
	up.Wait()
}

// copy counts before it hands on: whoever has an answer finds it counted.
func (p *proxy) copy(to, from net.Conn) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		p.passed.Add(int64(n))
		if _, writeErr := to.Write(buffer[:n]); writeErr != nil {
			err = errors.Join(err, writeErr)
		}
		if err != nil {
			break
		}
	}
	// The other direction may have something to say yet.
	if half, ok := to.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, from)
}
