// Package embedded starts a NATS server inside this process, for `prism run` without --nats and for tests. It is the only
// importer of nats-server.
//
// The server listens on loopback at a port that the system chose, wants a user and a password that were made at random
// for this start, has JetStream in a directory of its own that is removed at Shutdown, and takes over no signal
// handlers. Several servers live in one process; there are no globals.
package embedded
