package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/prismgl/prism/nodes/bus"
)

func (a *app) nkeyCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "nkey FILE",
		Short: "Make an nkey for a NATS user",
		Long: `nkey writes the seed of a new nkey into FILE, for its owner only, and prints the public key, which goes into the NATS server's
configuration. When FILE is there already, it prints that one's public key. FILE is then what --nats-secret wants.`,
		Example: "  prism nkey me.nk\n  prism run --nats tls://head:4222 --nats-secret me.nk -- glxgears",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			public, err := bus.Secret{File: args[0]}.PublicKey()
			if errors.Is(err, fs.ErrNotExist) {
				public, err = newNkey(args[0])
			}
			if err == nil {
				_, err = fmt.Fprintln(a.out, public)
			}
			return failed(err)
		},
	}
}

// newNkey writes a new seed and gives its public key.
func newNkey(file string) (public string, err error) {
	seed, public, err := bus.NewNkey()
	if err != nil {
		return "", err
	}
	defer clear(seed)
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.Write(append(seed, '\n'))
	return public, errors.Join(err, f.Close())
}
