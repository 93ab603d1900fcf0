package model

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// ErrLink is the class of errors of ParseLink.
var ErrLink = errors.New("model: bad link")

// Link is a network between the session and the nodes.
type Link struct {
	Name    string
	Rate    float64 // payload bytes a second that a port carries, each way
	Latency time.Duration
}

// payload is the part of Ethernet's bits that TCP's data gets in packets of 1500 bytes: 1448 of 1538, with preamble and gap.
const payload = 1448.0 / 1538

// Latencies are of one way from process to process on an idle network, the kernel's work and one switch included.
var links = []Link{
	{"1GbE", 1e9 / 8 * payload, 100 * time.Microsecond},
	{"10GbE", 10e9 / 8 * payload, 50 * time.Microsecond},
	{"100GbE", 100e9 / 8 * payload, 30 * time.Microsecond},
}

var units = []struct {
	name  string
	bytes float64
}{
	{"kbit/s", 1e3 / 8}, {"mbit/s", 1e6 / 8}, {"gbit/s", 1e9 / 8}, {"kb/s", 1e3}, {"mb/s", 1e6}, {"gb/s", 1e9},
}

// ParseLink reads 1GbE, 10GbE, 100GbE, or a rate of payload and a latency: 400MB/s,80us or 25Gbit/s,20us.
func ParseLink(s string) (Link, error) {
	for _, l := range links {
		if strings.EqualFold(l.Name, s) {
			return l, nil
		}
	}
	bad := func(why string) (Link, error) {
		return Link{}, fmt.Errorf("%w: %q: %s; want 1GbE, 10GbE, 100GbE, or RATE,LATENCY as 25Gbit/s,20us or 400MB/s,80us", ErrLink, s, why)
	}
	rate, latency, both := strings.Cut(s, ",")
	if !both {
		return bad("not a link's name")
	}
	l := Link{Name: s}
	for _, u := range units {
		number, ok := strings.CutSuffix(strings.ToLower(rate), u.name)
		if !ok || strings.HasSuffix(number, "k") || strings.HasSuffix(number, "m") || strings.HasSuffix(number, "g") {
			continue
		}
		v, err := strconv.ParseFloat(number, 64)
		if err != nil || !(v > 0) || math.IsInf(v, 0) {
			return bad("the rate is not a positive number")
		}
		l.Rate = v * u.bytes
	}
	if l.Rate == 0 {
		return bad("the rate has no unit")
	}
	if l.Rate < 1e3 || l.Rate > 1e13 {
		return bad("the rate is out of range (1kB/s to 10000GB/s)")
	}
	d, err := time.ParseDuration(latency)
	if err != nil || d < 0 || d > time.Second {
		return bad("the latency is not a time from 0s to 1s")
	}
	l.Latency = d
	return l, nil
}

// port is how long n bytes occupy a port.
func (l *Link) port(n uint64) float64 {
	if l == nil {
		return 0
	}
	return float64(n) / l.Rate
}

func (l *Link) latency() float64 {
	if l == nil {
		return 0
	}
	return l.Latency.Seconds()
}
