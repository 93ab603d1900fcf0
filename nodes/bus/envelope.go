package bus

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/prismgl/prism/nodes/lane"
)

// ErrEnvelope is the class of errors in a received packet.
var ErrEnvelope = errors.New("bus: bad envelope")

const (
	envelopeMagic   = 0x4e4c5250 // "PRLN"
	envelopeVersion = 1
	envelopeBytes   = 48
	stateBytes      = 32
	maxPeers        = MaxPeers
)

// MaxPeers is how many peers a session can have.
const MaxPeers = 1024

type packetType uint8

const (
	packetData  packetType = 1
	packetState packetType = 2
	packetNak   packetType = 3
	packetGap   packetType = 4
	packetBye   packetType = 5
)

const (
	flagBroadcast = 1
	flagAnswer    = 2
	flagHello     = 4
	flagsKnown    = flagBroadcast | flagAnswer | flagHello
)

// Streams of a packet.
const (
	single = iota
	broadcast
	streams
)

// envelope is a packet's header; see doc.go for what a field means in which type.
type envelope struct {
	typ             packetType
	kind            lane.Kind
	flags           uint8
	epoch           uint32
	number, follows uint64
	index, count    uint32
	total           uint64
	table           []byte // peers × u64
	body            []byte
}

func (v *envelope) stream() int {
	if v.flags&flagBroadcast != 0 {
		return broadcast
	}
	return single
}

// followsFor gives the single number that a broadcast follows for one peer, ok: the table has it.
func (v *envelope) followsFor(peer int) (uint64, bool) {
	if peer < 0 || peer*8+8 > len(v.table) {
		return 0, false
	}
	return binary.LittleEndian.Uint64(v.table[peer*8:]), true
}

// appendEnvelope writes the header, without table and body, whose size in peers is given.
func appendEnvelope(b []byte, v *envelope, peers int) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, envelopeMagic)
	b = append(b, envelopeVersion, byte(v.typ), byte(v.kind), v.flags)
	b = le.AppendUint32(b, v.epoch)
	b = le.AppendUint32(b, uint32(peers))
	b = le.AppendUint64(b, v.number)
	b = le.AppendUint64(b, v.follows)
	b = le.AppendUint32(b, v.index)
	b = le.AppendUint32(b, v.count)
	return le.AppendUint64(b, v.total)
}

// parseEnvelope checks everything that can be checked of one packet alone. table and body are parts of b.
func parseEnvelope(b []byte) (v envelope, err error) {
	bad := func(format string, args ...any) (envelope, error) {
		return envelope{}, fmt.Errorf("%w: "+format, append([]any{ErrEnvelope}, args...)...)
	}
	if len(b) < envelopeBytes {
		return bad("%d bytes, a header has %d", len(b), envelopeBytes)
	}
	le := binary.LittleEndian
	if m := le.Uint32(b); m != envelopeMagic {
		return bad("magic %#x, want %#x", m, uint32(envelopeMagic))
	}
	if b[4] != envelopeVersion {
		return bad("version %d, this is %d", b[4], envelopeVersion)
	}
	v = envelope{
		typ: packetType(b[5]), kind: lane.Kind(b[6]), flags: b[7],
		epoch: le.Uint32(b[8:]), number: le.Uint64(b[16:]), follows: le.Uint64(b[24:]),
		index: le.Uint32(b[32:]), count: le.Uint32(b[36:]), total: le.Uint64(b[40:]),
	}
	peers := le.Uint32(b[12:])
	rest := b[envelopeBytes:]
	if peers > maxPeers || int(peers)*8 > len(rest) {
		return bad("table of %d peers in %d bytes", peers, len(rest))
	}
	v.table, v.body = rest[:peers*8], rest[peers*8:]
	if v.flags&^flagsKnown != 0 {
		return bad("flags %#x", v.flags)
	}
	isBroadcast := v.typ == packetData && v.flags&flagBroadcast != 0
	if !isBroadcast && peers != 0 {
		return bad("table of %d peers in a packet for one", peers)
	}
	switch v.typ {
	case packetData:
		switch {
		case v.number == 0:
			return bad("data has number 0")
		case v.total > lane.MaxMessage:
			return bad("message of %d bytes, at most %d", v.total, lane.MaxMessage)
		case v.count == 0 || v.index >= v.count:
			return bad("packet %d of %d", v.index, v.count)
		case v.count > 1 && len(v.body) == 0:
			return bad("packet %d of %d is empty", v.index, v.count)
		case uint64(len(v.body)) > v.total, v.count == 1 && uint64(len(v.body)) != v.total:
			return bad("%d bytes in packet %d of %d, the message has %d", len(v.body), v.index, v.count, v.total)
		}
	case packetState:
		if len(v.body) != stateBytes {
			return bad("state of %d bytes, want %d", len(v.body), stateBytes)
		}
	case packetNak, packetGap:
		if v.kind >= streams || v.number == 0 || v.follows < v.number {
			return bad("numbers %d to %d of stream %d", v.number, v.follows, v.kind)
		}
	case packetBye:
	default:
		return bad("type %d", v.typ)
	}
	return v, nil
}

// state is the body of a packetState.
type state struct {
	received [streams]uint64
	taken    uint64 // credit returned in all
	window   uint64
}

func (s *state) append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint64(b, s.received[single])
	b = le.AppendUint64(b, s.received[broadcast])
	b = le.AppendUint64(b, s.taken)
	return le.AppendUint64(b, s.window)
}

// parseState decodes a body whose length parseEnvelope has checked.
func parseState(b []byte) (s state) {
	le := binary.LittleEndian
	s.received[single], s.received[broadcast] = le.Uint64(b), le.Uint64(b[8:])
	s.taken, s.window = le.Uint64(b[16:]), le.Uint64(b[24:])
	return s
}
