// Package show runs a sample: its flags, its window, the loop over the frames, the pictures of --png and the time a
// frame took. A sample gives the rest as a Sample and a Painter.
//
// It knows no version of OpenGL: the few functions that it calls are given to it (API), because a package of go-gl
// holds one version's functions. Everything runs on the process's first thread, which Main locks.
package show
