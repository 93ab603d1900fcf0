// Package registry says which render nodes there are. A node is an entry with a lease in the JetStream key-value bucket
// `prism-nodes` (it vanishes when it is not renewed for BucketTTL) and a NATS micro service `prism-node`, so that
// `nats micro ls` shows it, too.
//
// It is not for starting anything on a node (nodes/agent).
//
// A Registry is safe for concurrent use. A Registration has one goroutine, which ends with Close; a watch has one, which
// ends with its context.
package registry
