// Package workertest writes batches for tests of nodes/worker and nodes/worker/replay: commands by name with Go values for arguments.
// Mistakes in a script fail the test that wrote it.
package workertest
