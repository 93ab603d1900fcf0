// Package include lets the go command see the driver's headers, which cgo reads by their path: whoever imports it is built anew when one
// of them changes. Nothing else is in it.
package include

import "embed"

//go:embed *.h
var Headers embed.FS
