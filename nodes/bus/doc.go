// Package bus is prism's NATS: connections, subjects, and lanes (nodes/lane) over core NATS with sequence numbers, credits
// and resending. It is the only importer of nats.go, so it also wraps what nodes/registry and nodes/agent need of it:
// requests, subscriptions, a key-value bucket, a micro service.
//
// It is not for what messages mean (nodes/proto), nor for who takes part (nodes/registry).
//
// # Subjects of a session
//
//	prism.s.<session>.all      hub → all spokes
//	prism.s.<session>.to.<n>   hub → spoke n
//	prism.s.<session>.up.<n>   spoke n → hub
//	prism.s.<session>.event    agents → hub: PeerEvent in JSON, a worker's process has ended
//
// # Packets
//
// A message is cut into packets that the server takes (its max_payload). Each packet is an envelope, little endian, and
// bytes:
//
//	+-------------------------------- 48 bytes ----------------------------------+
//	| 0  magic "PRLN" u32      | 4 version u8 | 5 type u8 | 6 kind u8 | 7 flags u8 |
//	| 8  epoch u32             | 12 peers u32                                    |
//	| 16 number u64            | 24 follows u64                                  |
//	| 32 index u32  36 count u32 | 40 total u64                                  |
//	+----------------------------------------------------------------------------+
//	| peers × u64: for each peer the single number that this broadcast follows    |
//	+----------------------------------------------------------------------------+
//	| bytes of the message, or the body of a state, or the reason of a goodbye    |
//
// epoch is made at random for each end, so that an end which was started again is not taken for its predecessor.
//
//	type   what it is                        number             follows               flags
//	data   packet index of count of a        in its stream,     single: broadcast     1 broadcast
//	       message with total bytes          from 1             number it follows
//	state  what I have sent and received     last single        last broadcast        2 answer me, 4 hello
//	nak    send again (kind: stream)         first missing      last missing
//	gap    that cannot be sent again         first              last
//	bye    I end; the bytes say why          last single        last broadcast
//
// A state whose index is not 0 is a fence (with flag answer) or gives one back (without).
//
// The body of a state: u64 received singles, u64 received broadcasts (all up to there without a gap), u64 credit returned
// (sum over packets taken, each counted as its length + 4096), u64 window granted (the most of that sum in flight).
//
// # Order
//
// A spoke gets two streams, broadcasts and singles. A single follows a broadcast number and a broadcast follows, for each
// peer, a single number; a packet is delivered when it is the next of its stream and what it follows was delivered. So the
// order of sending is restored whatever the network did. The hub gets one stream of singles from each spoke.
//
// # Loss
//
// A packet stays in the sender's window until every live receiver has it. A number that is missing is asked for at once,
// and again with growing pauses; states (each Heartbeat, and after a reconnect) tell the last numbers, so the loss of a
// last packet is seen, too. What the sender does not have any more it answers with gap, and the receiver's lane ends with
// lane.ErrGap. What was sent again is followed by a fence; until the receiver gives it back, or it is overdue, the same packets
// are not sent once more, however often they are asked for: on a slow link the answer takes longer than the receiver's patience.
//
// # Silence and outages
//
// A peer of which nothing comes for Options.Silence is gone. The time in which this end has no connection does not count, nor
// does what still waits in the server: before anybody is given up, the server answers a ping, and it does so after all that it
// has for us. An end without a connection for Options.Patience ends with ErrServer, which names the server; a Conn itself
// tries for ever, on all servers of the cluster.
//
// # Credits
//
// The receiver grants a window and counts what its consumer has taken (Recv); the sender waits when the window is used
// up. Of a message larger than the window the packets are given back while it is being put together, but only while nothing
// else waits for the consumer; so a receiver holds at most its window and one message. It grants no more than what comes in 2 s at
// the pace that it sees (and 4 MiB), so on a slow link little stands in the way;
// a peer is held to the largest window that it was told, for what is on its way may have been sent by that. The windows of all ends on one connection together
// are less than what a server keeps for a slow client, so none is cut off.
//
// # Concurrency
//
// Each end has one goroutine that receives, repeats and watches; it ends with Close. Locks: sending (one message at a time,
// held while waiting for credit), then end.mu, never held while waiting. Recv must go on while Send waits: a hub and a
// spoke that both only send stop each other.
package bus
