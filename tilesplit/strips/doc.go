// Package strips is the policy of tilesplit that gives each node one strip of the picture, from edge to edge: side by side from the
// left (AlongX) or one above the other from below (AlongY), as wide as the nodes' weights say.
//
// Upright strips suit scenes that are uneven from left to right and keep whole what is wide and flat; flat ones need fewer
// rows copied when pieces are put together. balance.Strips moves their borders.
package strips
