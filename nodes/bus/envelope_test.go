package bus

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/prismgl/prism/nodes/lane"
)

func TestEnvelope(t *testing.T) {
	good := envelope{typ: packetData, kind: lane.KindPiece, flags: flagBroadcast, epoch: 9, number: 1 << 40, follows: 7, index: 1, count: 3, total: 5}
	b := appendEnvelope(nil, &good, 2)
	if len(b) != envelopeBytes {
		t.Fatalf("%d bytes, want %d", len(b), envelopeBytes)
	}
	b = append(b, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 'h', 'i')
	v, err := parseEnvelope(b)
	if err != nil {
		t.Fatal(err)
	}
	want := good
	want.table, want.body = b[envelopeBytes:envelopeBytes+16], []byte("hi")
	if d := cmp.Diff(want, v, cmp.AllowUnexported(envelope{})); d != "" {
		t.Error(d)
	}
	for peer, want := range []uint64{1, 2} {
		if n, ok := v.followsFor(peer); !ok || n != want {
			t.Errorf("peer %d follows %d, %v", peer, n, ok)
		}
	}
	for _, peer := range []int{-1, 2} {
		if _, ok := v.followsFor(peer); ok {
			t.Errorf("peer %d is in the table", peer)
		}
	}

	tests := []struct {
		name  string
		spoil func(v *envelope, peers *int, body *[]byte)
	}{
		{"Number0", func(v *envelope, _ *int, _ *[]byte) { v.number = 0 }},
		{"TooLarge", func(v *envelope, _ *int, _ *[]byte) { v.total = lane.MaxMessage + 1 }},
		{"IndexAtCount", func(v *envelope, _ *int, _ *[]byte) { v.index = v.count }},
		{"Count0", func(v *envelope, _ *int, _ *[]byte) { v.index, v.count = 0, 0 }},
		{"MoreThanTotal", func(v *envelope, _ *int, _ *[]byte) { v.total = 1 }},
		{"OneButNotWhole", func(v *envelope, _ *int, _ *[]byte) { v.index, v.count = 0, 1 }},
		{"EmptyPart", func(_ *envelope, _ *int, body *[]byte) { *body = nil }},
		{"Flags", func(v *envelope, _ *int, _ *[]byte) { v.flags |= 0x80 }},
		{"TableOfOne", func(v *envelope, _ *int, _ *[]byte) { v.flags = 0 }},
		{"TablePastEnd", func(_ *envelope, peers *int, _ *[]byte) { *peers = 3 }},
		{"HugeTable", func(_ *envelope, peers *int, _ *[]byte) { *peers = 1 << 30 }},
		{"Type", func(v *envelope, _ *int, _ *[]byte) { v.typ = 99 }},
		{"ShortState", func(v *envelope, peers *int, _ *[]byte) { v.typ, v.flags, *peers = packetState, 0, 0 }},
		{"NakBackwards", func(v *envelope, peers *int, _ *[]byte) {
			v.typ, v.flags, v.kind, v.follows, *peers = packetNak, 0, 0, v.number-1, 0
		}},
		{"NakStream", func(v *envelope, peers *int, _ *[]byte) {
			v.typ, v.flags, v.kind, v.follows, *peers = packetNak, 0, 2, v.number, 0
		}},
	}
	for _, tt := range tests {
		v, peers, body := good, 2, b[envelopeBytes:]
		if tt.name == "EmptyPart" {
			body = b[envelopeBytes : envelopeBytes+16]
			tt.spoil = func(*envelope, *int, *[]byte) {}
		}
		tt.spoil(&v, &peers, &body)
		if _, err := parseEnvelope(append(appendEnvelope(nil, &v, peers), body...)); !errors.Is(err, ErrEnvelope) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	for n := range envelopeBytes {
		if _, err := parseEnvelope(b[:n]); !errors.Is(err, ErrEnvelope) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	for _, i := range []int{0, 4} { // magic, version
		c := append([]byte(nil), b...)
		c[i] ^= 0xff
		if _, err := parseEnvelope(c); !errors.Is(err, ErrEnvelope) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
}

func FuzzEnvelope(f *testing.F) {
	v := envelope{typ: packetData, kind: 1, flags: flagBroadcast, epoch: 9, number: 1, count: 1, total: 2}
	f.Add(append(appendEnvelope(nil, &v, 1), 0, 0, 0, 0, 0, 0, 0, 0, 'h', 'i'))
	v = envelope{typ: packetState}
	f.Add((&state{window: 1}).append(appendEnvelope(nil, &v, 0)))
	v = envelope{typ: packetNak, number: 1, follows: 2}
	f.Add(appendEnvelope(nil, &v, 0))
	v = envelope{typ: packetBye}
	f.Add(append(appendEnvelope(nil, &v, 0), "why"...))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := parseEnvelope(b)
		if err != nil {
			if !errors.Is(err, ErrEnvelope) {
				t.Fatalf("error of another class: %v", err)
			}
			return
		}
		again := append(append(appendEnvelope(nil, &v, len(v.table)/8), v.table...), v.body...)
		if !cmp.Equal(again, b) {
			t.Fatalf("parsed and written again:\n%x\n%x", b, again)
		}
		if v.typ == packetState {
			parseState(v.body)
		}
		in := newInbox()
		in.accept(arrived{envelope: v, cost: packetCost(len(b))}, func(complete) {}, func(uint64) {})
		in.ask(in.askAgain, 1)
	})
}

// FuzzInbox feeds a sequence of packets: no order of them may deliver a message that is not whole.
func FuzzInbox(f *testing.F) {
	f.Add([]byte{1, 0, 1, 2, 0, 1})
	f.Add([]byte{1, 0, 2, 2, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		in := newInbox()
		for len(b) >= 3 {
			v := envelope{typ: packetData, number: uint64(b[0]), index: uint32(b[1]), count: uint32(b[2] & 7), total: uint64(b[2] & 7), body: []byte{b[0]}}
			v.flags = b[2] >> 3 & flagBroadcast
			a := arrived{envelope: v, after: uint64(b[2] >> 4), cost: 1}
			b = b[3:]
			if v.number == 0 || v.count == 0 || v.index >= v.count {
				continue
			}
			err := in.accept(a, func(c complete) {
				if uint64(len(c.payload)) != c.cost {
					t.Fatalf("message of %d bytes from %d packets of one byte", len(c.payload), c.cost)
				}
			}, func(uint64) {})
			if err != nil {
				return
			}
		}
	})
}
