// Package lanetest makes lanes inside one process, for tests of what stands above them. They keep lane's promises but
// bound nothing: a message is copied into a queue, and Send never waits. Faults are put in by hand: Pair.Kill and
// Pair.Tamper.
package lanetest
