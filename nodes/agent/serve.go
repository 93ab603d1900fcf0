package agent

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/prismgl/prism/nodes/bus"
	"github.com/prismgl/prism/nodes/proto"
	"github.com/prismgl/prism/nodes/registry"
)

// StartRequest asks a node for a worker. It may arrive twice: the same ID is the same request, and has the same answer while that
// worker runs.
type StartRequest struct {
	ID      string `json:"id,omitempty"`
	Session string `json:"session"`
	Peer    int    `json:"peer"` // its number in the session, from 0
	Lead    bool   `json:"lead"`
	// LPThreads is LP_NUM_THREADS for Mesa's llvmpipe; nil: as the agent has it.
	LPThreads   *int   `json:"lp_threads,omitempty"`
	Framebuffer string `json:"framebuffer,omitempty"` // as proto.WorkerConfig
	Compress    bool   `json:"compress,omitempty"`
	// Local invites a worker of the session's machine to share memory; nil: it is to use NATS.
	Local *proto.LocalLane `json:"local,omitempty"`
}

// StartReply tells about the worker that was started. That it is there it says itself, to the session.
type StartReply struct {
	Node string `json:"node"`
	PID  int    `json:"pid"`
}

// StopRequest asks a node to end workers of a session.
type StopRequest struct {
	Session string `json:"session"`
	Peer    int    `json:"peer"` // -1: all of the session
}

// StopReply counts the workers that were told to end; they have StopWait to do so.
type StopReply struct {
	Stopped int `json:"stopped"`
}

// Start asks a node for a worker.
func Start(ctx context.Context, c *bus.Conn, node string, r StartRequest) (StartReply, error) {
	if r.ID == "" {
		r.ID = rand.Text()
	}
	return ask[StartReply](ctx, node, "start", r, c.Insist)
}

// Stop asks a node to end workers.
func Stop(ctx context.Context, c *bus.Conn, node string, r StopRequest) (StopReply, error) {
	return ask[StopReply](ctx, node, "stop", r, c.Request)
}

// sender is bus.Conn's Request or Insist.
type sender func(ctx context.Context, subject string, data []byte) ([]byte, error)

func ask[Reply any](ctx context.Context, node, verb string, request any, send sender) (reply Reply, err error) {
	if err := bus.CheckName("node", node); err != nil {
		return reply, fmt.Errorf("agent: %w", err)
	}
	b, err := json.Marshal(request)
	if err != nil {
		return reply, fmt.Errorf("agent: %w", err)
	}
	if b, err = send(ctx, subject(node, verb), b); err != nil {
		return reply, fmt.Errorf("agent: %s on node %s: %w", verb, node, err)
	}
	if err := json.Unmarshal(b, &reply); err != nil {
		return reply, fmt.Errorf("agent: %s on node %s: answer: %w", verb, node, err)
	}
	return reply, nil
}

// answer gives an error the code by which others can tell whose fault it was.
func answer(reply any, err error) ([]byte, error) {
	switch {
	case errors.Is(err, ErrRequest):
		return nil, &bus.RemoteError{Code: "400", Text: err.Error()}
	case err != nil:
		return nil, err
	}
	return json.Marshal(reply)
}

func (a *Agent) serveStart(_ context.Context, request []byte) ([]byte, error) {
	var r StartRequest
	if err := json.Unmarshal(request, &r); err != nil {
		return answer(nil, fmt.Errorf("%w: %w", ErrRequest, err))
	}
	pid, err := a.start(r)
	return answer(StartReply{Node: a.cfg.Name, PID: pid}, err)
}

func (a *Agent) serveStop(_ context.Context, request []byte) ([]byte, error) {
	var r StopRequest
	if err := json.Unmarshal(request, &r); err != nil {
		return answer(nil, fmt.Errorf("%w: %w", ErrRequest, err))
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for key, w := range a.workers {
		if key.session == r.Session && (r.Peer < 0 || r.Peer == key.peer) {
			w.end()
			n++
		}
	}
	return answer(StopReply{n}, nil)
}

// start starts a worker and gives its process id.
func (a *Agent) start(r StartRequest) (pid int, err error) {
	if err := bus.CheckName("session", r.Session); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if r.Peer < 0 || r.Peer >= bus.MaxPeers {
		return 0, fmt.Errorf("%w: peer is %d, want 0 to %d", ErrRequest, r.Peer, bus.MaxPeers-1)
	}
	bc := a.conn.Config()
	cfg := proto.WorkerConfig{
		NATS: proto.NATS{
			URL: bc.URL, User: bc.Credentials.User, Password: bc.Credentials.Password, Token: bc.Credentials.Token,
			Seed: bc.Credentials.Seed, JWT: bc.Credentials.JWT, CAFile: bc.TLS.CAFile, CertFile: bc.TLS.CertFile, KeyFile: bc.TLS.KeyFile,
			PatienceMS: int(bc.Patience.Milliseconds()),
		},
		Session: r.Session, Peer: r.Peer, PeerName: a.cfg.Name, Device: a.cfg.Device, Lead: r.Lead,
		Framebuffer: r.Framebuffer, Compress: r.Compress, Rlimits: a.cfg.Rlimits,
		BatchDeadlineMS: int(a.cfg.BatchDeadline.Milliseconds()),
	}
	if !a.cfg.OnlyNATS {
		cfg.Local = r.Local
	}
	if err := cfg.Validate(); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	if r.LPThreads != nil && (*r.LPThreads < 0 || *r.LPThreads > 256) {
		return 0, fmt.Errorf("%w: lp_threads is %d, want 0 to 256", ErrRequest, *r.LPThreads)
	}
	key := workerKey{r.Session, r.Peer}
	a.mu.Lock()
	if w := a.workers[key]; w != nil && r.ID != "" && w.request == r.ID {
		a.mu.Unlock()
		<-w.started
		return w.pid, w.startErr
	}
	switch {
	case a.closed:
		err = ErrClosed
	case a.workers[key] != nil:
		err = fmt.Errorf("%w: session %s has a worker %d here already", ErrRequest, r.Session, r.Peer)
	case len(a.workers) >= a.cfg.MaxWorkers:
		err = fmt.Errorf("agent: node %s runs %d workers already", a.cfg.Name, len(a.workers))
	}
	if err != nil {
		a.mu.Unlock()
		return 0, err
	}
	w := newWorker(a, key, r.ID)
	a.workers[key] = w
	a.all.Add(1)
	a.tellSessions()
	a.mu.Unlock()

	go func() {
		defer a.all.Done()
		w.run(cfg, r.LPThreads)
		a.mu.Lock()
		delete(a.workers, key)
		a.tellSessions()
		a.mu.Unlock()
	}()
	<-w.started
	return w.pid, w.startErr
}

// tellSessions writes into the registration how many sessions have workers here. mu is held.
func (a *Agent) tellSessions() {
	sessions := map[string]bool{}
	for key := range a.workers {
		sessions[key.session] = true
	}
	a.reg.Update(func(node *registry.Node) { node.Sessions = len(sessions) })
}
