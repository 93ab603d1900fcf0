// Package png writes frames as PNG files: DIR/frame-000001.png for frame 1 of the first drawable that has frames,
// DIR/drawable-7-frame-000001.png for those of others (7 is the session's serial). With Options.Last only DIR/last.png, the
// last frame of all, is written, at Close.
//
// As many files as there are cores are encoded at a time; Present returns once it has copied the frame, and waits when all are at
// work. An error is told by a later Present, or by Close.
//
// Alpha is what the app left in the framebuffer, which a window does not show: it is written opaque. A file appears under its
// name when it is whole; a process that is killed leaves nothing half done where the file system knows files without a name.
package png
