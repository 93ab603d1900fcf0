package proto

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Result is what one worker says of one fence or query; lane.KindResults has some, in the stream's order:
//
//	repeated: +---------------------------+-----------+
//	          | place u32        use u32  | value u64 |
//	          +---------------------------+-----------+
type Result struct {
	Place, Use uint32 // as prismFence and prismQueryPush named them
	Value      uint64 // of a fence 0
}

// ResultBytes is the encoded size of a Result.
const ResultBytes = 16

// ErrResults is the class of errors in received results.
var ErrResults = errors.New("proto: bad results")

// ParseResults decodes a message.
func ParseResults(b []byte) ([]Result, error) {
	if len(b) == 0 || len(b)%ResultBytes != 0 {
		return nil, fmt.Errorf("%w: %d bytes, a result has %d", ErrResults, len(b), ResultBytes)
	}
	le := binary.LittleEndian
	out := make([]Result, 0, len(b)/ResultBytes)
	for ; len(b) > 0; b = b[ResultBytes:] {
		out = append(out, Result{le.Uint32(b), le.Uint32(b[4:]), le.Uint64(b[8:])})
	}
	return out, nil
}

// AppendResult encodes r.
func AppendResult(b []byte, r Result) []byte {
	le := binary.LittleEndian
	return le.AppendUint64(le.AppendUint32(le.AppendUint32(b, r.Place), r.Use), r.Value)
}
