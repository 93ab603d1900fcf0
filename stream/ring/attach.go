package ring

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/prismgl/prism/stream/ring/internal/layout"
	"github.com/prismgl/prism/stream/wire"
)

// Version of the layout, PRISM_RING_VERSION.
const Version = layout.Version

// HelloMagic opens hello and welcome.
const HelloMagic = 0x4f4c4850

// Encoded sizes.
const (
	HelloBytes   = 136
	WelcomeBytes = 256
)

// Hello is what a driver sends first (prism_hello).
//
//	| magic  wire version | ring version  pid | spec hash u64 | program, 112 bytes, NUL-padded |
type Hello struct {
	WireVersion, RingVersion uint32
	PID                      int32
	SpecHash                 uint64
	Program                  string
}

// Append encodes h.
func (h *Hello) Append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, HelloMagic)
	b = le.AppendUint32(b, h.WireVersion)
	b = le.AppendUint32(b, h.RingVersion)
	b = le.AppendUint32(b, uint32(h.PID))
	b = le.AppendUint64(b, h.SpecHash)
	return appendText(b, h.Program, 112)
}

// ParseHello decodes a hello of HelloBytes. Versions and hash are for the caller to judge: Check.
func ParseHello(b []byte) (h Hello, err error) {
	if err := opens("hello", b, HelloBytes); err != nil {
		return h, err
	}
	le := binary.LittleEndian
	return Hello{
		WireVersion: le.Uint32(b[4:]), RingVersion: le.Uint32(b[8:]), PID: int32(le.Uint32(b[12:])),
		SpecHash: le.Uint64(b[16:]), Program: text(b[24:]),
	}, nil
}

// Check tells why a driver that said h cannot be served by a splitter built with specHash, or nil.
func (h *Hello) Check(specHash uint64) error {
	switch {
	case h.WireVersion != wire.Version:
		return fmt.Errorf("ring: the driver speaks wire version %d, prism %d: install both from one build", h.WireVersion, wire.Version)
	case h.RingVersion != Version:
		return fmt.Errorf("ring: the driver speaks ring version %d, prism %d: install both from one build", h.RingVersion, Version)
	case h.SpecHash != specHash:
		return fmt.Errorf("ring: the driver's command tables are %#x, prism's %#x: install both from one build", h.SpecHash, specHash)
	}
	return nil
}

// Welcome is the answer (prism_welcome); the two descriptors go with it when Status is 0.
//
//	| magic  status | ring map bytes u64 | arena map bytes u64 | message, 232 bytes, NUL-terminated |
type Welcome struct {
	Status                      uint32 // 0: welcome, else Message says why not
	RingMapBytes, ArenaMapBytes uint64
	Message                     string
}

// Append encodes w; a long message is cut.
func (w *Welcome) Append(b []byte) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, HelloMagic)
	b = le.AppendUint32(b, w.Status)
	b = le.AppendUint64(b, w.RingMapBytes)
	b = le.AppendUint64(b, w.ArenaMapBytes)
	return appendText(b, w.Message, 232)
}

// ParseWelcome decodes a welcome of WelcomeBytes.
func ParseWelcome(b []byte) (w Welcome, err error) {
	if err := opens("welcome", b, WelcomeBytes); err != nil {
		return w, err
	}
	le := binary.LittleEndian
	return Welcome{Status: le.Uint32(b[4:]), RingMapBytes: le.Uint64(b[8:]), ArenaMapBytes: le.Uint64(b[16:]), Message: text(b[24:])}, nil
}

// opens checks a message's length, and the magic that both messages begin with.
func opens(message string, b []byte, n int) error {
	if len(b) != n {
		return wire.Corruptf("ring: %s: %d bytes, must be %d", message, len(b), n)
	}
	if m := binary.LittleEndian.Uint32(b); m != HelloMagic {
		return wire.Corruptf("ring: %s: magic %#x, want %#x", message, m, uint32(HelloMagic))
	}
	return nil
}

// appendText appends s, cut to leave room for a NUL, and NULs up to n bytes.
func appendText(b []byte, s string, n int) []byte {
	s = s[:min(len(s), n-1)]
	b = append(b, s...)
	return append(b, make([]byte, n-len(s))...)
}

// text reads up to a NUL, or to b's end less one as appendText leaves it; what a terminal should not see becomes a question mark.
func text(b []byte) string {
	b = b[:len(b)-1]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(string(b), "?"))
}
