// Package scratch makes a run's temporary directory, and removes those of runs that were killed before they could.
//
// A directory is prism-run-* with mode 0700 and a file "lock" in it, which its owner holds locked (flock) as long as it lives:
//
//	prism-run-123/lock     locked: the owner is there
//	prism-run-123/…        the owner's
//
// New locks its own and then removes, wherever it might have put one, those of this user that nobody holds.
package scratch
