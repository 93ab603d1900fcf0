package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Errors of buckets.
var (
	ErrNoJetStream = errors.New("bus: the NATS server has no JetStream: start it with -js, or put `jetstream {}` into its configuration and enable it for this account")
	ErrKeyExists   = errors.New("bus: key exists already")
	ErrKeyChanged  = errors.New("bus: key was changed by somebody else")
)

// Bucket is a key-value bucket in JetStream. Its methods may be called from any goroutine.
type Bucket struct {
	conn *Conn
	kv   jetstream.KeyValue
	ttl  time.Duration
}

// BucketConfig describes a bucket. If it exists already, it is taken as it is.
type BucketConfig struct {
	Name, Description string
	TTL               time.Duration // an entry that is not written again vanishes after it; 0: never
	MaxValueBytes     int
	// Replicas is on how many servers of a cluster it lies, so that one may be started again. A single server, or a cluster that
	// stays too small for that, holds it once. 0: 1.
	Replicas int
}

// Times of Bucket: a cluster whose leader has just gone, or that has just been started, takes nothing for some seconds.
const (
	bucketAttempt = 2 * time.Second
	bucketPause   = 250 * time.Millisecond
	bucketTotal   = 20 * time.Second
	// Servers of a cluster that were just started do not know of each other yet. A bucket cannot wait for ever for more of them: it would be made on one
	// by the next who asks, and nats-server 2.9.10 can lose one that is put on more later, with the server that had it first.
	bucketPeers = 5 * time.Second
)

// Bucket opens a bucket, and makes it if there is none. It waits for a cluster that cannot do it just now, at most 20 s.
func (c *Conn) Bucket(ctx context.Context, cfg BucketConfig) (*Bucket, error) {
	ctx, done := c.watchBucket(ctx, cfg.Name)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, bucketTotal)
	defer cancel()
	for began := time.Now(); ; {
		few := time.Since(began) > bucketPeers
		kv, err := c.bucket(ctx, cfg, few)
		if err == nil {
			return kv, nil
		}
		if ctx.Err() != nil || !Passing(err) && (few || !hasCode(err, noPeersForIt)) {
			return nil, bucketError(cfg.Name, because(ctx, err))
		}
		select {
		case <-ctx.Done():
			return nil, bucketError(cfg.Name, because(ctx, err))
		case <-time.After(bucketPause):
		}
	}
}

// Passing tells whether an error of a bucket's can go away by itself, as when a cluster has chosen new leaders or a connection is back. What failed so may
// have been done all the same.
func Passing(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || away(err) || errors.Is(err, nats.ErrTimeout) || hasCode(err, noLeaderYet)
}

// Codes of JetStream's API that the client has no names for.
const (
	noLeaderYet    jetstream.ErrorCode = 10008 // the system is temporarily unavailable
	noPeersForIt   jetstream.ErrorCode = 10005 // not as many servers as there are to be replicas
	noReplicasHere jetstream.ErrorCode = 10074 // not a cluster
	// Two clients that make the same stream at once: now and then one gets this from a single server, seen in nats-server 2.9.10.
	subjectsOverlap jetstream.ErrorCode = 10065
)

func hasCode(err error, code jetstream.ErrorCode) bool {
	ae, ok := errors.AsType[*jetstream.APIError](err)
	return ok && ae.ErrorCode == code
}

// bucket tries once. few: where a cluster has not the servers for its replicas, one server is enough.
func (c *Conn) bucket(ctx context.Context, cfg BucketConfig, few bool) (*Bucket, error) {
	ctx, cancel := context.WithTimeout(ctx, bucketAttempt)
	defer cancel()
	js, err := jetstream.New(c.nc)
	if err != nil {
		return nil, err
	}
	kv, err := js.KeyValue(ctx, cfg.Name)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kc := jetstream.KeyValueConfig{
			Bucket: cfg.Name, Description: cfg.Description, TTL: cfg.TTL, MaxValueSize: int32(cfg.MaxValueBytes),
			History: 1, Storage: jetstream.MemoryStorage, Replicas: max(cfg.Replicas, 1),
		}
		kv, err = js.CreateKeyValue(ctx, kc)
		if hasCode(err, noReplicasHere) || few && hasCode(err, noPeersForIt) {
			kc.Replicas = 1
			kv, err = js.CreateKeyValue(ctx, kc)
		}
		// Another one may have just made it: a server that comes to know of that between its own checks says that subjects overlap.
		if errors.Is(err, jetstream.ErrBucketExists) || hasCode(err, subjectsOverlap) {
			if made, lookErr := js.KeyValue(ctx, cfg.Name); !errors.Is(lookErr, jetstream.ErrBucketNotFound) {
				kv, err = made, lookErr
			}
		}
	}
	if err != nil {
		return nil, err
	}
	st, err := kv.Status(ctx)
	if err != nil {
		return nil, err
	}
	return &Bucket{c, kv, st.TTL()}, nil
}

// watchBucket ends what is done with a bucket when the server refuses it.
func (c *Conn) watchBucket(ctx context.Context, name string) (context.Context, func()) {
	return c.refused.watch(ctx, "$JS.", "$KV."+name+".")
}

func bucketError(name string, err error) error {
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) ||
		errors.Is(err, nats.ErrNoResponders) { // nobody serves its API
		return ErrNoJetStream
	}
	return fmt.Errorf("bus: bucket %s: %w", name, classify(err))
}

// TTL tells after what time an entry vanishes.
func (b *Bucket) TTL() time.Duration { return b.ttl }

// Entry is one key's value.
type Entry struct {
	Key      string
	Value    []byte // nil: deleted
	Revision uint64
	Written  time.Time // by the server's clock
}

// Create writes a key that must not exist (ErrKeyExists).
func (b *Bucket) Create(ctx context.Context, key string, value []byte) (revision uint64, err error) {
	ctx, done := b.conn.watchBucket(ctx, b.kv.Bucket())
	defer done()
	rev, err := b.kv.Create(ctx, key, value)
	if errors.Is(err, jetstream.ErrKeyExists) {
		return 0, fmt.Errorf("%w: %s", ErrKeyExists, key)
	}
	if err != nil {
		return 0, bucketError(b.kv.Bucket(), because(ctx, err))
	}
	return rev, nil
}

// Update writes a key whose revision must be the one given (ErrKeyChanged).
func (b *Bucket) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	ctx, done := b.conn.watchBucket(ctx, b.kv.Bucket())
	defer done()
	rev, err := b.kv.Update(ctx, key, value, revision)
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return 0, fmt.Errorf("%w: %s", ErrKeyChanged, key)
	}
	if err != nil {
		return 0, bucketError(b.kv.Bucket(), because(ctx, err))
	}
	return rev, nil
}

// Get reads a key; ok: it exists.
func (b *Bucket) Get(ctx context.Context, key string) (e Entry, ok bool, err error) {
	ctx, done := b.conn.watchBucket(ctx, b.kv.Bucket())
	defer done()
	v, err := b.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return Entry{}, false, nil
	}
	if err != nil {
		return Entry{}, false, bucketError(b.kv.Bucket(), because(ctx, err))
	}
	return entry(v), true, nil
}

// Delete deletes a key, if its revision is still the one given.
func (b *Bucket) Delete(ctx context.Context, key string, revision uint64) error {
	ctx, done := b.conn.watchBucket(ctx, b.kv.Bucket())
	defer done()
	err := b.kv.Delete(ctx, key, jetstream.LastRevision(revision))
	if err != nil {
		return bucketError(b.kv.Bucket(), because(ctx, err))
	}
	return nil
}

func entry(v jetstream.KeyValueEntry) Entry {
	e := Entry{Key: v.Key(), Revision: v.Revision(), Written: v.Created()}
	if v.Operation() == jetstream.KeyValuePut {
		e.Value = v.Value()
		if e.Value == nil {
			e.Value = []byte{}
		}
	}
	return e
}

// Watch calls put for all present entries, then present once, then put for every change, until ctx ends or the connection
// closes. Entries that vanish by their TTL are not told.
func (b *Bucket) Watch(ctx context.Context, put func(Entry), present func()) error {
	ctx, done := b.conn.watchBucket(ctx, b.kv.Bucket())
	defer done()
	w, err := b.kv.WatchAll(ctx)
	if err != nil {
		return bucketError(b.kv.Bucket(), because(ctx, err))
	}
	defer w.Stop()
	for {
		select {
		case <-ctx.Done():
			return because(ctx, ctx.Err())
		case v, ok := <-w.Updates():
			switch {
			case !ok:
				return fmt.Errorf("bus: watch: %w", ErrClosed)
			case v == nil:
				present()
			default:
				put(entry(v))
			}
		}
	}
}
