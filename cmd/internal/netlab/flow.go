package netlab

import (
	"encoding/binary"
	"net/netip"
	"sync"
)

// flow is a TCP connection that a host has opened: its own port, and where to.
type flow struct {
	port uint16
	to   netip.AddrPort
}

// flows are the TCP connections of one host, as a firewall on its link sees them. On a connection that is cut each packet becomes a
// reset, and its sender is answered with one, as by a firewall that has lost its table.
type flows struct {
	mu   sync.Mutex
	open map[flow]bool // true: cut
}

const (
	protocolTCP = 6
	tcpBytes    = 20
	flagFIN     = 1
	flagSYN     = 2
	flagRST     = 4
	flagACK     = 16
)

// tcpOf gives the offset of the TCP header, 0 where a packet has none.
func tcpOf(p []byte) int {
	head := headerBytes(p)
	if head == 0 || p[9] != protocolTCP || len(p) < head+tcpBytes || binary.BigEndian.Uint16(p[6:])&0x1fff != 0 {
		return 0
	}
	return head
}

// headerBytes gives the length of an IPv4 header, 0 where there is none.
func headerBytes(p []byte) int {
	if len(p) < 20 || p[0]>>4 != 4 {
		return 0
	}
	n := int(p[0]&15) * 4
	if n < 20 || n > len(p) {
		return 0
	}
	return n
}

// see takes a packet of the host (out) or to it, and gives it back or the reset that takes its place with the one for its sender.
func (f *flows) see(p []byte, out bool) (forward, back []byte) {
	at := tcpOf(p)
	if at == 0 {
		return p, nil
	}
	src, dst := netip.AddrFrom4([4]byte(p[12:16])), netip.AddrFrom4([4]byte(p[16:20]))
	sport, dport := binary.BigEndian.Uint16(p[at:]), binary.BigEndian.Uint16(p[at+2:])
	key := flow{sport, netip.AddrPortFrom(dst, dport)}
	if !out {
		key = flow{dport, netip.AddrPortFrom(src, sport)}
	}
	flags := p[at+13]
	f.mu.Lock()
	defer f.mu.Unlock()
	cut, known := f.open[key]
	switch {
	case out && flags&(flagSYN|flagACK) == flagSYN:
		f.open[key] = false
	case known && cut:
		return reset(p, at), answer(p, at)
	case known && flags&(flagFIN|flagRST) != 0:
		delete(f.open, key)
	}
	return p, nil
}

// cut breaks the open connections for which choose says so, and tells how many.
func (f *flows) cut(choose func() bool) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for key, cut := range f.open {
		if !cut && choose() {
			f.open[key] = true
			n++
		}
	}
	return n
}

// reset makes of a TCP packet the same one as a reset: its sequence number is the one that the receiver waits for.
func reset(p []byte, at int) []byte {
	r := append([]byte(nil), p[:at+tcpBytes]...)
	seal(r, at, flagRST|flagACK)
	return r
}

// answer makes the reset for a packet's sender, nil for a reset.
func answer(p []byte, at int) []byte {
	if p[at+13]&flagRST != 0 || p[at+13]&flagACK == 0 {
		return nil
	}
	r := append([]byte(nil), p[:at+tcpBytes]...)
	copy(r[12:16], p[16:20])
	copy(r[16:20], p[12:16])
	copy(r[at:], p[at+2:at+4])
	copy(r[at+2:], p[at:at+2])
	copy(r[at+4:], p[at+8:at+12]) // it waits for what it says that it has
	clear(r[at+8 : at+12])
	seal(r, at, flagRST)
	return r
}

// seal gives a packet without data its lengths, flags and checksums.
func seal(r []byte, at int, flags byte) {
	binary.BigEndian.PutUint16(r[2:], uint16(len(r)))
	r[8] = 64 // time to live
	clear(r[10:12])
	binary.BigEndian.PutUint16(r[10:], ^sum(0, r[:at]))
	t := r[at:]
	t[12], t[13] = tcpBytes/4<<4, flags
	clear(t[14:20]) // window, checksum, urgent pointer
	pseudo := uint32(protocolTCP + tcpBytes)
	binary.BigEndian.PutUint16(t[16:], ^sum(pseudo+uint32(sum(0, r[12:20])), t))
}

// sum is the Internet's checksum before its last inversion; len(b) is even.
func sum(start uint32, b []byte) uint16 {
	s := start
	for i := 0; i+1 < len(b); i += 2 {
		s += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
