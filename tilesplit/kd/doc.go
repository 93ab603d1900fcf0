// Package kd is the policy of tilesplit that cuts the picture in two, then each part in two, and so on until each node has one
// tile. A cut divides the nodes below it into two halves of about as many, and the area in proportion to their weights.
//
// Tiles are nearer to squares than strips, so fewer draws touch several of them; and any partition of the work can be met, because
// each cut can move. The tree itself (who is below which cut, along which axis) depends on the picture's size, the nodes and
// their weights alone: it stays as it is while balance.KD moves the cuts, or tiles would jump about.
//
// Whelan, "Animac: a multiprocessor architecture for real-time computer animation" (1985) and Mueller, "The sort-first rendering
// architecture for high-performance graphics" (I3D 1995) divide the screen so, by median cuts of primitives; Samanta et al.,
// "Load balancing for multi-projector rendering systems" (Graphics Hardware 1999), by estimated times.
package kd
