package layout

import (
	"sync/atomic"
	"unsafe"
)

// Constants of prism_ring.h.
const (
	Magic      = 0x4e525250 // "PRRN"
	Version    = 4
	CtlBytes   = 8192
	MaxBlocks  = 1024
	MaxSlots   = 16
	MaxResults = 65536
)

// BlockOpen is what a thread that fills a block has it count beside the records that name bytes of it.
const BlockOpen = 65536

// States of a slot.
const (
	SlotFree   = 0
	SlotAsked  = 1
	SlotFilled = 2
	SlotMore   = 3
)

// Ctl is prism_ctl, the control page.
type Ctl struct {
	// written once by the splitter
	Magic, Version     uint32
	RingBytes          uint32
	Blocks, BlockBytes uint32
	Slots, SlotBytes   uint32
	FramesInFlight     uint32
	FinishesInFlight   uint32
	Results            uint32
	NewsBytes          uint32
	ErrorsExact        uint32
	_                  [4]uint32
	// written by the driver
	Head        atomic.Uint64
	WakeReader  atomic.Uint32
	WriterWaits atomic.Uint32
	Unsupported atomic.Uint32
	RoundTrips  atomic.Uint32
	ResultWaits atomic.Uint32
	NewsTail    atomic.Uint32
	_           [8]uint32
	// written by the splitter
	Tail         atomic.Uint64
	WakeWriter   atomic.Uint32
	ReaderWaits  atomic.Uint32
	Lost         atomic.Uint32
	GLError      atomic.Uint32
	FramesDone   atomic.Uint32
	FinishesDone atomic.Uint32
	WindowGone   atomic.Uint32
	NewsHead     atomic.Uint32
	_            [6]uint32
	// 0: free; a record that names bytes counts 1, a thread that fills it BlockOpen less what it gave out
	Block [MaxBlocks]atomic.Uint32
}

// Slot is prism_slot.
type Slot struct {
	State  atomic.Uint32
	Bytes  uint32
	ID     uint64
	Offset uint64
	Total  uint64
}

// SlotHeaderBytes is what a slot has before the bytes of a reply.
const SlotHeaderBytes = int(unsafe.Sizeof(Slot{}))

// Result is prism_result.
type Result struct {
	Use   atomic.Uint32
	_     uint32
	Value atomic.Uint64
}

// NewsHeaderBytes is what a message has before its text.
const NewsHeaderBytes = 32

// ResultBytes is the size of a Result.
const ResultBytes = unsafe.Sizeof(Result{})

// ResultOf is the result whose memory is given, at least ResultBytes long and 8-aligned.
func ResultOf(mem []byte) *Result { return (*Result)(unsafe.Pointer(&mem[:ResultBytes][0])) }

// CtlOf is the control page of a mapping of the ring's memfd, at least CtlBytes long.
func CtlOf(ring []byte) *Ctl { return (*Ctl)(unsafe.Pointer(&ring[:CtlBytes][0])) }

// SlotOf is the slot whose memory is given, at least SlotHeaderBytes long and 8-aligned; data is the rest.
func SlotOf(mem []byte) (s *Slot, data []byte) {
	return (*Slot)(unsafe.Pointer(&mem[:SlotHeaderBytes][0])), mem[SlotHeaderBytes:]
}
