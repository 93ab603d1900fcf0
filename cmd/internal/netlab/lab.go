package netlab

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// ErrUnsupported is the class of errors where this machine or user cannot have a Lab.
var ErrUnsupported = errors.New("netlab: not possible here")

const (
	prefix = "prism-lab-" // of namespaces: prism-lab-PID-LAB-HOST
	// subnet is one for documentation; each Lab may use it, as none of its namespaces has another way out.
	subnet   = "192.0.2."
	maxHosts = 250
	mtu      = 1500
)

// Lab is a network. Close removes it with all that runs in it.
type Lab struct {
	id   string
	seed uint64
	stop chan struct{}
	all  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	hosts  []*Host
	byAddr atomic.Pointer[map[netip.Addr]*Host]
}

// Host is one machine of a Lab.
type Host struct {
	Name string
	Addr netip.Addr

	lab      *Lab
	space    string // the namespace
	tun      *os.File
	up, down *pipe
	flows    flows
}

// Figures of a host's link. Up is from the host.
type Figures struct {
	UpPackets, UpBytes, UpLost       uint64
	DownPackets, DownBytes, DownLost uint64
}

var labs atomic.Uint64 // of this process, for names

// New makes a network without hosts; seed is for what links do at random.
func New(seed uint64) (*Lab, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: network namespaces want root", ErrUnsupported)
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return nil, fmt.Errorf("%w: %w (Debian: iproute2)", ErrUnsupported, err)
	}
	if err := sweep(prefix); err != nil {
		return nil, err
	}
	l := &Lab{id: fmt.Sprintf("%s%d-%d-", prefix, os.Getpid(), labs.Add(1)), seed: seed, stop: make(chan struct{})}
	l.byAddr.Store(&map[netip.Addr]*Host{})
	return l, nil
}

// Host adds a host with its link.
func (l *Lab) Host(name string, link Link) (*Host, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.hosts) + 1
	if l.closed || n > maxHosts {
		return nil, fmt.Errorf("netlab: host %s: the network has ended or is full", name)
	}
	h := &Host{Name: name, Addr: netip.MustParseAddr(subnet + strconv.Itoa(n)), lab: l, space: l.id + name, flows: flows{open: map[flow]bool{}}}
	h.up = newPipe(link, l.seed^uint64(2*n), l.deliver)
	h.down = newPipe(link, l.seed^uint64(2*n+1), h.arrive)
	tun, device, err := openTun()
	if err != nil {
		return nil, err
	}
	h.tun = tun
	if err := ip("netns", "add", h.space); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrUnsupported, err), tun.Close())
	}
	l.hosts = append(l.hosts, h) // Close removes it from here on
	for _, args := range [][]string{
		{"link", "set", device, "netns", h.space},
		{"-n", h.space, "link", "set", "lo", "up"},
		{"-n", h.space, "link", "set", device, "name", "wire", "mtu", strconv.Itoa(mtu)},
		{"-n", h.space, "addr", "add", h.Addr.String() + "/24", "dev", "wire"},
		{"-n", h.space, "link", "set", "wire", "up"},
	} {
		if err := ip(args...); err != nil {
			return nil, err
		}
	}
	hosts := map[netip.Addr]*Host{}
	for _, h := range l.hosts {
		hosts[h.Addr] = h
	}
	l.byAddr.Store(&hosts)
	l.all.Go(h.read)
	l.all.Go(func() { h.up.run(l.stop) })
	l.all.Go(func() { h.down.run(l.stop) })
	return h, nil
}

// Command gives the words that run a program on the host. It becomes the process itself, with no other in between.
func (h *Host) Command(name string, args ...string) []string {
	return append([]string{"ip", "netns", "exec", h.space, name}, args...)
}

// Set changes the host's link. What is on its way goes on as it was.
func (h *Host) Set(link Link) {
	h.up.set(link)
	h.down.set(link)
}

// Cut breaks each TCP connection that the host has opened with the given probability, and tells how many: from their next packet
// on both sides are told that there is no such connection.
func (h *Host) Cut(probability float64, random *rand.Rand) int {
	return h.flows.cut(func() bool { return random.Float64() < probability })
}

// Figures tells what went over the host's link so far.
func (h *Host) Figures() Figures {
	u, d := h.up.figures(), h.down.figures()
	return Figures{u.packets, u.bytes, u.lost, d.packets, d.bytes, d.lost}
}

// read takes the host's packets until its device ends.
func (h *Host) read() {
	b := make([]byte, 64<<10)
	for {
		n, err := h.tun.Read(b)
		if err != nil {
			return
		}
		if headerBytes(b[:n]) != 0 {
			packet, back := h.flows.see(b[:n], true)
			h.up.send(packet, time.Now())
			if back != nil {
				h.write(back)
			}
		}
	}
}

// deliver brings a packet to the host whose address it has.
func (l *Lab) deliver(packet []byte) {
	if to := (*l.byAddr.Load())[netip.AddrFrom4([4]byte(packet[16:20]))]; to != nil {
		to.down.send(packet, time.Now())
	}
}

func (h *Host) arrive(packet []byte) {
	packet, back := h.flows.see(packet, false)
	h.write(packet)
	if back != nil {
		h.lab.deliver(back)
	}
}

func (h *Host) write(packet []byte) {
	_, _ = h.tun.Write(packet) // an error: the host is full or has ended; a network tells nobody
}

// Close ends what runs on the hosts and removes them.
func (l *Lab) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	l.closed = true
	close(l.stop)
	var errs error
	for _, h := range l.hosts {
		errs = errors.Join(errs, remove(h.space), h.tun.Close())
	}
	l.all.Wait()
	return errs
}

// openTun makes a device whose packets are this process's; it lasts as long as the file.
func openTun() (f *os.File, device string, err error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, "", fmt.Errorf("%w: /dev/net/tun: %w", ErrUnsupported, err)
	}
	req, err := unix.NewIfreq("prism%d")
	if err == nil {
		req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, req)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, "", fmt.Errorf("%w: tun device: %w", ErrUnsupported, err)
	}
	return os.NewFile(uintptr(fd), "tun"), req.Name(), nil
}

func ip(args ...string) error {
	b, err := exec.Command("ip", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("netlab: ip %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(b)))
	}
	return nil
}

// remove ends what runs in a namespace and deletes it.
func remove(space string) error {
	b, err := exec.Command("ip", "netns", "pids", space).Output()
	if err != nil {
		return fmt.Errorf("netlab: ip netns pids %s: %w", space, err)
	}
	for _, word := range strings.Fields(string(b)) {
		if pid, err := strconv.Atoi(word); err == nil && pid > 1 {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
	}
	return ip("netns", "del", space)
}

// sweep removes the namespaces with this prefix that processes left which are dead.
func sweep(prefix string) error {
	found, err := filepath.Glob("/run/netns/" + prefix + "*")
	if err != nil {
		return err
	}
	for _, path := range found {
		space := filepath.Base(path)
		word, _, _ := strings.Cut(strings.TrimPrefix(space, prefix), "-")
		if pid, err := strconv.Atoi(word); err == nil && errors.Is(unix.Kill(pid, 0), unix.ESRCH) {
			if err := remove(space); err != nil {
				if _, gone := os.Stat(path); gone == nil { // else another process was quicker
					return err
				}
			}
		}
	}
	return nil
}
