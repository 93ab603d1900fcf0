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
	kv  jetstream.KeyValue
	ttl time.Duration
}

// BucketConfig describes a bucket. If it exists already, it is taken as it is.
type BucketConfig struct {
	Name, Description string
	TTL               time.Duration // an entry that is not written again vanishes after it; 0: never
	MaxValueBytes     int
}

// Bucket opens a bucket, and makes it if there is none.
func (c *Conn) Bucket(ctx context.Context, cfg BucketConfig) (*Bucket, error) {
	js, err := jetstream.New(c.nc)
	if err != nil {
		return nil, fmt.Errorf("bus: jetstream: %w", err)
	}
	kv, err := js.KeyValue(ctx, cfg.Name)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kv, err = js.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: cfg.Name, Description: cfg.Description, TTL: cfg.TTL, MaxValueSize: int32(cfg.MaxValueBytes),
			History: 1, Storage: jetstream.MemoryStorage,
		})
		if errors.Is(err, jetstream.ErrBucketExists) { // another one has just made it
			kv, err = js.KeyValue(ctx, cfg.Name)
		}
	}
	if err != nil {
		return nil, bucketError(cfg.Name, err)
	}
	st, err := kv.Status(ctx)
	if err != nil {
		return nil, bucketError(cfg.Name, err)
	}
	return &Bucket{kv, st.TTL()}, nil
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
	rev, err := b.kv.Create(ctx, key, value)
	if errors.Is(err, jetstream.ErrKeyExists) {
		return 0, fmt.Errorf("%w: %s", ErrKeyExists, key)
	}
	if err != nil {
		return 0, bucketError(b.kv.Bucket(), err)
	}
	return rev, nil
}

// Update writes a key whose revision must be the one given (ErrKeyChanged).
func (b *Bucket) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	rev, err := b.kv.Update(ctx, key, value, revision)
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return 0, fmt.Errorf("%w: %s", ErrKeyChanged, key)
	}
	if err != nil {
		return 0, bucketError(b.kv.Bucket(), err)
	}
	return rev, nil
}

// Get reads a key; ok: it exists.
func (b *Bucket) Get(ctx context.Context, key string) (e Entry, ok bool, err error) {
	v, err := b.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return Entry{}, false, nil
	}
	if err != nil {
		return Entry{}, false, bucketError(b.kv.Bucket(), err)
	}
	return entry(v), true, nil
}

// Delete deletes a key, if its revision is still the one given.
func (b *Bucket) Delete(ctx context.Context, key string, revision uint64) error {
	err := b.kv.Delete(ctx, key, jetstream.LastRevision(revision))
	if err != nil {
		return bucketError(b.kv.Bucket(), err)
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
	w, err := b.kv.WatchAll(ctx)
	if err != nil {
		return bucketError(b.kv.Bucket(), err)
	}
	defer w.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
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
