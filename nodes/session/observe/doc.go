// Package observe says what a session tells who wants to know how it divides a stream: each record, who gets each draw and why, what is sent.
// It decides nothing. cmd/internal/explain makes reports of it.
package observe
