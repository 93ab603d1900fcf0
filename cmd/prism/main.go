// Command prism makes many GPUs draw one application's picture. See README.md.
package main

import (
	"os"

	"github.com/prismgl/prism/cmd/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
