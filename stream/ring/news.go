package ring

import (
	"encoding/binary"

	"github.com/prismgl/prism/stream/ring/internal/layout"
)

// Message is what a node's driver has to say to the app (prism_news); numbers as in glDebugMessageCallback.
type Message struct {
	Context, Source, Type, ID, Severity uint32
	Text                                string
}

// NewsBytes is how much may wait for the app to look: what does not fit is dropped.
const NewsBytes = 64 << 10

// Tell hands a message over; false: there is no room until the app looks.
func (r *Ring) Tell(m Message) (told bool) {
	total := (layout.NewsHeaderBytes + len(m.Text) + 1 + 7) &^ 7 // with a NUL
	b := make([]byte, 0, total)
	for _, v := range []uint32{uint32(total), m.Context, m.Source, m.Type, m.ID, m.Severity, uint32(len(m.Text)), 0} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	b = append(b, m.Text...)
	b = b[:total]
	r.touch(func(c *layout.Ctl) {
		r.muNews.Lock()
		defer r.muNews.Unlock()
		used := r.news - c.NewsTail.Load()
		if used > NewsBytes || total > NewsBytes-int(used) {
			return // the app does not look, or has written nonsense
		}
		to := r.arena[r.cfg.newsAt():][:NewsBytes]
		n := copy(to[r.news%NewsBytes:], b)
		copy(to, b[n:])
		r.news += uint32(total)
		c.NewsHead.Store(r.news)
		told = true
	})
	return told
}
