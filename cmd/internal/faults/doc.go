// Package faults kills what belongs to a run, at any point, and looks at what that does: whether the rest ends, how soon, with how
// many messages, what is left behind, and whether the pictures that were written are right. All of it is tests: `make faults` makes
// many random kills and the table out/faults.txt, `make test` one of each kind.
//
//	one trial: a run of its own ── until a phase ── a signal to one process ── what is left?
//	            embedded: prism run, Xvfb, app, workers            start upload steady resize end
//	            external: the same, nats-server and two prism node; lanes in shared memory
//	            network:  the same, lanes over NATS
//
// It judges from outside: processes carry FAULT_ID in their environment, which their children inherit.
package faults
