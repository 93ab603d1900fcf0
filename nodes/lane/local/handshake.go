package local

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/prismgl/prism/stream/shm"
)

// ErrElsewhere says that there is no local lane to a session: it is on another machine, or does not want one. NATS is the way then.
var ErrElsewhere = errors.New("local: no shared memory with the session")

const (
	protocolVersion = 1
	// shakeTimeout bounds a handshake: both ends are on this machine and have nothing else to do.
	shakeTimeout = 5 * time.Second
	// handTimeout bounds the part of it while which nobody else is sent anything.
	handTimeout = time.Second
	maxNote     = 4096
)

// Invitation is what a worker needs to come over the socket. It travels to it as JSON, as a secret.
type Invitation struct {
	Path  string `json:"path"`
	Token string `json:"token"`
}

// note is a message on the socket; one member besides the version is set.
type note struct {
	Version int      `json:"version,omitempty"`
	Hello   *hello   `json:"hello,omitempty"`
	Welcome *welcome `json:"welcome,omitempty"`
	Ready   bool     `json:"ready,omitempty"`
	Refused string   `json:"refused,omitempty"`
	Bye     *string  `json:"bye,omitempty"`
}

type hello struct {
	Session string `json:"session"`
	Peer    int    `json:"peer"`
	Token   string `json:"token"`
}

type welcome struct {
	RingBytes int `json:"ring_bytes"` // of each direction
}

func send(c *net.UnixConn, n note, files ...*os.File) error {
	n.Version = protocolVersion
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	var rights []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd())
		}
		rights = unix.UnixRights(fds...)
	}
	_, _, err = c.WriteMsgUnix(b, rights, nil)
	return err
}

// receive reads one note and the descriptors that came with it, which are the caller's also after an error.
func receive(c *net.UnixConn) (n note, files []*os.File, err error) {
	buf, oob := make([]byte, maxNote), make([]byte, unix.CmsgSpace(4*4))
	got, gotOOB, flags, _, err := c.ReadMsgUnix(buf, oob)
	if err != nil {
		return n, nil, err
	}
	if files, err = descriptors(oob[:gotOOB]); err != nil {
		return n, files, err
	}
	if flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0 {
		return n, files, errors.New("a note that is too long")
	}
	if got == 0 { // of a seqpacket socket: the end
		return n, files, net.ErrClosed
	}
	if err := json.Unmarshal(buf[:got], &n); err != nil {
		return n, files, fmt.Errorf("a note that is none: %w", err)
	}
	if n.Version != protocolVersion {
		return n, files, fmt.Errorf("version %d, this is %d", n.Version, protocolVersion)
	}
	return n, files, nil
}

func descriptors(oob []byte) (files []*os.File, err error) {
	if len(oob) == 0 {
		return nil, nil
	}
	msgs, err := unix.ParseSocketControlMessage(oob)
	for i := range msgs {
		fds, e := unix.ParseUnixRights(&msgs[i])
		err = errors.Join(err, e)
		for _, fd := range fds {
			unix.CloseOnExec(fd)
			files = append(files, os.NewFile(uintptr(fd), "shared memory"))
		}
	}
	return files, err
}

func closeAll(files []*os.File) {
	for _, f := range files {
		f.Close()
	}
}

// Listener is a session's socket, at which its workers ask for shared memory.
type Listener struct {
	ln      *net.UnixListener
	inv     Invitation
	session string
}

// Listen makes the socket in dir, which must be the caller's alone (mode 0700).
func Listen(dir, session string) (*Listener, error) {
	path := filepath.Join(dir, "lane-"+rand.Text()[:8])
	ln, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: path, Net: "unixpacket"})
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	return &Listener{ln: ln, inv: Invitation{Path: path, Token: rand.Text()}, session: session}, nil
}

// Invitation is for the session's workers.
func (l *Listener) Invitation() Invitation { return l.inv }

// Close removes the socket.
func (l *Listener) Close() error { return l.ln.Close() }

// allowed tells whether a process of this user, or of root, is at the other end.
func allowed(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var cred *unix.Ucred
	var credErr error
	if err := raw.Control(func(fd uintptr) { cred, credErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); err != nil {
		return err
	}
	if credErr != nil {
		return credErr
	}
	if uid := int(cred.Uid); uid != os.Geteuid() && uid != 0 {
		return fmt.Errorf("process %d is of user %d", cred.Pid, uid)
	}
	return nil
}

// greet is the first half of a handshake: it finds out which peer has connected. It answers who may not come.
func (l *Listener) greet(c *net.UnixConn) (peer int, err error) {
	_ = c.SetDeadline(time.Now().Add(shakeTimeout))
	err = allowed(c)
	var n note
	if err == nil {
		var files []*os.File
		n, files, err = receive(c)
		closeAll(files)
	}
	if err == nil && (n.Hello == nil || subtle.ConstantTimeCompare([]byte(n.Hello.Token), []byte(l.inv.Token)) != 1 || n.Hello.Session != l.session) {
		err = errors.New("it does not know this session's token")
	}
	if err != nil {
		refuse(c, err)
		return 0, err
	}
	return n.Hello.Peer, nil
}

// refuse tells a peer that it is to go another way. It may be gone.
func refuse(c *net.UnixConn, why error) { _ = send(c, note{Refused: why.Error()}) }

// hand is the second half: it makes the memory, hands it over and waits until the peer has it.
func hand(c *net.UnixConn, ringBytes int) (*link, error) {
	down, up, err := makeRings(ringBytes)
	if err != nil {
		refuse(c, err)
		return nil, err
	}
	defer closeAll([]*os.File{down.file, up.file})
	_ = c.SetDeadline(time.Now().Add(handTimeout))
	err = send(c, note{Welcome: &welcome{ringBytes}}, down.file, up.file)
	if err == nil {
		var n note
		var files []*os.File
		n, files, err = receive(c)
		closeAll(files)
		if err == nil && !n.Ready {
			err = errors.New("it did not say that it is ready")
		}
	}
	if err == nil {
		err = send(c, note{Ready: true})
	}
	if err != nil {
		unmap(down.ring, up.ring)
		return nil, err
	}
	_ = c.SetDeadline(time.Time{})
	return newLink(c, down.ring, up.ring), nil
}

func unmap(rings ...*ring) {
	for _, r := range rings {
		if r != nil {
			_ = shm.Unmap(r.mem)
		}
	}
}

// madeRing is a ring with its memfd.
type madeRing struct {
	file *os.File
	*ring
}

func makeRings(bytes int) (down, up madeRing, err error) {
	for _, r := range []struct {
		name string
		to   *madeRing
	}{{"prism-lane-down", &down}, {"prism-lane-up", &up}} {
		f, mem, err := shm.Memfd(r.name, ctlBytes+bytes)
		if err != nil {
			if down.file != nil {
				down.file.Close()
				unmap(down.ring)
			}
			return down, up, fmt.Errorf("local: %w", err)
		}
		r.to.file, r.to.ring = f, newRing(mem)
		r.to.format()
	}
	return down, up, nil
}

// Dial asks the session for shared memory; session and peer are as for a lane of NATS. An error that wraps ErrElsewhere
// means that this machine is not the session's, or that it does not want to.
func Dial(ctx context.Context, inv Invitation, session string, peer int) (*Spoke, error) {
	c, err := net.DialUnix("unixpacket", nil, &net.UnixAddr{Name: inv.Path, Net: "unixpacket"})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrElsewhere, err)
	}
	s, err := shake(ctx, c, inv, session, peer)
	if err != nil {
		c.Close()
		return nil, err
	}
	return s, nil
}

func shake(ctx context.Context, c *net.UnixConn, inv Invitation, session string, peer int) (*Spoke, error) {
	_ = c.SetDeadline(time.Now().Add(shakeTimeout))
	unhook := context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Now()) })
	defer unhook()
	if err := send(c, note{Hello: &hello{Session: session, Peer: peer, Token: inv.Token}}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrElsewhere, err)
	}
	n, files, err := receive(c)
	defer func() { closeAll(files) }()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrElsewhere, err)
	case n.Refused != "":
		return nil, fmt.Errorf("%w: refused: %s", ErrElsewhere, n.Refused)
	case n.Welcome == nil || len(files) != 2:
		return nil, fmt.Errorf("%w: a welcome with %d descriptors", ErrElsewhere, len(files))
	}
	size := n.Welcome.RingBytes
	if size < leastRingBytes || size > mostRingBytes || size&(size-1) != 0 {
		return nil, fmt.Errorf("%w: rings of %d bytes, want a power of two from %d to %d", ErrElsewhere, size, leastRingBytes, mostRingBytes)
	}
	var rings [2]*ring
	for i, f := range files {
		mem, err := shm.Adopt(int(f.Fd()), ctlBytes+size)
		if err == nil {
			rings[i] = newRing(mem)
			err = rings[i].check()
		}
		if err != nil {
			unmap(rings[:]...)
			return nil, fmt.Errorf("%w: %w", ErrElsewhere, err)
		}
	}
	err = send(c, note{Ready: true})
	if err == nil { // the session may have given up waiting
		var more []*os.File
		n, more, err = receive(c)
		closeAll(more)
		if err == nil && !n.Ready {
			err = errors.New("the session did not say that it is ready")
		}
	}
	if err != nil {
		unmap(rings[:]...)
		return nil, fmt.Errorf("%w: %w", ErrElsewhere, err)
	}
	if !unhook() { // ctx has ended
		unmap(rings[:]...)
		return nil, fmt.Errorf("local: %w", ctx.Err())
	}
	_ = c.SetDeadline(time.Time{})
	return newSpoke(newLink(c, rings[1], rings[0])), nil
}
