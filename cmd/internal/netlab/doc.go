// Package netlab is a small network on one machine, for tests: hosts are network namespaces with addresses of their own, and
// each hangs on a link whose delay, rate, loss and cuts a test chooses while programs run on it.
//
//	host "head"                       the test's process                       host "left"
//	+-----------+   tun     +------+   switch, by address   +------+    tun   +-----------+
//	| 192.0.2.1 |-----------| up   |----------------------->| down |----------| 192.0.2.2 |
//	|           |           | down |<-----------------------| up   |          |           |
//	+-----------+           +------+                        +------+          +-----------+
//
// Links are made here, packet by packet, and not by the kernel's netem: that is missing in many kernels (in small virtual
// machines most of all), and so a link is the same one on each machine. Programs see real IP and real TCP: a lost packet is sent
// again by the kernel, a long queue is a long queue.
//
// It is not for speed: a packet costs some microseconds, a link without a rate carries what the machine can.
//
// A Lab needs root and /dev/net/tun (ErrUnsupported else). What a killed test left is removed when the next Lab is made. Methods
// may be called from any goroutine; each host has one goroutine that reads its packets and one for each pipe, ended by Close.
package netlab
