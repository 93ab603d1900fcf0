// Command specgen writes all generated code and SUPPORT.md from the registry and the overlay (stream/spec).
//
//	go run ./cmd/specgen           write what changed, add new names to ids.lock
//	go run ./cmd/specgen --check   write nothing; exit 1 if a file is stale
package main
