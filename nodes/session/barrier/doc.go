// Package barrier is the software swap barrier of a wall: a frame is shown by all nodes that have displays at once, when the last of them is ready.
//
//	drawn ─► staged ─┐
//	drawn ────► staged ─► all may show it ─► shown, by each
//
// It keeps the books of that and decides; messages are nodes/session's business. It has no clock: who tells it something says when. It is used by one
// goroutine at a time.
package barrier
