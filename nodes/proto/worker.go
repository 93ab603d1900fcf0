package proto

import (
	"errors"
	"fmt"
)

// Rlimits bound what a worker process may take; 0 leaves the system's value.
type Rlimits struct {
	AddressSpaceBytes uint64 `json:"address_space_bytes,omitempty"` // RLIMIT_AS; drivers map much more than they use
	DataBytes         uint64 `json:"data_bytes,omitempty"`          // RLIMIT_DATA: what a process can write to and shares with none; 0: the worker's default
	OpenFiles         uint64 `json:"open_files,omitempty"`          // RLIMIT_NOFILE
}

// LocalLane is a session's socket for workers of its machine (nodes/lane/local), and the secret that opens it.
type LocalLane struct {
	Path  string `json:"path"`
	Token string `json:"token"`
}

// WorkerConfig is what an agent hands to the worker process that it starts, as one JSON object on descriptor 3, so that no
// secret stands in arguments or in the environment.
type WorkerConfig struct {
	NATS NATS `json:"nats"`

	Session  string `json:"session"`
	Peer     int    `json:"peer"`      // this worker's number in the session, from 0
	PeerName string `json:"peer_name"` // for messages

	Device int `json:"device"` // -1: the platform's default (surfaceless Mesa); else index of EGL_EXT_device_enumeration
	// Lead: answers questions of class lead until a Plan says otherwise.
	Lead bool `json:"lead"`
	// Framebuffer: make of the app's default framebuffer: "" the self-test chooses, else "pbuffer" or "fbo".
	Framebuffer string `json:"framebuffer,omitempty"`
	// Local invites the worker to share memory with its session; one that is on another machine cannot, and uses NATS. nil: NATS.
	Local *LocalLane `json:"local,omitempty"`
	// Compress: pieces that leave the machine are S2-compressed where that makes them smaller.
	Compress bool    `json:"compress,omitempty"`
	Rlimits  Rlimits `json:"rlimits"`
	// BatchDeadlineMS: a batch that takes longer is a fault and ends the worker. 0: 60 s.
	BatchDeadlineMS int `json:"batch_deadline_ms,omitempty"`
}

// MaxBatchDeadlineMS is a week: longer is a mistake.
const MaxBatchDeadlineMS = 7 * 24 * 3600 * 1000

// ExitFault is the status with which a worker's process ends that has told its session why (Fault): nobody else need be told.
const ExitFault = 5

// NATS says how a worker connects: as its agent does, with the agent's files.
type NATS struct {
	URL string `json:"url"` // or several, separated by commas
	// User and Password, or Token, or Seed (with JWT or without), or nothing.
	User       string `json:"user,omitempty"`
	Password   string `json:"password,omitempty"`
	Token      string `json:"token,omitempty"`
	Seed       string `json:"seed,omitempty"`
	JWT        string `json:"jwt,omitempty"`
	CAFile     string `json:"ca_file,omitempty"`
	CertFile   string `json:"cert_file,omitempty"`
	KeyFile    string `json:"key_file,omitempty"`
	PatienceMS int    `json:"patience_ms,omitempty"` // how long the worker bears to be without a connection; 0: bus's default
}

// ErrWorkerConfig is the class of errors in a WorkerConfig.
var ErrWorkerConfig = errors.New("proto: bad worker configuration")

// Validate checks c.
func (c *WorkerConfig) Validate() error {
	switch {
	case c.Session == "":
		return fmt.Errorf("%w: session is empty", ErrWorkerConfig)
	case c.Peer < 0:
		return fmt.Errorf("%w: peer is %d, want 0 or more", ErrWorkerConfig, c.Peer)
	case c.Device < -1:
		return fmt.Errorf("%w: device is %d, want -1 (default) or an index from 0", ErrWorkerConfig, c.Device)
	case c.BatchDeadlineMS < 0 || c.BatchDeadlineMS > MaxBatchDeadlineMS:
		return fmt.Errorf("%w: batch_deadline_ms is %d, want 0 (60 s) to %d", ErrWorkerConfig, c.BatchDeadlineMS, MaxBatchDeadlineMS)
	}
	switch c.Framebuffer {
	case "", "pbuffer", "fbo":
		return nil
	}
	return fmt.Errorf("%w: framebuffer is %q, want pbuffer or fbo", ErrWorkerConfig, c.Framebuffer)
}

// SelfTest is the comparison of the makes of the default framebuffer with a pbuffer.
type SelfTest struct {
	FBODiffPixels int    `json:"fbo_diff_pixels"` // -1: not carried out
	Pixels        int    `json:"pixels"`          // that were compared
	FlipY         bool   `json:"flip_y"`          // GL_MESA_framebuffer_flip_y is offered
	Text          string `json:"text,omitempty"`  // why fbo cannot be used, if so
}

// ProbeResult is what `prism worker --probe` finds out about a device.
type ProbeResult struct {
	Device      int            `json:"device"`
	Renderer    string         `json:"renderer"`
	Vendor      string         `json:"vendor"`
	Version     string         `json:"version"` // GL_VERSION of a compatibility context, else of a core one
	CoreVersion string         `json:"core_version"`
	GLSL        string         `json:"glsl"`
	EGL         string         `json:"egl"`
	Framebuffer string         `json:"framebuffer"` // make that the self-test chose
	Robust      bool           `json:"robust"`      // robust buffer access is offered
	SelfTest    SelfTest       `json:"selftest"`
	Limits      map[string]int `json:"limits"`
}
