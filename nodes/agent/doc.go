// Package agent is a render node's outer part: it finds out what its GPU is (Probe), registers it, and starts and watches a
// worker process for each session that asks. It never touches GL itself, so a driver that crashes or hangs takes one
// session's worker with it and nothing else.
//
// It is not for what a worker does (nodes/worker).
//
// Requests come over NATS, as JSON, and are part of the node's micro service:
//
//	prism.agent.<name>.info    → registry.Node
//	prism.agent.<name>.start   StartRequest → StartReply
//	prism.agent.<name>.stop    StopRequest → StopReply
//
// A worker gets
//
//	descriptor 3   its configuration (proto.WorkerConfig, JSON) with the secret in it, to be read to the end
//	descriptor 4   the life pipe: it is never written to, and closes when the agent is gone, however it ended
//	environment    the agent's without prism's driver variables and without a display
//
// When a worker's process ends, for whatever reason, the agent tells its session (bus.PeerEvent).
//
// An Agent is safe for concurrent use, several live in one process. Each worker has one goroutine, locked to its thread since
// the kernel sends the parent's death signal when that thread ends; all end with Close.
package agent
