// Package plantest is what tests of tilesplit's policies share: pictures to divide, and a count of who covers each pixel that knows
// nothing of Plan.Validate.
package plantest
