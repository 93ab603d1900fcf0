// Package local makes lanes (nodes/lane) between processes of one machine: a ring in each direction in sealed memfds, which a
// session hands over on a unix socket. Who can connect to that socket is on the same machine: that is the proof by which a
// peer's lane is chosen. A Hub speaks so to the peers that came over the socket and to all others by the lane behind it (NATS).
//
//	session: Listen ─ NewHub(far hub) ─┐ unix socket, seqpacket          worker: Dial ─ Spoke
//	                                   │ ◀─ hello: version, session, peer, token
//	                                   │ ─▶ welcome: version, ring's bytes + memfds "down" and "up"
//	                                   │ ◀─ ready ─▶ ready
//	                                   │ ◀▶ bye with a reason; the socket's end is the peer's end
//
// The token is random and travels to the worker with its configuration. A peer that does not come, or is refused, uses NATS.
//
// # A ring
//
//	+------------------ page of 4096 bytes ------------------+---------- bytes, a power of two ----------+
//	| magic version bytes | writer: head, futex words, beat   | packets, one behind the other, wrapping   |
//	|                     | reader: tail, futex words         |                                           |
//	+---------------------------------------------------------+-------------------------------------------+
//
// head and tail count bytes and never go back. A message is cut into packets of at most chunkBytes, each
//
//	| magic "PRLM" u32 | kind u8 first u8 0 u16 | number u64 | total u64 | bytes u32 | 0 u32 | bytes, padded to 64 |
//
// number counts the packets of a direction from 1: a gap is lane.ErrGap, although memory loses nothing. total is the
// message's length, first marks its first packet. A sender that gives up in the middle of a message begins the next with first.
//
// # Credits
//
// The ring's free bytes are the credit: who finds none waits on a futex. What is in flight is bounded by the ring; a message
// may be longer and streams through.
//
// # Trust
//
// The other process may write anything anywhere in both mappings, at any time. Each end keeps its own positions; a word of
// the other is read once and checked, headers and bytes are copied out before they are looked at, and what breaks the rules ends
// the lane (wire's sense of corrupt: lane.ErrPeerGone with the reason). The session makes the memory, the worker makes sure that it is
// sealed, so neither can be hit by SIGBUS.
//
// # Liveness
//
// The end of the socket is the end of the peer, with what it wrote before still delivered. A process that is there but stopped does not
// beat: a Hub gives it up after Options.Silence. A session does not beat, since a user may stop prism with Ctrl-Z and go on.
//
// # Concurrency
//
// Hub.Broadcast and Send take turns; Recv is called by one goroutine at a time. Each end has one goroutine that watches its
// socket, a Hub one more that accepts, one that looks at the beats and one that takes what comes from the lane behind it, and a Spoke one
// that beats; all end with Close.
// Lock order: sending (Hub.turn), receiving (Hub.receiving), then Hub.mu, which is never held while waiting.
package local
