package netlab

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Missing ends a test that cannot have a Lab: with a failure where PRISM_REQUIRE has `netns`, else with a skip.
func Missing(t *testing.T, why error) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("PRISM_REQUIRE"), ","), "netns") {
		t.Fatal(why)
	}
	t.Skip(why)
}
