// Package cli holds prism's verbs: one file a verb, cobra for the flags. A verb reads its configuration (cmd/internal/config), starts
// what it needs (a cluster, a session) and prints results to stdout, everything else to stderr.
//
// Exit codes: 0 done, 1 failed, 2 usage, 3 configuration, 4 no device; run ends with the app's own status.
package cli
