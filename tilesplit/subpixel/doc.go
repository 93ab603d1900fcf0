// Package subpixel is the policy of tilesplit in which each node draws the whole picture, shifted by its own part of a pixel, and a frame
// is the mean of all: anti-aliasing of everything that is drawn, also inside textures and shaders, at no cost in time.
//
// The shifts are those of Direct3D's standard sample patterns for 1, 2, 4, 8 and 16 samples, which Vulkan calls standard sample
// locations; for other numbers the first points of Halton's sequence of bases 2 and 3, moved so that their mean is the pixel's centre.
//
// Haeberli and Akeley, "The accumulation buffer: hardware support for high-quality rendering" (SIGGRAPH 1990) sum shifted frames so;
// Equalizer calls them pixel or subpixel compounds. The result is not what one GPU draws without it: prism verify compares it with the
// sum of shifted frames of one node.
package subpixel
