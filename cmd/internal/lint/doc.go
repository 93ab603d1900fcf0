// Package lint holds the project's own rules as tests: who may import whom, what generated and hand-written files look
// like, and what must not stand in the sources. It exports nothing.
//
// The import table follows the design's; a new package needs a line in it (imports_test.go).
package lint
