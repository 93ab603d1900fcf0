// Package output is where composed frames go. It holds what all outputs share: Frame, the Output interface, Stage which runs
// several side by side, Multi which ends them, and the reading of what a user wrote (`png:DIR?last=1`). The outputs stand in
// packages of their own; nodes/output/open makes them from a Spec. Nothing here knows of sessions, nodes or GL.
//
// Pixels are BGRA8, rows bottom first, tight: byte (y*Width + x)*4 holds B, y counts from the bottom.
//
// An Output is called by one goroutine at a time. Present must not keep the frame or its pixels after it returns. Stage gives
// each output a goroutine of its own and lets whoever draws go on: a frame's memory is handed over, shared by all outputs
// without a copy, and given back when the last one is done with it.
package output
