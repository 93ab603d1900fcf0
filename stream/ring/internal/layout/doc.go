// Package layout is the layout of stream/driver/include/prism_ring.h in Go, for both ends: the Ring reads and ringtest.Client
// writes. TestLayout in stream/ring compares each offset with the C compiler's.
//
// Nothing in a mapping can be trusted or is stable: the other process may write at any time. Words are read once, with
// sync/atomic, and everything else is copied out before it is looked at.
package layout
