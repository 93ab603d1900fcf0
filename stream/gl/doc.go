// Package gl is the Go view of GL commands and of prism's own records: what each is (Info, generated), how a record reads
// (Decode, a checked View without a copy; Record, for who knows where a command's fields stand) and how it prints (Append).
//
// It knows nothing of chunks and batches (stream/wire) and calls no GL. All tables are constant after start; everything may
// be used from several goroutines. A View lies in the record that it was decoded from and is valid as long as that.
package gl
