// Package chart draws the plots of a scaling report: speed-up over the number of nodes, and what a frame's time goes into. Measured
// points are filled, modelled ones hollow on a dashed line, in all of them.
package chart
