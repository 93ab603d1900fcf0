// Package shm has what memory that processes share needs of the system: sealed memfds, their mappings, and futexes on words
// in them, one or several at once. Linux only.
//
// It is not for what lies in the memory (stream/ring, nodes/lane/local). All functions may be called from any goroutine.
package shm
