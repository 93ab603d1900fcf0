// Package wall is the policy of tilesplit for walls of displays: each display is pinned to a node, which draws what it shows and
// shows it itself, without the picture being put together anywhere.
//
// The picture is the whole wall, measured in its pixels from the lower left, with the pixels that the frames around displays (bezels)
// hide, so that a line goes straight on behind them:
//
//	 0        1920  1960       3880
//	┌──────────┐┊    ┊┌──────────┐
//	│ display 0│ hidden│ display 1│    a gap of 40
//	└──────────┘┊    ┊└──────────┘
//
// Displays may overlap as projectors do (a negative gap); View.Fade says how far, for blending. Each pixel that some display shows has one
// owner, the first display in the list that shows it, so that it can be read back or sent elsewhere once. Pixels that none shows are
// drawn by nobody or, with Wall.Whole, by nodes whose displays are near.
//
// A wall larger than a GPU's largest framebuffer (Wall.Target) is drawn with offset viewports: each node's framebuffer then holds its own
// part of the picture only.
//
// Humphreys et al., "Chromium: a stream-processing framework for interactive rendering on clusters" (SIGGRAPH 2002) calls this tilesort to
// a display wall; its mullions are the hidden pixels here.
package wall
