package egl

/*
#cgo LDFLAGS: -lEGL
#cgo CFLAGS: -std=gnu11 -Wall -Wextra -O2
#include <stdlib.h>
#include "device.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// ErrNoDevice is the class of errors of Open: nothing there that can draw.
var ErrNoDevice = errors.New("egl: no device")

// Device is one opened GPU (or software renderer).
type Device struct {
	c       *C.prism_device
	version string
}

// Open opens the device: index -1 is the surfaceless platform of Mesa or, where that is missing, device 0; from 0 on an index
// into what EGL_EXT_device_enumeration lists. It belongs to the calling OS thread, which must be locked.
func Open(index int) (*Device, error) {
	var msg [256]C.char
	c := C.prism_egl_open(C.int(index), &msg[0], C.size_t(len(msg)))
	if c == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoDevice, C.GoString(&msg[0]))
	}
	return &Device{c: c, version: C.GoString(C.prism_egl_version(c))}, nil
}

// Count tells how many devices can be opened by index, 0 when the EGL cannot list them.
func Count() int { return max(0, int(C.prism_egl_devices())) }

// Handle gives the device as C code sees it: a prism_device* (egl.h), valid until Close.
func (d *Device) Handle() unsafe.Pointer { return unsafe.Pointer(d.c) }

// Version is EGL's version and vendor.
func (d *Device) Version() string { return d.version }

// DropRobust has contexts made without robust buffer access from now on, as by a driver that does not offer it.
func (d *Device) DropRobust() { d.c.robust = false }

// Robust tells whether contexts have robust buffer access: out-of-range reads of buffers are harmless.
func (d *Device) Robust() bool { return bool(d.c.robust) }

// Close gives the device back; nothing of it may be current or in use.
func (d *Device) Close() error {
	if d.c != nil {
		C.prism_egl_close(d.c)
		d.c = nil
	}
	return nil
}
