// Package ringtest is the driver's end of stream/ring in Go, for tests: a fake app. It keeps the rules of prism_ring.h as
// stream/driver does (chunks, arena blocks, questions, credits) but knows no GL.
//
//	c, err := ringtest.Attach(listener.Path(), ring.Hello{SpecHash: hash, Program: "fake"}, opDataRef)
//	c.Put(ctx, chunk)                       // made by wire.Builder; Put numbers it
//	c.PutData(ctx, header, megabytes)       // as prismDataRef through the arena
//	reply, err := c.Ask(ctx, header, op, func(b *wire.Builder) { b.U32(name) })
//
// All methods may be called from any goroutine; waits end with ctx or when the session is lost.
package ringtest
