package worker

import (
	"context"

	"github.com/prismgl/prism/nodes/lane"
	"github.com/prismgl/prism/nodes/proto"
)

// received is what came of the lane.
type received struct {
	m   lane.Message
	err error
}

const (
	// A device is opened, and its first shaders are built, before the first batch.
	batchesAhead = 2
	// showingAhead are the bytes of batches that a worker with displays takes ahead: the word that a frame may be shown stands behind what the
	// session has sent of the next ones, and must not wait until all that is drawn.
	showingAhead = 64 << 20
)

// take receives messages and gives them to messages in order; what is for the presenter goes there at once. It returns when ctx has ended.
func (w *worker) take(ctx context.Context, messages chan<- received) {
	in := make(chan received)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			m, err := w.spoke.Recv(ctx)
			select {
			case in <- received{m, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	defer func() { <-ended }()
	var queue []received
	bytes := 0
	for {
		var out chan<- received
		var head received
		if len(queue) > 0 {
			out, head = messages, queue[0]
		}
		from := in
		if len(queue) > 0 && (bytes >= showingAhead || !w.showing.Load()) {
			from = nil
		}
		select {
		case r := <-from:
			if r.err == nil && r.m.Kind == lane.KindControl {
				if c, err := proto.ParseControl(r.m.Payload); err == nil && c.Show != nil {
					if err := w.presenter.allow(*c.Show); err != nil {
						w.fail(w.fault(ctx, proto.FaultCorrupt, err))
						return
					}
					continue
				}
			}
			queue = append(queue, r)
			bytes += len(r.m.Payload)
		case out <- head:
			bytes -= len(head.m.Payload)
			queue[0] = received{}
			queue = queue[1:]
		case <-ctx.Done():
			return
		}
	}
}
