// Package explain makes reports of how sessions divide frames: their passes, draws and bounds, which nodes get what, and why.
//
// A Collector is a session's observer: it is told of what the session really does, so there are no rules of who gets what here. What
// it follows by itself is what framebuffer objects consist of (attach.go), so that passes can be named. Report is plain data for JSON;
// text.go prints it.
package explain
