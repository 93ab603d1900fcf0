// Package lane is the one interface for the ways that bytes take to a peer: shared memory on one host (nodes/lane/local), NATS
// between hosts (nodes/bus). It knows nothing of what the bytes mean. A lane whose peer shares memory has a unix socket, by
// which descriptors of GPU memory can travel one day: as a member of Message that is empty elsewhere.
//
// A Hub is the session's end: it speaks to several peers, all at once or one by one. A Spoke is a peer's end.
// Both keep the same promises whatever the transport:
//
//   - Messages to one peer arrive whole, once, and in the order in which they were sent to it, broadcast or single
//     (each single message carries the broadcast number that it follows and the other way round).
//   - A gap is seen, asked again and filled from the sender's window; what cannot be filled ends the lane with ErrGap.
//   - Credits bound the bytes in flight to each peer; Send blocks while they are used up, until ctx ends.
//   - A peer that is gone is an event (an error from Send and Recv that wraps ErrPeerGone), not a hang.
package lane
