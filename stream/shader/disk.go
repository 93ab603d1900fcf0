package shader

import (
	"bytes"
	"compress/flate"
	"encoding/hex"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// disk keeps the front end's answers as files: their checksum (4 bytes), then the text, deflated. Several processes may use
// one directory. What goes wrong with it only costs time.
type disk struct {
	dir   string // "": none
	limit int64

	mu      sync.Mutex
	written int64 // since the last look at how much there is
}

const (
	fileSuffix = ".tree"
	maxFile    = 1 << 20 // deflated; a larger one is not kept
)

// UserCache is the folder for Config.CacheDir that all runs of a user share; "" where there is none.
func UserCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "prism", "shaders")
}

func newDisk(dir string, limit int64) *disk {
	return &disk{dir: dir, limit: limit, written: limit} // look at the first put
}

func (d *disk) path(key hash) string {
	return filepath.Join(d.dir, hex.EncodeToString(key[:])+fileSuffix)
}

func (d *disk) get(key hash) ([]byte, bool) {
	if d.dir == "" {
		return nil, false
	}
	path := d.path(key)
	data, err := os.ReadFile(path)
	if err != nil || len(data) < 4 || len(data) > maxFile+4 {
		return nil, false
	}
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data[4:])), maxTreeBytes+1))
	if err != nil || len(text) > maxTreeBytes || !bytes.Equal(checksum(text), data[:4]) {
		return nil, false
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // the oldest are removed first
	return text, true
}

func checksum(text []byte) []byte {
	c := crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli))
	return []byte{byte(c), byte(c >> 8), byte(c >> 16), byte(c >> 24)}
}

func (d *disk) put(key hash, text []byte) {
	if d.dir == "" {
		return
	}
	var b bytes.Buffer
	b.Write(checksum(text))
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return
	}
	if _, err := w.Write(text); err != nil || w.Close() != nil || b.Len() > maxFile+4 {
		return
	}
	if os.MkdirAll(d.dir, 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(d.dir, "new-*")
	if err != nil {
		return
	}
	_, err = f.Write(b.Bytes())
	if closed := f.Close(); err != nil || closed != nil || os.Rename(f.Name(), d.path(key)) != nil {
		_ = os.Remove(f.Name())
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.written += int64(b.Len()); d.written > d.limit/8 {
		d.written = 0
		d.prune()
	}
}

// prune removes the oldest files where there are more bytes than the limit, and what writers that were killed left.
func (d *disk) prune() {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return
	}
	var files []fs.FileInfo
	var total int64
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		switch {
		case strings.HasSuffix(e.Name(), fileSuffix):
			files = append(files, info)
			total += info.Size()
		case strings.HasPrefix(e.Name(), "new-") && time.Since(info.ModTime()) > time.Hour:
			_ = os.Remove(filepath.Join(d.dir, e.Name()))
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, f := range files {
		if total <= d.limit {
			break
		}
		if os.Remove(filepath.Join(d.dir, f.Name())) == nil {
			total -= f.Size()
		}
	}
}
