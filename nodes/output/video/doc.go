// Package video is what outputs that write moving pictures to a file share: which file a frame goes to, and how bytes get there.
//
// A stream of video has one size and one window. Output therefore begins a new part, NAME-2.EXT, NAME-3.EXT, …, when the window's
// size changes and for each further drawable, and says so. A destination that is no file (a named pipe, /dev/stdout, a
// device) has no room for a second part: that is an error, after which the output ends.
//
// Writer never blocks for good: it writes in steps that hear the end of a context, waits for the reader of a named pipe as long
// as the context lasts, and counts what went out, so that who waits can tell slow from stuck. A reader that goes away is
// ErrReaderGone, never a signal.
package video
