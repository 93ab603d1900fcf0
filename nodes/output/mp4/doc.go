// Package mp4 writes frames as MP4 by piping them to ffmpeg: H.264 where that ffmpeg has an encoder for it, else MPEG-4 part 2; 4:2:0,
// BT.709, limited range, playable from its beginning on (faststart). An odd width or height is padded by one black column or row,
// as 4:2:0 needs.
//
// The frames go as they are, BGRA with the bottom row first; turning them over and converting them is ffmpeg's work, in a process of its
// own. That process is in a process group of its own, so that a terminal's Ctrl-C does not end it before the file is whole; the end of
// its input makes it finish the file, also when prism was killed. A file is whole when ffmpeg has ended, not before.
//
// Each frame of the app is a frame of the file, at a rate that the user chooses (60 a second). Sizes and windows: see package video.
package mp4
