package ring

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/prismgl/prism/stream/ring/internal/layout"
	"github.com/prismgl/prism/stream/shm"
	"github.com/prismgl/prism/stream/wire"
)

// Reply hands an answer (prism_reply and its arrays, encoded) to the thread that asked with this id. It does not wait: what
// is longer than a slot is copied, and handed over in pieces by a goroutine of r. ErrNoAsker: nobody waits there.
func (r *Ring) Reply(id uint64, reply []byte) error {
	if len(reply) < wire.ReplyHeaderBytes {
		return wire.Corruptf("ring: reply %#x: %d bytes, a header has %d", id, len(reply), wire.ReplyHeaderBytes)
	}
	if got := binary.LittleEndian.Uint64(reply); got != id {
		return wire.Corruptf("ring: reply %#x: its header says %#x", id, got)
	}
	n := id >> 32
	if n >= uint64(r.cfg.Slots) {
		return wire.Corruptf("ring: reply %#x: slot %d of %d", id, n, r.cfg.Slots)
	}
	slot := int(n)
	r.muReplies.Lock()
	defer r.muReplies.Unlock()
	if r.answered[slot].Swap(true) {
		return fmt.Errorf("%w: %#x: slot %d is being filled", ErrNoAsker, id, slot)
	}
	var err error
	long := false
	if !r.touch(func(*layout.Ctl) {
		if r.closed.Load() || r.gone.Load() || r.lost.Load() {
			err = fmt.Errorf("%w: %#x: the driver is gone or was told that the session is lost", ErrNoAsker, id)
			return
		}
		s, data := r.slot(slot)
		if st := s.State.Load(); st != layout.SlotAsked {
			err = fmt.Errorf("%w: %#x: slot %d is in state %d", ErrNoAsker, id, slot, st)
			return
		}
		if long = len(reply) > len(data); long {
			r.replies.Add(1) // muReplies held: Close does not wait yet
			return
		}
		fill(s, data, id, reply, 0)
	}) {
		err = ErrClosed
	}
	if err == nil && long {
		reply = bytes.Clone(reply)
		go func() {
			defer r.replies.Done()
			r.pieces(slot, id, reply)
		}()
		return nil
	}
	r.answered[slot].Store(false)
	return err
}

// slot n; life is held.
func (r *Ring) slot(n int) (*layout.Slot, []byte) {
	at := r.cfg.Blocks*r.cfg.BlockBytes + n*r.cfg.SlotBytes
	return layout.SlotOf(r.arena[at : at+r.cfg.SlotBytes])
}

// fill writes the piece of reply that begins at offset into the slot and wakes the asker; it returns where the next begins.
func fill(s *layout.Slot, data []byte, id uint64, reply []byte, offset int) int {
	n := copy(data, reply[offset:])
	s.ID, s.Offset, s.Total, s.Bytes = id, uint64(offset), uint64(len(reply)), uint32(n)
	s.State.Store(layout.SlotFilled)
	shm.Wake(&s.State)
	return offset + n
}

// pieces hands a long reply over, and gives up when the asker does or the Ring ends.
func (r *Ring) pieces(slot int, id uint64, reply []byte) {
	for offset, state := 0, uint32(layout.SlotMore); offset < len(reply); {
		ended := true
		r.touch(func(*layout.Ctl) {
			if r.closed.Load() || r.gone.Load() || r.lost.Load() {
				return
			}
			s, data := r.slot(slot)
			if offset > 0 {
				shm.Wait(&s.State, layout.SlotFilled, shm.Tick)
				state = s.State.Load()
			}
			switch state {
			case layout.SlotMore:
				if offset+len(data) >= len(reply) {
					// Before the asker can see the end and ask again.
					r.answered[slot].Store(false)
				}
				offset = fill(s, data, id, reply, offset)
				ended = false
			case layout.SlotFilled:
				ended = false
			}
		})
		if ended {
			r.answered[slot].Store(false)
			return
		}
	}
}

// wakeSlots makes all threads that wait for an answer look around, and Reply's goroutines too; life is held.
func (r *Ring) wakeSlots() {
	for i := range r.cfg.Slots {
		s, _ := r.slot(i)
		shm.Wake(&s.State)
	}
}
