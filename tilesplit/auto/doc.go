// Package auto chooses how many nodes draw and how the picture is tiled, from measured frame times: it is what `mode: auto` does. It is a
// state machine without clock and without I/O: told of each frame, it says by which choice to go on.
//
// # What it does
//
//	climb   begins with one node that draws alone (Choice.Nodes 1: the bypass, nothing is split), then 2, 4, 8 … nodes. It stops
//	        when Patience steps in a row gained less than Knee, when something other than the nodes limits the frame
//	        (Frame.Limit), or when all nodes are in use
//	refine  tries the numbers between the best and its neighbours, then the other tilings at the best number, and one node again where several have
//	        gained little over it
//	hold    keeps the best. After Hold frames, if looks are paid for, it looks at one neighbour: fewer nodes, more, another tiling, one alone
//	look    goes there if that gains (and on in the same direction while that gains), and in the end tries once more what it came
//	        from; else back to hold, for twice as long
//
// While it holds, a time that changes by more than Change for two windows of Span seconds (and Window frames) means that the app draws
// something else: then it looks out of turn, where nodes are likelier to be found too many or too few.
//
// # What looks may cost
//
// What a trial costs is what its frames take longer than as many of the best one's, from the change of choice until the best is in force again
// and has settled: tiles move and nodes catch up meanwhile, which fast apps feel most. Holding pays for it with Share of its time, for a
// minute at most, and before that there is no look, but after a change by half or more, which waits for a quarter of that and at most five
// seconds. So the cost is known in seconds, whatever the frame rate, though there is no clock: frames tell how long they took.
//
// # How it compares
//
// A choice is tried for Settle frames that are not counted (caches fill, borders find their places), then for Window frames, and longer
// while it still becomes faster. Its time is their median, so that single slow frames (a shader that compiles, a level that
// loads) do not decide. A trial that does badly ends early: trying must cost little where splitting does not pay.
//
// More nodes must gain Knee (or Hysteresis, if that is more), and over one that draws alone Leave: splitting takes a second GPU and more of the machine, and
// how much it gains depends on what else goes on. Another tiling must gain Hysteresis; fewer nodes are taken when they are no slower than by half of what
// leaving them must gain. The gap between is what keeps noise from driving it to and fro.
//
// Curves may fall: that 2 nodes are slower than 1 does not say that 8 are, since the cost of splitting at all is paid once. What it
// compares is the time from frame to frame as the user sees it (wall time), for that is what is to be short; apps that
// are limited by themselves or by the display keep the fewest nodes that keep up.
package auto
