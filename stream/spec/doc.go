// Package spec is the model of the API: what the Khronos registry says of each command, joined with what our overlay
// says of it (OVERLAY.md), checked, numbered by ids.lock and laid out for the wire.
//
// It reads and checks; it writes nothing but ids.lock. cmd/specgen turns a Model into C, Go and SUPPORT.md. Nothing of prism
// that runs imports this package.
//
// Main types: Registry (gl.xml, glx.xml), Overlay (overlay/*.yaml), Lock (ids.lock), Model (the three joined), GLX (what the
// driver offers of it; no numbers, as it never travels). All of them are plain data after loading and may be read from several
// goroutines.
package spec
