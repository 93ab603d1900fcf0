package session

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/stream/gl"
	"github.com/prismgl/prism/stream/ring"
	"github.com/prismgl/prism/stream/wire"
)

// question is one record that waits for answers.
type question struct {
	id     uint64
	name   string
	answer answer
	want   int    // answers still missing
	from   []bool // per peer: answered
	first  int    // the peer that answered first
	reply  wire.Reply
	arrays [][]byte
	rect   proto.Rect // of answerTiles: what was asked for
	tiles  []proto.Tile
	peers  []int             // by tile: whose it is
	done   chan struct{}     // of the session's own questions: closed when all have answered
	got    func(*wire.Reply) // of those that nobody waits for: takes the lead's answer
}

// ask notes the question in recs, before the batch that holds it is sent.
func (s *session) ask(cmd *command, recs *wire.Records) error {
	id, _ := recs.ReplyID()
	if id&exchangeReply != 0 {
		return wire.Corruptf("reply id %#x is not an app's", id)
	}
	q := &question{id: id, name: cmd.name, answer: cmd.answer, want: 1, from: make([]bool, s.peers), reply: wire.Reply{ID: id}}
	switch cmd.answer {
	case answerSum, answerMax, answerOr:
		q.want = s.peers
	case answerTiles:
		q.want = s.peers
		w, err := words(recs.Payload()[8:], 4)
		if err != nil {
			return err
		}
		q.rect = proto.Rect{X: int(int32(w[0])), Y: int(int32(w[1])), W: int(int32(w[2])), H: int(int32(w[3]))}
		if q.rect.W > 0 && q.rect.H > 0 && q.rect.W*q.rect.H > wire.MaxStaged {
			return wire.Corruptf("an answer of %d×%d pixels: at most %d bytes", q.rect.W, q.rect.H, wire.MaxStaged)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked[id] != nil {
		return wire.Corruptf("reply id %#x is in use", id)
	}
	s.asked[id] = q
	s.stats.asked(asks(recs.Op(), cmd, recs.Payload()), s.swaps >= steadyAfter)
	return nil
}

// asks names what an app asks: the app's own command where one of prism's records stands for several.
func asks(op uint16, cmd *command, payload []byte) string {
	const state, enabled = 1, 2 // what: PRISM_GET_STATE, PRISM_GET_ENABLED (stream/driver/include/prism_get.h)
	if op != opGet || len(payload) < 20 {
		return cmd.name
	}
	le := binary.LittleEndian
	switch what, word := le.Uint32(payload[8:]), le.Uint32(payload[16:]); what {
	case state:
		return "glGet(" + gl.Word("GetPName", word) + ")"
	case enabled:
		return "glIsEnabled(" + gl.Word("EnableCap", word) + ")"
	}
	return cmd.name
}

// reply takes one peer's answer; the last one goes to the source.
func (s *session) reply(peer int, payload []byte) error {
	r, err := wire.ParseReply(payload)
	if err != nil {
		return err
	}
	s.mu.Lock()
	q := s.asked[r.ID]
	switch {
	case q == nil:
		s.mu.Unlock()
		return fmt.Errorf("an answer to %#x, which was not asked or is answered", r.ID)
	case q.from[peer]:
		s.mu.Unlock()
		return fmt.Errorf("%s: answered twice", q.name)
	case q.answer == answerLead && peer != s.Lead:
		s.mu.Unlock()
		return fmt.Errorf("%s: answered by a node that does not lead", q.name)
	}
	q.from[peer] = true
	q.want--
	first := true
	for i, f := range q.from {
		first = first && (!f || i == peer)
	}
	last := q.want == 0
	if last {
		delete(s.asked, r.ID)
	}
	s.mu.Unlock()

	if q.got != nil {
		q.got(&r)
		return nil
	}
	if q.answer == answerLead {
		return s.toSource(q, payload)
	}
	// Only the receiver touches q from here on.
	if first {
		q.first = peer
	}
	if err := q.merge(&r, peer, first); err != nil {
		if !first { // which of the two is wrong, nobody can tell
			err = fmt.Errorf("%w; %s answered before it", err, s.Names[q.first])
		}
		return fmt.Errorf("%s: %w", q.name, err)
	}
	switch {
	case last && q.done != nil:
		close(q.done)
	case last:
		b, err := q.encode()
		if err != nil { // no node's fault
			return fmt.Errorf("%w: %s: %w", ErrStream, q.name, err)
		}
		return s.toSource(q, b)
	}
	return nil
}

// toSource hands the answer over. That nobody waits any more is no error; an answer that cannot be given would leave a
// thread of the app waiting for ever, so it is.
func (s *session) toSource(q *question, reply []byte) error {
	err := s.Source.Reply(q.id, reply)
	if errors.Is(err, ring.ErrNoAsker) || errors.Is(err, ring.ErrClosed) {
		s.Log.Debug("session: nobody waits for an answer", "command", q.name, "error", err)
		return nil
	}
	return err
}

// merge adds one peer's answer.
func (q *question) merge(r *wire.Reply, peer int, first bool) error {
	if q.reply.Status == wire.ReplyOK {
		q.reply.Status = r.Status
	}
	if q.reply.Error == 0 {
		q.reply.Error = r.Error
	}
	if q.answer == answerTiles {
		return q.mergeTiles(r, peer)
	}
	if first {
		q.reply.Ret = r.Ret
	} else {
		q.reply.Ret = q.combine(q.reply.Ret, r.Ret, 8)
	}
	i := 0
	it := r.Walk()
	for ; it.Next(); i++ {
		d := it.Data()
		if first {
			q.arrays = append(q.arrays, append([]byte(nil), d...))
			continue
		}
		if i >= len(q.arrays) || len(q.arrays[i]) != len(d) {
			return fmt.Errorf("array %d has %d bytes, another node's has another length", i, len(d))
		}
		if err := q.mergeArray(q.arrays[i], d); err != nil {
			return err
		}
	}
	if !first && i != len(q.arrays) {
		return fmt.Errorf("%d arrays, another node sent %d", i, len(q.arrays))
	}
	return it.Err()
}

// mergeArray: one value of 8 bytes is u64 (the 64-bit query results are asked one by one), else the elements are u32.
func (q *question) mergeArray(to, d []byte) error {
	le := binary.LittleEndian
	switch {
	case len(d) == 8:
		le.PutUint64(to, q.combine(le.Uint64(to), le.Uint64(d), 8))
	case len(d)%4 == 0:
		for i := 0; i < len(d); i += 4 {
			le.PutUint32(to[i:], uint32(q.combine(uint64(le.Uint32(to[i:])), uint64(le.Uint32(d[i:])), 4)))
		}
	default:
		return fmt.Errorf("an array of %d bytes cannot be combined", len(d))
	}
	return nil
}

// combine saturates sums at what the element can hold, as GL's counters do.
func (q *question) combine(a, b uint64, bytes int) uint64 {
	top := ^uint64(0)
	if bytes == 4 {
		top = 1<<32 - 1
	}
	switch q.answer {
	case answerSum:
		if a > top-b {
			return top
		}
		return a + b
	case answerMax:
		return max(a, b)
	default:
		return a | b
	}
}

var errTile = errors.New("bad tile")

func (q *question) mergeTiles(r *wire.Reply, peer int) error {
	it := r.Walk()
	for it.Next() {
		tiles, err := proto.ParseTiles(it.Data(), r.Ret)
		if err != nil {
			return err
		}
		for _, t := range tiles {
			if t.Rect.W*t.Rect.H == 0 {
				continue
			}
			if !rectangle(t.Rect).In(rectangle(q.rect)) || q.rect.W < 0 || q.rect.H < 0 {
				return fmt.Errorf("%w: %+v is outside of what was asked, %+v", errTile, t.Rect, q.rect)
			}
			if n := len(q.tiles); n > 0 && pixelBytes(t) != pixelBytes(q.tiles[n-1]) {
				return fmt.Errorf("%w: %d bytes a pixel, before %d", errTile, pixelBytes(t), pixelBytes(q.tiles[n-1]))
			}
			q.tiles, q.peers = append(q.tiles, t), append(q.peers, peer) // in the message's memory, which is ours
		}
		return nil
	}
	return it.Err()
}

func pixelBytes(t proto.Tile) int { return len(t.Pix) / (t.Rect.W * t.Rect.H) }

// encode makes the answer that the app's thread reads. What nobody owns of a rectangle (outside the drawable) is zero.
func (q *question) encode() ([]byte, error) {
	if q.answer != answerTiles {
		for _, a := range q.arrays {
			q.reply.Arrays = wire.AppendArray(q.reply.Arrays, a)
		}
		return q.reply.Append(nil), nil
	}
	img, err := q.image()
	if err != nil {
		return nil, err
	}
	q.reply.Arrays = wire.AppendArray(nil, img)
	return q.reply.Append(nil), nil
}

// image puts the tiles together.
func (q *question) image() ([]byte, error) {
	var img []byte
	if len(q.tiles) > 0 {
		px := pixelBytes(q.tiles[0])
		// The driver takes no longer answer than it could stage. The sides are below 2^31, so their product does not overflow.
		if area := uint64(q.rect.W) * uint64(q.rect.H); px > wire.MaxStaged || area > wire.MaxStaged/uint64(px) {
			return nil, wire.Corruptf("an answer of %d×%d pixels of %d bytes: at most %d bytes", q.rect.W, q.rect.H, px, wire.MaxStaged)
		}
		img = make([]byte, q.rect.W*q.rect.H*px)
		for _, t := range q.tiles {
			row := t.Rect.W * px
			for y := range t.Rect.H {
				to := ((t.Rect.Y-q.rect.Y+y)*q.rect.W + t.Rect.X - q.rect.X) * px
				copy(img[to:to+row], t.Pix[y*row:])
			}
		}
	}
	return img, nil
}
