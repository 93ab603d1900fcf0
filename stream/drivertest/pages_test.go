package drivertest

import "testing"

// Both ways; where the kernel does not help, the program says so and tests the comparison.
func TestPages(t *testing.T) { runC(t, "pages") }
