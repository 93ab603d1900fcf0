package ring_test

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/wire"
)

// A writer in C streams 100,000 records through a ring 15 times shorter, with arena blocks that are used again and again and
// answers longer than a slot; each byte is checked at both ends.
func TestCWriter(t *testing.T) {
	const total = 100_000
	r, err := ring.Create(ring.Config{RingBytes: 1 << 20, Blocks: 3, Slots: 2, SlotBytes: 4096, DataRefOp: opRef, DataOp: opData})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(cc(t, "writer.c"), "100000")
	rf, af := r.Files()
	cmd.ExtraFiles = []*os.File{rf, af}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.CloseFiles()
	exited := make(chan error, 1)
	go func() {
		exited <- cmd.Wait()
		r.Hangup()
	}()
	defer func() {
		r.SetLost()
		if err := <-exited; err != nil {
			t.Errorf("writer: %v", err)
		}
	}()
	ctx := deadline(t)
	var staged []byte
	n, blocks, asks, bytes := uint32(0), 0, 0, 0
	for {
		b, err := r.Next(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		bytes += len(b)
		h, it, err := wire.WalkChunk(b)
		if err != nil {
			t.Fatal(err)
		}
		if h.Thread != 1 || h.Ctx != 2 || h.Draw != 3 || h.Read != 4 {
			t.Fatalf("header %+v", h)
		}
		for it.Next() {
			p := it.Payload()
			switch it.Op() {
			case opData:
				staged = append(staged, p[8:8+binary.LittleEndian.Uint32(p)]...)
				blocks++
			case opAsk:
				id, _ := it.ReplyID()
				i := binary.LittleEndian.Uint32(p[8:])
				a := make([]byte, i)
				for k := range a {
					a[k] = byte(k * 3)
				}
				rep := wire.Reply{ID: id, Ret: uint64(i), Arrays: wire.AppendArray(nil, a)}
				if err := r.Reply(id, rep.Append(nil)); err != nil {
					t.Fatal(err)
				}
				asks++
			case opDraw:
				n++
				if i := binary.LittleEndian.Uint32(p); i != n || len(p) != int(8+n%40*8) {
					t.Fatalf("record %d: number %d, %d bytes", n, i, len(p))
				}
				for k := 8; k < len(p); k += 4 {
					if got, want := binary.LittleEndian.Uint32(p[k:]), n*31+uint32(k-8)/4; got != want {
						t.Fatalf("record %d: word %d is %d, want %d", n, k/4, got, want)
					}
				}
				want := 0
				if n%997 == 0 {
					want = int(n % (wire.PieceBytes + 1))
				}
				if len(staged) != want {
					t.Fatalf("record %d: %d bytes staged, want %d", n, len(staged), want)
				}
				for k, v := range staged {
					if v != byte(int(n)+k) {
						t.Fatalf("record %d: staged byte %d is %d", n, k, v)
					}
				}
				staged = staged[:0]
			}
		}
		if it.Err() != nil {
			t.Fatal(it.Err())
		}
	}
	if n != total || blocks != total/997 || asks != total/5000 || r.RoundTrips() != uint32(asks) {
		t.Errorf("%d records, %d blocks, %d questions, %d round trips", n, blocks, asks, r.RoundTrips())
	}
	if bytes < 15<<20 {
		t.Errorf("%d bytes do not go round the ring often", bytes)
	}
}
