// Package compare puts together what `prism bench compare` has measured: the same app under several policies (ways), by turns, round after
// round. A machine's speed changes while one measures, of a shared one most of all; so ways are compared within a round only, and of the
// rounds' ratios the median counts.
package compare
