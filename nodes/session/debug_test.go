package session

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/tilesplit/grid"
)

// What the leading node's driver says goes to the app's process; the others have nothing to say, and nobody says too much.
func TestDebugMessages(t *testing.T) {
	message := proto.DebugMessage{Context: 1, Source: 0x8246, Type: 0x824C, ID: 7, Severity: 0x9146, Text: "glFoo(bar)"}
	for _, c := range []struct {
		name string
		peer int
		say  proto.Debug
		want string // "": it is told
	}{
		{"Lead", 0, proto.Debug{Messages: []proto.DebugMessage{message, message}, Dropped: 5}, ""},
		{"Another", 1, proto.Debug{Messages: []proto.DebugMessage{message}}, "node 1: debug messages of a node that does not lead"},
		{"TooMany", 0, proto.Debug{Messages: make([]proto.DebugMessage, 65)}, "65 debug messages, 64 is the most"},
		{"TooLong", 0, proto.Debug{Messages: []proto.DebugMessage{{Text: strings.Repeat("x", 4001)}}}, "debug message 0 of 4001 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t)
			a.window(1, 8, 6)
			a.swap(1)
			hub, _ := cluster(t, 2, func(w *worker) {
				w.onSwap = func(uint64) bool {
					if w.peer == c.peer {
						_ = w.control(context.Background(), &proto.Control{Debug: &c.say})
					}
					return true
				}
			})
			src := &source{chunks: a.chunks, hang: c.want != ""}
			_, _, err := play(t, src, hub.Hub(), grid.Grid{Columns: 2, Rows: 1}, nil)
			src.mu.Lock()
			defer src.mu.Unlock()
			if c.want != "" {
				if !errors.Is(err, ErrProtocol) || !strings.Contains(err.Error(), c.want) || len(src.told) != 0 {
					t.Errorf("error %v, %d told; want %s", err, len(src.told), c.want)
				}
				return
			}
			if err != nil || len(src.told) != 2 || src.told[1].Text != message.Text || src.told[1].ID != 7 {
				t.Errorf("%v, %v", err, src.told)
			}
		})
	}
}
