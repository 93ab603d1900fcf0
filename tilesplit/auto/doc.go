// Package auto chooses how many nodes draw and how the picture is tiled, from measured frame times: it is what `mode: auto` does. It is a
// state machine without clock and without I/O: told of each frame, it says by which choice to go on.
//
// # What it does
//
//	climb    begins with one node that draws alone (Choice.Nodes 1: the bypass, nothing is split), then 2, 4, 8 … nodes, each for
//	         Window frames after Settle frames that are not counted; it stops when Patience steps in a row gained less than Knee,
//	         or when what limits the frame is none of the nodes' work (Frame.Limit), or the nodes are all in use
//	refine   tries numbers between the best and its neighbours, then the other tilings at the best number
//	hold     keeps the best: the smallest number of nodes whose time is within Knee of the least
//	look     after Hold frames, tries one neighbour of what it holds (fewer nodes, more nodes, another tiling), and goes there if
//	         that gains more than Hysteresis; each time that nothing is gained it waits twice as long, up to MaxHold
//	again    when the held choice's time changes by more than Change and stays so, what was measured is old: it compares again
//	         with one node, and climbs if that does not settle it
//
// A choice's time is the median of its frames, so that single slow frames (a shader that compiles, a level that loads) do not
// decide. Curves may fall: that 2 nodes are slower than 1 does not say that 8 are, since the cost of splitting at all is paid once.
//
// What it compares is the time from frame to frame as the user sees it (wall time), for that is what is to be short; apps
// that are limited by themselves (Frame.Limit App) or wait for the display stay with the fewest nodes that keep up.
package auto
