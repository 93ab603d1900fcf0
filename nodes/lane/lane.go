package lane

import (
	"context"
	"errors"
	"unicode"
)

// Errors of lanes; wrapped with the peer and the reason.
var (
	ErrPeerGone = errors.New("lane: peer gone")
	ErrGap      = errors.New("lane: messages lost")
	ErrClosed   = errors.New("lane: closed")
)

// Kind says what a message is for; the lane itself does not look inside.
type Kind uint8

// Kinds of messages. Numbers are for ever.
const (
	KindBatch   Kind = 1 // session → worker: chunks of records (stream/wire)
	KindControl Kind = 2 // both ways: JSON, nodes/proto
	KindPiece   Kind = 3 // worker → session: proto.PieceHeader and pixels
	KindReply   Kind = 4 // worker → session: prism_reply (stream/driver/include/prism_wire.h)
	KindResults Kind = 5 // worker → session: proto.Result, some
)

// Route is the way that a lane takes.
type Route string

// Routes.
const (
	RouteNATS   Route = "nats"   // through a NATS server
	RouteShm    Route = "shm"    // through memory that two processes of one machine share
	RouteMemory Route = "memory" // within a process: tests
)

// Message is one received message. Payload belongs to the receiver.
type Message struct {
	Peer    int // index given by Hub.Peers; 0 at a Spoke
	Kind    Kind
	Payload []byte
	// Free takes Payload back, for the lane to use again; nil: nobody wants it. See Release.
	Free func([]byte)
}

// Release gives Payload back to the lane, for a receiver that has no more use for it. Not calling it costs speed only.
func (m *Message) Release() {
	if m.Free != nil {
		m.Free(m.Payload)
	}
	m.Payload, m.Free = nil, nil
}

// Stats counts what a Hub or Spoke has moved since it was made.
type Stats struct {
	SentMessages, SentBytes         uint64 // a broadcast counts once
	ReceivedMessages, ReceivedBytes uint64
	CreditWaits                     uint64 // times that Send had to wait
	Resent                          uint64 // messages sent again because a peer missed them
}

// Hub is the session's end of the lanes to its peers. Methods may be called from several goroutines; the order of messages
// is the order in which the calls to Broadcast and Send return.
type Hub interface {
	// Peers tells how many peers there are; they are numbered from 0 in the order given at creation.
	Peers() int
	// Broadcast sends to all peers that are not gone. The payload (at most MaxMessage) is copied or sent before it returns.
	Broadcast(ctx context.Context, kind Kind, payload []byte) error
	// Send sends to one peer.
	Send(ctx context.Context, peer int, kind Kind, payload []byte) error
	// Recv gives the next message of any peer, or an error: ErrPeerGone (with Message.Peer set) once for each that went, the
	// context's error, ErrClosed.
	Recv(ctx context.Context) (Message, error)
	// Route tells the way to a peer; once a message of it has come it does not change.
	Route(peer int) Route
	Stats() Stats
	Close() error
}

// Spoke is a peer's end. Send and Recv may be called from one goroutine each.
type Spoke interface {
	Send(ctx context.Context, kind Kind, payload []byte) error
	Recv(ctx context.Context) (Message, error)
	Stats() Stats
	Close() error
}

// MaxMessage is the largest payload of one message. Lanes cut it into what their transport can carry.
const MaxMessage = 256 << 20

// Printable makes what a peer wrote fit for a message.
func Printable(b []byte) string {
	const most = 512
	if len(b) > most {
		b = b[:most]
	}
	r := []rune(string(b))
	for i, c := range r {
		if !unicode.IsPrint(c) || c == 0xfffd {
			r[i] = '?'
		}
	}
	return string(r)
}
