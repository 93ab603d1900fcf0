package ring

import (
	"fmt"

	"github.com/prismgl/prism/stream/ring/internal/layout"
	"github.com/prismgl/prism/stream/wire"
)

// Config of a Ring. Zero sizes take the defaults; the op numbers have none.
type Config struct {
	RingBytes      int // power of two, at least 1 MiB; default 4 MiB
	Blocks         int // of the arena, 1 … 1024; default 256
	BlockBytes     int // multiple of 4096, at least wire.PieceBytes; default wire.PieceBytes
	Slots          int // for replies, 1 … 16: threads that can ask at once; default 16
	SlotBytes      int // multiple of 64, at least 128, slot's header included; default 128 KiB
	FramesInFlight int // swaps that may be on their way, 1 … 16; default 2
	// FinishesInFlight is how many glFinish may be on their way, 1 … 16; 1: each waits for the nodes. Default 2.
	FinishesInFlight int
	// ErrorsExact: glGetError asks the lead node each time.
	ErrorsExact bool

	// Op numbers of prismDataRef and prismData (stream/gl).
	DataRefOp, DataOp uint16
}

// withDefaults fills in what is zero.
func (c Config) withDefaults() Config {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&c.RingBytes, 4<<20)
	def(&c.Blocks, 256)
	def(&c.BlockBytes, wire.PieceBytes)
	def(&c.Slots, layout.MaxSlots)
	def(&c.SlotBytes, 128<<10)
	def(&c.FramesInFlight, 2)
	def(&c.FinishesInFlight, 2)
	return c
}

// Validate says what is wrong with c, if anything; zero sizes are allowed.
func (c Config) Validate() error {
	c = c.withDefaults()
	switch {
	case c.RingBytes < 1<<20 || c.RingBytes > 1<<30 || c.RingBytes&(c.RingBytes-1) != 0:
		// Two chunks of the largest size must fit: one that is skipped to the ring's end, and one.
		return fmt.Errorf("ring: config: RingBytes %d, must be a power of two from 1 MiB to 1 GiB", c.RingBytes)
	case c.Blocks < 1 || c.Blocks > layout.MaxBlocks:
		return fmt.Errorf("ring: config: Blocks %d, must be 1 to %d", c.Blocks, layout.MaxBlocks)
	case c.BlockBytes < wire.PieceBytes || c.BlockBytes > 1<<20 || c.BlockBytes%4096 != 0:
		return fmt.Errorf("ring: config: BlockBytes %d, must be a multiple of 4096 from %d to 1 MiB", c.BlockBytes, wire.PieceBytes)
	case c.Slots < 1 || c.Slots > layout.MaxSlots:
		return fmt.Errorf("ring: config: Slots %d, must be 1 to %d", c.Slots, layout.MaxSlots)
	case c.SlotBytes < 128 || c.SlotBytes > 16<<20 || c.SlotBytes%64 != 0:
		return fmt.Errorf("ring: config: SlotBytes %d, must be a multiple of 64 from 128 to 16 MiB", c.SlotBytes)
	case c.FinishesInFlight < 1 || c.FinishesInFlight > 16:
		return fmt.Errorf("ring: config: FinishesInFlight %d, must be 1 to 16", c.FinishesInFlight)
	case c.FramesInFlight < 1 || c.FramesInFlight > 16:
		return fmt.Errorf("ring: config: FramesInFlight %d, must be 1 to 16", c.FramesInFlight)
	case c.DataRefOp == c.DataOp:
		return fmt.Errorf("ring: config: DataRefOp and DataOp are both %d, must be the numbers of prismDataRef and prismData", c.DataOp)
	}
	return nil
}

func (c *Config) ringMapBytes() int  { return layout.CtlBytes + c.RingBytes }
func (c *Config) arenaMapBytes() int { return c.newsAt() + NewsBytes }

// newsAt is where the messages to the app begin.
func (c *Config) newsAt() int { return c.resultsAt() + Results*int(layout.ResultBytes) }

// resultsAt is where the results begin in the arena.
func (c *Config) resultsAt() int { return c.Blocks*c.BlockBytes + c.Slots*c.SlotBytes }

// Results is how many results the driver may wait for at once: queries that have ended and syncs that are not passed.
const Results = 4096
