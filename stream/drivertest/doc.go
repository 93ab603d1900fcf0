// Package drivertest holds the tests of the driver, which is C and has no Go file in its own folder.
//
// They build the driver as the Makefile does, run unmodified programs on it under libglvnd, and play the session's end of the
// ring (splitter_test.go). Programs of our own are in testdata. PRISM_DRIVER_LIB names a folder with a driver built elsewhere,
// for example with sanitizers.
package drivertest
