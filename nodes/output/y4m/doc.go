// Package y4m writes frames as YUV4MPEG2, the plain video format that encoders and players read from files and pipes:
//
//	YUV4MPEG2 W640 H480 F60:1 Ip A1:1 C444 XCOLORRANGE=LIMITED\n
//	FRAME\n  plane Y  plane Cb  plane Cr      top row first, 8 bits a sample
//	FRAME\n  …
//
// Chroma is C444, one sample a pixel, unless Options.Half asks for C420jpeg: half of the width and height, rounded up, each
// sample the mean of the four pixels around it. Samples are of limited range (16 … 235 and 240), which readers expect that do not
// know the tag. The matrix is BT.601's, for which the format has no tag: it is what ffmpeg takes where nothing is said.
// Alpha is left out. At 4:4:4 a channel comes back within 2 of 255.
//
// Each frame of the app is a frame of the file, at a rate that the user chooses (60 a second): the file does not know how long
// the app took. Sizes, windows and destinations: see package video.
package y4m
