// Package x11 presents frames in the app's own windows, over a connection of its own: by MIT-SHM where the server can attach
// our memory, else by PutImage cut to the server's largest request. Output never makes, maps or moves windows and selects no
// events, so the app sees nothing of it.
//
// A window may vanish, be unmapped or have another size than a frame at any time: a frame is then dropped, invisible, or
// put at the window's upper left corner and cut. A vanished window is reported once (output.ErrWindowGone). Windows
// of depth 24 and 32 with 32 bits a pixel are supported; for others Present fails with ErrDepth once.
//
// The connection is dialled here, not by xgb, so that it can be cut: a server that has stopped holds up neither Present, once its
// context ends, nor Close.
//
// A Screen is a window of prism's own on the same kind of connection, for walls of displays.
//
// One round trip a frame tells both whether it went well and that the shared memory may be written again.
package x11
