package cli

import "testing"

func TestLocalThreads(t *testing.T) {
	for _, c := range []struct {
		cores, nodes int
		alone        bool
		want         int
	}{
		{8, 1, false, 8}, {8, 2, false, 4}, {8, 3, false, 2}, {8, 5, false, 0}, {1, 1, false, 0}, {2, 0, false, 2},
		{8, 5, true, 8}, {2, 2, true, 2}, {1, 2, true, 0},
	} {
		if got := (&clusterConfig{nodes: c.nodes, alone: c.alone}).localThreads(c.cores); got != c.want {
			t.Errorf("%d nodes on %d cores, alone %v: %d threads, want %d", c.nodes, c.cores, c.alone, got, c.want)
		}
	}
}
