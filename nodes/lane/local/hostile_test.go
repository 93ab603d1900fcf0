package local

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/stream/shm"
)

// packet is a header with its bytes as a ring has them.
func packet(kind lane.Kind, first byte, number, total uint64, bytes uint32, body []byte) []byte {
	le := binary.LittleEndian
	p := le.AppendUint32(nil, packetMagic)
	p = append(p, byte(kind), first, 0, 0)
	p = le.AppendUint64(p, number)
	p = le.AppendUint64(p, total)
	p = le.AppendUint32(p, bytes)
	p = append(le.AppendUint32(p, 0), body...)
	return append(p, make([]byte, int(padded(len(p)))-len(p))...)
}

// TestCorruptRing: a peer that writes what it likes ends its own lane, with a reason, and nothing else.
func TestCorruptRing(t *testing.T) {
	write := func(s *Spoke, p []byte) {
		s.out.put(s.out.at, p)
		s.out.at += uint64(len(p))
		s.out.ctl.head.Store(s.out.at)
	}
	for _, c := range []struct {
		name, say string
		gap       bool
		do        func(s *Spoke)
	}{
		{name: "HeadFarAhead", say: "ahead in a ring", do: func(s *Spoke) { s.out.ctl.head.Store(leastRingBytes + 1) }},
		{name: "HeadBehind", say: "ahead in a ring", do: func(s *Spoke) { s.out.ctl.head.Store(^uint64(63)) }},
		{name: "HeadInAHeader", say: "ahead in a ring", do: func(s *Spoke) { s.out.ctl.head.Store(8) }},
		{name: "Magic", say: "magic", do: func(s *Spoke) { write(s, make([]byte, 64)) }},
		{name: "Gap", gap: true, say: "comes after", do: func(s *Spoke) { write(s, packet(1, 1, 2, 0, 0, nil)) }},
		{name: "Again", gap: true, say: "comes after", do: func(s *Spoke) { write(s, packet(1, 1, 0, 0, 0, nil)) }},
		{name: "Total", say: "at most", do: func(s *Spoke) { write(s, packet(1, 1, 1, lane.MaxMessage+1, 0, nil)) }},
		{name: "TotalOverflow", say: "at most", do: func(s *Spoke) { write(s, packet(1, 1, 1, ^uint64(0), 0, nil)) }},
		{name: "Flag", say: "flag", do: func(s *Spoke) { write(s, packet(1, 7, 1, 0, 0, nil)) }},
		{name: "MoreThanIsThere", say: "are there", do: func(s *Spoke) { write(s, packet(1, 1, 1, 4000, 4000, nil)) }},
		{name: "MoreThanTheRing", say: "are there", do: func(s *Spoke) { write(s, packet(1, 1, 1, 1<<27, ^uint32(0), nil)) }},
		{name: "MoreThanTheMessage", say: "continue", do: func(s *Spoke) { write(s, packet(1, 1, 1, 3, 8, make([]byte, 8))) }},
		{name: "NothingBegun", say: "continue", do: func(s *Spoke) { write(s, packet(1, 0, 1, 8, 8, make([]byte, 8))) }},
		{name: "OtherTotal", say: "continue", do: func(s *Spoke) {
			write(s, packet(1, 1, 1, 16, 8, make([]byte, 8)))
			write(s, packet(1, 0, 2, 24, 8, make([]byte, 8)))
		}},
		{name: "OtherKind", say: "continue", do: func(s *Spoke) {
			write(s, packet(1, 1, 1, 16, 8, make([]byte, 8)))
			write(s, packet(2, 0, 2, 16, 8, make([]byte, 8)))
		}},
		{name: "EmptyPart", say: "continue", do: func(s *Spoke) { write(s, packet(1, 1, 1, 16, 0, nil)) }},
		{name: "TailAhead", say: "behind in a ring", do: func(s *Spoke) { s.in.ctl.tail.Store(1 << 40) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, 2, 2, small)
			bad := r.spokes[0].(*Spoke)
			c.do(bad)
			bad.heard.ring()
			ctx := within(t)
			if err := r.Broadcast(ctx, lane.KindBatch, text(5)); err != nil {
				t.Fatal(err)
			}
			m, err := r.Recv(ctx)
			if !errors.Is(err, lane.ErrPeerGone) || m.Peer != 0 || !strings.Contains(err.Error(), c.say) {
				t.Errorf("peer %d: %v; want the end of peer 0 with %q", m.Peer, err, c.say)
			}
			if c.gap && !strings.Contains(err.Error(), lane.ErrGap.Error()) {
				t.Errorf("%v is no gap", err)
			}
			if m, err := r.spokes[1].Recv(ctx); err != nil || !bytes.Equal(m.Payload, text(5)) {
				t.Errorf("the other peer: %v", err)
			}
			if err := r.spokes[1].Send(ctx, lane.KindReply, text(2)); err != nil {
				t.Fatal(err)
			}
			if m, err := r.Recv(ctx); err != nil || m.Peer != 1 || !bytes.Equal(m.Payload, text(2)) {
				t.Errorf("peer %d: %v; want the other peer's message", m.Peer, err)
			}
		})
	}
}

// TestRefused: who may not come is told so, goes another way, and harms nobody.
func TestRefused(t *testing.T) {
	r := newRig(t, 2, 0, Options{})
	good := r.ln.Invitation()
	dial := func(inv Invitation, session string, peer int) error {
		s, err := Dial(within(t), inv, session, peer)
		if err == nil {
			s.Close()
		}
		return err
	}
	wrong := good
	wrong.Token = "guess"
	for _, c := range []struct {
		name, say string
		inv       Invitation
		session   string
		peer      int
	}{
		{"Token", "token", wrong, "s1", 0},
		{"Session", "token", good, "s2", 0},
		{"Peer", "peer 2 of 2", good, "s1", 2},
		{"NegativePeer", "peer -1 of 2", good, "s1", -1},
		{"OtherMachine", "no such file", Invitation{Path: good.Path + "x", Token: good.Token}, "s1", 0},
	} {
		if err := dial(c.inv, c.session, c.peer); !errors.Is(err, ErrElsewhere) || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%s: %v, want ErrElsewhere and %q", c.name, err, c.say)
		}
	}
	// Those who say nothing, or nonsense, are in nobody's way.
	for _, say := range []string{"", "{", `{"version":1}`, `{"version":7,"hello":{}}`, strings.Repeat("x", 3*maxNote)} {
		c, err := net.DialUnix("unixpacket", nil, &net.UnixAddr{Name: good.Path, Net: "unixpacket"})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if say != "" {
			if _, err := c.Write([]byte(say)); err != nil {
				t.Fatal(err)
			}
		}
	}
	first, err := Dial(within(t), good, "s1", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	until(t, "the hub has the peer", func() bool { return r.Route(0) == lane.RouteShm })
	if err := dial(good, "s1", 0); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("twice the same peer: %v", err)
	}
	if err := r.Broadcast(within(t), lane.KindBatch, text(1)); err != nil { // peer 1 has it by the lane behind
		t.Fatal(err)
	}
	if err := dial(good, "s1", 1); err == nil || !strings.Contains(err.Error(), "another lane") {
		t.Errorf("a peer that was spoken to by another lane: %v", err)
	}
}

// TestFalseSession: a worker checks what a session hands it before it touches it.
func TestFalseSession(t *testing.T) {
	memfd := func(size int, seals int) *os.File {
		fd, err := unix.MemfdCreate("prism-test", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
		if err != nil {
			t.Fatal(err)
		}
		f := os.NewFile(uintptr(fd), "test")
		t.Cleanup(func() { f.Close() })
		if err := unix.Ftruncate(fd, int64(size)); err != nil {
			t.Fatal(err)
		}
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
			t.Fatal(err)
		}
		return f
	}
	const sealed = unix.F_SEAL_GROW | unix.F_SEAL_SHRINK
	size := ctlBytes + leastRingBytes
	for _, c := range []struct {
		name, say string
		note      note
		files     []*os.File
	}{
		{"NoFiles", "0 descriptors", note{Welcome: &welcome{leastRingBytes}}, nil},
		{"NotSealed", "not sealed", note{Welcome: &welcome{leastRingBytes}}, []*os.File{memfd(size, 0), memfd(size, 0)}},
		{"Short", "want", note{Welcome: &welcome{leastRingBytes}}, []*os.File{memfd(4096, sealed), memfd(size, sealed)}},
		{"Empty", "corrupt", note{Welcome: &welcome{leastRingBytes}}, []*os.File{memfd(size, sealed), memfd(size, sealed)}},
		{"Huge", "power of two", note{Welcome: &welcome{1 << 40}}, []*os.File{memfd(size, sealed), memfd(size, sealed)}},
		{"Odd", "power of two", note{Welcome: &welcome{leastRingBytes + 1}}, []*os.File{memfd(size, sealed), memfd(size, sealed)}},
		{"NoMemory", "seals", note{Welcome: &welcome{leastRingBytes}}, []*os.File{os.Stderr, os.Stderr}},
		{"Ready", "0 descriptors", note{Ready: true}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			ln, err := Listen(shortDir(t), "s1")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			served := make(chan error, 1)
			go func() {
				conn, err := ln.ln.AcceptUnix()
				if err == nil {
					defer conn.Close()
					if _, _, err = receive(conn); err == nil {
						err = send(conn, c.note, c.files...)
					}
					_, _, _ = receive(conn) // until the worker goes
				}
				served <- err
			}()
			if _, err := Dial(within(t), ln.Invitation(), "s1", 0); !errors.Is(err, ErrElsewhere) || !strings.Contains(err.Error(), c.say) {
				t.Errorf("%v, want ErrElsewhere and %q", err, c.say)
			}
			if err := <-served; err != nil {
				t.Error(err)
			}
		})
	}
}

// TestReaderCopies: what a message says does not change with the memory after it was taken.
func TestReaderCopies(t *testing.T) {
	r := newRig(t, 1, 1, small)
	s := r.spokes[0].(*Spoke)
	if err := s.Send(within(t), lane.KindPiece, text(5)); err != nil {
		t.Fatal(err)
	}
	m, err := r.Recv(within(t))
	if err != nil {
		t.Fatal(err)
	}
	clear(s.out.data)
	if !bytes.Equal(m.Payload, text(5)) {
		t.Error("a message changed after it was received")
	}
}

// FuzzReader: whatever stands in a ring, and wherever the head is said to be, the reader gives whole messages or an error of its
// classes, reads nothing outside and takes no more memory than the bytes that came.
func FuzzReader(f *testing.F) {
	f.Add(packet(1, 1, 1, 5, 5, []byte("hello")), uint64(64))
	f.Add(append(packet(3, 1, 1, 70, 40, make([]byte, 40)), packet(3, 0, 2, 70, 30, make([]byte, 30))...), uint64(256))
	f.Add(packet(2, 1, 1, 1<<27, 8, make([]byte, 8)), uint64(64))
	f.Add(packet(2, 1, 9, 0, 0, nil), uint64(1<<63))
	file, mem, err := shm.Memfd("prism-fuzz", ctlBytes+leastRingBytes)
	if err != nil {
		f.Fatal(err)
	}
	defer file.Close()
	defer func() { _ = shm.Unmap(mem) }()
	f.Fuzz(func(t *testing.T, data []byte, head uint64) {
		clear(mem)
		ring := newRing(mem)
		ring.format()
		copy(ring.data, data)
		ring.ctl.head.Store(head)
		r := reader{ring: ring, alloc: func(n int) []byte {
			if n > atOnce {
				t.Fatalf("room for %d bytes was asked for", n)
			}
			return make([]byte, 0, min(n, 1<<20))
		}}
		for taken := uint64(0); ; {
			m, ok, err := r.next()
			if err != nil {
				if !errors.Is(err, errCorrupt) && !errors.Is(err, lane.ErrGap) {
					t.Fatalf("error of no class: %v", err)
				}
				return
			}
			if !ok {
				break
			}
			if taken += uint64(len(m.Payload)); taken > head {
				t.Fatalf("%d bytes came out of %d", taken, head)
			}
		}
		if r.at > head || ring.ctl.tail.Load() != r.at {
			t.Fatalf("the tail is %d, the reader at %d of %d", ring.ctl.tail.Load(), r.at, head)
		}
	})
}
