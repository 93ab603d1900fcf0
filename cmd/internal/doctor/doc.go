// Package doctor looks at what prism needs of a machine (devices, drivers, X, NATS, the kernel, limits) and says for each thing
// that is missing what it is needed for and which Debian package or setting brings it.
//
// It changes nothing. Checks are plain functions that return one or more Check values; Run calls them in a fixed order, so
// that two machines' outputs can be compared line by line.
package doctor
