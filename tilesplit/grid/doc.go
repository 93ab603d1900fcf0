// Package grid is the static policy of tilesplit: columns × rows tiles as equal as whole pixels allow, dealt to the nodes row by
// row from the lower left, neighbours to the same node when there are more tiles than nodes.
package grid
