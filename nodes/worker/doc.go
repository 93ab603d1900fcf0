// Package worker is one session on one GPU: it takes batches of records and plans from a lane, replays them, reads back the tiles that
// the plan gives it and sends them as pieces, with what it measured, answers and acknowledgements.
//
// It knows nothing of NATS, of other nodes, or of the command line; the process around it (the verb `prism worker`) gives it a
// configuration and a lane.Spoke, and ends when Run returns.
//
// Run owns two goroutines: the replay's, on a locked OS thread, which also does all sending, and the receiver. A third watches over
// a batch that takes too long and ends the process: a thread that hangs in a driver cannot be ended otherwise.
package worker
