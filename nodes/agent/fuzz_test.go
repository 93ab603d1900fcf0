package agent

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/proto"
)

// FuzzRequests: what anybody asks of a node is done as asked or refused with a reason; nothing starts that was not asked for rightly.
func FuzzRequests(f *testing.F) {
	f.Add([]byte(`{"session":"s","peer":0,"lead":true,"lp_threads":1,"framebuffer":"fbo"}`), false)
	f.Add([]byte(`{"session":"s","peer":-1}`), true)
	f.Add([]byte(`{"session":"../x","peer":9223372036854775807}`), false)
	f.Add([]byte(`{"session":"s","lp_threads":257}`), false)
	f.Add([]byte(`{"session":"s","peer":1e3}`), false)
	f.Add([]byte(`null`), true)
	f.Fuzz(func(t *testing.T, request []byte, stop bool) {
		// Full, so that a request that is right goes as far as it can without a process.
		a := &Agent{cfg: Config{Name: "n", Log: slog.New(slog.NewTextHandler(io.Discard, nil))}, conn: new(bus.Conn), workers: map[workerKey]*worker{}}
		kept := newWorker(a, workerKey{"kept", 0}, "kept")
		a.workers[kept.key] = kept
		a.cfg.MaxWorkers = 1
		if stop {
			b, err := a.serveStop(t.Context(), request)
			var r StopRequest
			wrong := json.Unmarshal(request, &r) != nil
			if wrong != (err != nil) {
				t.Fatalf("%q: %s, %v", request, b, err)
			}
			if should := !wrong && r.Session == "kept" && r.Peer <= 0; should != kept.wanted() {
				t.Fatalf("%q: the worker was told to end: %v", request, kept.wanted())
			}
			return
		}
		b, err := a.serveStart(t.Context(), request)
		if err == nil {
			t.Fatalf("%q: started: %s", request, b)
		}
		var r StartRequest
		right := json.Unmarshal(request, &r) == nil && bus.CheckName("session", r.Session) == nil && r.Peer >= 0 && r.Peer < bus.MaxPeers &&
			(r.LPThreads == nil || *r.LPThreads >= 0 && *r.LPThreads <= 256) && (r.Framebuffer == "" || r.Framebuffer == "fbo" || r.Framebuffer == "pbuffer") &&
			(r.Session != "kept" || r.Peer != 0)
		var re *bus.RemoteError
		if refused := errors.As(err, &re) && re.Code == "400"; refused == right {
			t.Fatalf("%q: refused as a bad request: %v: %v", request, refused, err)
		}
		if right && !strings.Contains(err.Error(), "1 workers already") {
			t.Fatalf("%q: %v", request, err)
		}
	})
}

// FuzzWorkerConfig: a configuration that is accepted is one that a worker can live by.
func FuzzWorkerConfig(f *testing.F) {
	f.Add(`{"url":"nats://127.0.0.1:4222","session":"s","peer":1,"device":-1,"rlimits":{"open_files":64}}`)
	f.Add(`{"session":"s","batch_deadline_ms":-1}`)
	f.Add(`{"session":"s","batch_deadline_ms":9223372036854775807}`)
	f.Fuzz(func(t *testing.T, text string) {
		c, err := readConfig(strings.NewReader(text))
		if err != nil {
			return
		}
		if c.Session == "" || c.Peer < 0 || c.Device < -1 || c.BatchDeadlineMS < 0 || c.BatchDeadlineMS > proto.MaxBatchDeadlineMS {
			t.Fatalf("%q gives %+v", text, c)
		}
	})
}
