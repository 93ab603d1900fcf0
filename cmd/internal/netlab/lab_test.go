package netlab

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Python talks TCP from within a namespace, as any program would.
const server = `
import socket,threading,sys
s=socket.create_server((sys.argv[1],7000)); print("up",flush=True)
def serve(c):
    try:
        while (b:=c.recv(65536)): c.sendall(b)
    except OSError as e: print(type(e).__name__,flush=True)
while True:
    c,_=s.accept(); threading.Thread(target=serve,args=(c,),daemon=True).start()
`

const client = `
import socket,sys,time
t=time.monotonic(); c=socket.create_connection((sys.argv[1],7000)); print("connected",time.monotonic()-t,flush=True)
n=int(sys.argv[2])
import threading
threading.Thread(target=lambda: c.sendall(b"x"*n),daemon=True).start()
t=time.monotonic(); got=0
while got<n:
    b=c.recv(65536); got+=len(b)
print("echoed",time.monotonic()-t,flush=True)
for line in sys.stdin:
    try:
        c.sendall(b"y"); b=c.recv(1); print("answer",len(b),flush=True)
    except OSError as e: print(type(e).__name__,flush=True)
`

func lab(t *testing.T) *Lab {
	t.Helper()
	l, err := New(1)
	if errors.Is(err, ErrUnsupported) {
		Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func host(t *testing.T, l *Lab, name string, k Link) *Host {
	t.Helper()
	h, err := l.Host(name, k)
	if errors.Is(err, ErrUnsupported) {
		Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// talker is a process whose lines are read one by one.
type talker struct {
	lines chan string
	in    *os.File
}

func talk(t *testing.T, h *Host, script string, args ...string) talker {
	t.Helper()
	argv := h.Command("python3", append([]string{"-c", script}, args...)...)
	cmd := exec.Command(argv[0], argv[1:]...)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out := make(chan string, 64)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, lineWriter{out, &bytes.Buffer{}}, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		r.Close()
		w.Close()
	})
	return talker{out, w}
}

type lineWriter struct {
	to   chan string
	rest *bytes.Buffer
}

func (l lineWriter) Write(p []byte) (int, error) {
	l.rest.Write(p)
	for bytes.IndexByte(l.rest.Bytes(), '\n') >= 0 {
		line, _ := l.rest.ReadString('\n')
		l.to <- strings.TrimSpace(line)
	}
	return len(p), nil
}

func (k talker) wants(t *testing.T, prefix string) (value float64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	select {
	case line := <-k.lines:
		word, rest, _ := strings.Cut(line, " ")
		if word != prefix {
			t.Fatalf("it said %q, want %q", line, prefix)
		}
		if rest != "" {
			if _, err := fmt.Sscan(rest, &value); err != nil {
				t.Fatal(err)
			}
		}
		return value
	case <-ctx.Done():
		t.Fatalf("it said nothing, want %q", prefix)
	}
	return 0
}

func poll(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for until := time.Now().Add(20 * time.Second); !ok(); <-tick.C {
		if time.Now().After(until) {
			t.Fatalf("not in 20 s: %s", what)
		}
	}
}

func TestLab(t *testing.T) {
	l := lab(t)
	slow := Link{Delay: 30 * time.Millisecond, BitsPerSecond: 8_000_000, Loss: 0.01}
	a, b := host(t, l, "a", Link{}), host(t, l, "b", slow)
	talk(t, a, server, a.Addr.String()).wants(t, "up")
	const size = 250_000
	c := talk(t, b, client, a.Addr.String(), fmt.Sprint(size))
	// Lower bounds only: the machine may be busy.
	if took := c.wants(t, "connected"); took < 0.06 {
		t.Errorf("a connection took %.3f s, and a packet's way there and back is 0.06 s", took)
	}
	if took := c.wants(t, "echoed"); took < 0.25 {
		t.Errorf("%d bytes took %.3f s at 1 MB/s", size, took)
	}
	f := b.Figures()
	if f.UpBytes < size || f.DownBytes < size || f.UpLost+f.DownLost == 0 {
		t.Errorf("the link's figures are %+v", f)
	}
	ask := func() { fmt.Fprintln(c.in) }
	ask()
	c.wants(t, "answer")
	b.Set(Link{Down: true})
	ask()
	before := b.Figures()
	poll(t, "packets are lost on a link that is down", func() bool { return b.Figures().UpLost >= before.UpLost+2 })
	b.Set(Link{})
	c.wants(t, "answer") // TCP has sent it again
	if n := b.Cut(1, rand.New(rand.NewPCG(1, 2))); n != 1 {
		t.Errorf("%d connections were cut, want 1", n)
	}
	ask()
	c.wants(t, "ConnectionResetError")
}

func TestSweep(t *testing.T) {
	l := lab(t)
	host(t, l, "a", Link{})
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	const others = "prism-swept-" // not what the tests of other packages sweep meanwhile
	space := fmt.Sprintf("%s%d-1-left", others, dead.Process.Pid)
	if err := ip("netns", "add", space); err != nil {
		t.Fatal(err)
	}
	sleeper := exec.Command("ip", "netns", "exec", space, "sleep", "1000")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	defer sleeper.Process.Kill()
	poll(t, "a process is in the namespace", func() bool {
		b, err := exec.Command("ip", "netns", "pids", space).Output()
		return err == nil && len(bytes.TrimSpace(b)) > 0
	})
	if err := sweep(others); err != nil {
		t.Fatal(err)
	}
	if err := sleeper.Wait(); err == nil {
		t.Error("what ran in a dead test's namespace was not ended")
	}
	if err := sweep(prefix); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob("/run/netns/prism-*")
	if err != nil {
		t.Fatal(err)
	}
	own := false
	for _, p := range left {
		if filepath.Base(p) == space {
			t.Errorf("%s was left", p)
		}
		own = own || filepath.Base(p) == l.id+"a"
	}
	if !own {
		t.Errorf("the namespace of a living test is gone: %v", left)
	}
}

// TestReset: a reset has right checksums and the sequence number of the packet whose place it takes.
func TestReset(t *testing.T) {
	p := make([]byte, 24+32+100) // an IP header with an option, a TCP header with options, data
	p[0], p[9] = 0x46, protocolTCP
	binary.BigEndian.PutUint16(p[2:], uint16(len(p)))
	copy(p[12:], []byte{192, 0, 2, 1, 192, 0, 2, 2})
	copy(p[24:], []byte{0x1b, 0x58, 0x9c, 0x40, 1, 2, 3, 4, 5, 6, 7, 8, 0x80, flagACK, 1, 1, 9, 9, 0, 0})
	r, back := reset(p, tcpOf(p)), answer(p, tcpOf(p))
	if len(r) != 24+20 || !bytes.Equal(r[12:20], p[12:20]) || !bytes.Equal(r[24:36], p[24:36]) || r[24+13] != flagRST|flagACK {
		t.Errorf("the reset is % x", r)
	}
	want := append([]byte{192, 0, 2, 2, 192, 0, 2, 1}, 0, 0, 0, 0, 0x9c, 0x40, 0x1b, 0x58, 5, 6, 7, 8, 0, 0, 0, 0)
	copy(want[8:12], p[20:24]) // the option
	if !bytes.Equal(back[12:36], want) || back[24+13] != flagRST {
		t.Errorf("the answer is % x", back)
	}
	for name, r := range map[string][]byte{"reset": r, "answer": back} {
		if int(binary.BigEndian.Uint16(r[2:])) != len(r) || sum(0, r[:24]) != 0xffff {
			t.Errorf("%s: length %x, the IP header sums up to %#x", name, r[2:4], sum(0, r[:24]))
		}
		if s := sum(protocolTCP+tcpBytes+uint32(sum(0, r[12:20])), r[24:]); s != 0xffff {
			t.Errorf("%s: the TCP header sums up to %#x", name, s)
		}
		if answer(r, 24) != nil {
			t.Errorf("%s: a reset was answered", name)
		}
	}
	for _, short := range [][]byte{nil, p[:19], p[:30], append([]byte{0x60}, p[1:]...)} {
		if tcpOf(short) != 0 {
			t.Errorf("% x passes for TCP", short)
		}
	}
}

// TestPipe: order, rate and the bound of the queue, by the pipe's own clock.
func TestPipe(t *testing.T) {
	var got []byte
	p := newPipe(Link{BitsPerSecond: 8000, QueueBytes: 500}, 1, func(b []byte) { got = append(got, b[0]) })
	now := time.Now().Add(-time.Hour) // all is due already
	for i := range 10 {
		b := make([]byte, 100)
		b[0] = byte(i)
		p.send(b, now)
	}
	if f := p.figures(); f.packets != 5 || f.lost != 5 {
		t.Errorf("%+v: a queue of 500 bytes took others than five packets of 100", f)
	}
	for i, h := range p.queue {
		if want := now.Add(time.Duration(i+1) * 100 * time.Millisecond); h.due != want {
			t.Errorf("packet %d is due %v, want %v", i, h.due.Sub(now), want.Sub(now))
		}
	}
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() { defer close(done); p.run(stop) }()
	poll(t, "the pipe is empty", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.queue) == 0
	})
	close(stop)
	<-done
	if !bytes.Equal(got, []byte{0, 1, 2, 3, 4}) {
		t.Errorf("out came %v", got)
	}
	p.set(Link{Loss: 1})
	p.send(make([]byte, 100), now)
	p.set(Link{Down: true})
	p.send(make([]byte, 100), now)
	if f := p.figures(); f.lost != 7 {
		t.Errorf("%+v: two more should be lost", f)
	}
}
