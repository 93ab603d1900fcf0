// Package clears says what a clear of a window clears, as far as the stream tells: a buffer counts as cleared when each of its pixels and bits
// is. What is not known for sure does not count, which costs nodes/session an exchange when a tile changes its owner, and never a pixel.
//
// A Follower follows the state that decides it, by context; what is bound and which display lists are made, others know (Target). It sends
// nothing and has no clock. It is used by one goroutine.
package clears
