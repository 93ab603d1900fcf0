package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/micro"

	"github.com/prismgl/prism/nodes/lane"
)

// Headers of an answer that is an error (nats.go/micro sets them).
const (
	headerError     = micro.ErrorHeader
	headerErrorCode = micro.ErrorCodeHeader
)

// Endpoint is one thing that a service answers.
type Endpoint struct {
	Name    string
	Subject string
	// Handle answers a request; those of one endpoint run one after the other, as micro's statistics want it. An error is
	// answered with code 500, or with the code of a *RemoteError. ctx ends when the service stops.
	Handle func(ctx context.Context, request []byte) ([]byte, error)
}

// ServiceConfig describes a service that `nats micro` shows.
type ServiceConfig struct {
	Name, Version, Description string
	Metadata                   map[string]string
	Endpoints                  []Endpoint
}

// Service is a running service.
type Service struct {
	svc    micro.Service
	cancel context.CancelFunc
	run    sync.RWMutex // read-locked by each request that runs
}

// AddService starts to answer; when it returns, the server knows the service.
func (c *Conn) AddService(cfg ServiceConfig) (*Service, error) {
	svc, err := micro.AddService(c.nc, micro.Config{
		Name: cfg.Name, Version: cfg.Version, Description: cfg.Description, Metadata: cfg.Metadata,
	})
	if err != nil {
		return nil, fmt.Errorf("bus: service %s: %w", cfg.Name, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Service{svc: svc, cancel: cancel}
	subjects := []string{micro.APIPrefix + "."}
	for _, ep := range cfg.Endpoints {
		subjects = append(subjects, ep.Subject)
	}
	heard, done := c.refused.watch(ctx, subjects...)
	defer done()
	for _, ep := range cfg.Endpoints {
		handle := func(r micro.Request) {
			s.run.RLock()
			defer s.run.RUnlock()
			s.answer(ctx, ep, r)
		}
		if err := svc.AddEndpoint(ep.Name, micro.HandlerFunc(handle), micro.WithEndpointSubject(ep.Subject), micro.WithEndpointQueueGroupDisabled()); err != nil {
			s.Stop()
			return nil, fmt.Errorf("bus: endpoint %s: %w", ep.Name, err)
		}
	}
	if err := c.nc.FlushTimeout(5 * time.Second); err != nil {
		s.Stop()
		return nil, fmt.Errorf("bus: service %s: %w", cfg.Name, classify(err))
	}
	if err := c.nc.LastError(); err != nil { // a refusal stands before the answer to the flush; its event may come later
		c.refused.note(err)
	}
	if heard.Err() != nil {
		s.Stop()
		return nil, fmt.Errorf("bus: service %s: %w", cfg.Name, context.Cause(heard))
	}
	return s, nil
}

func (s *Service) answer(ctx context.Context, ep Endpoint, r micro.Request) {
	b, err := ep.Handle(ctx, r.Data())
	if err == nil {
		_ = r.Respond(b) // who asked may be gone
		return
	}
	code := "500"
	if re, ok := errors.AsType[*RemoteError](err); ok {
		code = re.Code
	}
	_ = r.Error(code, lane.Printable([]byte(err.Error())), nil)
}

// Stop takes no more requests, ends the context of those that run and waits for them.
func (s *Service) Stop() {
	_ = s.svc.Stop()
	s.cancel()
	s.run.Lock()
	s.run.Unlock() //nolint:staticcheck // only to have waited
}
